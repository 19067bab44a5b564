package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// answers is what a policy says of a command, and by which rule, as far as a
// prover may count on it: whatever further layers say, it is the answer to the
// command as it is written, and where that has none, layers can have it allowed.
func answers(p *analysis.Prover, command []string) (d ir.Decision, rule int, open bool) {
	at := place(p.Options)
	if p.AnyLayer {
		at = nil
	}
	result := p.Policy.Evaluate(command, at)
	return result.Decision, deciding(result), p.AnyLayer && result.Decision == ir.None
}

// checkProof holds a proof against all commands.
func checkProof(t *testing.T, p *analysis.Prover, got *analysis.Counterexample, wrong func(command []string, answer ir.Decision, open bool) bool) {
	t.Helper()
	var want []string
	eachCommand(3, func(command []string) {
		if want == nil || len(command) < len(want) {
			if answer, _, open := answers(p, command); wrong(command, answer, open) {
				want = slices.Clone(command)
			}
		}
	})
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("any layer %v, options %+v\n%s\ngot %+v: %s", p.AnyLayer, p.Options, show(p.Policy), got, fmt.Sprintf(format, args...))
	}
	if (got == nil) != (want == nil) {
		fail("but %q", want)
	}
	if got == nil {
		return
	}
	answer, rule, open := answers(p, got.Command)
	if !wrong(got.Command, answer, open) || len(got.Command) != len(want) {
		fail("%q is as good as any, %v by %d", want, answer, rule)
	}
	if open {
		loosened := *p.Policy
		loosened.Rules = append(slices.Clone(p.Policy.Rules), *got.Added)
		answer = loosened.Evaluate(got.Command, place(p.Options)).Decision
	} else if got.Added != nil {
		fail("a layer is not to blame")
	}
	if got.Decision != answer || got.Rule != rule {
		fail("the answer is %v by %d", answer, rule)
	}
}

// A proofCount is how many proofs were held against all commands, and how many
// counterexamples; of one policy, and for any layer.
type proofCount struct{ proven, refuted [2]int }

// checkProofs makes a policy by choice, and proves of it what can be.
func checkProofs(t *testing.T, c choice, counts *proofCount) {
	t.Helper()
	p := randomPolicy(c, 2)
	prover := &analysis.Prover{Policy: p, Options: analysis.Options{AsWritten: c(4) == 0}, AnyLayer: c(3) == 0}
	count := func(c *analysis.Counterexample, err error) *analysis.Counterexample {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		kind := 0
		if prover.AnyLayer {
			kind = 1
		}
		if c == nil {
			counts.proven[kind]++
		} else {
			counts.refuted[kind]++
		}
		return c
	}
	pattern := randomRule(c, 2).Pattern
	asked := &ir.Policy{Rules: []ir.PrefixRule{{Pattern: pattern, Decision: ir.Allow}}}
	if c(3) == 0 && len(p.Rules) > 0 {
		rule := &p.Rules[c(len(p.Rules))]
		rule.Decision = ir.Forbidden
		asked.Rules[0].Pattern = rule.Pattern
		pattern = slices.Clone(rule.Pattern)
	}
	if c(4) == 0 { // alternatives in the first position stand for a rule each
		other := slices.Clone(pattern)
		other[0] = []string{pick(c, ruleNames)}
		asked.Rules = append(asked.Rules, ir.PrefixRule{Pattern: other, Decision: ir.Allow})
		pattern = slices.Clone(pattern)
		pattern[0] = []string{pattern[0][0], other[0][0]}
	}
	starts := func(command []string) bool {
		return asked.Evaluate(command, place(prover.Options)).Decision != ir.None
	}

	got := count(prover.NeverAllow(pattern))
	checkProof(t, prover, got, func(command []string, answer ir.Decision, open bool) bool {
		return (answer == ir.Allow || open) && starts(command)
	})

	got = count(prover.AlwaysForbidden(pattern))
	checkProof(t, prover, got, func(command []string, answer ir.Decision, _ bool) bool {
		return answer != ir.Forbidden && starts(command)
	})

	base := vary(c, p, 2)
	got = count(prover.NeverLooser(base))
	checkProof(t, prover, got, func(command []string, answer ir.Decision, _ bool) bool {
		before := base.Evaluate(command, place(prover.Options))
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

func TestProofsAreExact(t *testing.T) {
	var counts proofCount
	for seed := range uint64(600) {
		checkProofs(t, randomly(rand.New(rand.NewPCG(seed, 4))), &counts)
	}
	t.Logf("of one policy, and for any layer: %d proven, %d refuted", counts.proven, counts.refuted)
	if min(counts.proven[0], counts.refuted[0], counts.proven[1], counts.refuted[1]) < 80 {
		t.Error("too few cases")
	}
}

func FuzzProofs(f *testing.F) {
	f.Add([]byte("the quick brown fox jumps over the lazy dog"))
	f.Add([]byte{6, 0, 1, 2, 1, 1, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 200 {
			t.Skip()
		}
		checkProofs(t, fromBytes(data), new(proofCount))
	})
}

// TestLayersCanDoNoMore holds what provers take for granted of further layers:
// that they cannot loosen an answer to a command as it is written.
func TestLayersCanDoNoMore(t *testing.T) {
	held := 0
	for seed := range uint64(400) {
		c := randomly(rand.New(rand.NewPCG(seed, 9)))
		p, layer := randomPolicy(c, 2), randomPolicy(c, 2)
		at := c(len(p.Rules) + 1)
		both := &ir.Policy{
			Rules: slices.Concat(p.Rules[:at], layer.Rules, p.Rules[at:]),
			Hosts: slices.Concat(p.Hosts, layer.Hosts),
		}
		eachCommand(2, func(command []string) {
			floor := p.Evaluate(command, nil).Decision
			if got := both.Evaluate(command, &ir.Place{}).Decision; got < floor {
				t.Fatalf("%q: %v becomes %v\n%s\nwith\n%s", command, floor, got, show(p), show(layer))
			}
			if floor != ir.None {
				held++
			}
		})
	}
	t.Logf("%d answers held", held)
	if held == 0 {
		t.Error("no answers")
	}
}
