package policytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// A Gap is a call of prefix_rule of which something is not covered.
type Gap struct {
	First, End int // the rules: Policy.Rules[First:End]
	Matched    int // commands that they matched

	// Alternatives are those that are not covered, by position; as many
	// positions as the pattern has.
	Alternatives ir.Pattern

	// Edges are those that are not covered although their alternatives are: the
	// tokens that lead to each, as the rule has them first.
	Edges [][]string
}

// Gaps returns what is not covered, in the order of the rules. An edge that
// rules share is told of the first.
func Gaps(p *ir.Policy, c *analysis.Coverage) []Gap {
	edges := c.Edges()
	var gaps []Gap
	for _, call := range c.Calls() {
		written := Written(p, call.First, call.End)
		gap := Gap{First: call.First, End: call.End, Alternatives: make(ir.Pattern, len(written))}
		for i, position := range written {
			gap.Alternatives[i] = []string{}
			for k, token := range position {
				if call.Used[i][k] == 0 && !slices.Contains(gap.Alternatives[i], token) {
					gap.Alternatives[i] = append(gap.Alternatives[i], token)
				}
			}
		}
		for r := call.First; r < call.End; r++ {
			gap.Matched += c.Rules[r].Matched
		}
		for len(edges) > 0 && edges[0].Rule < call.End {
			if e := edges[0]; e.Reached == 0 && call.Used[0][e.Rule-call.First] > 0 && (e.Position == 0 || call.Used[e.Position][e.Index] > 0) {
				pattern := p.Rules[e.Rule].Pattern
				var path []string
				for i := range e.Position {
					path = append(path, pattern[i][0])
				}
				gap.Edges = append(gap.Edges, append(path, pattern[e.Position][e.Index]))
			}
			edges = edges[1:]
		}
		if !call.Covered() || len(gap.Edges) > 0 {
			gaps = append(gaps, gap)
		}
	}
	return gaps
}

// Text says what is not covered, on one line.
func (g *Gap) Text(p *ir.Policy) string {
	written := Written(p, g.First, g.End)
	if g.Matched == 0 {
		return written.String() + "  no test matches it"
	}
	var fixed []string
	for _, position := range written {
		if len(position) > 1 {
			break
		}
		fixed = append(fixed, position[0])
	}
	if len(fixed) == 0 {
		return strings.Join(g.Missing(), "; ")
	}
	return judge.ShellLine(fixed) + "  " + strings.Join(g.Missing(), "; ")
}

// Missing says which tokens are not covered, position by position, and which not
// together.
func (g *Gap) Missing() []string {
	if g.Matched == 0 {
		return []string{"no test matches it"}
	}
	var parts []string
	for i, missing := range g.Alternatives {
		if len(missing) > 0 {
			parts = append(parts, fmt.Sprintf("token %d: %s", i+1, tokens(missing)))
		}
	}
	if len(g.Edges) > 0 {
		const most = 3
		var shown []string
		for _, path := range g.Edges[:min(most, len(g.Edges))] {
			shown = append(shown, judge.ShellLine(path))
		}
		text := "together: " + strings.Join(shown, ", ")
		if more := len(g.Edges) - most; more > 0 {
			text += fmt.Sprintf(", … (%d more)", more)
		}
		parts = append(parts, text)
	}
	return parts
}

func tokens(list []string) string {
	shown := make([]string, len(list))
	for i, token := range list {
		shown[i] = judge.ShellLine([]string{token})
	}
	return strings.Join(shown, ", ")
}

// Argument returns a list of commands as an argument of prefix_rule, ready to
// be pasted.
func Argument(name string, commands [][]string) string {
	list := make([]string, len(commands))
	for i, command := range commands {
		if line, ok := shlex.Join(command); ok {
			list[i] = strings.TrimSuffix(strings.TrimPrefix(ir.Literal(line).String(), "["), "]")
		} else {
			list[i] = ir.Literal(command...).String() // a list of tokens can hold what no shell can
		}
	}
	return fmt.Sprintf("%s = [%s],", name, strings.Join(list, ", "))
}
