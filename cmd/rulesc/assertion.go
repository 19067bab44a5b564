package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/internal/tomldoc"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// assertionFile is where assertions are looked for.
const assertionFile = "policy.assert.toml"

// An assertionKind says what is asserted. It is also the code of a finding.
type assertionKind string

const (
	neverAllow      assertionKind = "never-allow"
	alwaysForbidden assertionKind = "always-forbidden"
	neverLooser     assertionKind = "never-looser"
)

// An assertion is a statement about the answers to all commands.
type assertion struct {
	kind      assertionKind
	pattern   ir.Pattern // of the commands it is about; not for neverLooser
	base      string     // the operand of neverLooser
	dir       string     // the folder that base is seen from, "" for the working directory
	anyLayer  bool
	asWritten bool
	why       string
	position  ir.Position // in its file; zero on the command line
}

// String returns the assertion as it is written on the command line.
func (a *assertion) String() string {
	subject := a.base
	if a.kind != neverLooser {
		if subject = a.pattern.String(); !slices.ContainsFunc(a.pattern, func(alternatives []string) bool { return len(alternatives) > 1 }) {
			words := make([]string, len(a.pattern))
			for i := range a.pattern {
				words[i] = a.pattern[i][0]
			}
			subject = `"` + shellLine(words) + `"`
		}
	}
	text := map[assertionKind]string{
		neverAllow: "never allow ", alwaysForbidden: "always forbidden ", neverLooser: "never looser than ",
	}[a.kind] + diag.Printable(subject)
	if a.asWritten {
		text += ", as written"
	}
	if a.anyLayer {
		text += ", whatever layers are added"
	}
	return text
}

// parseAssertions reads assertions from a command line. Each is two or three
// words and what it is about, and may be quoted as a whole.
func parseAssertions(args []string) ([]assertion, error) {
	var list []assertion
	for len(args) > 0 {
		if words, ok := shlex.Split(args[0]); ok && len(words) > 2 && (words[0] == "never" || words[0] == "always") {
			args = slices.Concat(words, args[1:])
		}
		var a assertion
		var n int
		switch {
		case begin(args, "never", "allow"):
			a.kind, n = neverAllow, 2
		case begin(args, "always", "forbidden"):
			a.kind, n = alwaysForbidden, 2
		case begin(args, "never", "looser", "than"):
			a.kind, n = neverLooser, 3
		default:
			return nil, usagef(`%q is no assertion; want never allow "COMMAND", always forbidden "COMMAND" or never looser than BASE`, strings.Join(args[:min(2, len(args))], " "))
		}
		if len(args) == n {
			return nil, usagef("%q needs what it is about", strings.Join(args, " "))
		}
		if a.kind == neverLooser {
			a.base = args[n]
		} else {
			pattern, err := parsePattern(args[n])
			if err != nil {
				return nil, usagef("%s: %v", strings.Join(args[:n], " "), err)
			}
			a.pattern = pattern
		}
		list = append(list, a)
		args = args[n+1:]
	}
	return list, nil
}

func begin(args []string, words ...string) bool {
	return len(args) >= len(words) && slices.Equal(args[:len(words)], words)
}

// parsePattern reads the words of a command, or a pattern as rules write it,
// which is JSON.
func parsePattern(text string) (ir.Pattern, error) {
	if list := strings.TrimSpace(text); strings.HasPrefix(list, "[") && strings.ContainsAny(firstOf(list[1:]), `"[]`) {
		var value any
		if err := json.Unmarshal([]byte(list), &value); err != nil {
			return nil, fmt.Errorf("the pattern is no JSON list: %w", err)
		}
		return patternOf(value)
	}
	words, ok := shlex.Split(text)
	if !ok {
		return nil, errors.New("a quotation does not end")
	}
	if len(words) == 0 {
		return nil, errors.New("there is no command")
	}
	return ir.Literal(words...), nil
}

// firstOf returns the first character of a text that is no blank.
func firstOf(text string) string {
	if text = strings.TrimLeft(text, " \t\r\n"); text == "" {
		return ""
	}
	return text[:1]
}

// patternOf reads a decoded list of tokens and lists of alternatives.
func patternOf(value any) (ir.Pattern, error) {
	positions, ok := tomldoc.Elements(value)
	if !ok || len(positions) == 0 {
		return nil, errors.New("a pattern is a list of at least one token")
	}
	pattern := make(ir.Pattern, len(positions))
	for i, position := range positions {
		alternatives, several := tomldoc.Elements(position)
		if !several {
			alternatives = []any{position}
		}
		for _, alternative := range alternatives {
			token, ok := alternative.(string)
			if !ok {
				return nil, fmt.Errorf("position %d of the pattern: want a string or a list of strings", i+1)
			}
			pattern[i] = append(pattern[i], token)
		}
		if len(pattern[i]) == 0 {
			return nil, fmt.Errorf("position %d of the pattern has no alternatives", i+1)
		}
	}
	return pattern, nil
}

// readAssertions reads a file of assertions; its help is that of prove.
func readAssertions(name string) ([]assertion, error) {
	text, err := readRuleFile(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, diag.List{{
				Position: ir.Position{File: name}, Severity: diag.Error, Code: "assertion", Message: "there is no such file",
				Hint: `write assertions on the command line, as in: rulesc prove never allow "git push --force"`,
			}}
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	list, problems := decodeAssertions(name, string(text))
	if len(problems) > 0 {
		return nil, problems
	}
	return list, nil
}

// decodeAssertions reads the text of a file: at least one assertion, or
// everything that is wrong with it.
func decodeAssertions(name, text string) ([]assertion, diag.List) {
	r := assertionReader{name: name, text: text}
	doc, bad := tomldoc.Parse(text)
	if bad != nil {
		r.wrong(bad.At, "%s", bad.Message)
		return nil, r.problems
	}
	r.doc = doc
	list := r.read()
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return list, nil
}

// An assertionReader collects what is wrong with a file on its way through.
type assertionReader struct {
	name, text string
	doc        *tomldoc.Document
	problems   diag.List
}

func (r *assertionReader) wrong(at tomldoc.Span, format string, args ...any) {
	r.problems = append(r.problems, diag.Diagnostic{
		Position: r.position(at.Start), End: r.position(max(at.Start, at.End)), Severity: diag.Error, Code: "assertion", Message: fmt.Sprintf(format, args...),
	})
}

func (r *assertionReader) position(offset int) ir.Position {
	line, col := tomldoc.LineCol(r.text, offset)
	return ir.Position{File: r.name, Line: line, Col: col}
}

// keyAt is the place of a key.
func (r *assertionReader) keyAt(path ...string) tomldoc.Span {
	start := r.doc.Key(path...)
	return tomldoc.Span{Start: start, End: start + len(path[len(path)-1])}
}

func (r *assertionReader) read() []assertion {
	var list []assertion
	for _, key := range r.doc.InOrder(r.doc.Table, nil) {
		if key != "assert" {
			r.wrong(r.keyAt(key), "unknown key %q, want tables [[assert]]", key)
			continue
		}
		tables, ok := tomldoc.Elements(r.doc.Table[key])
		if !ok {
			r.wrong(r.keyAt(key), "assert is a list of tables, each under [[assert]]")
			continue
		}
		for i, table := range tables {
			path := []string{key, fmt.Sprint(i)}
			if table, ok := table.(map[string]any); ok {
				list = append(list, r.assertion(table, path))
			} else {
				r.wrong(r.doc.Value(path...), "want a table")
			}
		}
	}
	if len(list) == 0 && len(r.problems) == 0 {
		r.wrong(tomldoc.Span{}, "there are no assertions; each is a table [[assert]]")
	}
	return list
}

// assertion reads the table at path.
func (r *assertionReader) assertion(table map[string]any, path []string) assertion {
	a := assertion{dir: filepath.Dir(r.name), position: r.position(r.doc.Value(path...).Start)}
	for _, key := range r.doc.InOrder(table, path) {
		here := append(slices.Clip(path), key)
		at := r.doc.Value(here...)
		value := table[key]
		flag := func(to *bool) {
			var ok bool
			if *to, ok = value.(bool); !ok {
				r.wrong(at, "%s is true or false", key)
			}
		}
		word := func(to *string) {
			if text, ok := value.(string); ok && text != "" {
				*to = text
			} else {
				r.wrong(at, "%s is a string, and not empty", key)
			}
		}
		kind := func(kind assertionKind) {
			if a.kind != "" {
				r.wrong(r.keyAt(here...), "one assertion a table: there is %s already", a.kind)
			}
			a.kind = kind
			a.position = r.position(r.doc.Key(here...))
		}
		commands := func(k assertionKind) {
			kind(k)
			var err error
			if text, ok := value.(string); ok {
				a.pattern, err = parsePattern(text)
			} else {
				a.pattern, err = patternOf(value)
			}
			if err != nil {
				r.wrong(at, "%v", err)
			}
		}
		switch key {
		case "never_allow":
			commands(neverAllow)
		case "always_forbidden":
			commands(alwaysForbidden)
		case "never_looser_than":
			kind(neverLooser)
			word(&a.base)
		case "any_layer":
			flag(&a.anyLayer)
		case "as_written":
			flag(&a.asWritten)
		case "why":
			word(&a.why)
		default:
			r.wrong(r.keyAt(here...), "unknown key %q, want never_allow, always_forbidden, never_looser_than, any_layer, as_written or why", key)
		}
	}
	if a.kind == "" {
		r.wrong(r.doc.Value(path...), "nothing is asserted; want never_allow, always_forbidden or never_looser_than")
	}
	return a
}
