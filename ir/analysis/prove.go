package analysis

import (
	"fmt"
	"slices"

	"github.com/rulesc/rulesc/ir"
)

// Assertions are about all commands, so testing cannot prove them; walking can.
// A pattern is asserted about by walking it as a rule of a policy of its own,
// beside the policy: where that rule has matched, the answer must be as asserted.
// A base is walked beside the policy as in a diff. Levels of states are finite,
// so either a state breaks the assertion, and the shortest way to one is the
// counterexample, or none does, which is the proof.
//
// The cost is that of Diff, and mostly much less: what a pattern does not lead to
// is not walked.

// A Counterexample refutes an assertion.
type Counterexample struct {
	// Command is a shortest command that breaks the assertion.
	Command []string `json:"command"`

	// Decision is the policy's answer to it, ir.None for no match.
	Decision ir.Decision `json:"decision"`

	// Rule is the rule that decides it, -1 for no match.
	Rule int `json:"rule"`

	// Base and BaseRule are the base's answer and deciding rule, where there is
	// a base.
	Base     ir.Decision `json:"base"`
	BaseRule int         `json:"base_rule"`
}

// NeverAllow proves that no command which starts with pattern is allowed: it
// returns nil, or a counterexample. No match is not an allow.
//
// A command starts with the pattern if a rule with this pattern would match it.
// Paths to the pattern's program count too, be they in its host list or not.
func NeverAllow(p *ir.Policy, pattern ir.Pattern, o Options) (*Counterexample, error) {
	return about(p, pattern, o, func(answer ir.Decision) bool { return answer == ir.Allow })
}

// AlwaysForbidden proves that every command which starts with pattern, as in
// NeverAllow, is forbidden: it returns nil, or a counterexample. No match is not
// a ban; so a host list that keeps rules from paths makes counterexamples.
func AlwaysForbidden(p *ir.Policy, pattern ir.Pattern, o Options) (*Counterexample, error) {
	return about(p, pattern, o, func(answer ir.Decision) bool { return answer != ir.Forbidden })
}

// NeverLooser proves that a policy is at least as strict as a base on every
// command for which the base has an answer: it returns nil, or a counterexample.
// No match is looser than an answer that asks or forbids, because nobody here
// knows the fallback, and not looser than allow.
func NeverLooser(p, base *ir.Policy, o Options) (*Counterexample, error) {
	if err := check(p, base); err != nil {
		return nil, err
	}
	q, b, fromPolicy, fromBase := changed(p, base)
	command, err := search(q, b, o, difference, func(answer, base rank) bool {
		return base != 0 && answer.decision() < base.decision() && (answer != 0 || base.decision() != ir.Allow)
	})
	if command == nil || err != nil {
		return nil, err
	}
	c := &Counterexample{Command: command, Rule: -1, BaseRule: -1}
	if rule := decider(q, command, o); rule >= 0 {
		c.Rule, c.Decision = fromPolicy[rule], q.Rules[rule].Decision
	}
	if rule := decider(b, command, o); rule >= 0 {
		c.BaseRule, c.Base = fromBase[rule], b.Rules[rule].Decision
	}
	return c, nil
}

// about searches the commands that start with pattern. Alternatives in the
// first position of the pattern are fine.
func about(p *ir.Policy, pattern ir.Pattern, o Options, wrong func(answer ir.Decision) bool) (*Counterexample, error) {
	if err := check(p); err != nil {
		return nil, err
	}
	if len(pattern) == 0 || slices.ContainsFunc(pattern, func(alternatives []string) bool { return len(alternatives) == 0 }) {
		return nil, fmt.Errorf("pattern %v: no position may be empty, and there must be one", pattern)
	}
	probe := &ir.Policy{}
	for _, name := range pattern[0] {
		named := slices.Clone(pattern)
		named[0] = []string{name}
		probe.Rules = append(probe.Rules, ir.PrefixRule{Pattern: named, Decision: ir.Allow})
	}
	mine, _ := families(p)
	asked, order := families(probe)
	var relevant []*family
	for _, name := range order {
		if len(asked[name].rules) > 0 {
			relevant = append(relevant, mine[name])
		}
	}
	q, from := part(p, relevant)
	command, err := search(q, probe, o, match, func(answer, asked rank) bool { return asked != 0 && wrong(answer.decision()) })
	if command == nil || err != nil {
		return nil, err
	}
	c := &Counterexample{Command: command, Rule: -1, BaseRule: -1}
	if rule := decider(q, command, o); rule >= 0 {
		c.Rule, c.Decision = from[rule], q.Rules[rule].Decision
	}
	return c, nil
}

func decider(p *ir.Policy, command []string, o Options) int {
	return newJudge(p, index(p, allRules(p)), o).decider(command)
}

// search returns a shortest command that leads to a wrong pair of answers of p
// and q, nil if there is none.
func search(p, q *ir.Policy, o Options, g goal, wrong func(p, q rank) bool) ([]string, error) {
	s := newSpace(o, index(p, allRules(p)), index(q, allRules(q)))
	m, roots, err := newMachine(s, []*ir.Policy{p, q}, o, g)
	if err != nil {
		return nil, err
	}
	if err := m.run(); err != nil {
		return nil, err
	}
	// Level by level of tokens, not of heights: the first state that is wrong
	// is at the end of a shortest command.
	type step struct {
		state, parent int32
		symbol        symbol
		atom          int
	}
	var steps []step
	seen := make([]bool, len(m.states))
	enter := func(next step) {
		if next.state != same && !seen[next.state] {
			seen[next.state] = true
			steps = append(steps, next)
		}
	}
	for i, root := range roots {
		enter(step{root, -1, 0, i})
	}
	for i := int32(0); int(i) < len(steps); i++ {
		at := &m.states[steps[i].state]
		if wrong(at.best[0], at.best[1]) {
			var command []string
			for k := i; k >= 0; k = steps[k].parent {
				if parent := steps[k].parent; parent < 0 {
					command = append(command, s.atoms[steps[k].atom].set.example())
				} else {
					command = append(command, m.spell(&m.states[steps[parent].state], steps[k].symbol))
				}
			}
			slices.Reverse(command)
			return command, nil
		}
		for _, a := range m.arrows[at.arrows.from:at.arrows.to] {
			enter(step{a.to, i, a.symbol, -1})
		}
	}
	return nil, nil
}

// spell returns a token that an arrow of a state stands for.
func (m *machine) spell(s *state, sym symbol) string {
	if !sym.isClass() {
		return m.tokens[sym>>1]
	}
	var exact []symbol
	for _, a := range m.arrows[s.arrows.from:s.arrows.to] {
		if m.classFor(a.symbol) == sym {
			exact = append(exact, a.symbol)
		}
	}
	token, _ := m.other(sym, exact)
	return token
}
