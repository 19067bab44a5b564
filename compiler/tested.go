package compiler

import (
	"context"
	"fmt"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// An Example is a command that a call of prefix_rule names in match or
// not_match.
type Example struct {
	Command []string

	// Match says which of the two: whether a rule of the call has to match the
	// command, or none may.
	Match bool

	// First and End are the rules of the call: Policy.Rules[First:End]. Matched
	// is the first of them that matches the command, -1 if none does.
	First, End, Matched int

	// Position is where the example stands, in the file that the user can open;
	// the call's place where that cannot be told.
	Position ir.Position
}

// Holds reports whether the example is right.
func (e *Example) Holds() bool { return e.Match == (e.Matched >= 0) }

// EvaluateTested is like [Evaluate] but takes examples that do not hold for
// results, not for errors: it returns all examples, in the order of their calls,
// those in match first. The error is what else is wrong with the files; then
// examples that do not hold are in it, too.
func EvaluateTested(ctx context.Context, files []File, options Options) (*ir.Policy, []Example, error) {
	modules, err := run(ctx, files, options)
	if err != nil {
		return nil, nil, err
	}
	var total counts
	var found []Example
	known := make(hostTable)
	sound := true
	for _, m := range modules {
		base := total.prefixes
		m.fit(&total)
		known.add(m.hosts)
		if sound = sound && len(m.problems) == 0; !sound {
			break
		}
		list, err := m.tried(ctx, known, base)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, list...)
		sound = len(m.problems) == 0
	}
	if !sound {
		policy, err := Evaluate(ctx, files, options)
		if err == nil {
			return policy, nil, fmt.Errorf("a file was wrong and is not any more") // evaluation is deterministic
		}
		return nil, nil, err
	}
	return merge(modules), found, nil
}

// tried tries the file's examples. base is the number of rules before its own.
func (m *module) tried(ctx context.Context, known hostTable, base int) ([]Example, error) {
	hosts := hostIndex{exact: known}
	left := int64(m.limits.Comparisons)
	var found []Example
	for i := range m.examples {
		call := &m.examples[i]
		rules := indexRules(m.rules[call.first:call.end], &hosts, &left)
		places := m.findExamples(call.site.at)
		for _, list := range []struct {
			parameter string
			commands  [][]string
		}{{"match", call.match}, {"not_match", call.notMatch}} {
			for k, command := range list.commands {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				e := Example{Command: command, Match: list.parameter == "match", First: base + call.first, End: base + call.end, Matched: -1}
				if match, ok := rules.first(command, &m.place); ok {
					e.Matched = e.First + match.Rule
				}
				e.Position, _ = places.of(list.parameter, k)
				found = append(found, e)
			}
		}
		if left < 0 {
			m.problems = append(m.problems, diag.Diagnostic{
				Position: ir.Position{File: m.file.path()}, Severity: diag.Error, Code: codeLimit,
				Message: fmt.Sprintf("the examples of this file need more than %d comparisons", m.limits.Comparisons),
			})
			return nil, nil
		}
	}
	return found, nil
}
