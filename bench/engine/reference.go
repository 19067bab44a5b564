package engine

import (
	"slices"

	"github.com/rulesc/rulesc/ir"
)

// referenceKind is how the reference, codex-cli 0.169.0, goes about it: a map
// from program to its rules, every one of which is tried. It makes the list of
// all that match, each with a copy of the prefix that matched, and takes the
// strictest.
var referenceKind = Kind{
	Name:  "the reference's algorithm",
	About: "map of program to rule list, every rule tried, matches listed; in Go",
	Most:  all,
	New: func(w *Work, _ string) (Engine, error) {
		e := &reference{programs: make(map[string][]referenceRule)}
		for i := range w.Policy.Rules {
			rule := &w.Policy.Rules[i]
			made := referenceRule{id: i, first: rule.Pattern.Program(), decision: rule.Decision}
			for _, alternatives := range rule.Pattern[1:] {
				made.rest = append(made.rest, referenceToken{alternatives[0], alternatives[1:]})
			}
			e.programs[made.first] = append(e.programs[made.first], made)
		}
		return e, nil
	},
}

type reference struct {
	programs map[string][]referenceRule
	found    []referenceMatch
}

type referenceRule struct {
	first    string
	rest     []referenceToken
	decision ir.Decision
	id       int
}

type referenceToken struct {
	token string
	other []string // alternatives
}

type referenceMatch struct {
	rule   *referenceRule
	prefix []string // of the command, a copy
}

func (r *referenceRule) matches(argv []string) bool {
	if len(argv) < len(r.rest)+1 || argv[0] != r.first {
		return false
	}
	for i := range r.rest {
		if argv[i+1] != r.rest[i].token && !slices.Contains(r.rest[i].other, argv[i+1]) {
			return false
		}
	}
	return true
}

// matches appends the rules that match.
func (e *reference) matches(dst []referenceMatch, argv []string) []referenceMatch {
	rules := e.programs[argv[0]]
	for i := range rules {
		if rule := &rules[i]; rule.matches(argv) {
			dst = append(dst, referenceMatch{rule, slices.Clone(argv[:len(rule.rest)+1])})
		}
	}
	return dst
}

func (e *reference) Decide(argv []string) Answer {
	answer, longest := None, 0
	for _, m := range e.matches(nil, argv) {
		if m.rule.decision > answer.Decision || m.rule.decision == answer.Decision && len(m.prefix) >= longest {
			answer, longest = Answer{m.rule.decision, m.rule.id}, len(m.prefix)
		}
	}
	return answer
}

func (e *reference) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}

func (e *reference) AppendMatches(dst []int, argv []string) []int {
	for _, m := range e.matches(nil, argv) {
		dst = append(dst, m.rule.id)
	}
	return dst
}

func (e *reference) RunMatches(commands [][]string) (n int) {
	for _, argv := range commands {
		e.found = e.matches(e.found[:0], argv)
		n += len(e.found)
	}
	return n
}
