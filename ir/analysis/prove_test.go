package analysis_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// checkProof holds a proof against all commands.
func checkProof(t *testing.T, p *ir.Policy, o analysis.Options, got *analysis.Counterexample, wrong func(command []string) bool) {
	t.Helper()
	var want []string
	eachCommand(3, func(command []string) {
		if (want == nil || len(command) < len(want)) && wrong(command) {
			want = slices.Clone(command)
		}
	})
	if (got == nil) != (want == nil) {
		t.Fatalf("options %+v\n%s\ngot %+v, but %q", o, show(p), got, want)
	}
	if got == nil {
		return
	}
	answer := p.Evaluate(got.Command, place(o))
	if !wrong(got.Command) || len(got.Command) != len(want) || got.Decision != answer.Decision || got.Rule != deciding(answer) {
		t.Fatalf("options %+v\n%s\ngot %+v, as good as %q; %q is %v by %d", o, show(p), got, want, got.Command, answer.Decision, deciding(answer))
	}
}

func TestProofsAreExact(t *testing.T) {
	proven, refuted := 0, 0
	count := func(c *analysis.Counterexample) {
		if c == nil {
			proven++
		} else {
			refuted++
		}
	}
	for seed := range uint64(400) {
		c := randomly(rand.New(rand.NewPCG(seed, 4)))
		o := analysis.Options{AsWritten: c(4) == 0}
		p := randomPolicy(c, 2)
		pattern := randomRule(c, 2).Pattern
		asked := &ir.Policy{Rules: []ir.PrefixRule{{Pattern: pattern, Decision: ir.Allow}}}
		if c(3) == 0 && len(p.Rules) > 0 {
			rule := &p.Rules[c(len(p.Rules))]
			rule.Decision = ir.Forbidden
			asked.Rules[0].Pattern = rule.Pattern
			pattern = rule.Pattern
		}
		starts := func(command []string) bool { return asked.Evaluate(command, place(o)).Decision != ir.None }

		got, err := analysis.NeverAllow(p, pattern, o)
		if err != nil {
			t.Fatal(err)
		}
		count(got)
		checkProof(t, p, o, got, func(command []string) bool {
			return starts(command) && p.Evaluate(command, place(o)).Decision == ir.Allow
		})

		if got, err = analysis.AlwaysForbidden(p, pattern, o); err != nil {
			t.Fatal(err)
		}
		count(got)
		checkProof(t, p, o, got, func(command []string) bool {
			return starts(command) && p.Evaluate(command, place(o)).Decision != ir.Forbidden
		})

		base := vary(c, p, 2)
		if got, err = analysis.NeverLooser(p, base, o); err != nil {
			t.Fatal(err)
		}
		count(got)
		checkProof(t, p, o, got, func(command []string) bool {
			answer, before := p.Evaluate(command, place(o)).Decision, base.Evaluate(command, place(o))
			if got != nil && slices.Equal(command, got.Command) && (got.Base != before.Decision || got.BaseRule != deciding(before)) {
				t.Fatalf("base of %+v: %v by %d", got, before.Decision, deciding(before))
			}
			switch before.Decision {
			case ir.None, ir.Allow:
				return false
			default:
				return answer < before.Decision
			}
		})
	}
	t.Logf("%d proven, %d refuted", proven, refuted)
	if proven < 100 || refuted < 100 {
		t.Error("too few cases")
	}
}
