// Package analysis computes what can be known of policies without running the
// commands that they speak about.
package analysis

import (
	"cmp"
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// A Near is a rule that a command almost matched.
type Near struct {
	Rule  int    // index into Policy.Rules
	Agree int    // how many tokens agree, from the first; less than the pattern's length
	Got   string // the command's token where the two part
	Ended bool   // the command ended there; Got is ""
}

// Nearest returns the rules that come closest to matching a command which they
// do not match, the closest first, at most limit: rules for the command's
// program (as written, or by its last path component), the longest agreement
// first and of equals the last defined; where there is no rule for the program
// at all, rules for programs that are spelt nearly the same.
//
// The cost is one comparison with each rule.
func Nearest(p *ir.Policy, command []string, limit int) []Near {
	if len(command) == 0 {
		return nil
	}
	_, name := ir.CleanPath(command[0])
	var near []Near
	for i := range p.Rules {
		rule := &p.Rules[i]
		agree := agreement(rule, command, name)
		if agree == 0 || agree == len(rule.Pattern) {
			continue
		}
		n := Near{Rule: i, Agree: agree}
		if agree < len(command) {
			n.Got = command[agree]
		} else {
			n.Ended = true
		}
		near = append(near, n)
	}
	slices.SortStableFunc(near, func(a, b Near) int {
		return cmp.Or(cmp.Compare(b.Agree, a.Agree), cmp.Compare(b.Rule, a.Rule))
	})
	if len(near) == 0 {
		near = misspelt(p, command[0])
	}
	return near[:min(limit, len(near))]
}

// agreement returns how many positions of the rule the command agrees with,
// from the first on. name may stand for the command's first token.
func agreement(rule *ir.PrefixRule, command []string, name string) int {
	equal := func(a, b string) bool { return a == b }
	if rule.Canonical {
		equal = caseless.Equal
	}
	agree := 0
	for i, alternatives := range rule.Pattern {
		if i == len(command) {
			break
		}
		fits := slices.ContainsFunc(alternatives, func(a string) bool {
			return equal(a, command[i]) || i == 0 && name != "" && equal(a, name)
		})
		if !fits {
			break
		}
		agree++
	}
	return agree
}

// misspelt returns rules for programs at most two edits away from program, one
// rule a program.
func misspelt(p *ir.Policy, program string) []Near {
	const most = 2
	var near []Near
	distance := make(map[string]int)
	for i := range p.Rules {
		name := p.Rules[i].Pattern.Program()
		if _, seen := distance[name]; seen {
			continue
		}
		distance[name] = Distance(name, program)
		if d := distance[name]; d > 0 && d <= most && d*2 < len(program) {
			near = append(near, Near{Rule: i, Got: program})
		}
	}
	slices.SortStableFunc(near, func(a, b Near) int {
		return cmp.Compare(distance[p.Rules[a.Rule].Pattern.Program()], distance[p.Rules[b.Rule].Pattern.Program()])
	})
	return near
}
