package ir

import (
	"errors"

	"github.com/rulesc/rulesc/internal/caseless"
)

// A Pattern is the part of a rule that commands are compared with: p[i] holds
// the alternatives for the command's token i. A pattern has at least one
// position, every position at least one alternative, and the first position
// exactly one: alternatives in the first position of a prefix_rule call make
// one rule each.
type Pattern [][]string

// Literal returns the pattern that has one alternative at every position.
func Literal(tokens ...string) Pattern {
	p := make(Pattern, len(tokens))
	for i := range tokens {
		p[i] = tokens[i : i+1 : i+1]
	}
	return p
}

// Program returns the token of the first position.
func (p Pattern) Program() string { return p[0][0] }

// matches reports whether the command starts with the pattern. It compares
// every position, the first one too.
func (p Pattern) matches(command []string, equal func(a, b string) bool) bool {
	if len(command) < len(p) {
		return false
	}
	for i, alternatives := range p {
		if !containsFunc(alternatives, command[i], equal) {
			return false
		}
	}
	return true
}

func containsFunc(alternatives []string, token string, equal func(a, b string) bool) bool {
	for _, a := range alternatives {
		if equal(a, token) {
			return true
		}
	}
	return false
}

func sameBytes(a, b string) bool { return a == b }

// equality returns the comparison that the rule asks for.
func (r *PrefixRule) equality() func(a, b string) bool {
	if r.Canonical {
		return caseless.Equal
	}
	return sameBytes
}

// Validate reports what is wrong with the rule's shape, if anything. Rules that
// come out of this project's front ends are valid; those made by hand, or read
// from a file that anybody could have written, may not be.
func (r *PrefixRule) Validate() error {
	switch {
	case len(r.Pattern) == 0:
		return errors.New("pattern cannot be empty")
	case len(r.Pattern[0]) != 1:
		return errors.New("the first position of a pattern has exactly one token")
	case r.Decision < Allow || r.Decision > Forbidden:
		return errors.New("a rule needs a decision")
	}
	for _, alternatives := range r.Pattern {
		if len(alternatives) == 0 {
			return errors.New("pattern alternatives cannot be empty")
		}
	}
	return nil
}
