package analysis

import (
	"cmp"
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// A judge names the rule that decides a command, as ir.Policy.Evaluate does, but
// looks only at rules that begin as the command does. Where there are many, they
// are told apart by one more token, and so on; this is done when a command first
// comes there, so that patterns with many alternatives are not multiplied out.
type judge struct {
	policy   *ir.Policy
	programs *programs
	byName   bool
	roots    map[*program]*branch
}

// A branch is the rules of a program that agree with some first tokens.
type branch struct {
	rules []int // ascending
	depth int   // tokens they agree with

	ended []int // those of rules that are no longer than that; set with next
	next  map[string]*branch
}

func newJudge(p *ir.Policy, s *programs, o Options) *judge {
	return &judge{policy: p, programs: s, byName: !o.AsWritten, roots: make(map[*program]*branch)}
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

// few rules are looked at one by one.
const few = 16

// candidates returns the rules of a program that the first tokens of a command
// leave, in no order.
func (j *judge) candidates(p *program, command []string) []int {
	if len(p.rules) < few {
		return p.rules
	}
	at := j.roots[p]
	if at == nil {
		at = &branch{rules: p.rules, depth: 1}
		j.roots[p] = at
	}
	canonical := j.policy.Rules[p.rules[0]].Canonical
	var ended []int
	for len(at.rules) >= few {
		if at.next == nil {
			j.split(at, canonical)
		}
		ended = append(ended, at.ended...)
		if at.depth == len(command) {
			return ended
		}
		token := command[at.depth]
		if canonical {
			token = caseless.Fold(token)
		}
		if at = at.next[token]; at == nil {
			return ended
		}
	}
	if len(ended) == 0 {
		return at.rules
	}
	return append(ended, at.rules...)
}

// split tells the rules of a branch apart by one more token.
func (j *judge) split(b *branch, canonical bool) {
	b.next = make(map[string]*branch)
	for _, i := range b.rules {
		rule := &j.policy.Rules[i]
		if len(rule.Pattern) == b.depth {
			b.ended = append(b.ended, i)
			continue
		}
		for _, token := range rule.Pattern[b.depth] {
			if canonical {
				token = caseless.Fold(token)
			}
			to := b.next[token]
			if to == nil {
				to = &branch{depth: b.depth + 1}
				b.next[token] = to
			}
			if n := len(to.rules); n == 0 || to.rules[n-1] != i {
				to.rules = append(to.rules, i)
			}
		}
	}
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
