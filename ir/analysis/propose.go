package analysis

import (
	"slices"

	"github.com/rulesc/rulesc/ir"
)

// A Proposal is examples for a call of prefix_rule of which something is not
// covered.
type Proposal struct {
	First, End int // the rules of the call: Policy.Rules[First:End]

	// Match are commands that rules of the call match; they cover all of its
	// alternatives that are not covered yet, with as few commands as there can
	// be.
	Match [][]string

	// NotMatch is a near miss, which no rule of the call matches: as long as the
	// pattern and different in the last token where the policy knows such a
	// command. Empty where none was found.
	NotMatch [][]string
}

// Propose returns examples for what is not covered. Each was put to the
// evaluator that defines what policies mean.
func (c *Coverage) Propose() []Proposal {
	siblings := newSiblings(c.policy)
	var proposals []Proposal
	for _, call := range c.Calls() {
		if call.Covered() {
			continue
		}
		q := &ir.Policy{Rules: c.policy.Rules[call.First:call.End], Hosts: c.policy.Hosts}
		proposal := Proposal{First: call.First, End: call.End}
		for _, command := range uncovered(q.Rules, call.Used) {
			if matches(q, command) {
				proposal.Match = append(proposal.Match, command)
			}
		}
		for _, command := range siblings.nearMisses(q, proposal.Match) {
			if !matches(q, command) {
				proposal.NotMatch = append(proposal.NotMatch, command)
				break
			}
		}
		proposals = append(proposals, proposal)
	}
	return proposals
}

// matches reports whether a rule matches the command as an example, for
// somebody at any place.
func matches(p *ir.Policy, command []string) bool {
	return slices.ContainsFunc([]ir.Place{{}, {Home: "/", Dir: "/"}}, func(at ir.Place) bool {
		return p.Evaluate(command, &at).Deciding >= 0
	})
}

// uncovered returns commands that use every alternative of a call which is not
// used yet.
func uncovered(rules []ir.PrefixRule, used [][]int) [][]string {
	written := slices.Clone(rules[0].Pattern)
	written[0] = nil
	for i := range rules {
		written[0] = append(written[0], rules[i].Pattern.Program())
	}
	missing := make([][]string, len(written))
	rows := 0
	for i, position := range written {
		for k, token := range position {
			if used[i][k] == 0 {
				missing[i] = append(missing[i], token)
			}
		}
		rows = max(rows, len(missing[i]))
	}
	commands := make([][]string, rows)
	for row := range commands {
		for i := range written {
			token := written[i][0]
			if row < len(missing[i]) {
				token = missing[i][row]
			}
			commands[row] = append(commands[row], token)
		}
	}
	return commands
}

// siblings finds tokens that rules have in the same place.
type siblings struct {
	policy    *ir.Policy
	byProgram map[string][]int
}

func newSiblings(p *ir.Policy) *siblings {
	s := &siblings{p, make(map[string][]int)}
	for i := range p.Rules {
		program := p.Rules[i].Pattern.Program()
		s.byProgram[program] = append(s.byProgram[program], i)
	}
	return s
}

// nearMisses returns commands that may just not match a call, the best first.
func (s *siblings) nearMisses(call *ir.Policy, match [][]string) [][]string {
	if len(match) == 0 {
		return nil
	}
	command := match[0]
	last := len(command) - 1
	var near [][]string
	ending := func(token string) {
		other := slices.Clone(command)
		other[last] = token
		near = append(near, other)
	}
	if last == 0 {
		if paths, listed := call.HostPaths(command[0]); listed && !slices.Contains(paths, "/tmp/"+command[0]) {
			ending("/tmp/" + command[0])
		}
		ending(command[0] + "x")
		return near
	}
	const most = 200 // rules looked at, so that many on one program take no time
	list := s.byProgram[command[0]]
	for _, r := range list[:min(most, len(list))] {
		pattern := s.policy.Rules[r].Pattern
		if len(pattern) > last && agreement(&s.policy.Rules[r], command, "") >= last {
			for _, token := range pattern[last][:min(most, len(pattern[last]))] {
				if !accepts(&call.Rules[0], last, token) {
					ending(token)
				}
			}
		}
	}
	return append(near, command[:last])
}
