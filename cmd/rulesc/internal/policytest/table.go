// Package policytest tests policies: it reads tables of commands and what a
// policy should say of them, asks, and says what went wrong as an author of
// rules wants to hear it.
package policytest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/internal/tomldoc"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
)

// Format describes test tables, for the help.
const Format = `A test table is a TOML file. Each [[test]] has
  command   a command, as a string that is split as a shell does or as a list
            of tokens; or commands, a list of such; or script, shell code that
            is judged as bash -lc 'CODE' is
  decision  allow, prompt, prompt-user, forbidden, or none where no rule decides
  rule      optional: the rule that decides, by its place "FILE:LINE" or by its
            pattern as a list, as rule files write it
  name      optional: what the test is called
and, each optional and also at the top of the file for all its tests,
  layers    the layers whose rules count, by name; all if it is left out
  shell     how scripts of shells are read: reference (the default), full or
            off, as --shell of explain
  resolve_host_executables
            whether a program's path may stand for its name; true if left out`

// A Reading says how shell invocations are read.
type Reading string

// The readings.
const (
	ReadOff       Reading = "off"
	ReadReference Reading = "reference"
	ReadFull      Reading = "full"
)

// Setup is what a test is judged under.
type Setup struct {
	Shell   Reading
	Resolve bool     // whether a program's path may stand for its name
	Layers  []string // whose rules count; nil: all
}

// A Test is a command and what the policy should say of it.
type Test struct {
	Name     string
	Position ir.Position
	Argv     []string
	Decision ir.Decision // ir.None: no rule decides
	Rule     *RuleRef    // that decides; nil: any
	Setup
}

// A RuleRef names a rule: by its place or by its pattern.
type RuleRef struct {
	File string // the end of a file's name; "" where there is a pattern
	Line int
	Col  int // 0: any

	Pattern ir.Pattern // as written: the first position may have alternatives
}

// String returns the reference as a test table has it.
func (r *RuleRef) String() string {
	if r.Pattern != nil {
		return r.Pattern.String()
	}
	return ir.Position{File: r.File, Line: r.Line, Col: r.Col}.String()
}

// Names reports whether the reference names the rule.
func (r *RuleRef) Names(rule *ir.PrefixRule) bool {
	if r.Pattern == nil {
		s := rule.Source
		return (s.File == r.File || strings.HasSuffix(s.File, "/"+r.File)) && s.Line == r.Line && (r.Col == 0 || r.Col == s.Col)
	}
	if len(r.Pattern) != len(rule.Pattern) || !slices.Contains(r.Pattern[0], rule.Pattern.Program()) {
		return false
	}
	for i := 1; i < len(r.Pattern); i++ {
		if !sameSet(r.Pattern[i], rule.Pattern[i]) {
			return false
		}
	}
	return true
}

func sameSet(a, b []string) bool {
	in := func(list []string) func(string) bool {
		return func(s string) bool { return !slices.Contains(list, s) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

// ParseTable reads a test table. file is what diagnostics and positions call
// it. layers are the names that tests may use; nil where no layers are known,
// and then every name is taken. All that is wrong is reported, and then there
// are no tests.
func ParseTable(file, text string, layers []string) ([]Test, diag.List) {
	r := &reader{file: file, text: text, layers: layers}
	doc, err := tomldoc.Parse(text)
	if err != nil {
		r.problem(err.At, "", "%s", err.Message)
		return nil, r.problems
	}
	r.doc = doc
	tests := r.table()
	if len(r.problems) > 0 {
		r.problems.Sort()
		return nil, r.problems
	}
	return tests, nil
}

type reader struct {
	file, text string
	layers     []string // nil: unknown
	doc        *tomldoc.Document
	problems   diag.List
}

// codeTable is the code of what is wrong with a test table.
const codeTable = "table"

func (r *reader) problem(at tomldoc.Span, hint, format string, args ...any) {
	d := diag.Diagnostic{
		Position: r.at(at.Start), Severity: diag.Error, Code: codeTable,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	}
	if at.End > at.Start {
		d.End = r.at(at.End)
	}
	r.problems = append(r.problems, d)
}

func (r *reader) at(offset int) ir.Position {
	line, col := tomldoc.LineCol(r.text, offset)
	return ir.Position{File: r.file, Line: line, Col: col}
}

var (
	setupKeys = []string{"layers", "shell", "resolve_host_executables"}
	topKeys   = append([]string{"test"}, setupKeys...)
	testKeys  = append([]string{"name", "command", "commands", "script", "decision", "rule"}, setupKeys...)
)

func (r *reader) table() []Test {
	r.knownKeys(r.doc.Table, nil, topKeys)
	setup := r.setup(r.doc.Table, nil, Setup{Shell: ReadReference, Resolve: true})
	value, ok := r.doc.Table["test"]
	if !ok {
		return nil
	}
	entries, ok := value.([]map[string]any)
	if !ok {
		list, isList := value.([]any) // test = [{…}, {…}], or test = []
		for _, v := range list {
			entry, isTable := v.(map[string]any)
			isList = isList && isTable
			entries = append(entries, entry)
		}
		if !isList {
			r.problem(r.doc.Value("test"), "write [[test]] with two brackets", "test must be a list of tables")
			return nil
		}
	}
	var tests []Test
	for i, entry := range entries {
		tests = append(tests, r.test(entry, []string{"test", strconv.Itoa(i)}, setup)...)
	}
	return tests
}

// knownKeys refuses keys that are none, with the one that was meant.
func (r *reader) knownKeys(table map[string]any, path, known []string) {
	for _, key := range r.doc.InOrder(table, path) {
		if slices.Contains(known, key) {
			continue
		}
		start := r.doc.Key(append(slices.Clip(path), key)...)
		hint := "the keys here are " + strings.Join(known, ", ")
		if meant := Nearest(key, known); meant != "" {
			hint = fmt.Sprintf("did you mean %s?", meant)
		}
		r.problem(tomldoc.Span{Start: start, End: start + len(key)}, hint, "unknown key %q", key)
	}
}

// Nearest returns the candidate that word was probably meant to be, or "".
func Nearest(word string, candidates []string) string {
	best, least := "", max(1, len(word)/3)
	word = strings.ToLower(word)
	for _, c := range candidates {
		d := analysis.Distance(word, c)
		if len(word) >= 4 && strings.HasPrefix(c, word) {
			d = min(d, 1)
		}
		if d <= least && (best == "" || d < least) {
			best, least = c, d
		}
	}
	return best
}

func (r *reader) setup(table map[string]any, path []string, s Setup) Setup {
	if word, ok := r.word(table, path, "shell"); ok {
		switch s.Shell = Reading(word); s.Shell {
		case ReadOff, ReadReference, ReadFull:
		default:
			r.problem(r.valueOf(path, "shell"), "", "unknown reading %q, want %s, %s or %s", word, ReadReference, ReadFull, ReadOff)
		}
	}
	if value, ok := table["resolve_host_executables"]; ok {
		if s.Resolve, ok = value.(bool); !ok {
			r.problem(r.valueOf(path, "resolve_host_executables"), "", "resolve_host_executables must be true or false")
		}
	}
	if value, ok := table["layers"]; ok {
		if s.Layers, ok = words(value); !ok || len(s.Layers) == 0 {
			r.problem(r.valueOf(path, "layers"), "", "layers must be a list of names, and not empty")
		}
		for i, name := range s.Layers {
			if r.layers == nil || slices.Contains(r.layers, name) {
				continue
			}
			hint := "the layers here are " + strings.Join(r.layers, ", ")
			if meant := Nearest(name, r.layers); meant != "" {
				hint = fmt.Sprintf("did you mean %q?", meant)
			}
			r.problem(r.doc.Value(append(slices.Clip(path), "layers", strconv.Itoa(i))...), hint, "there is no layer %q", name)
		}
	}
	return s
}

func (r *reader) valueOf(path []string, key string) tomldoc.Span {
	return r.doc.Value(append(slices.Clip(path), key)...)
}

// word returns a string value; ok is false where there is none.
func (r *reader) word(table map[string]any, path []string, key string) (word string, ok bool) {
	value, given := table[key]
	if !given {
		return "", false
	}
	if word, ok = value.(string); !ok {
		r.problem(r.valueOf(path, key), "", "%s must be a string", key)
	}
	return word, ok
}

// words returns a list of strings.
func words(value any) ([]string, bool) {
	list, ok := tomldoc.Elements(value)
	if !ok {
		return nil, false
	}
	words := make([]string, len(list))
	for i, v := range list {
		if words[i], ok = v.(string); !ok {
			return nil, false
		}
	}
	return words, true
}

func (r *reader) test(table map[string]any, path []string, setup Setup) []Test {
	r.knownKeys(table, path, testKeys)
	t := Test{Setup: r.setup(table, path, setup)}
	t.Name, _ = r.word(table, path, "name")
	word, ok := r.word(table, path, "decision")
	if _, given := table["decision"]; !given {
		r.problem(r.doc.Value(path...), "say what the policy should decide: decision = \"prompt\"", "the test has no decision")
	} else if ok {
		if err := t.Decision.UnmarshalText([]byte(word)); err != nil {
			hint := ""
			if meant := Nearest(word, []string{"allow", "prompt", "prompt-user", "forbidden", "none"}); meant != "" {
				hint = fmt.Sprintf("did you mean %q?", meant)
			}
			r.problem(r.valueOf(path, "decision"), hint, "unknown decision %q, want allow, prompt, prompt-user, forbidden or none", word)
		}
	}
	if value, given := table["rule"]; given {
		t.Rule = r.ruleRef(value, append(slices.Clip(path), "rule"))
		if t.Rule != nil && word == "none" {
			r.problem(r.valueOf(path, "rule"), "leave rule out, or expect a decision", "no rule decides where the decision is none")
		}
	}
	return r.commands(table, path, t)
}

// commands returns a test for each command of the entry.
func (r *reader) commands(table map[string]any, path []string, t Test) []Test {
	var given []string
	for _, key := range []string{"command", "commands", "script"} {
		if _, ok := table[key]; ok {
			given = append(given, key)
		}
	}
	switch {
	case len(given) == 0:
		r.problem(r.doc.Value(path...), "write command = \"git push\", a list commands = […], or script = \"…\"", "the test has no command")
		return nil
	case len(given) > 1:
		r.problem(r.valueOf(path, given[1]), "", "the test has both %s and %s", given[0], given[1])
		return nil
	}
	key := append(slices.Clip(path), given[0])
	one := func(argv []string, path []string) Test {
		this := t
		this.Argv = argv
		this.Position = r.at(r.doc.Value(path...).Start)
		return this
	}
	switch value := table[given[0]]; given[0] {
	case "script":
		code, ok := value.(string)
		if !ok {
			r.problem(r.doc.Value(key...), "", "script must be a string")
			return nil
		}
		return []Test{one([]string{"bash", "-lc", code}, key)}
	case "command":
		return []Test{one(r.command(value, key), key)}
	default:
		list, ok := tomldoc.Elements(value)
		if !ok || len(list) == 0 {
			r.problem(r.doc.Value(key...), "", "commands must be a list of commands, and not empty")
			return nil
		}
		var tests []Test
		for i, v := range list {
			element := append(slices.Clip(key), strconv.Itoa(i))
			tests = append(tests, one(r.command(v, element), element))
		}
		return tests
	}
}

// command reads one command.
func (r *reader) command(value any, path []string) []string {
	if text, ok := value.(string); ok {
		argv, ok := shlex.Split(text)
		switch {
		case !ok:
			r.problem(r.doc.Value(path...), "close its quotes, or write the command as a list of tokens", "a command has invalid shell syntax")
		case len(argv) == 0:
			r.problem(r.doc.Value(path...), "", "a command cannot be empty")
		}
		return argv
	}
	argv, ok := words(value)
	if !ok || len(argv) == 0 {
		r.problem(r.doc.Value(path...), "", "a command must be a string or a list of tokens, and not empty")
	}
	return argv
}

// ruleRef reads "FILE:LINE", "FILE:LINE:COL" or a pattern.
func (r *reader) ruleRef(value any, path []string) *RuleRef {
	at := r.doc.Value(path...)
	const hint = `write its place, as "git.rules:12", or its pattern, as ["git", ["push", "fetch"]]`
	if text, ok := value.(string); ok {
		ref, ok := parsePlace(text)
		if !ok {
			r.problem(at, hint, "%q is no place of a rule", text)
		}
		return ref
	}
	list, ok := tomldoc.Elements(value)
	ref := &RuleRef{}
	for _, v := range list {
		alternatives, isList := words(v)
		if token, isToken := v.(string); isToken {
			alternatives, isList = []string{token}, true
		}
		ok = ok && isList && len(alternatives) > 0
		ref.Pattern = append(ref.Pattern, alternatives)
	}
	if !ok || len(list) == 0 {
		r.problem(at, hint, "rule must be the place of a rule, or a pattern")
		return nil
	}
	return ref
}

func parsePlace(text string) (*RuleRef, bool) {
	var numbers []int
	file := text
	for range 2 {
		before, after, ok := cutLast(file)
		if !ok {
			break
		}
		n, err := strconv.ParseUint(after, 10, 31)
		if err != nil || n == 0 {
			break
		}
		file, numbers = before, append([]int{int(n)}, numbers...)
	}
	switch {
	case file == "" || len(numbers) == 0:
		return nil, false
	case len(numbers) == 1:
		return &RuleRef{File: file, Line: numbers[0]}, true
	}
	return &RuleRef{File: file, Line: numbers[0], Col: numbers[1]}, true
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
