package analysis_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

func TestCoverage(t *testing.T) {
	p := &ir.Policy{Rules: []ir.PrefixRule{
		{Pattern: ir.Pattern{{"git"}, {"push", "fetch"}, {"-f"}}, Decision: ir.Forbidden},
		{Pattern: ir.Literal("git"), Decision: ir.Allow},
		{Pattern: ir.Pattern{{"LS"}, {"-A", "-b"}}, Decision: ir.Allow, Canonical: true},
	}}
	c, err := analysis.NewCoverage(p, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"git", "push"}, {"/bin/git", "push", "-f"}, {"ls", "-a"}, {"cat"}, {}} {
		c.Add(command)
	}
	want := []analysis.RuleCoverage{
		{Matched: 1, Decided: 1, Reached: [][]int{{2}, {2, 0}, {1}}, Used: [][]int{{1}, {1, 0}, {1}}},
		{Matched: 2, Decided: 1, Reached: [][]int{{2}}, Used: [][]int{{2}}},
		{Matched: 1, Decided: 1, Reached: [][]int{{1}, {1, 0}}, Used: [][]int{{1}, {1, 0}}},
	}
	if diff := cmp.Diff(want, c.Rules); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestCoverageAgrees holds the counts against the definition.
func TestCoverageAgrees(t *testing.T) {
	for seed := range uint64(100) {
		choose := randomly(rand.New(rand.NewPCG(seed, 5)))
		p := randomPolicy(choose, 3)
		o := analysis.Options{AsWritten: choose(3) == 0}
		c, err := analysis.NewCoverage(p, o)
		if err != nil {
			t.Fatal(err)
		}
		matched := make([]int, len(p.Rules))
		decided := make([]int, len(p.Rules))
		eachCommand(2, func(command []string) {
			result := p.Evaluate(command, place(o))
			if got, want := c.Add(command), deciding(result); got != want {
				t.Fatalf("%q: decided by %d, want %d\n%s", command, got, want, show(p))
			}
			for i, m := range result.Matches {
				matched[m.Rule]++
				if i == result.Deciding {
					decided[m.Rule]++
				}
			}
		})
		for i := range p.Rules {
			if c.Rules[i].Matched != matched[i] || c.Rules[i].Decided != decided[i] {
				t.Fatalf("rule %d: got %+v, want %d matched, %d decided\n%s", i, c.Rules[i], matched[i], decided[i], show(p))
			}
		}
	}
}
