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

// without returns p without some rules.
func without(p *ir.Policy, rules ...int) *ir.Policy {
	q := &ir.Policy{Hosts: p.Hosts}
	for i, r := range p.Rules {
		if !slices.Contains(rules, i) {
			q.Rules = append(q.Rules, r)
		}
	}
	return q
}

// only returns p with some rules alone.
func only(p *ir.Policy, rules ...int) *ir.Policy {
	q := &ir.Policy{Hosts: p.Hosts}
	for i, r := range p.Rules {
		if slices.Contains(rules, i) {
			q.Rules = append(q.Rules, r)
		}
	}
	return q
}

// differs returns the first command, shortest ones first, that two policies
// answer otherwise.
func differs(p, q *ir.Policy, o analysis.Options, longest int) (found []string) {
	eachCommand(longest, func(command []string) {
		if found != nil && len(found) <= len(command) {
			return
		}
		if p.Evaluate(command, place(o)).Decision != q.Evaluate(command, place(o)).Decision {
			found = slices.Clone(command)
		}
	})
	return found
}

func checkDead(t *testing.T, c choice, p *ir.Policy, o analysis.Options, deepest int) *analysis.Findings {
	t.Helper()
	found, err := analysis.Dead(p, o)
	if err != nil {
		t.Fatal(err)
	}
	longest := deepest + 1
	fail := func(format string, args ...any) {
		t.Helper()
		t.Logf("options %+v\n%s\nfindings %+v", o, show(p), found)
		t.Fatalf(format, args...)
	}
	var dead, some []int
	listed := make([]int, len(p.Rules))
	for _, d := range found.Dead {
		dead = append(dead, d.Rule)
		listed[d.Rule]++
		if c(2) == 0 {
			some = append(some, d.Rule)
		}
	}
	for _, gone := range [][]int{dead, some} {
		if command := differs(p, without(p, gone...), o, longest); command != nil {
			fail("without %v, %q has another answer", gone, command)
		}
	}
	for _, d := range found.Dead {
		if command := differs(p, without(p, d.Rule), o, longest); command != nil {
			fail("without %d, %q has another answer", d.Rule, command)
		}
		if slices.ContainsFunc(d.CoveredBy, func(r int) bool { return slices.Contains(dead, r) }) {
			fail("rule %d is covered by the dead", d.Rule)
		}
		beside := append(slices.Clone(d.CoveredBy), d.Rule)
		if command := differs(only(p, beside...), only(p, d.CoveredBy...), o, longest); command != nil {
			fail("rule %d decides %q beside %v", d.Rule, command, d.CoveredBy)
		}
		for i, r := range d.CoveredBy {
			fewer := slices.Delete(slices.Clone(d.CoveredBy), i, i+1)
			if differs(only(p, append(slices.Clone(fewer), d.Rule)...), only(p, fewer...), o, longest) == nil {
				fail("rule %d is covered without %d", d.Rule, r)
			}
		}
	}
	for _, l := range found.Live {
		listed[l.Rule]++
		fair := without(p, l.Shared...)
		answer := p.Evaluate(l.Witness, place(o)).Decision
		if got := fair.Evaluate(l.Witness, place(o)).Decision; got != answer {
			fail("without %v, %q has another answer", l.Shared, l.Witness)
		}
		if got := without(p, append(slices.Clone(l.Shared), l.Rule)...).Evaluate(l.Witness, place(o)).Decision; got == answer {
			fail("without %v and %d, %q has the same answer", l.Shared, l.Rule, l.Witness)
		}
		if len(l.Shared) == 0 {
			if command := differs(p, without(p, l.Rule), o, longest); len(command) != len(l.Witness) {
				fail("witness %q of %d, but %q will do", l.Witness, l.Rule, command)
			}
		}
	}
	for _, r := range found.Tangled {
		listed[r]++
		if command := differs(p, without(p, r), o, longest); command != nil {
			fail("rule %d is tangled, and decides %q alone", r, command)
		}
	}
	for _, r := range found.Unknown {
		fail("rule %d is unknown", r)
	}
	for r, n := range listed {
		if n != 1 {
			fail("rule %d is listed %d times", r, n)
		}
	}

	// Alternatives: each, and all, can go; no other can.
	clean := without(p, dead...)
	where := make(map[int]int) // rule to its place in clean
	for i := range p.Rules {
		if !slices.Contains(dead, i) {
			where[i] = len(where)
		}
	}
	drop := func(q *ir.Policy, rule, position, index int) *ir.Policy {
		q = &ir.Policy{Rules: slices.Clone(q.Rules), Hosts: q.Hosts}
		r := &q.Rules[where[rule]]
		r.Pattern = slices.Clone(r.Pattern)
		r.Pattern[position] = slices.Delete(slices.Clone(r.Pattern[position]), index, index+1)
		return q
	}
	stripped := clean
	isDead := make(map[[3]int]bool)
	for _, a := range slices.Backward(found.Alternatives) {
		if command := differs(p, drop(clean, a.Rule, a.Position, a.Index), o, longest); command != nil {
			fail("without alternative %+v, %q has another answer", a, command)
		}
		before := p.Rules[a.Rule].Pattern[a.Position][:a.Index]
		if repeats := slices.ContainsFunc(before, func(b string) bool {
			return b == a.Token || p.Rules[a.Rule].Canonical && caseless.Equal(b, a.Token)
		}); repeats != a.Repeats {
			fail("alternative %+v: repeats is %v", a, repeats)
		}
		stripped = drop(stripped, a.Rule, a.Position, a.Index)
		isDead[[3]int{a.Rule, a.Position, a.Index}] = true
	}
	if command := differs(p, stripped, o, longest); command != nil {
		fail("without dead alternatives, %q has another answer", command)
	}
	for i := range p.Rules {
		if slices.Contains(dead, i) || slices.Contains(found.Tangled, i) {
			continue
		}
		for position, alternatives := range p.Rules[i].Pattern[1:] {
			at := 0 // in what is left
			for index := range alternatives {
				if isDead[[3]int{i, position + 1, index}] {
					continue
				}
				if differs(p, drop(stripped, i, position+1, at), o, longest) == nil && len(dead) == 0 {
					fail("alternative %d of position %d of rule %d is dead", index, position+1, i)
				}
				at++
			}
		}
	}
	return found
}

func TestDeadIsExact(t *testing.T) {
	dead, covered, alternatives, shared, tangled := 0, 0, 0, 0, 0
	for seed := range uint64(200) {
		c := randomly(rand.New(rand.NewPCG(seed, 3)))
		p := randomPolicy(c, 2)
		if c(3) == 0 {
			p.Rules = slices.Concat(reshape(c, p).Rules, p.Rules)
		}
		if len(p.Rules) > 12 {
			p.Rules = p.Rules[:12]
		}
		found := checkDead(t, c, p, analysis.Options{AsWritten: c(4) == 0}, 2)
		dead += len(found.Dead)
		for _, d := range found.Dead {
			if len(d.CoveredBy) > 1 {
				covered++
			}
		}
		for _, l := range found.Live {
			if len(l.Shared) > 0 {
				shared++
			}
		}
		alternatives += len(found.Alternatives)
		tangled += len(found.Tangled)
	}
	t.Logf("%d dead, %d of them by several rules, %d alternatives, %d witnesses shared, %d tangled", dead, covered, alternatives, shared, tangled)
	if dead < 100 || covered < 2 || alternatives < 10 || shared < 5 {
		t.Error("too few cases")
	}
}

func FuzzDead(f *testing.F) {
	f.Add([]byte("the quick brown fox jumps over the lazy dog"), false)
	f.Add([]byte{6, 0, 1, 2, 1, 1, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9}, true)
	f.Fuzz(func(t *testing.T, data []byte, asWritten bool) {
		if len(data) > 200 {
			t.Skip()
		}
		c := fromBytes(data)
		checkDead(t, c, randomPolicy(c, 2), analysis.Options{AsWritten: asWritten}, 2)
	})
}

func TestDead(t *testing.T) {
	rule := func(d ir.Decision, pattern ...[]string) ir.PrefixRule {
		return ir.PrefixRule{Pattern: pattern, Decision: d}
	}
	is := func(tokens ...string) []string { return tokens }
	p := &ir.Policy{Rules: []ir.PrefixRule{
		0: rule(ir.Allow, is("git"), is("status", "log", "log")),
		1: rule(ir.Allow, is("git"), is("push")),
		2: rule(ir.Prompt, is("git"), is("push")),
		3: rule(ir.Allow, is("git"), is("log", "status")),
		4: rule(ir.Prompt, is("git"), is("fetch")),
		5: rule(ir.Prompt, is("git"), is("push", "fetch")),
		6: rule(ir.Forbidden, is("git"), is("push"), is("-f")),
		7: rule(ir.Allow, is("/usr/bin/git"), is("status")),
		8: rule(ir.Allow, is("/usr/bin/git"), is("push")),
	}}
	found, err := analysis.Dead(p, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []analysis.DeadRule{
		{Rule: 1, CoveredBy: []int{5}, DuplicateOf: -1},
		{Rule: 2, CoveredBy: []int{5}, DuplicateOf: -1},
		{Rule: 3, CoveredBy: []int{0}, DuplicateOf: 0},
		{Rule: 4, CoveredBy: []int{5}, DuplicateOf: -1},
		{Rule: 7, CoveredBy: []int{0}, DuplicateOf: -1},
	}
	if diff := cmp.Diff(want, found.Dead); diff != "" {
		t.Errorf("dead (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]analysis.DeadAlternative{{Rule: 0, Position: 1, Index: 2, Token: "log", Repeats: true}}, found.Alternatives); diff != "" {
		t.Errorf("alternatives (-want +got)\n%s", diff)
	}
	witnesses := make(map[int]string)
	for _, l := range found.Live {
		witnesses[l.Rule] = strings.Join(l.Witness, " ")
	}
	wantLive := map[int]string{0: "git status", 5: "git push", 6: "git push -f", 8: "/usr/bin/git push"}
	if diff := cmp.Diff(wantLive, witnesses); diff != "" {
		t.Errorf("live (-want +got)\n%s", diff)
	}

	// 0 hides 3 from paths, but 1 and 2 are stricter, so 0 is dead; once it is,
	// 1 and 2 are dead beside 3, but with both gone 0 would have its say.
	tangled := &ir.Policy{Rules: []ir.PrefixRule{
		0: rule(ir.Allow, is("/x/git"), is("a")),
		1: rule(ir.Prompt, is("/x/git"), is("a", "b")),
		2: rule(ir.Prompt, is("/x/git"), is("a", "c")),
		3: rule(ir.Prompt, is("git")),
	}}
	found, err = analysis.Dead(tangled, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Dead) != 2 || len(found.Tangled) != 1 || found.Dead[0].Rule != 0 {
		t.Errorf("tangled: %+v", found)
	}
}

func BenchmarkDead(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		p := realistic(n)
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				found, err := analysis.Dead(p, analysis.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(found.Dead)), "dead")
			}
		})
	}
}
