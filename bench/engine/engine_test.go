package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rulesc/rulesc/bench/engine"
	"github.com/rulesc/rulesc/ir"
)

// TestEnginesAgree holds every engine to the answers of ir's evaluator, and
// those that list matches to its matches.
func TestEnginesAgree(t *testing.T) {
	for _, n := range []int{10, 300} {
		w := engine.NewWork(n).Part(500)

		w.Answers = make([]engine.Answer, len(w.Commands))
		matches := make([][]int, len(w.Commands))
		for i, argv := range w.Commands {
			result := w.Policy.Evaluate(argv, nil)
			for _, m := range result.Matches {
				matches[i] = append(matches[i], m.Rule)
			}
			w.Answers[i] = engine.None
			if result.Deciding >= 0 {
				w.Answers[i] = engine.Answer{Decision: result.Decision, Rule: matches[i][result.Deciding]}
			}
		}
		for _, kind := range engine.Kinds {
			t.Run(fmt.Sprintf("%s/rules=%d", kind.Name, n), func(t *testing.T) {
				if n > kind.Most {
					t.Skipf("takes up to %d rules", kind.Most)
				}
				e, err := kind.New(w, t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				if err := engine.Check(e, w); err != nil {
					t.Error(err)
				}
				if lister, ok := e.(engine.Lister); ok {
					checkMatches(t, lister, w, matches)
				}
			})
		}
	}
}

func checkMatches(t *testing.T, e engine.Lister, w *engine.Work, want [][]int) {
	total := 0
	for i, argv := range w.Commands {
		if got := e.AppendMatches(nil, argv); !slices.Equal(got, want[i]) {
			t.Fatalf("%q: matches %v, want %v", argv, got, want[i])
		}
		total += len(want[i])
	}
	if got := e.RunMatches(w.Commands); got != total {
		t.Errorf("RunMatches: got %d, want %d", got, total)
	}
}

// TestWorkKnows holds the answers that come with the work, which are found in
// a quicker way, to what ir says of all rules.
func TestWorkKnows(t *testing.T) {
	w := engine.NewWork(300)
	for i, argv := range w.Commands {
		want := engine.None
		if r := w.Policy.Evaluate(argv, nil); r.Deciding >= 0 {
			want = engine.Answer{Decision: r.Decision, Rule: r.Matches[r.Deciding].Rule}
		}
		if w.Answers[i] != want {
			t.Fatalf("%q: got %v, want %v", argv, w.Answers[i], want)
		}
	}
}

// TestCheckNotices holds that an engine with other rules does not pass.
func TestCheckNotices(t *testing.T) {
	w := engine.NewWork(10)
	other := *w
	other.Policy = &ir.Policy{Rules: w.Policy.Rules[1:]}
	for _, kind := range engine.Kinds {
		if kind.Name == "limit" {
			continue // is told the answers
		}
		e, err := kind.New(&other, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if engine.Check(e, w) == nil {
			t.Errorf("%s: answers for other rules pass for right", kind.Name)
		}
	}
}
