package compiler

import (
	"context"
	"fmt"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir/diag"
)

// examples are what one prefix_rule call promises of its own rules.
type examples struct {
	first, end      int // its rules in module.rules
	match, notMatch [][]string
	site            callSite
	places          *examplePlaces // found when first asked for
}

// exampleList reads the commands of a match or not_match argument, which may
// have been left out.
func (m *module) exampleList(argument starlark.Value) ([][]string, *problem) {
	list, ok := argument.(*starlark.List)
	if !ok {
		return nil, nil
	}
	commands := make([][]string, 0, list.Len())
	for i := range list.Len() {
		command, p := m.example(list.Index(i))
		if p != nil {
			return nil, p
		}
		if p := m.keep(1 + int64(len(command))); p != nil {
			return nil, p
		}
		commands = append(commands, command)
	}
	return commands, nil
}

func (m *module) example(v starlark.Value) ([]string, *problem) {
	invalid := func(format string, args ...any) *problem {
		return &problem{codeExampleSyntax, "invalid example: " + fmt.Sprintf(format, args...), ""}
	}
	switch v := v.(type) {
	case starlark.String:
		if p := m.read(string(v)); p != nil {
			return nil, p
		}
		command, ok := shlex.Split(string(v))
		if !ok {
			return nil, invalid("example string has invalid shell syntax").orHint("close its quotes, or write the command as a list of tokens")
		}
		if len(command) == 0 {
			return nil, invalid("example cannot be an empty string")
		}
		return command, nil
	case *starlark.List:
		if v.Len() == 0 {
			return nil, invalid("example cannot be an empty list")
		}
		command := make([]string, v.Len())
		for i := range command {
			token, ok := starlark.AsString(v.Index(i))
			if !ok {
				return nil, invalid("example tokens must be strings (got %s)", typeName(v.Index(i))).orHint(mendElement(v.Index(i)))
			}
			if p := m.read(token); p != nil {
				return nil, p
			}
			command[i] = token
		}
		return command, nil
	}
	return nil, invalid("example must be a string or list of strings (got %s)", typeName(v)).orHint(mendElement(v))
}

// checkExamples checks, call by call, whether the file's examples hold: no
// not_match example may match a rule of its call, every match example must.
// known are the host executables of the earlier files and this one; where they
// are not all known, an example counts as right if it may be.
func (m *module) checkExamples(ctx context.Context, known hostTable) error {
	hosts := hostIndex{exact: known}
	left := int64(m.limits.Comparisons)
	for i := range m.examples {
		if err := ctx.Err(); err != nil {
			return err
		}
		call := &m.examples[i]
		rules := indexRules(m.rules[call.first:call.end], &hosts, &left)
		if err := m.checkCall(ctx, call, &rules, known != nil); err != nil {
			return err
		}
		if left < 0 {
			m.problems = append(m.problems, m.about(codeLimit, fmt.Sprintf("the examples of this file need more than %d comparisons", m.limits.Comparisons), ""))
			return nil
		}
		if len(m.problems) > maxProblems {
			m.problems = append(m.problems[:maxProblems], m.flood())
			return nil
		}
	}
	return nil
}

// checkCall checks the examples of one call against its rules alone. It stops
// early where they take more comparisons than are left.
func (m *module) checkCall(ctx context.Context, call *examples, rules *ruleIndex, certain bool) error {
	place := &m.place
	if !certain {
		place = nil // by its program's path a command might turn out not to match
	}
	for i, command := range call.notMatch {
		if err := ctx.Err(); err != nil {
			return err
		}
		if match, found := rules.first(command, place); found && len(m.problems) <= maxProblems {
			p := &problem{codeExampleMatched, matchedMessage(&rules.rules[match.Rule], match, command), ""}
			if match.Resolved != "" {
				p.hint = fmt.Sprintf("%s counts as %s; a host_executable entry for that name can limit its paths", match.Resolved, match.Prefix[0])
			}
			m.exampleProblem(call, "not_match", i, p)
		}
		if *rules.left < 0 {
			return nil
		}
	}
	var unmatched []int
	for i, command := range call.match {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, found := rules.first(command, &m.place); !found {
			unmatched = append(unmatched, i)
		}
		if *rules.left < 0 {
			return nil
		}
	}
	for n, i := range unmatched {
		if len(m.problems) > maxProblems {
			break
		}
		p := &problem{codeExampleUnmatched, unmatchedMessage(rules.rules, call.match, unmatched[n:]), ""}
		anywhere := *rules
		anywhere.hosts = new(hostIndex)
		if match, found := anywhere.first(call.match[i], &m.place); found {
			p.hint = fmt.Sprintf("the host_executable entry for %s does not list %s", match.Prefix[0], match.Resolved)
		}
		m.exampleProblem(call, "match", i, p)
	}
	return nil
}

// exampleProblem reports an example: where it stands, called from the call
// that it belongs to.
func (m *module) exampleProblem(call *examples, parameter string, index int, p *problem) {
	if call.places == nil {
		call.places = m.findExamples(call.site.at)
	}
	start, end := call.places.of(parameter, index)
	m.problems = append(m.problems, diag.Diagnostic{
		Position: start,
		End:      end,
		Severity: diag.Error,
		Code:     p.code,
		Message:  p.message,
		Hint:     p.hint,
		Calls:    m.frames(append([]dialect.Frame{call.site.at}, call.site.calls...), m.file.path()),
	})
}
