package analysis

import (
	"cmp"
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// A judge names the rule that decides a command, as ir.Policy.Evaluate does, but
// looks only at rules for the command's first two tokens.
type judge struct {
	policy   *ir.Policy
	programs *programs
	byName   bool
	second   map[*program]map[string][]int // rules by alternatives in their second position; "" and one-token rules in short
	short    map[*program][]int
}

func newJudge(p *ir.Policy, s *programs, o Options) *judge {
	return &judge{policy: p, programs: s, byName: !o.AsWritten, second: make(map[*program]map[string][]int), short: make(map[*program][]int)}
}

// decider returns the rule that decides a command, -1 for none.
func (j *judge) decider(command []string) int {
	fold := caseless.Fold(command[0])
	if rule := j.strictest(command, command[0], j.programs.direct(command[0], fold)); rule >= 0 || !j.byName {
		return rule
	}
	path, name, ok := (ir.Place{}).Program(command[0])
	if !ok {
		return -1
	}
	return j.strictest(command, name, j.programs.indirect(name, caseless.Fold(name), path))
}

// strictest returns the deciding one of the rules that match, where program
// stands for the command's first token.
func (j *judge) strictest(command []string, program string, claims []claim) int {
	best := -1
	for _, c := range claims {
		for _, i := range j.candidates(c.program, command) {
			if j.matches(i, command) && (best < 0 || j.compare(i, best, program) > 0) {
				best = i
			}
		}
	}
	return best
}

// compare orders rules that match one command by precedence: the stricter, then
// the longer, then those that spell the program otherwise, then the later.
func (j *judge) compare(a, b int, program string) int {
	r, s := &j.policy.Rules[a], &j.policy.Rules[b]
	other := func(r *ir.PrefixRule) int {
		if r.Pattern.Program() == program {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(r.Decision, s.Decision), cmp.Compare(len(r.Pattern), len(s.Pattern)), cmp.Compare(other(r), other(s)), cmp.Compare(a, b))
}

// matches compares all positions but the first.
func (j *judge) matches(i int, command []string) bool {
	rule := &j.policy.Rules[i]
	if len(command) < len(rule.Pattern) {
		return false
	}
	for k := 1; k < len(rule.Pattern); k++ {
		if !accepts(rule, k, command[k]) {
			return false
		}
	}
	return true
}

// accepts reports whether a position of a rule holds the token.
func accepts(rule *ir.PrefixRule, position int, token string) bool {
	if !rule.Canonical {
		return slices.Contains(rule.Pattern[position], token)
	}
	return slices.ContainsFunc(rule.Pattern[position], func(a string) bool { return caseless.Equal(a, token) })
}

// candidates returns the rules that the command's second token leaves.
func (j *judge) candidates(p *program, command []string) []int {
	if len(p.rules) < 16 {
		return p.rules
	}
	bySecond := j.second[p]
	if bySecond == nil {
		bySecond = make(map[string][]int)
		for _, i := range p.rules {
			rule := &j.policy.Rules[i]
			if len(rule.Pattern) == 1 {
				j.short[p] = append(j.short[p], i)
				continue
			}
			for _, token := range rule.Pattern[1] {
				if rule.Canonical {
					token = caseless.Fold(token)
				}
				if list := bySecond[token]; len(list) == 0 || list[len(list)-1] != i {
					bySecond[token] = append(list, i)
				}
			}
		}
		j.second[p] = bySecond
	}
	if len(command) == 1 {
		return j.short[p]
	}
	token := command[1]
	if j.policy.Rules[p.rules[0]].Canonical {
		token = caseless.Fold(token)
	}
	return slices.Concat(j.short[p], bySecond[token])
}

// deciders returns all rules that give a command its answer: of those that
// match, the ones with the strictest decision. A direct rule that decides is
// joined by indirect ones that decide alike.
func (j *judge) deciders(command []string) []int {
	fold := caseless.Fold(command[0])
	claims := j.programs.direct(command[0], fold)
	if path, name, ok := (ir.Place{}).Program(command[0]); ok && j.byName {
		claims = append(claims, j.programs.indirect(name, caseless.Fold(name), path)...)
	}
	decider := j.decider(command)
	if decider < 0 {
		return nil
	}
	answer := j.policy.Rules[decider].Decision
	var list []int
	for _, c := range claims {
		for _, i := range j.candidates(c.program, command) {
			if j.policy.Rules[i].Decision == answer && j.matches(i, command) {
				list = append(list, i)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
