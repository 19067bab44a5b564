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
		for _, kind := range engine.Kinds {
			t.Run(fmt.Sprintf("%s/rules=%d", kind.Name, n), func(t *testing.T) {
				e, err := kind.New(w, t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				if err := engine.Check(e, w); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestWorkKnows holds the answers that come with the work, which are found in
// a quicker way, to what ir says of all rules.
func TestWorkKnows(t *testing.T) {
	w := engine.NewWork(300)
	for i, argv := range w.Commands {
		result := w.Policy.Evaluate(argv, nil)
		var matches []int
		for _, m := range result.Matches {
			matches = append(matches, m.Rule)
		}
		want := engine.None
		if result.Deciding >= 0 {
			want = engine.Answer{Decision: result.Decision, Rule: matches[result.Deciding]}
		}
		if w.Answers[i] != want {
			t.Fatalf("%q: got %v, want %v", argv, w.Answers[i], want)
		}
		if !slices.Equal(w.Matches[i], matches) {
			t.Fatalf("%q: got the matches %v, want %v", argv, w.Matches[i], matches)
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
