package compiler_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/compiler/dialect"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

func file(name, text string) compiler.File { return compiler.File{Name: name, Text: []byte(text)} }

func mustEvaluate(tb testing.TB, files ...compiler.File) *ir.Policy {
	tb.Helper()
	p, err := compiler.Evaluate(tb.Context(), files, compiler.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func problemsOf(tb testing.TB, files ...compiler.File) diag.List {
	tb.Helper()
	p, err := compiler.Evaluate(tb.Context(), files, compiler.Options{})
	var problems diag.List
	if !errors.As(err, &problems) || p != nil {
		tb.Fatalf("got policy %v and error %v, want no policy and a list of problems", p, err)
	}
	return problems
}

// lines returns what a person reads of the problems, a line each.
func lines(problems diag.List) []string {
	var all []string
	for _, d := range problems {
		line := d.Error()
		if d.End.Line > 0 {
			line += fmt.Sprintf(" to %d:%d", d.End.Line, d.End.Col)
		}
		for _, c := range d.Calls {
			line += fmt.Sprintf(" < %d:%d in %s", c.Line, c.Col, c.Func)
		}
		if d.Hint != "" {
			line += " | " + d.Hint
		}
		all = append(all, line)
	}
	return all
}

func TestEvaluate(t *testing.T) {
	const text = `
def tools(names):
    prefix_rule([names, ["a", "b"]], "prompt", justification = " why ")

tools(["x", "y"])
if True: tools(["z"])
host_executable("git", ["/usr//bin/./git", "/opt/x/../git"])
network_rule("Example.COM.:443", "http-connect", "deny")
prefix_rule(pattern = ["é"], canonical_matching = True)
`
	got := mustEvaluate(t, compiler.File{Layer: "user", Name: "rules/a.rules", Path: "/home/u/rules/a.rules", Text: []byte(text)})
	source := func(line, col int, calls ...ir.Frame) ir.Source {
		return ir.Source{Layer: "user", Position: ir.Position{File: "rules/a.rules", Line: line, Col: col}, Calls: calls}
	}
	frame := func(line, col int) ir.Frame {
		return ir.Frame{Func: "<module>", Position: ir.Position{File: "rules/a.rules", Line: line, Col: col}}
	}
	tail := []string{"a", "b"}
	want := &ir.Policy{
		Rules: []ir.PrefixRule{
			{Pattern: ir.Pattern{{"x"}, tail}, Decision: ir.Prompt, Justification: " why ", Source: source(3, 5, frame(5, 1))},
			{Pattern: ir.Pattern{{"y"}, tail}, Decision: ir.Prompt, Justification: " why ", Source: source(3, 5, frame(5, 1))},
			{Pattern: ir.Pattern{{"z"}, tail}, Decision: ir.Prompt, Justification: " why ", Source: source(3, 5, frame(6, 10))},
			{Pattern: ir.Pattern{{"é"}}, Decision: ir.Allow, Canonical: true, Source: source(9, 1)},
		},
		Hosts:    []ir.HostExecutable{{Name: "git", Paths: []string{"/usr/bin/git", "/opt/git"}, Source: source(7, 1)}},
		Networks: []ir.NetworkRule{{Host: "example.com", Protocol: ir.HTTPS, Decision: ir.Forbidden, Source: source(8, 1)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestListsAreCopiedAtTheCall(t *testing.T) {
	p := mustEvaluate(t, file("a.rules", `
tail = ["b"]
words = ["a", tail]
example = ["a", "b"]
paths = ["/x/git"]
prefix_rule(words, match = [example])
host_executable("git", paths)
tail.append("c")
words.append("d")
example.append("d")
paths.append("/y/git")
`))
	if got, want := p.Rules[0].Pattern.String(), `["a", "b"]`; got != want {
		t.Errorf("pattern %s, want %s", got, want)
	}
	if len(p.Hosts[0].Paths) != 1 {
		t.Errorf("paths %v, want the first alone", p.Hosts[0].Paths)
	}
}

// A run reports all that is wrong: every call, every file, every example.
func TestEverythingWrongIsReported(t *testing.T) {
	problems := problemsOf(t,
		file("a.rules", `prefix_rule(["a"], decision = "deny")
def f():
    prefix_rule([])
f()
f()
for i in range(3): prefix_rule([i], "no way")
prefix_rule(["b"], match = ["b", "c"])
x = 1 // 0
`),
		file("b.rules", "prefix_rule([\n"),
		file("c.rules", `prefix_rule(
    ["a"],
    match = ["a", # c, d
        "b", ['c', ")"], "a b"],
    not_match = ["b", "a # '"],
)
`),
	)
	want := []string{
		"a.rules:1:1: error: invalid decision: deny [decision] to 1:38 | did you mean \"forbidden\"?",
		"a.rules:3:5: error: invalid pattern element: pattern cannot be empty [pattern] to 3:20 < 4:1 in <module> | name at least the program: no rule can be about every command",
		"a.rules:6:20: error: invalid decision: no way [decision] to 6:46 | a decision is allow, prompt or forbidden",
	}
	got := lines(problems)
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	want = []string{
		"c.rules:5:23: error: expected example to not match rule `PrefixRuleMatch { matched_prefix: [\"a\"], decision: Allow, resolved_program: None, justification: None }`: a [example-matched] to 5:30 < 1:1 in <module>",
		`c.rules:4:9: error: expected every example to match at least one rule. rules: ["PrefixRule { pattern: PrefixPattern { canonical_matching: false, first: \"a\", rest: [] }, decision: Allow, justification: None }"]; unmatched examples: ["b", "c ')'"] [example-unmatched] to 4:12 < 1:1 in <module>`,
		`c.rules:4:14: error: expected every example to match at least one rule. rules: ["PrefixRule { pattern: PrefixPattern { canonical_matching: false, first: \"a\", rest: [] }, decision: Allow, justification: None }"]; unmatched examples: ["c ')'"] [example-unmatched] to 4:24 < 1:1 in <module>`,
	}
	if diff := cmp.Diff(want, got[len(got)-len(want):]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var codes []string
	for _, d := range problems {
		codes = append(codes, d.File+" "+d.Code)
	}
	all := []string{
		"a.rules decision", "a.rules pattern", "a.rules pattern", "a.rules decision", "a.rules eval", "a.rules example-unmatched",
		"b.rules parse", "c.rules example-matched", "c.rules example-unmatched", "c.rules example-unmatched",
	}
	// f is called twice, from different places: its problem is one.
	all = append(all[:2], all[3:]...)
	if diff := cmp.Diff(all, codes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestExamplePlaces(t *testing.T) {
	tests := []struct{ text, want string }{
		{`prefix_rule(["a"], "allow", ["a", "b"])`, "1:35 to 1:38"},
		{`prefix_rule(["a"], "allow", ["a", "b",],)`, "1:35 to 1:38"},
		{"prefix_rule(['a'], match = [\n  r'''a\n''', [\"b\", (\"c\")],\n])", "3:6 to 3:18"},
		{"x = 'é'; prefix_rule(['a'], match=['é'])", "1:36 to 1:39"},
		{`prefix_rule(["a"], match = ["\"]\"", 'b'])`, "1:29 to 1:36"},
		{`prefix_rule(["a"], match = [["a"][0], "b"])`, "1:1 to 1:44"},
		{`prefix_rule(["a"], match = ["a"] + ["b"])`, "1:1 to 1:42"},
		{`prefix_rule(["a"], match = [x for x in ["a", "b"]])`, "1:1 to 1:52"},
		{`prefix_rule(["a"], match = ["b" for x in ["a"]])`, "1:1 to 1:49"},
		{`prefix_rule(["a"], match = [str(1), "b"])`, "1:1 to 1:42"},
		{`prefix_rule(["a"], **{"match": ["b"]})`, "1:1 to 1:39"},
		{"m = ['b']\nprefix_rule(['a'], match = m)", "2:1 to 2:30"},
		{"p = prefix_rule\np(['a'], match = ['b'])", "2:19 to 2:22"},
		{"[prefix_rule([x], match = ['b']) for x in ['a']]", "1:28 to 1:31"},
	}
	for _, test := range tests {
		d := problemsOf(t, file("a.rules", test.text))[0]
		if got := fmt.Sprintf("%d:%d to %d:%d", d.Line, d.Col, d.End.Line, d.End.Col); got != test.want {
			t.Errorf("%s\n\tgot %s, want %s (%s)", test.text, got, test.want, d.Message)
		}
	}
}

// Host executables of earlier files and of the whole file count for examples,
// those of later files do not.
func TestExamplesAndHostExecutables(t *testing.T) {
	host := file("host.rules", `host_executable("git", ["/opt/git"])`)
	usual := file("usual.rules", `prefix_rule(["git"], match = ["/usr/bin/git"])`)
	mustEvaluate(t, usual, host)
	got := lines(problemsOf(t, host, usual))
	if len(got) != 1 || !strings.HasSuffix(got[0], "| the host_executable entry for git does not list /usr/bin/git") {
		t.Errorf("got %q", got)
	}
	got = lines(problemsOf(t, file("a.rules", `prefix_rule(["git"], not_match = ["/usr/bin/git"])`)))
	if len(got) != 1 || !strings.HasSuffix(got[0], "| /usr/bin/git counts as git; a host_executable entry for that name can limit its paths") {
		t.Errorf("got %q", got)
	}

	// An entry may stand in the broken call: no example that depends on it is
	// called wrong, one that does not is.
	problems := problemsOf(t,
		file("host.rules", `host_executable("git", ["opt/git"])`),
		file("a.rules", `prefix_rule(["git"], match = ["hub"], not_match = ["/usr/bin/git", "git"])`),
	)
	var at []string
	for _, d := range problems {
		at = append(at, d.Position.String())
	}
	if diff := cmp.Diff([]string{"host.rules:1:1", "a.rules:1:68", "a.rules:1:31"}, at); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Under canonical matching a command may name its program in any spelling, and
// is held to the entry for that spelling.
func TestCanonicalExamplesAndHostExecutables(t *testing.T) {
	const text = `
host_executable("GIT", ["/opt/GIT"])
prefix_rule(["git"], canonical_matching = True, match = ["/usr/bin/git", "/opt/GIT", "/usr/bin/Git", "GIT"], not_match = ["/usr/bin/GIT"])
`
	mustEvaluate(t, file("a.rules", text))
}

func TestCallsAreNamed(t *testing.T) {
	const text = `
def inner(): prefix_rule(["a"])
def outer(): inner()
[outer() for x in [1]]
`
	want := []ir.Frame{
		{Func: "outer", Position: ir.Position{File: "a.rules", Line: 3, Col: 14}},
		{Func: "<module>", Position: ir.Position{File: "a.rules", Line: 4, Col: 2}},
	}
	if diff := cmp.Diff(want, mustEvaluate(t, file("a.rules", text)).Rules[0].Source.Calls); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	broken := strings.Replace(text, `"a"`, "", 1)
	if diff := cmp.Diff(want, problemsOf(t, file("a.rules", broken))[0].Calls); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestExamplePlace(t *testing.T) {
	text := `
host_executable("git", ["/home/u/git"])
host_executable("hub", ["/work/hub"])
prefix_rule(["git"], match = ["~/git"])
prefix_rule(["hub"], match = ["./hub"])
`
	place := ir.Place{Home: "/home/u", Dir: "/work"}
	if _, err := compiler.Evaluate(t.Context(), []compiler.File{file("a.rules", text)}, compiler.Options{Place: place}); err != nil {
		t.Error(err)
	}
	if got := len(problemsOf(t, file("a.rules", text))); got != 2 {
		t.Errorf("%d problems without a place, want 2", got)
	}
	// Without a host_executable any place will do, and none.
	mustEvaluate(t, file("a.rules", `prefix_rule(["git"], match = ["~/git", "./git", "x/../git"], not_match = [".", "~"])`))
}

func TestEvaluateSound(t *testing.T) {
	files := []compiler.File{
		file("0.rules", `host_executable("git", []); prefix_rule(["a"], "nope")`),
		file("1.rules", `prefix_rule(["git"], match = ["/bin/git"])`),
		file("2.rules", `host_executable("git", []); prefix_rule(["c"], match = ["d"])`),
		file("3.rules", `prefix_rule(["git", "x"], match = ["/bin/git x"]); network_rule("h", "http", "allow")`),
		{Name: "4.rules", Text: []byte("# \xff")},
		file("5.rules", `host_executable("git", [])`),
		file("6.rules", `prefix_rule(["git"], match = ["/bin/git"])`),
	}
	p, broken, err := compiler.EvaluateSound(t.Context(), files, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, b := range broken {
		left = append(left, fmt.Sprint(b.File, " ", b.Problems[0].Code))
	}
	if diff := cmp.Diff([]string{"0 decision", "2 example-unmatched", "4 other", "6 example-unmatched"}, left); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(p.Rules) != 2 || len(p.Hosts) != 1 || len(p.Networks) != 1 {
		t.Errorf("got %d rules, %d hosts, %d networks", len(p.Rules), len(p.Hosts), len(p.Networks))
	}
}

// The rules of many files stand in the order of the files, whatever makes them, and
// whatever the text of a file promises.
func TestRulesOfManyFiles(t *testing.T) {
	texts := map[string]string{
		"calls":    "prefix_rule([\"a\"])\nprefix_rule([\"b\"])\n",
		"fewer":    "X = \"\"\"\nprefix_rule\nprefix_rule\n\"\"\"\nprefix_rule([\"c\"])\n",
		"more":     "[prefix_rule([\"d%d\" % i]) for i in range(5)]\n",
		"programs": "prefix_rule([[\"e\", \"f\", \"g\"]])\n",
		"none":     "",
		"broken":   "prefix_rule([\"h\"])\nprefix_rule([])\n",
	}
	names := []string{"broken", "calls", "fewer", "more", "none", "programs"}
	for order := range 6 * 6 * 6 * 6 {
		var files []compiler.File
		var want []string
		for ; order > 0; order /= 6 {
			name := names[order%6]
			f := file(fmt.Sprint(len(files), name), texts[name])
			files = append(files, f)
			if name != "broken" {
				for _, rule := range mustEvaluate(t, f).Rules {
					want = append(want, rule.Source.String()+" "+rule.String())
				}
			}
		}
		policy, _, err := compiler.EvaluateSound(t.Context(), files, compiler.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, rule := range policy.Rules {
			got = append(got, rule.Source.String()+" "+rule.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%v (-want +got):\n%s", files, diff)
		}
	}
}

func TestHints(t *testing.T) {
	tests := []struct{ text, hint string }{
		{`prefix_rule(["a"], "deny")`, `did you mean "forbidden"?`},
		{`prefix_rule(["a"], "Allow")`, `did you mean "allow"?`},
		{`prefix_rule(["a"], "promt")`, `did you mean "prompt"?`},
		{`prefix_rule(["a"], "auto_review")`, `did you mean "prompt"?`},
		{`prefix_rule(["a"], "prompt-user")`, `only requirements.toml may say "prompt-user"; use "prompt" here`},
		{`prefix_rule(["a"], "xyzzy")`, `a decision is allow, prompt or forbidden`},
		{`network_rule("h", "http", "xyzzy")`, `a decision is allow, prompt, forbidden or deny`},
		{`prefix_rule(["a"], patern = 1)`, "did you mean `pattern` instead of `patern`? prefix_rule takes pattern, decision, match, not_match, justification and canonical_matching"},
		{`prefix_rule(["a"], reason = "x")`, "did you mean `justification` instead of `reason`? prefix_rule takes pattern, decision, match, not_match, justification and canonical_matching"},
		{`prefix_rule(["a"], quux = "x")`, "prefix_rule takes pattern, decision, match, not_match, justification and canonical_matching"},
		{`host_executable("git", path = [])`, "did you mean `paths` instead of `path`? host_executable takes name and paths"},
		{`prefix_rule("git push")`, `write a list with one string a word: ["git", "push"]`},
		{`prefix_rule("绝不")`, `a pattern is a list of a command's first words, such as ["git", "push"]`},
		{`prefix_rule(["a"], match = "a b")`, `put it in a list: ["a b"]`},
		{`prefix_rule(("a",))`, "write a list, in [ ] instead of ( )"},
		{`prefix_rule(["a", ("b", "c")])`, "write alternatives in [ ] instead of ( )"},
		{`prefix_rule(["a", 1])`, `tokens are text: write "1"`},
		{`prefix_rule(["a", ["b", ["c"]]])`, "alternatives are strings; they cannot hold lists"},
		{`prefix_rule(["a"], match = None)`, "leave match out instead"},
		{`prefix_rule(["a"], match = range(2))`, "make a list of it with list()"},
		{`prefix_rule(["a"], canonical_matching = 1)`, "write True or False"},
		{`prefix_rule(["a"], justification = " ")`, "say why the rule exists, or leave justification out"},
		{`prefix_rule(["a"], match = ["it's"])`, "close its quotes, or write the command as a list of tokens"},
		{`host_executable("git", ["bin/git"])`, "start it with /"},
		{`host_executable("git", ["~/git"])`, "~ is not expanded here: write the home folder out"},
		{`host_executable("/bin/git", [])`, `the name is "git"; its full path belongs into paths`},
		{`network_rule("https://h.com/x", "https", "allow")`, `write "h.com"`},
		{`network_rule("*.h.com", "https", "allow")`, "write one rule for each host"},
		{`network_rule("h", "htps", "allow")`, `did you mean "https"?`},
		{`network_rule("h", "ftp", "allow")`, ""},
	}
	for _, test := range tests {
		if got := problemsOf(t, file("a.rules", test.text))[0].Hint; got != test.hint {
			t.Errorf("%s\n\thint %q\n\twant %q", test.text, got, test.hint)
		}
	}
}

func TestDiagnosticsNameThePath(t *testing.T) {
	f := compiler.File{Layer: "user", Name: "rules/a.rules", Path: "/home/u/rules/a.rules", Text: []byte("def f():\n  prefix_rule([])\nf()")}
	d := problemsOf(t, f)[0]
	if d.File != f.Path || d.End.File != f.Path || d.Calls[0].File != f.Path {
		t.Errorf("got %+v", d)
	}
}

func TestUnknownNameIsMarked(t *testing.T) {
	d := problemsOf(t, file("a.rules", "x = 'é'; y = nosuch + 1"))[0]
	if d.Col != 14 || d.End.Line != 1 || d.End.Col != 20 {
		t.Errorf("got %v to %v", d, d.End)
	}
}

func TestNotUTF8(t *testing.T) {
	got := lines(problemsOf(t, file("a.rules", "x = 1\ny = '\xc3'\n")))
	want := []string{"a.rules: error: stream did not contain valid UTF-8 [other] | line 2 has a byte that is no character: save the file as UTF-8"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLimits(t *testing.T) {
	long := func(n int) string { return "[" + strings.Repeat(`"a", `, n) + "]" }
	tests := []struct {
		name   string
		limits compiler.Limits
		texts  []string
	}{
		{"steps", compiler.Limits{Module: dialect.Limits{Steps: 1000}}, []string{"def f():\n  for x in range(100000): pass\nf()"}},
		{"source", compiler.Limits{Module: dialect.Limits{Source: 10}}, []string{`prefix_rule(["a"] * 1)`}},
		{"bytes", compiler.Limits{Bytes: 30}, []string{`prefix_rule(["a"])`, `prefix_rule(["b"])`}},
		{"rules", compiler.Limits{Rules: 2}, []string{"for x in 'a b c'.split(): prefix_rule([x])"}},
		{"rules of one call", compiler.Limits{Rules: 2}, []string{`prefix_rule([["a", "b", "c"]])`}},
		{"rules of all files", compiler.Limits{Rules: 1}, []string{`prefix_rule(["a"])`, `prefix_rule(["b"])`}},
		{"hosts", compiler.Limits{Rules: 1}, []string{`host_executable("a", []); host_executable("b", [])`}},
		{"networks", compiler.Limits{Rules: 1}, []string{`network_rule("a", "http", "allow"); network_rule("b", "http", "allow")`}},
		{"positions", compiler.Limits{Positions: 3}, []string{"prefix_rule(" + long(4) + ")"}},
		{"alternatives", compiler.Limits{Alternatives: 3}, []string{`prefix_rule(["a", ` + long(4) + `])`}},
		{"strings", compiler.Limits{Strings: 20}, []string{`prefix_rule(["a", ` + long(20) + `])`}},
		{"strings times alternatives", compiler.Limits{Strings: 20}, []string{`prefix_rule([["a", "b", "c", "d"], "b", "c", "d", "e"])`}},
		{"strings of examples", compiler.Limits{Strings: 20}, []string{`prefix_rule(["a"], match = [` + long(20) + `])`}},
		{"strings of paths", compiler.Limits{Strings: 20}, []string{`host_executable("a", ["/a"] * 20)`}},
		{"text", compiler.Limits{Text: 20}, []string{`prefix_rule(["a" * 10, ["b" * 11]])`}},
		{"text of names", compiler.Limits{Text: 20}, []string{`host_executable("a" * 21, [])`}},
		{"text of examples", compiler.Limits{Text: 20}, []string{`prefix_rule(["a"], match = ["a " * 10])`}},
		{"long comparisons", compiler.Limits{Comparisons: 8}, []string{`prefix_rule(["a"], match = [["a", "b" * 128]])`}},
		{"comparisons", compiler.Limits{Comparisons: 2}, []string{`prefix_rule(["a"], match = ["a b", "a c", "a d"])`}},
		{"comparisons of spellings", compiler.Limits{Comparisons: 29}, []string{`prefix_rule([["aaaa", "Aaaa", "aAaa", "aaAa", "aaaA", "AAaa", "AaAa", "AaaA", "AAAA"]], canonical_matching = True, match = ["aaaa", "aaaa", "aaaa"])`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var files []compiler.File
			for i, text := range test.texts {
				files = append(files, file(fmt.Sprintf("%d.rules", i), text))
			}
			if _, err := compiler.Evaluate(t.Context(), files, compiler.Options{}); err != nil {
				t.Fatalf("with default limits: %v", err)
			}
			_, err := compiler.Evaluate(t.Context(), files, compiler.Options{Limits: test.limits})
			var problems diag.List
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			if code := problems[0].Code; code != "limit" && test.limits.Module == (dialect.Limits{}) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestFloodIsCut(t *testing.T) {
	for _, line := range []string{`prefix_rule([])`, `prefix_rule(["a"], match = ["b"])`} {
		problems := problemsOf(t, file("a.rules", strings.Repeat(line+"\n", 1000)))
		last := problems[len(problems)-1]
		if len(problems) != 101 || last.Severity != diag.Note || last.Code != "limit" {
			t.Errorf("%d problems, the last %v", len(problems), last)
		}
	}
	loop := problemsOf(t, file("a.rules", "[prefix_rule([]) for x in range(1 << 20)]\nx = 1 // 0"))
	if len(loop) != 2 || loop[1].Severity != diag.Note {
		t.Errorf("got %v", loop)
	}
	huge := problemsOf(t, file("a.rules", "x = 'y' * 1000000\nprefix_rule([x], match = ['b', 'c'])\nprefix_rule(['a'], x)\nprefix_rule(['a'], **{x: 1})"))
	for _, d := range huge {
		if len(d.Message)+len(d.Hint) > 64<<10 {
			t.Errorf("a message of %d bytes", len(d.Message))
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	files := []compiler.File{file("a.rules", "prefix_rule(['a'], match = ['b'])"), file("b.rules", "prefix_rule([])")}
	if p, err := compiler.Evaluate(ctx, files, compiler.Options{}); !errors.Is(err, context.Canceled) || p != nil {
		t.Errorf("got %v, %v", p, err)
	}
	if _, _, err := compiler.EvaluateSound(ctx, files, compiler.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}

	// A loop that runs for long is left at once.
	ctx, cancel = context.WithCancel(t.Context())
	limits := compiler.Limits{Module: dialect.Limits{Steps: 1 << 62}}
	done := make(chan error)
	go func() {
		_, err := compiler.Evaluate(ctx, []compiler.File{file("a.rules", "def f():\n  for x in range(1 << 30):\n    for y in range(1 << 30): pass\nf()")}, compiler.Options{Limits: limits})
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The result does not depend on how many files are evaluated at a time.
func TestDeterminism(t *testing.T) {
	var files []compiler.File
	for i := range 40 {
		files = append(files, file(fmt.Sprintf("%02d.rules", i), fmt.Sprintf("[prefix_rule([str(x), 'f%d']) for x in range(%d)]", i, i)))
	}
	bad := append(files, file("x.rules", "prefix_rule([])"), file("y.rules", "prefix_rule(1)"))
	want, wantProblems := mustEvaluate(t, files...).Text(), problemsOf(t, bad...).Error()
	for _, procs := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(procs)
		if got := mustEvaluate(t, files...).Text(); got != want {
			t.Errorf("another policy with %d processors", procs)
		}
		if got := problemsOf(t, bad...).Error(); got != wantProblems {
			t.Errorf("other problems with %d processors", procs)
		}
		runtime.GOMAXPROCS(before)
	}
}

func TestTextIsOnlyRead(t *testing.T) {
	text := []byte("prefix_rule(['a'])\r\n# \x00 é\n")
	before := bytes.Clone(text)
	mustEvaluate(t, compiler.File{Name: "a.rules", Text: text})
	if !bytes.Equal(before, text) {
		t.Error("Evaluate changed the file's text")
	}
}
