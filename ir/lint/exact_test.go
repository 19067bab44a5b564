package lint_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/lint"
)

// What findings say is held against the definition, on small random policies of
// several layers and every command that they could tell apart.

var (
	programs  = []string{"git", "rm", "/1/git", "/2/git", "/usr/bin/git", "env", "GIT"}
	arguments = []string{"push", "--force", "-f", "-rf", "-C", "."}
	firsts    = append([]string{"/3/git", "/1/GIT", "/1/./git", "zz"}, programs...)
	nexts     = append([]string{"zz", "Push"}, arguments...)
)

type choice func(n int) int

func pick(c choice, list []string) string { return list[c(len(list))] }

func randomPolicy(c choice) *ir.Policy {
	p := &ir.Policy{}
	line := 0
	for _, layer := range []string{"user", "project", "managed"} {
		source := func() ir.Source {
			line++
			return ir.Source{Layer: layer, Position: ir.Position{File: "a.rules", Line: line, Col: 1}}
		}
		for range c(4) {
			rule := ir.PrefixRule{
				Pattern:  ir.Literal(pick(c, programs[:1+c(len(programs))])),
				Decision: []ir.Decision{ir.Allow, ir.Prompt, ir.Forbidden}[c(3)], Canonical: c(6) == 0,
				Justification: []string{"", "", "this", "that"}[c(4)],
			}
			for range c(3) {
				var position []string
				for range 1 + c(2)*c(3) {
					position = append(position, pick(c, arguments))
				}
				rule.Pattern = append(rule.Pattern, position)
			}
			rule.Source = source()
			p.Rules = append(p.Rules, rule)
		}
		for range c(2) * c(2) {
			h := ir.HostExecutable{Name: pick(c, []string{"git", "GIT", "rm"}), Source: source()}
			for _, folder := range []string{"/1/", "/2/", "/usr/bin/"} {
				if c(2) == 0 {
					h.Paths = append(h.Paths, folder+h.Name)
				}
			}
			p.Hosts = append(p.Hosts, h)
		}
	}
	return p
}

func eachCommand(f func(command []string)) {
	command := make([]string, 0, 3)
	var extend func(from []string)
	extend = func(from []string) {
		for _, token := range from {
			command = append(command, token)
			f(command)
			if len(command) < 3 {
				extend(nexts)
			}
			command = command[:len(command)-1]
		}
	}
	extend(firsts)
}

func decision(p *ir.Policy, command []string) ir.Decision {
	return p.Evaluate(command, &ir.Place{}).Decision
}

// reason is what is shown beside a decision.
func reason(p *ir.Policy, r ir.Result) string {
	m := r.Matches[r.Deciding]
	if rule := &p.Rules[m.Rule]; rule.Justification != "" || rule.Decision != ir.Forbidden {
		return rule.Justification
	}
	return strings.Join(m.Prefix, " ")
}

// alone returns what one layer has.
func alone(p *ir.Policy, layer string) *ir.Policy {
	q := &ir.Policy{}
	for _, r := range p.Rules {
		if r.Source.Layer == layer {
			q.Rules = append(q.Rules, r)
		}
	}
	for _, h := range p.Hosts {
		if h.Source.Layer == layer {
			q.Hosts = append(q.Hosts, h)
		}
	}
	return q
}

// differ returns a command that two policies answer otherwise.
func differ(p, q *ir.Policy) (found []string) {
	eachCommand(func(command []string) {
		if found == nil && decision(p, command) != decision(q, command) {
			found = slices.Clone(command)
		}
	})
	return found
}

// checkFindings checks everything that findings claim, and counts them.
func checkFindings(t *testing.T, p *ir.Policy, counts map[string]int) {
	t.Helper()
	report, err := lint.Check(p, lint.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hides := make(map[string]bool) // layers of which something is hidden
	for i := range report.Findings {
		f := &report.Findings[i]
		counts[f.Code]++
		fail := func(format string, args ...any) {
			t.Helper()
			text, _, _ := strings.Cut(p.Text(), "\n\n")
			t.Logf("%s\n%+v", text, f)
			t.Fatalf(format, args...)
		}
		rule := func(i int) *ir.PrefixRule { return &p.Rules[f.Rules[i]] }
		switch f.Code {
		case "RS001", "RS002", "RS004":
			q := &ir.Policy{Hosts: p.Hosts}
			for r := range p.Rules {
				if !slices.Contains(f.Rules, r) {
					q.Rules = append(q.Rules, p.Rules[r])
				}
			}
			if command := differ(p, q); command != nil {
				fail("without the rules, %q has another answer", command)
			}
			read := false
			eachCommand(func(command []string) {
				if result := p.Evaluate(command, &ir.Place{}); result.Deciding >= 0 && slices.Contains(f.Rules, result.Matches[result.Deciding].Rule) {
					after := q.Evaluate(command, &ir.Place{})
					read = read || reason(p, result) != reason(q, after)
				}
			})
			if read && rule(0).Justification != "" && f.Severity != "note" || read && f.Certain {
				fail("the reason of a dead rule is shown")
			}
			if f.Code == "RS004" && (rule(0).Decision != ir.Allow || len(f.Related) == 0) {
				fail("not an allow")
			}
		case "RS003":
			q := &ir.Policy{Rules: slices.Clone(p.Rules), Hosts: p.Hosts}
			for _, a := range slices.Backward(f.Alternatives) {
				r := &q.Rules[a.Rule]
				r.Pattern = slices.Clone(r.Pattern)
				r.Pattern[a.Position] = slices.Delete(slices.Clone(r.Pattern[a.Position]), a.Index, a.Index+1)
			}
			if command := differ(p, q); command != nil {
				fail("without the alternatives, %q has another answer", command)
			}
			if f.Certain {
				eachCommand(func(command []string) {
					before, after := p.Evaluate(command, &ir.Place{}), q.Evaluate(command, &ir.Place{})
					if before.Deciding >= 0 && reason(p, before) != reason(q, after) {
						fail("%q is refused otherwise without the alternatives", command)
					}
				})
			}
		case "RS010", "RS011":
			if got := decision(p, f.Witness); got != ir.Allow {
				fail("the witness is %v", got)
			}
		case "RS012":
			if got := decision(p, f.Witness); got != ir.Allow || rule(0).Decision <= ir.Allow {
				fail("the witness is %v", got)
			}
		case "RS013":
			if got := decision(p, f.Witness); got >= ir.Forbidden || got == ir.Allow || rule(0).Decision != ir.Forbidden {
				fail("the witness is %v", got)
			}
		case "RS014":
			layer := f.Related[0].Source.Layer
			was, is := decision(alone(p, layer), f.Witness), decision(p, f.Witness)
			if was <= ir.Allow || is >= was {
				fail("the witness is %v of %s alone, and %v", was, layer, is)
			}
			if f.Source.Layer == layer {
				fail("the layer hides itself")
			}
			hides[layer] = true
		}
	}
	for _, layer := range []string{"user", "project", "managed"} {
		q := alone(p, layer)
		eachCommand(func(command []string) {
			if was := decision(q, command); was > ir.Allow && decision(p, command) < was && !hides[layer] {
				text, _, _ := strings.Cut(p.Text(), "\n\n")
				t.Fatalf("%s\n%q of %s is hidden, but there is no finding", text, command, layer)
			}
		})
	}
}

func TestFindingsAreTrue(t *testing.T) {
	counts := make(map[string]int)
	n, least := uint64(400), 5
	if testing.Short() {
		n, least = 100, 1
	}
	for seed := range n {
		checkFindings(t, randomPolicy(rand.New(rand.NewPCG(seed, 5)).IntN), counts)
	}
	t.Log(counts)
	for _, code := range []string{"RS001", "RS002", "RS003", "RS004", "RS010", "RS011", "RS012", "RS013", "RS014"} {
		if counts[code] < least {
			t.Errorf("only %d findings %s", counts[code], code)
		}
	}
}

func FuzzFindings(f *testing.F) {
	f.Add([]byte("the quick brown fox jumps over the lazy dog"))
	f.Add([]byte{3, 0, 1, 2, 0, 2, 1, 1, 3, 3, 0, 0, 0, 0, 1, 2, 3, 1, 1, 1, 0, 2, 2, 1, 0, 5})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 200 {
			t.Skip()
		}
		checkFindings(t, randomPolicy(func(n int) int {
			if len(data) == 0 {
				return 0
			}
			b := data[0]
			data = data[1:]
			return int(b) % n
		}), make(map[string]int))
	})
}
