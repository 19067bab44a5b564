package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// TestCount is the example of the design comment.
func TestCount(t *testing.T) {
	p := &ir.Policy{}
	for _, program := range []string{"npm", "yarn"} {
		p.Rules = append(p.Rules, ir.PrefixRule{
			Pattern:  ir.Pattern{{program}, {"publish", "unpublish"}},
			Decision: ir.Prompt, Source: ir.Source{Position: ir.Position{File: "a.rules", Line: 1, Col: 1}},
		})
	}
	c, err := analysis.NewCoverage(p, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"npm", "publish"}, {"npm", "unpublish"}, {"yarn", "help"}} {
		c.Add(command)
	}
	want := analysis.Counts{
		Rules:        analysis.Share{Covered: 1, Total: 2},
		Alternatives: analysis.Share{Covered: 3, Total: 4},
		Edges:        analysis.Share{Covered: 4, Total: 6},
	}
	if diff := cmp.Diff(want, c.Count(nil)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]analysis.CallCoverage{{First: 0, End: 2, Used: [][]int{{2, 0}, {1, 1}}}}, c.Calls()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]analysis.Proposal{{First: 0, End: 2, Match: [][]string{{"yarn", "publish"}}, NotMatch: [][]string{{"yarn"}}}}, c.Propose()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPercentIsRoundedDown(t *testing.T) {
	for share, want := range map[analysis.Share]float64{
		{Covered: 0, Total: 0}: 100, {Covered: 0, Total: 3}: 0, {Covered: 1, Total: 3}: 33.3, {Covered: 9999, Total: 10000}: 99.9, {Covered: 3, Total: 3}: 100,
	} {
		if got := share.Percent(); got != want {
			t.Errorf("%+v: got %v, want %v", share, got, want)
		}
	}
}

// Near misses come from what other rules say of the program, then from its host
// list; at last the command is cut short or its program misspelt.
func TestProposeNearMisses(t *testing.T) {
	rule := func(tokens ...string) ir.PrefixRule {
		return ir.PrefixRule{Pattern: ir.Literal(tokens...), Decision: ir.Allow}
	}
	p := &ir.Policy{
		Rules: []ir.PrefixRule{rule("git", "push"), rule("git", "pull", "-r"), rule("ls"), rule("cat"), rule("npm", "install")},
		Hosts: []ir.HostExecutable{{Name: "cat", Paths: []string{"/bin/cat"}}},
	}
	c, err := analysis.NewCoverage(p, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, proposal := range c.Propose() {
		got = append(got, fmt.Sprint(proposal.Match, proposal.NotMatch))
	}
	want := []string{"[[git push]] [[git pull]]", "[[git pull -r]] [[git pull]]", "[[ls]] [[lsx]]", "[[cat]] [[/tmp/cat]]", "[[npm install]] [[npm]]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// randomCalls returns a policy in which some rules were made by one call.
func randomCalls(choose choice) *ir.Policy {
	p := randomPolicy(choose, 3)
	var rules []ir.PrefixRule
	for line, rule := range p.Rules {
		rule.Source.Position = ir.Position{File: "a.rules", Line: line + 1, Col: 1}
		rules = append(rules, rule)
		for range choose(3) * choose(2) {
			again := rule
			again.Pattern = append(ir.Pattern{{pick(choose, ruleNames)}}, rule.Pattern[1:]...)
			rules = append(rules, again)
		}
		if choose(2) == 0 { // one that begins alike, with its alternatives in another order and case
			longer := rule
			longer.Source.Line += 100
			longer.Pattern = nil
			for i, position := range rule.Pattern {
				position = slices.Clone(position)
				slices.Reverse(position)
				if i > 0 && rule.Canonical {
					position[0] = caseless.Fold(position[0])
				}
				longer.Pattern = append(longer.Pattern, position)
			}
			longer.Pattern = append(longer.Pattern, []string{pick(choose, ruleWords)})
			rules = append(rules, longer)
		}
	}
	p.Rules = rules
	return p
}

// TestCountAgrees holds coverage against its definition: random policies and
// commands, and the evaluator asked about each rule, alternative and edge.
func TestCountAgrees(t *testing.T) {
	for seed := range uint64(300) {
		choose := randomly(rand.New(rand.NewPCG(seed, 11)))
		checkCount(t, choose)
	}
}

func FuzzCount(f *testing.F) {
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	f.Add([]byte{3, 0, 4, 1, 2, 1, 1, 3, 1, 0, 2, 2, 1, 4, 1, 1, 1, 2, 3, 5, 8, 13, 21, 34})
	f.Fuzz(func(t *testing.T, data []byte) { checkCount(t, fromBytes(data)) })
}

func checkCount(t *testing.T, choose choice) {
	p := randomCalls(choose)
	o := analysis.Options{AsWritten: choose(3) == 0}
	c, err := analysis.NewCoverage(p, o)
	if err != nil {
		t.Fatal(err)
	}
	var commands [][]string
	for range choose(12) {
		command := []string{pick(choose, names)}
		for range choose(4) {
			command = append(command, pick(choose, words))
		}
		commands = append(commands, command)
		c.Add(command)
	}
	if want, got := bruteCount(p, commands, place(o)), c.Count(nil); got != want {
		t.Fatalf("%q\ngot  %+v\nwant %+v\n%s", commands, got, want, show(p))
	}
	var sum analysis.Counts
	for parity := range 2 {
		n := c.Count(func(rule int) bool { return p.Rules[rule].Source.Line%2 == parity })
		for _, add := range [][2]*analysis.Share{{&sum.Rules, &n.Rules}, {&sum.Alternatives, &n.Alternatives}, {&sum.Edges, &n.Edges}} {
			add[0].Covered += add[1].Covered
			add[0].Total += add[1].Total
		}
	}
	if sum != c.Count(nil) {
		t.Fatalf("the parts are %+v, the whole is %+v", sum, c.Count(nil))
	}
	for _, proposal := range c.Propose() {
		for _, command := range proposal.Match {
			c.Add(command)
		}
	}
	after := c.Count(nil)
	if after.Rules.Covered != after.Rules.Total || after.Alternatives.Covered != after.Alternatives.Total {
		t.Fatalf("%q and what was proposed cover %+v\n%s", commands, after, show(p))
	}
}

// bruteCount counts by the definition in the design comment, with the evaluator
// alone.
func bruteCount(p *ir.Policy, commands [][]string, at *ir.Place) analysis.Counts {
	matched := func(p *ir.Policy, rule int, command []string) bool {
		return slices.ContainsFunc(p.Evaluate(command, at).Matches, func(m ir.Match) bool { return m.Rule == rule })
	}
	agree := func(rule *ir.PrefixRule, a, b string) bool {
		return a == b || rule.Canonical && caseless.Equal(a, b)
	}
	var n analysis.Counts
	count := func(s *analysis.Share, covered func(command []string) bool) {
		s.Total++
		if slices.ContainsFunc(commands, covered) {
			s.Covered++
		}
	}
	written := make(map[string][]int) // the rules of an alternative of a call
	var order []string
	edges := make(map[string]bool)
	for r := range p.Rules {
		rule := &p.Rules[r]
		count(&n.Rules, func(command []string) bool { return matched(p, r, command) })
		for i, position := range rule.Pattern {
			for k, token := range position {
				name := fmt.Sprint(rule.Source.Line, " ", i, " ", k)
				if i == 0 {
					name += fmt.Sprint(" ", r)
				}
				if written[name] == nil {
					order = append(order, name)
				}
				written[name] = append(written[name], r)

				path := fmt.Sprint(rule.Canonical)
				for j := 0; j <= i; j++ {
					set := slices.Clone(rule.Pattern[j])
					if j == i {
						set = []string{token}
					}
					for x := range set {
						if rule.Canonical && j > 0 {
							set[x] = caseless.Fold(set[x])
						}
					}
					slices.Sort(set)
					path += " / " + strings.Join(slices.Compact(set), ",")
				}
				if edges[path] {
					continue
				}
				edges[path] = true
				probe := *rule
				probe.Pattern = append(slices.Clone(rule.Pattern[:i]), []string{token})
				more := &ir.Policy{Rules: append(slices.Clone(p.Rules), probe), Hosts: p.Hosts}
				count(&n.Edges, func(command []string) bool { return matched(more, len(p.Rules), command) })
			}
		}
	}
	for _, name := range order {
		var line, i, k int
		fmt.Sscan(name, &line, &i, &k)
		count(&n.Alternatives, func(command []string) bool {
			return slices.ContainsFunc(written[name], func(r int) bool {
				rule := &p.Rules[r]
				return matched(p, r, command) && (i == 0 || agree(rule, rule.Pattern[i][k], command[i]))
			})
		})
	}
	return n
}
