package analysis

import (
	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// Coverage counts what commands, such as those of examples and tests, reach in a
// policy. Make one with NewCoverage. It is not safe for concurrent use.
//
// A command costs a count for each rule of its program, and a comparison with
// those for its second token; memory is a number for each alternative.
type Coverage struct {
	// Rules has an entry for each rule of the policy.
	Rules []RuleCoverage

	policy   *ir.Policy
	programs *programs
	judge    *judge
	byName   bool
}

// A RuleCoverage is what the commands added so far reached of one rule.
type RuleCoverage struct {
	Matched int // commands that the rule matched
	Decided int // those of them that it decided, as ir.Policy.Evaluate has it

	// Reached has a number for each alternative of each position of the pattern:
	// the commands that agree with the rule up to there, whether it matched in
	// the end or not. In terms of a trie of the rules, it is the edges that were
	// gone along. The first position is that of the program.
	Reached [][]int

	// Used is like Reached for the commands that the rule matched in the end.
	Used [][]int
}

// NewCoverage returns an empty coverage of a policy, which must not change any
// more. The error says which rule is not one.
func NewCoverage(p *ir.Policy, o Options) (*Coverage, error) {
	if err := check(p); err != nil {
		return nil, err
	}
	programs := index(p, allRules(p))
	c := &Coverage{
		Rules: make([]RuleCoverage, len(p.Rules)), policy: p, programs: programs, judge: newJudge(p, programs, o),
		byName: !o.AsWritten,
	}
	for i := range p.Rules {
		c.Rules[i].Reached = zeros(p.Rules[i].Pattern)
		c.Rules[i].Used = zeros(p.Rules[i].Pattern)
	}
	return c, nil
}

// zeros returns a zero for each alternative of a pattern.
func zeros(p ir.Pattern) [][]int {
	counts := make([][]int, len(p))
	for i, position := range p {
		counts[i] = make([]int, len(position))
	}
	return counts
}

// Include adds the counts of another coverage, of a policy of which rule i is
// rule from[i] here. So commands that were judged by a part of the rules, or with
// other Options, are counted as well.
func (c *Coverage) Include(other *Coverage, from []int) {
	add := func(to, more [][]int) {
		for i := range more {
			for k, n := range more[i] {
				to[i][k] += n
			}
		}
	}
	for i := range other.Rules {
		mine, more := &c.Rules[from[i]], &other.Rules[i]
		mine.Matched += more.Matched
		mine.Decided += more.Decided
		add(mine.Reached, more.Reached)
		add(mine.Used, more.Used)
	}
}

// Add counts a command and returns the rule that decides it, -1 for none.
func (c *Coverage) Add(command []string) (deciding int) {
	if len(command) == 0 {
		return -1
	}
	fold := caseless.Fold(command[0])
	matched := c.add(command, c.programs.direct(command[0], fold))
	if path, name, ok := (ir.Place{}).Program(command[0]); ok && c.byName && !matched {
		c.add(command, c.programs.indirect(name, caseless.Fold(name), path))
	}
	deciding = c.judge.decider(command)
	if deciding >= 0 {
		c.Rules[deciding].Decided++
	}
	return deciding
}

// add counts for the rules of some programs; it reports whether one matched.
func (c *Coverage) add(command []string, claims []claim) (matched bool) {
	for _, claim := range claims {
		for _, r := range claim.rules {
			c.Rules[r].Reached[0][0]++
		}
		for _, r := range c.judge.candidates(claim.program, command) {
			if c.follow(r, command, c.Rules[r].Reached) {
				c.Rules[r].Matched++
				c.Rules[r].Used[0][0]++
				c.follow(r, command, c.Rules[r].Used)
				matched = true
			}
		}
	}
	return matched
}

// follow counts the alternatives of a rule behind the first that a command
// agrees with, and reports whether the rule matches.
func (c *Coverage) follow(r int, command []string, counts [][]int) bool {
	rule := &c.policy.Rules[r]
	for i := 1; i < len(rule.Pattern); i++ {
		if i == len(command) {
			return false
		}
		agrees := false
		for k, a := range rule.Pattern[i] {
			if a == command[i] || rule.Canonical && caseless.Equal(a, command[i]) {
				counts[i][k]++
				agrees = true
			}
		}
		if !agrees {
			return false
		}
	}
	return true
}
