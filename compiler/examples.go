package compiler

import (
	"context"
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
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

// A hostTable holds the host executables that count for a file's examples: the
// last entry for each name. nil: not all of them are known.
type hostTable map[string]*ir.HostExecutable

func (t hostTable) add(hosts []ir.HostExecutable) {
	if t == nil {
		return
	}
	for i := range hosts {
		t[hosts[i].Name] = &hosts[i]
	}
}

// A hostIndex finds the entries that can matter to some rules.
type hostIndex struct {
	exact  hostTable
	folded map[string][]*ir.HostExecutable // by caseless form; made when first asked for
}

// of returns the entries for the rules' programs. Where a rule is canonical a
// command may name its program in any spelling, and is held to the entry for
// that spelling.
func (x *hostIndex) of(rules []ir.PrefixRule) []ir.HostExecutable {
	if len(x.exact) == 0 {
		return nil
	}
	var hosts []ir.HostExecutable
	for i := range rules {
		program := rules[i].Pattern.Program()
		if !rules[i].Canonical {
			if entry := x.exact[program]; entry != nil {
				hosts = append(hosts, *entry)
			}
			continue
		}
		if x.folded == nil {
			x.folded = make(map[string][]*ir.HostExecutable)
			for name, entry := range x.exact {
				form := caseless.Fold(name)
				x.folded[form] = append(x.folded[form], entry)
			}
		}
		for _, entry := range x.folded[caseless.Fold(program)] {
			hosts = append(hosts, *entry)
		}
	}
	return hosts
}

// checkExamples checks, call by call, whether the file's examples hold: no
// not_match example may match a rule of its call, every match example must.
// known are the host executables of the earlier files and this one; where they
// are not all known, an example counts as right if it may be.
func (m *module) checkExamples(ctx context.Context, known hostTable) error {
	var comparisons int64
	index := hostIndex{exact: known}
	for _, call := range m.examples {
		if err := ctx.Err(); err != nil {
			return err
		}
		own := ir.Policy{Rules: m.rules[call.first:call.end]}
		own.Hosts = index.of(own.Rules)
		for _, command := range slices.Concat(call.match, call.notMatch) {
			comparisons += int64(len(own.Rules)+len(own.Hosts)) * cost(command)
		}
		if comparisons > int64(m.limits.Comparisons) {
			m.problems = append(m.problems, m.about(codeLimit, fmt.Sprintf("the examples of this file need more than %d comparisons", m.limits.Comparisons), ""))
			return nil
		}
		if err := m.checkCall(ctx, &call, &own, known != nil); err != nil {
			return err
		}
		if len(m.problems) > maxProblems {
			m.problems = append(m.problems[:maxProblems], m.flood())
			return nil
		}
	}
	return nil
}

// cost is what it may take to compare a command with one rule.
func cost(command []string) int64 {
	bytes := 0
	for _, token := range command {
		bytes += len(token)
	}
	return 1 + int64(bytes/16)
}

// checkCall checks the examples of one call. own are its rules alone.
func (m *module) checkCall(ctx context.Context, call *examples, own *ir.Policy, certain bool) error {
	place := &m.place
	if !certain {
		place = nil // by its program's path a command might turn out not to match
	}
	for i, command := range call.notMatch {
		if err := ctx.Err(); err != nil {
			return err
		}
		if result := own.Evaluate(command, place); len(result.Matches) > 0 && len(m.problems) <= maxProblems {
			first := result.Matches[0]
			p := &problem{codeExampleMatched, matchedMessage(own, first, command), ""}
			if first.Resolved != "" {
				p.hint = fmt.Sprintf("%s counts as %s; a host_executable entry for that name can limit its paths", first.Resolved, first.Prefix[0])
			}
			m.exampleProblem(call, "not_match", i, p)
		}
	}
	var unmatched []int
	for i, command := range call.match {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(own.Evaluate(command, &m.place).Matches) == 0 {
			unmatched = append(unmatched, i)
		}
	}
	for n, i := range unmatched {
		if len(m.problems) > maxProblems {
			break
		}
		p := &problem{codeExampleUnmatched, unmatchedMessage(own.Rules, call.match, unmatched[n:]), ""}
		anywhere := ir.Policy{Rules: own.Rules}
		if by := anywhere.Evaluate(call.match[i], &m.place); len(by.Matches) > 0 {
			p.hint = fmt.Sprintf("the host_executable entry for %s does not list %s", by.Matches[0].Prefix[0], by.Matches[0].Resolved)
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
