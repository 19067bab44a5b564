// Package engine puts what could answer for a command policy behind one small
// interface: rulesc, the least that any answer costs, and what a user would
// pick instead.
//
// Every engine gets the same rules and must give the answers of ir's evaluator;
// [Check] holds it to that, and nothing is timed that was not checked.
package engine

import (
	"fmt"
	"math"
	"slices"

	"github.com/rulesc/rulesc/ir"
)

// An Answer is what an engine says of a command.
type Answer struct {
	Decision ir.Decision

	// Rule is the index of the deciding rule, -1 if no rule matched. Engines
	// that only know the decision say Unknown.
	Rule int
}

// Unknown is the rule of an engine that cannot say which rule decided.
const Unknown = -2

// None is the answer where no rule matched.
var None = Answer{Decision: ir.None, Rule: -1}

// An Engine is a policy, ready to answer. It need not be safe for concurrent
// use.
type Engine interface {
	// Decide answers for one command.
	Decide(argv []string) Answer

	// Run decides all commands and returns the sum of the decisions. It calls
	// the engine directly, so that what is timed has no dynamic call in it
	// that a user would not have.
	Run(commands [][]string) int
}

// A Lister also lists every rule that matches.
type Lister interface {
	Engine

	// AppendMatches appends the indexes of the rules that match, ascending.
	AppendMatches(dst []int, argv []string) []int

	// RunMatches lists the matches of all commands, into memory that it
	// reuses, and returns their number.
	RunMatches(commands [][]string) int
}

// A Kind is an engine before it has rules.
type Kind struct {
	Name string

	// About says in a few words what it does with the rules.
	About string

	// Most is the number of rules up to which the engine is worth the wait;
	// with more it would take minutes.
	Most int

	// New makes an engine for the work's rules. dir is a folder for its files.
	New func(w *Work, dir string) (Engine, error)
}

// Kinds are all engines, the fastest first.
var Kinds = []Kind{
	limitKind,
	storedKind,
	zstdKind,
	mapsKind,
	radixKind,
	fstKind,
	referenceKind,
	regexpKind,
	celKind,
	cedarKind,
	opaKind,
	casbinKind,
}

// all is the Most of an engine that takes any number of rules.
const all = math.MaxInt

// Check compares the answers of an engine with those of ir's evaluator, and the
// matches of one that lists them. It returns an error that names the first
// command with another answer.
func Check(e Engine, w *Work) error {
	sum := 0
	for i, argv := range w.Commands {
		got, want := e.Decide(argv), w.Answers[i]
		if got.Decision != want.Decision || got.Rule != want.Rule && got.Rule != Unknown {
			return fmt.Errorf("%q: got %v by rule %d, want %v by rule %d", argv, got.Decision, got.Rule, want.Decision, want.Rule)
		}
		sum += int(got.Decision)
	}
	if got := e.Run(w.Commands); got != sum {
		return fmt.Errorf("Run: got %d, want %d", got, sum)
	}
	lister, ok := e.(Lister)
	if !ok {
		return nil
	}
	total := 0
	for i, argv := range w.Commands {
		if got := lister.AppendMatches(nil, argv); !slices.Equal(got, w.Matches[i]) {
			return fmt.Errorf("%q: got the matches %v, want %v", argv, got, w.Matches[i])
		}
		total += len(w.Matches[i])
	}
	if got := lister.RunMatches(w.Commands); got != total {
		return fmt.Errorf("RunMatches: got %d, want %d", got, total)
	}
	return nil
}

// better reports whether a rule decides against another: the stricter, then
// the longer, then the later one.
func better(p *ir.Policy, rule, than int) bool {
	if than < 0 {
		return true
	}
	a, b := &p.Rules[rule], &p.Rules[than]
	if a.Decision != b.Decision {
		return a.Decision > b.Decision
	}
	if len(a.Pattern) != len(b.Pattern) {
		return len(a.Pattern) > len(b.Pattern)
	}
	return rule > than
}
