package analysis_test

import (
	"math/rand/v2"
	"testing"

	"github.com/rulesc/rulesc/ir/analysis"
)

func TestJudgeIsTheDefinition(t *testing.T) {
	for seed := range uint64(60) {
		c := randomly(rand.New(rand.NewPCG(seed, 9)))
		p := randomPolicy(c, 2)
		if seed%2 == 0 { // enough to be told apart by several tokens
			for range 30 {
				p.Rules = append(p.Rules, randomPolicy(c, 4).Rules...)
			}
		}
		o := analysis.Options{AsWritten: c(4) == 0}
		judge, err := analysis.NewJudge(p, o)
		if err != nil {
			t.Fatal(err)
		}
		eachCommand(2, func(command []string) {
			want := p.Evaluate(command, place(o))
			if got := judge.Decider(command); got != deciding(want) {
				t.Fatalf("%s\n%q: rule %d, want %d", show(p), command, got, deciding(want))
			}
			if got := judge.Decision(command); got != want.Decision {
				t.Fatalf("%s\n%q: %v, want %v", show(p), command, got, want.Decision)
			}
		})
	}
}
