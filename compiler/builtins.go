package compiler

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// A builtin is a function of rule files. It returns None always.
type builtin func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) *problem

// builtin makes fn callable. A problem is reported and evaluation goes on, so
// that a reader learns of the next one too: no program can tell the difference,
// and the file is refused in any case.
func (m *module) builtin(name string, fn builtin) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
		p := m.readArguments(args, named)
		if p == nil {
			p = fn(thread, args, named)
		}
		if p != nil {
			if err := m.report(thread, p); err != nil {
				return nil, err
			}
		}
		return starlark.None, nil
	})
}

// readArguments reads those arguments that are strings themselves.
func (m *module) readArguments(args starlark.Tuple, named []starlark.Tuple) *problem {
	for _, v := range args {
		if s, ok := starlark.AsString(v); ok {
			if p := m.read(s); p != nil {
				return p
			}
		}
	}
	for _, pair := range named {
		for _, v := range pair {
			if s, ok := starlark.AsString(v); ok {
				if p := m.read(s); p != nil {
					return p
				}
			}
		}
	}
	return nil
}

// read must be called with every string of the rule file that a builtin looks
// at: that bounds the work, and refuses what no policy can be written down with.
func (m *module) read(s string) *problem {
	if m.text += len(s); m.text > m.limits.Text {
		return &problem{codeLimit, fmt.Sprintf("the calls of this file hold more than %d bytes of text", m.limits.Text), ""}
	}
	if !utf8.ValidString(s) {
		return &problem{codeEval, "string is not valid UTF-8", ""}
	}
	return nil
}

// A parameter of a builtin.
type parameter struct {
	name     string
	kind     string // "list", "str" or "bool"
	required bool
}

// A signature is what a builtin can be called with, each parameter by position
// or by name.
type signature struct {
	function   string
	parameters []parameter
}

// mostParameters is how many parameters a builtin has at most.
const mostParameters = 6

// bind assigns arguments to parameters: values[i] is the argument for
// parameter i, nil where it was left out. The checks come in the reference's
// order: repeated, missing, too many, unknown, then types from left to right.
func (s *signature) bind(args starlark.Tuple, named []starlark.Tuple) (values [mostParameters]starlark.Value, _ *problem) {
	n := copy(values[:len(s.parameters)], args)
	var unknown []string
	seen := make(map[string]bool)
	for _, pair := range named {
		name := string(pair[0].(starlark.String))
		i := s.index(name)
		switch {
		case i >= 0 && values[i] == nil:
			values[i] = pair[1]
		case i >= 0 || seen[name]:
			return values, &problem{codeEval, fmt.Sprintf("Argument `%s` occurs more than once", name), ""}
		default:
			unknown = append(unknown, name)
			seen[name] = true
		}
	}
	for i, p := range s.parameters {
		if p.required && values[i] == nil {
			return values, &problem{codeEval, fmt.Sprintf("Missing parameter `%s` for call to `%s`", p.name, s.function), s.unknownHint(unknown)}
		}
	}
	if extra := len(args) - n; extra > 0 {
		return values, &problem{codeEval, fmt.Sprintf("Found %d extra positional argument(s) for call to %s", extra, s.function), s.known()}
	}
	if len(unknown) > 0 {
		quoted := "`" + strings.Join(unknown, "` `") + "`"
		return values, &problem{codeEval, fmt.Sprintf("Found %s extra named parameter(s) for call to %s", quoted, s.function), s.unknownHint(unknown)}
	}
	for i, p := range s.parameters {
		if values[i] != nil && !isKind(values[i], p.kind) {
			return values, wrongType(p, values[i])
		}
	}
	return values, nil
}

// index returns the number of the parameter with a name, -1 if there is none.
func (s *signature) index(name string) int {
	for i := range s.parameters {
		if s.parameters[i].name == name {
			return i
		}
	}
	return -1
}

func (s *signature) names() []string {
	names := make([]string, len(s.parameters))
	for i, p := range s.parameters {
		names[i] = p.name
	}
	return names
}

func (s *signature) known() string {
	return fmt.Sprintf("%s takes %s", s.function, enumerate(s.names(), "and"))
}

func (s *signature) unknownHint(unknown []string) string {
	for _, name := range unknown[:min(len(unknown), 10)] {
		near := nearest(name, s.names())
		if near == "" {
			near = meantParameters[strings.ToLower(name)]
		}
		if slices.Contains(s.names(), near) {
			return fmt.Sprintf("did you mean `%s` instead of `%s`? %s", near, name, s.known())
		}
	}
	if len(unknown) > 0 {
		return s.known()
	}
	return ""
}

func isKind(v starlark.Value, kind string) bool {
	switch v.(type) {
	case *starlark.List:
		return kind == "list"
	case starlark.String:
		return kind == "str"
	case starlark.Bool:
		return kind == "bool"
	}
	return false
}

func wrongType(p parameter, v starlark.Value) *problem {
	message := fmt.Sprintf("Type of parameter `%s` doesn't match, expected `%s`, actual `%s (repr: %s)`", p.name, p.kind, typeName(v), shortened(repr(v)))
	hint := ""
	switch s, isString := starlark.AsString(v); {
	case v == starlark.None:
		hint = fmt.Sprintf("leave %s out instead", p.name)
	case p.kind == "list" && isString && p.name == "pattern":
		hint = `a pattern is a list of a command's first words, such as ["git", "push"]`
		if words := strings.Fields(s); len(words) > 0 && len(words) <= 6 && isASCII(s) {
			hint = "write a list with one string a word: " + listOf(words)
		}
	case p.kind == "list" && isString:
		hint = "put it in a list: " + listOf([]string{s})
	case p.kind == "list" && typeName(v) == "tuple":
		hint = "write a list, in [ ] instead of ( )"
	case p.kind == "list":
		if _, ok := v.(starlark.Iterable); ok {
			hint = "make a list of it with list()"
		}
	case p.kind == "bool":
		hint = "write True or False"
	}
	return &problem{codeEval, message, hint}
}

// shortened cuts the middle out of a long repr, as the reference does: it
// counts characters to see whether to cut, and bytes to see where.
func shortened(repr string) string {
	const most, head, tail = 60, 34, 17
	if utf8.RuneCountInString(repr) <= most {
		return repr
	}
	left, right := head, len(repr)-tail
	for !utf8.RuneStart(repr[left]) {
		left++
	}
	for !utf8.RuneStart(repr[right]) {
		right++
	}
	return repr[:left] + "<<...>>" + repr[right:]
}

func listOf(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = starlark.String(w).String()
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// text returns the value of a string argument that may have been left out.
func text(v starlark.Value, missing string) string {
	if v == nil {
		return missing
	}
	return string(v.(starlark.String))
}

// written returns the value of a string argument, nil if it was left out.
func written(v starlark.Value) *string {
	if v == nil {
		return nil
	}
	s := string(v.(starlark.String))
	return &s
}

// keep notes that n more strings are kept for the file's rules.
func (m *module) keep(n int64) *problem {
	if m.strings += n; m.strings > int64(m.limits.Strings) {
		return &problem{codeLimit, fmt.Sprintf("the rules of this file hold more than %d strings", m.limits.Strings), ""}
	}
	return nil
}

// justification checks a justification, nil if it was left out, and returns
// what rules keep.
func justification(written *string) (string, *problem) {
	if written == nil {
		return "", nil
	}
	if strings.TrimSpace(*written) == "" {
		return "", &problem{codeRule, "invalid rule: justification cannot be empty", "say why the rule exists, or leave justification out"}
	}
	return *written, nil
}
