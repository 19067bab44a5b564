package analysis

import "github.com/rulesc/rulesc/ir"

// A Judge names the rules that decide many commands, one after the other, as
// [ir.Policy.Evaluate] does but looking only at rules that begin as a command
// does. It is not safe for concurrent use.
type Judge struct{ of *judge }

// NewJudge returns a judge of a policy, which must not change any more. The
// error says which rule is not one.
func NewJudge(p *ir.Policy, o Options) (*Judge, error) {
	if err := check(p); err != nil {
		return nil, err
	}
	return &Judge{newJudge(p, index(p, allRules(p)), o)}, nil
}

// Decider returns the rule that decides a command, -1 for none. The command has
// at least one token.
func (j *Judge) Decider(command []string) int { return j.of.decider(command) }

// Decision returns the answer to a command, [ir.None] where no rule matches.
func (j *Judge) Decision(command []string) ir.Decision {
	if rule := j.of.decider(command); rule >= 0 {
		return j.of.policy.Rules[rule].Decision
	}
	return ir.None
}

// Deciders returns all rules that give a command its answer: those that match it
// with the strictest decision, and where these name it by path, those that would
// match it so by name. nil if no rule matches.
func (j *Judge) Deciders(command []string) []int { return j.of.deciders(command) }
