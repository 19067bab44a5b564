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

// A Prover proves assertions about one policy. Set its fields before it is used;
// it keeps no state.
type Prover struct {
	Policy *ir.Policy
	Options

	// AnyLayer asks for proofs that hold whatever further layers say: as many
	// prefix rules and host executables as they like, in any place among those
	// of the policy. That is decided exactly, too, because layers can do little:
	//
	//   - Where rules match the command as it is written, others can only add
	//     matches. The answer is at least the strictest of these rules, and just
	//     that if nothing is added.
	//   - Where none does, a layer can have any answer it likes. A rule that
	//     allows the command as it is written goes before all rules on the name
	//     of its program, and a host list without the path hides these.
	//
	// So rules on a name protect no call by path from a layer below or above,
	// whoever wrote them; what they protect is the name. An assertion about a
	// pattern covers paths, too, and holds for any layer only with AsWritten.
	AnyLayer bool
}

// A Counterexample refutes an assertion.
type Counterexample struct {
	// Command is a shortest command that breaks the assertion.
	Command []string `json:"command"`

	// Decision is the answer to it, ir.None for no match.
	Decision ir.Decision `json:"decision"`

	// Rule is the rule of the policy that decides it, -1 for none.
	Rule int `json:"rule"`

	// Added is the rule of a further layer that decides it; nil if the policy
	// breaks the assertion by itself.
	Added *ir.PrefixRule `json:"-"`

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
// The first position of the pattern may have alternatives.
func (p *Prover) NeverAllow(pattern ir.Pattern) (*Counterexample, error) {
	return p.about(pattern, func(answer ir.Decision) bool {
		return answer == ir.Allow || answer == ir.None && p.AnyLayer
	})
}

// AlwaysForbidden proves that every command which starts with pattern, as in
// NeverAllow, is forbidden: it returns nil, or a counterexample. No match is not
// a ban; so a host list that keeps rules from paths makes counterexamples.
func (p *Prover) AlwaysForbidden(pattern ir.Pattern) (*Counterexample, error) {
	return p.about(pattern, func(answer ir.Decision) bool { return answer != ir.Forbidden })
}

// NeverLooser proves that the policy is at least as strict as a base on every
// command for which the base has an answer: it returns nil, or a counterexample.
// No match is looser than an answer that asks or forbids, because nobody here
// knows the fallback, and not looser than allow.
func (p *Prover) NeverLooser(base *ir.Policy) (*Counterexample, error) {
	if err := check(p.Policy, base); err != nil {
		return nil, err
	}
	q, b := p.Policy, base
	fromPolicy, fromBase := allRules(q), allRules(b)
	if !p.AnyLayer { // layers can loosen what is written alike
		q, b, fromPolicy, fromBase = changed(q, b)
	}
	command, err := p.search(q, b, difference, func(answer, base rank) bool {
		return base != 0 && answer.decision() < base.decision() && (answer != 0 || base.decision() != ir.Allow)
	})
	if command == nil || err != nil {
		return nil, err
	}
	c := p.counterexample(q, fromPolicy, command)
	if rule := newJudge(b, index(b, allRules(b)), p.Options).decider(command); rule >= 0 {
		c.BaseRule, c.Base = fromBase[rule], b.Rules[rule].Decision
	}
	return c, nil
}

// about searches the commands that start with pattern.
func (p *Prover) about(pattern ir.Pattern, wrong func(answer ir.Decision) bool) (*Counterexample, error) {
	if err := check(p.Policy); err != nil {
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
	mine, _ := families(p.Policy)
	asked, order := families(probe)
	var relevant []*family
	for _, name := range order {
		if len(asked[name].rules) > 0 {
			relevant = append(relevant, mine[name])
		}
	}
	q, from := part(p.Policy, relevant)
	command, err := p.search(q, probe, match, func(answer, asked rank) bool { return asked != 0 && wrong(answer.decision()) })
	if command == nil || err != nil {
		return nil, err
	}
	return p.counterexample(q, from, command), nil
}

// counterexample says what becomes of a command. q is the part of the policy
// that speaks about it, with rules from the whole.
func (p *Prover) counterexample(q *ir.Policy, from []int, command []string) *Counterexample {
	c := &Counterexample{Command: command, Rule: -1, BaseRule: -1}
	o := p.Options
	o.AsWritten = o.AsWritten || p.AnyLayer
	if rule := newJudge(q, index(q, allRules(q)), o).decider(command); rule >= 0 {
		c.Rule, c.Decision = from[rule], q.Rules[rule].Decision
	} else if p.AnyLayer {
		c.Added = &ir.PrefixRule{Pattern: ir.Literal(command...), Decision: ir.Allow}
		c.Decision = ir.Allow
	}
	return c
}

// search returns a shortest command that leads to a wrong pair of answers of q,
// a part of the policy, and r; nil if there is none.
func (p *Prover) search(q, r *ir.Policy, g goal, wrong func(q, r rank) bool) ([]string, error) {
	mine := index(q, allRules(q))
	mine.written = p.AnyLayer
	s := newSpace(p.Options, mine, index(r, allRules(r)))
	m, roots, err := newMachine(s, []*ir.Policy{q, r}, p.Options, g)
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
