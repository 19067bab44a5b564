package analysis

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// What is covered is counted in three ways, from coarse to fine. With
//
//	prefix_rule(pattern = [["npm", "yarn"], ["publish", "unpublish"]])
//
// which is two rules, and the commands npm publish, npm unpublish and yarn help,
//
//	rules         1 of 2  npm; yarn matched nothing
//	alternatives  3 of 4  npm, publish and unpublish; yarn did not match
//	edges         4 of 6  not those from yarn to publish and unpublish
//
// Alternatives are those that an author wrote, so one command for each is
// enough; edges are those of the trie that the rules make, where publish behind
// npm is another one than publish behind yarn.
//
// Everything is defined by ir.Policy.Evaluate. Of the commands added so far,
//
//   - a rule is covered if one of them is among its matches;
//   - an alternative is covered if a rule of its call matched a command whose
//     token there is this alternative, caselessly for canonical rules;
//   - an edge is covered if a rule that ends with it, were it added to the policy,
//     would match one of them.

// A Share says how many of all are covered.
type Share struct {
	Covered int `json:"covered"`
	Total   int `json:"total"`
}

func (s *Share) add(reached int) {
	s.Total++
	if reached > 0 {
		s.Covered++
	}
}

// Percent returns the share in percent, rounded down to a tenth so that nothing
// but the whole is 100; 100 where there is nothing to cover.
func (s Share) Percent() float64 {
	if s.Total == 0 {
		return 100
	}
	return float64(s.Covered*1000/s.Total) / 10
}

// Counts are what the commands of a Coverage cover.
type Counts struct {
	Rules        Share `json:"rules"`
	Alternatives Share `json:"alternatives"`
	Edges        Share `json:"edges"`
}

// Count counts what is covered of the rules that belong; nil stands for all. An
// edge that rules share belongs to the first of them.
func (c *Coverage) Count(belongs func(rule int) bool) Counts {
	if belongs == nil {
		belongs = func(int) bool { return true }
	}
	var n Counts
	for i := range c.Rules {
		if belongs(i) {
			n.Rules.add(c.Rules[i].Matched)
		}
	}
	for _, call := range c.Calls() {
		if belongs(call.First) {
			for _, position := range call.Used {
				for _, used := range position {
					n.Alternatives.add(used)
				}
			}
		}
	}
	for _, e := range c.Edges() {
		if belongs(e.Rule) {
			n.Edges.add(e.Reached)
		}
	}
	return n
}

// A CallCoverage is the coverage of the rules that a call of prefix_rule made,
// one for each program.
type CallCoverage struct {
	First, End int // the rules: Policy.Rules[First:End]

	// Used has, for each alternative as it is written in the call, the number of
	// commands that a rule of the call matched by it. The first position has one
	// for each rule, the others those of the rules' patterns.
	Used [][]int
}

// Covered reports whether all alternatives are.
func (c *CallCoverage) Covered() bool {
	return !slices.ContainsFunc(c.Used, func(position []int) bool { return slices.Contains(position, 0) })
}

// Calls returns the coverage by call, in the order of the rules. Rules are taken
// for those of one call if they stand one after the other, were written at the
// same place, and differ in nothing but their program.
func (c *Coverage) Calls() []CallCoverage {
	var calls []CallCoverage
	for first := 0; first < len(c.Rules); {
		end := first + 1
		for end < len(c.Rules) && sameCall(&c.policy.Rules[first], &c.policy.Rules[end]) {
			end++
		}
		call := CallCoverage{First: first, End: end, Used: zeros(c.policy.Rules[first].Pattern)}
		call.Used[0] = make([]int, end-first)
		for r := first; r < end; r++ {
			used := c.Rules[r].Used
			call.Used[0][r-first] = used[0][0]
			for i := 1; i < len(used); i++ {
				for k, n := range used[i] {
					call.Used[i][k] += n
				}
			}
		}
		calls = append(calls, call)
		first = end
	}
	return calls
}

func sameCall(a, b *ir.PrefixRule) bool {
	return a.Source.Line > 0 && a.Source.Layer == b.Source.Layer && a.Source.Position == b.Source.Position &&
		a.Decision == b.Decision && a.Canonical == b.Canonical && a.Justification == b.Justification &&
		slices.Equal(a.Source.Calls, b.Source.Calls) &&
		slices.EqualFunc(a.Pattern[1:], b.Pattern[1:], func(x, y []string) bool { return slices.Equal(x, y) })
}

// An Edge is an edge of the trie that the rules make: rules whose patterns begin
// alike share the edges there. It is named by the first rule that has it.
type Edge struct {
	Rule     int // index into Policy.Rules
	Position int // index into the pattern
	Index    int // index into the alternatives there
	Reached  int // commands that went along it
}

// Edges returns the edges in the order of the rules. Memory and time are
// proportional to the alternatives of all rules.
func (c *Coverage) Edges() []Edge {
	type step struct {
		node int
		text string
	}
	nodes := make(map[step]int) // by the node before, and the alternatives between
	known := make(map[step]bool)
	var edges []Edge
	for r := range c.Rules {
		rule := &c.policy.Rules[r]
		node := 0
		if rule.Canonical {
			node = 1
		}
		for i, position := range rule.Pattern {
			tokens := position
			if rule.Canonical && i > 0 { // spellings of a program may have other host lists
				tokens = make([]string, len(position))
				for k, token := range position {
					tokens[k] = caseless.Fold(token)
				}
			}
			for k, token := range tokens {
				if e := (step{node, token}); !known[e] {
					known[e] = true
					edges = append(edges, Edge{r, i, k, c.Rules[r].Reached[i][k]})
				}
			}
			next := step{node, setText(tokens)}
			to, seen := nodes[next]
			if !seen {
				to = len(nodes) + 2
				nodes[next] = to
			}
			node = to
		}
	}
	return edges
}

// setText returns a text that equal sets of tokens share with no other set.
func setText(tokens []string) string {
	if len(tokens) > 1 {
		tokens = slices.Clone(tokens)
		slices.Sort(tokens)
		tokens = slices.Compact(tokens)
	}
	var b strings.Builder
	for _, token := range tokens {
		b.WriteString(strconv.Itoa(len(token)))
		b.WriteByte(' ')
		b.WriteString(token)
	}
	return b.String()
}
