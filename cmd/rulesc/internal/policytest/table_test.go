package policytest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/policytest"
	"github.com/rulesc/rulesc/ir"
)

func TestParseTable(t *testing.T) {
	const text = `# é
resolve_host_executables = false

[[test]]
name = "forced"
commands = ["git push -f 'a b'", ["git", ""]]
decision = "forbidden"
rule = ["git", ["push", "fetch"]]
[[test]]
command = ["é", "x"]
shell = "off"
layers = ["user", "project"]
decision = "none"
[[test]]
script = '''
cd x && make'''
resolve_host_executables = true
decision = "prompt-user"
rule = "dir/c:d.rules:12:3"
`
	at := func(line, col int) ir.Position { return ir.Position{File: "x_test.toml", Line: line, Col: col} }
	forced := policytest.Test{
		Name: "forced", Position: at(6, 13), Argv: []string{"git", "push", "-f", "a b"}, Decision: ir.Forbidden,
		Rule: &policytest.RuleRef{Pattern: ir.Pattern{{"git"}, {"push", "fetch"}}}, Setup: policytest.Setup{Shell: policytest.ReadReference},
	}
	second := forced
	second.Argv, second.Position = []string{"git", ""}, at(6, 34)
	want := []policytest.Test{
		forced, second,
		{Position: at(10, 11), Argv: []string{"é", "x"}, Setup: policytest.Setup{Shell: policytest.ReadOff, Layers: []string{"user", "project"}}},
		{
			Position: at(15, 10), Argv: []string{"bash", "-lc", "cd x && make"}, Decision: ir.PromptUser,
			Rule:  &policytest.RuleRef{File: "dir/c:d.rules", Line: 12, Col: 3},
			Setup: policytest.Setup{Shell: policytest.ReadReference, Resolve: true},
		},
	}
	got, problems := policytest.ParseTable("x_test.toml", text, []string{"user", "project"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, empty := range []string{"", "test = []\n", "layers = ['nowhere']"} {
		if got, problems := policytest.ParseTable("x_test.toml", empty, nil); len(got)+len(problems) > 0 {
			t.Errorf("%q: got %v, %v", empty, got, problems)
		}
	}
}

func TestParseTableRefuses(t *testing.T) {
	const test = "[[test]]\ncommand = 'a'\ndecision = 'allow'\n"
	for _, c := range []struct{ text, want string }{
		{"[[test]\n", "1:7: expected end of table array name delimiter ']', but got '\\n' instead"},
		{"x = 1\n" + test, `1:1: unknown key "x" (the keys here are test, layers, shell, resolve_host_executables)`},
		{test + "layer = ['user']\n", `4:1: unknown key "layer" (did you mean layers?)`},
		{"[[test]]\ndecision = 'allow'\n", `1:1: the test has no command (write command = "git push", a list commands = […], or script = "…")`},
		{"[[test]]\ncommand = 'a'\n", `1:1: the test has no decision (say what the policy should decide: decision = "prompt")`},
		{test + "script = 'a'\n", "4:10: the test has both command and script"},
		{"[[test]]\ncommand = 'a'\ndecision = 'Forbid'\n", `3:12: unknown decision "Forbid", want allow, prompt, prompt-user, forbidden or none (did you mean "forbidden"?)`},
		{"[[test]]\ncommand = 'a'\ndecision = 3\n", "3:12: decision must be a string"},
		{"[[test]]\ncommand = 'a \"b'\ndecision = 'allow'\n", "2:11: a command has invalid shell syntax (close its quotes, or write the command as a list of tokens)"},
		{"[[test]]\ncommand = ''\ndecision = 'allow'\n", "2:11: a command cannot be empty"},
		{"[[test]]\ncommand = []\ndecision = 'allow'\n", "2:11: a command must be a string or a list of tokens, and not empty"},
		{"[[test]]\ncommands = [['a', 1]]\ndecision = 'allow'\n", "2:13: a command must be a string or a list of tokens, and not empty"},
		{"[[test]]\ncommands = 'a'\ndecision = 'allow'\n", "2:12: commands must be a list of commands, and not empty"},
		{"[[test]]\nscript = ['a']\ndecision = 'allow'\n", "2:10: script must be a string"},
		{"[test]\ncommand = 'a'\n", "1:1: test must be a list of tables (write [[test]] with two brackets)"},
		{"test = [1]\n", "1:8: test must be a list of tables (write [[test]] with two brackets)"},
		{test + "shell = 'on'\n", `4:9: unknown reading "on", want reference, full or off`},
		{test + "resolve_host_executables = 'yes'\n", "4:28: resolve_host_executables must be true or false"},
		{test + "layers = 'user'\n", "4:10: layers must be a list of names, and not empty"},
		{test + "layers = ['user', 'usr']\n", `4:19: there is no layer "usr" (did you mean "user"?)`},
		{test + "rule = 'git push'\n", `4:8: "git push" is no place of a rule (write its place, as "git.rules:12", or its pattern, as ["git", ["push", "fetch"]])`},
		{test + "rule = 'a.rules:0'\n", `4:8: "a.rules:0" is no place of a rule (write its place, as "git.rules:12", or its pattern, as ["git", ["push", "fetch"]])`},
		{test + "rule = ['git', []]\n", `4:8: rule must be the place of a rule, or a pattern (write its place, as "git.rules:12", or its pattern, as ["git", ["push", "fetch"]])`},
		{"[[test]]\ncommand = 'a'\ndecision = 'none'\nrule = ['a']\n", "4:8: no rule decides where the decision is none (leave rule out, or expect a decision)"},
		{"a = 1\nb = 2\n", "1:1: unknown key \"a\" (the keys here are test, layers, shell, resolve_host_executables)\n" +
			"2:1: unknown key \"b\" (the keys here are test, layers, shell, resolve_host_executables)"},
	} {
		tests, problems := policytest.ParseTable("x_test.toml", c.text, []string{"user"})
		var got []string
		for _, d := range problems {
			line := fmt.Sprintf("%d:%d: %s", d.Line, d.Col, d.Message)
			if d.Hint != "" {
				line += " (" + d.Hint + ")"
			}
			got = append(got, line)
			if d.Code != "table" || d.File != "x_test.toml" {
				t.Errorf("%q: the code is %s, the file %s", c.text, d.Code, d.File)
			}
		}
		if strings.Join(got, "\n") != c.want || tests != nil {
			t.Errorf("%s\ngot  %s\nwant %s", c.text, strings.Join(got, "\n"), c.want)
		}
	}
}

// A table is tests or problems, never both, and every problem has its place.
func FuzzParseTable(f *testing.F) {
	f.Add("[[test]]\ncommands = [\"git push\", ['a']]\ndecision = \"allow\"\nrule = ['a', ['b']]\n")
	f.Add("layers = ['user']\n[[test]]\nscript = 'x'\ndecision = 'none'\n")
	f.Add("test = [{command = 'x', decision = 'prompt', rule = 'a:1'}, {}]")
	f.Fuzz(func(t *testing.T, text string) {
		tests, problems := policytest.ParseTable("x", text, []string{"user"})
		if len(tests) > 0 && len(problems) > 0 {
			t.Errorf("%d tests and %v", len(tests), problems)
		}
		for _, d := range problems {
			if d.Line < 1 || d.Col < 1 || d.Line > strings.Count(text, "\n")+1 {
				t.Errorf("a problem at %s", d.Position)
			}
		}
		for _, test := range tests {
			if len(test.Argv) == 0 || test.Position.Line < 1 {
				t.Errorf("got %+v", test)
			}
		}
	})
}
