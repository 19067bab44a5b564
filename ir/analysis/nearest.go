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
	// ByName is true where the rule would match if the program's path stood for
	// the program's name, but it does not; Agree is 0.
	ByName bool
}

// Nearest returns the rules that come closest to matching a command which they
// do not match, the closest first, at most limit: rules for the command's
// program (as written, or by its last path component), first those that part
// over the program's path only, then the longest agreement, then the token most
// like the command's, and of equals the last defined; where there is no rule for
// the program at all, rules for programs that are spelt nearly the same.
//
// The cost is one comparison with each rule.
func Nearest(p *ir.Policy, command []string, limit int) []Near {
	if len(command) == 0 {
		return nil
	}
	_, name := ir.CleanPath(command[0])
	var near []Near
	typo := make(map[int]int) // by rule, for tokens that are nearly right
	for i := range p.Rules {
		rule := &p.Rules[i]
		agree := agreement(rule, command, name)
		switch {
		case agree == 0:
		case agree == len(rule.Pattern):
			if agreement(rule, command, "") == 0 {
				near = append(near, Near{Rule: i, Got: command[0], ByName: true})
			}
		case agree == len(command):
			near = append(near, Near{Rule: i, Agree: agree, Ended: true})
		default:
			near = append(near, Near{Rule: i, Agree: agree, Got: command[agree]})
			if d := misspelling(rule.Pattern[agree], command[agree]); d > 0 {
				typo[i] = mostEdits + 1 - d
			}
		}
	}
	slices.SortFunc(near, func(a, b Near) int {
		if a.ByName != b.ByName {
			if a.ByName {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Agree, a.Agree), cmp.Compare(typo[b.Rule], typo[a.Rule]), cmp.Compare(b.Rule, a.Rule))
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

// mostEdits is how many edits may be between a token and what was meant.
const mostEdits = 2

// misspelling returns the number of edits between token and the alternative
// that it seems to be a misspelling of, 0 if there is none.
func misspelling(alternatives []string, token string) int {
	best := 0
	for _, a := range alternatives {
		if d := Distance(a, token); d > 0 && d <= mostEdits && d*2 < len(token) && (best == 0 || d < best) {
			best = d
		}
	}
	return best
}

// misspelt returns rules for programs that program seems to be a misspelling
// of, one rule a program.
func misspelt(p *ir.Policy, program string) []Near {
	var near []Near
	distance := make(map[string]int)
	for i := range p.Rules {
		name := p.Rules[i].Pattern.Program()
		if _, seen := distance[name]; seen {
			continue
		}
		distance[name] = misspelling([]string{name}, program)
		if distance[name] > 0 {
			near = append(near, Near{Rule: i, Got: program})
		}
	}
	slices.SortStableFunc(near, func(a, b Near) int {
		return cmp.Compare(distance[p.Rules[a.Rule].Pattern.Program()], distance[p.Rules[b.Rule].Pattern.Program()])
	})
	return near
}
