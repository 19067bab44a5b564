package policytest_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/policytest"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/runtime/shell"
)

var tools = policytest.Tools{
	Place: func(s ir.Source) string { return s.String() },
	Parting: func(p *ir.Policy, at *ir.Place, rule *ir.PrefixRule, n analysis.Near) string {
		if n.ByName {
			return n.Got + " is no name"
		}
		return "expected " + strings.Join(rule.Pattern[n.Agree], "|") + ", found " + n.Got
	},
	Ask: func(p *ir.Policy, at *ir.Place, argv []string, r policytest.Reading) (judge.Answer, []policytest.Line, error) {
		commands := [][]string{argv}
		switch r {
		case policytest.ReadReference:
			commands, _ = shell.Reference(argv)
		case policytest.ReadFull:
			return judge.Answer{Deciding: -1}, []policytest.Line{{Label: "file", Text: "> x"}}, nil
		}
		return judge.FromEvaluator(p, argv, commands, p.EvaluateAll(commands, at)), nil, nil
	},
}

const base = `prefix_rule(["git", ["status", "log"]], match = ["git status", "git", "/opt/git log"], not_match = ["git push", "/usr/bin/git log"])
host_executable("git", ["/usr/bin/git"])
`

const team = `prefix_rule(["git", "push"], decision = "prompt")
prefix_rule(["git", "push", ["-f", "--force"]], decision = "forbidden")
prefix_rule(["make"])
`

// run runs a test table on two layers, base below team, and returns what a
// person sees of what failed.
func run(t *testing.T, table string) (failed []string, s *policytest.Suite, results []*policytest.Result) {
	t.Helper()
	policy, examples, err := compiler.EvaluateTested(t.Context(), []compiler.File{
		{Layer: "base", Name: "base.rules", Text: []byte(base)},
		{Layer: "team", Name: "rules/team.rules", Text: []byte(team)},
	}, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err = policytest.NewSuite(policy, tools)
	if err != nil {
		t.Fatal(err)
	}
	for i := range examples {
		results = append(results, s.Example(&examples[i]))
	}
	if table != "" {
		results = nil
	}
	tests, problems := policytest.ParseTable("t.toml", table, []string{"base", "team"})
	if problems != nil {
		t.Fatal(problems)
	}
	for i := range tests {
		r, err := s.Test(&tests[i])
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, r)
	}
	for _, r := range results {
		if !r.Passed {
			failed = append(failed, r.Text())
		} else if r.Failure != nil {
			t.Errorf("%s passed, but %v", r.Label(), r.Failure)
		}
	}
	return failed, s, results
}

func TestExamples(t *testing.T) {
	failed, _, results := run(t, "")
	want := []string{`FAIL  base.rules:1:64: match git
      expected  a match with allow  ["git", ["status", "log"]]  base base.rules:1:1
      got       no match: expected status|log, found 
`, `FAIL  base.rules:1:71: match /opt/git log
      expected  a match with allow  ["git", ["status", "log"]]  base base.rules:1:1
      got       no match: /opt/git is no name
`, `FAIL  base.rules:1:113: not_match /usr/bin/git log
      expected  no match with allow  ["git", ["status", "log"]]  base base.rules:1:1
      got       a match with ["git", ["status", "log"]]
      by name   /usr/bin/git counts as git; a host_executable entry for that name can limit its paths
`}
	if diff := cmp.Diff(want, failed); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(results) != 5 {
		t.Errorf("%d results", len(results))
	}
}

func TestTests(t *testing.T) {
	for _, test := range []struct{ table, want string }{
		{`command = "git log"` + "\n" + `decision = "allow"`, ""},
		{`command = "/usr/bin/git log"` + "\n" + `decision = "allow"`, ""},
		{`command = "/usr/bin/git log"` + "\n" + `decision = "none"` + "\n" + `resolve_host_executables = false`, ""},
		{`command = "git push -f"` + "\n" + `decision = "forbidden"` + "\n" + `rule = ["git", "push", ["--force", "-f"]]`, ""},
		{`command = "git push -f"` + "\n" + `decision = "forbidden"` + "\n" + `rule = "team.rules:2"`, ""},
		{`command = "git push -f"` + "\n" + `decision = "forbidden"` + "\n" + `rule = "rules/team.rules:2:1"`, ""},
		{`command = "git push -f"` + "\n" + `decision = "none"` + "\n" + `layers = ["base"]`, ""},
		{`script = "git log && make"` + "\n" + `decision = "allow"`, ""},
		{`script = "git log && make"` + "\n" + `decision = "none"` + "\n" + `shell = "off"`, ""},
		{`command = ["bash", "-lc", "git push -f"]` + "\n" + `decision = "forbidden"`, ""},
		{
			`command = "git push -f"` + "\n" + `decision = "prompt"`,
			`expected      prompt
got           forbidden  ["git", "push", ["-f", "--force"]]  team rules/team.rules:2:1
also matched  prompt  ["git", "push"]  team rules/team.rules:1:1`,
		},
		{
			`command = "git push --mirror"` + "\n" + `decision = "forbidden"`,
			`expected  forbidden
got       prompt  ["git", "push"]  team rules/team.rules:1:1
nearest   forbidden  ["git", "push", ["-f", "--force"]]  team rules/team.rules:2:1  expected -f|--force, found --mirror`,
		},
		{
			`command = "git pull"` + "\n" + `decision = "prompt"`,
			`expected  prompt
got       none: no rule matches
nearest   prompt  ["git", "push"]  team rules/team.rules:1:1  expected push, found pull`,
		},
		{
			`command = "mak"` + "\n" + `decision = "prompt"`,
			`expected  prompt
got       none: no rule matches
nearest   allow  ["make"]  team rules/team.rules:3:1  expected make, found mak`,
		},
		{
			`script = "> x"` + "\n" + `decision = "allow"` + "\n" + `shell = "full"`,
			`expected  allow
got       none: no rule matches a part of it
file      > x`,
		},
		{
			`command = "git log"` + "\n" + `decision = "none"`,
			`expected  none
got       allow  ["git", ["status", "log"]]  base base.rules:1:1`,
		},
		{
			`script = "git log; ls | make"` + "\n" + `decision = "allow"`,
			`expected      allow
got           none: no rule matches a part of it
command 1     git log
command 2     ls   (no rule)
command 3     make
also matched  allow  ["git", ["status", "log"]]  base base.rules:1:1
              allow  ["make"]  team rules/team.rules:3:1`,
		},
		{
			`command = "git push"` + "\n" + `decision = "prompt"` + "\n" + `rule = ["git", "push", ["-f", "--force"]]`,
			`expected  prompt  by ["git", "push", ["-f", "--force"]]
got       prompt  ["git", "push"]  team rules/team.rules:1:1
nearest   forbidden  ["git", "push", ["-f", "--force"]]  team rules/team.rules:2:1  expected -f|--force, found`,
		},
		{
			`command = "git push"` + "\n" + `decision = "prompt"` + "\n" + `rule = ["git", "pull"]`,
			`expected  prompt  by ["git", "pull"]
got       prompt  ["git", "push"]  team rules/team.rules:1:1
missing   no rule has the pattern ["git", "pull"]`,
		},
		{
			`command = "git push"` + "\n" + `decision = "prompt"` + "\n" + `rule = "team.rules:9"`,
			`expected  prompt  by team.rules:9
got       prompt  ["git", "push"]  team rules/team.rules:1:1
missing   no rule starts at team.rules:9; the nearest in that file is ["make"]  team rules/team.rules:3:1`,
		},
		{
			`command = "git push"` + "\n" + `decision = "prompt"` + "\n" + `rule = "eam.rules:1"`,
			`expected  prompt  by eam.rules:1
got       prompt  ["git", "push"]  team rules/team.rules:1:1
missing   no rule comes from a file eam.rules`,
		},
	} {
		failed, _, _ := run(t, "[[test]]\n"+test.table)
		got := ""
		for _, f := range failed {
			var lines []string
			for line := range strings.Lines(f) {
				lines = append(lines, strings.TrimSpace(strings.TrimPrefix(line, "      ")))
			}
			got = strings.Join(lines[1:], "\n")
		}
		var want []string
		for line := range strings.Lines(test.want) {
			want = append(want, strings.TrimSpace(line))
		}
		if diff := cmp.Diff(strings.Join(want, "\n"), got); diff != "" {
			t.Errorf("%s\n(-want +got)\n%s", test.table, diff)
		}
	}
}

// Commands count for the rules that they were judged by, and those of examples
// in not_match for none.
func TestCoverage(t *testing.T) {
	_, s, _ := run(t, `
[[test]]
command = "git push"
decision = "none"
layers = ["base"]
[[test]]
command = "/usr/bin/make"
decision = "allow"
[[test]]
command = "/usr/bin/git status"
decision = "none"
resolve_host_executables = false
[[test]]
script = "make; git push -f"
decision = "forbidden"
`)
	s.Finish()
	var matched []int
	for _, r := range s.Coverage.Rules {
		matched = append(matched, r.Matched)
	}
	// git status in match, of which /opt/git log is none; the script's commands.
	if diff := cmp.Diff([]int{1, 1, 1, 2}, matched); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSummary(t *testing.T) {
	pass := func(k policytest.Kind) *policytest.Result { return &policytest.Result{Kind: k, Passed: true} }
	fail := &policytest.Result{Kind: policytest.Table}
	for _, test := range []struct {
		results []*policytest.Result
		unread  int
		want    string
	}{
		{nil, 0, "no tests: the rules have no examples, and there are no *_test.toml files beside them"},
		{[]*policytest.Result{pass(policytest.Match)}, 0, "ok: 1 example passed"},
		{[]*policytest.Result{pass(policytest.Match), pass(policytest.NotMatch), pass(policytest.Table)}, 0, "ok: 2 examples and 1 test passed"},
		{[]*policytest.Result{fail, pass(policytest.Table)}, 0, "FAIL: 1 of 2 tests failed"},
		{[]*policytest.Result{fail, pass(policytest.Match)}, 2, "FAIL: 2 test tables cannot be read, 1 of 2 failed (1 example and 1 test)"},
		{nil, 1, "FAIL: 1 test table cannot be read"},
	} {
		if got := policytest.Summary(test.results, test.unread); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// The report is what CI systems read: testsuites, testsuite, testcase, failure,
// with counts that are right and text that XML can hold.
func TestJUnit(t *testing.T) {
	_, _, results := run(t, `
[[test]]
name = "<a & b> \"c\" \u0001 \u202e"
command = "git push"
decision = "allow"
[[test]]
command = "make"
decision = "allow"
`)
	_, _, examples := run(t, "")
	problems := diag.List{{Position: ir.Position{File: "bad.toml", Line: 3, Col: 1}, Severity: diag.Error, Code: "table", Message: "unknown key \"x\""}}
	var b bytes.Buffer
	if err := policytest.WriteJUnit(&b, append(results, examples...), problems); err != nil {
		t.Fatal(err)
	}
	type problem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	var report struct {
		XMLName    xml.Name   `xml:"testsuites"`
		Attributes []xml.Attr `xml:",any,attr"`
		Suites     []struct {
			Attributes []xml.Attr `xml:",any,attr"`
			Cases      []struct {
				Name    string   `xml:"name,attr"`
				Class   string   `xml:"classname,attr"`
				Line    int      `xml:"line,attr"`
				Failure *problem `xml:"failure"`
				Error   *problem `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(b.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	attributes := func(list []xml.Attr) string {
		var parts []string
		for _, a := range list {
			parts = append(parts, a.Name.Local+"="+a.Value)
		}
		return strings.Join(parts, " ")
	}
	if got, want := attributes(report.Attributes), "name=rulesc tests=8 failures=4 errors=1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var got []string
	for _, s := range report.Suites {
		got = append(got, attributes(s.Attributes))
		for _, c := range s.Cases {
			line := "  " + c.Name
			if c.Failure != nil {
				line += " / " + c.Failure.Message + " / " + c.Failure.Type
			}
			if c.Error != nil {
				line += " / " + c.Error.Text
			}
			got = append(got, line)
		}
	}
	want := []string{
		"name=t.toml tests=2 failures=1 errors=0",
		"  <a & b> \"c\" ␁ �: git push / expected allow, got prompt / table",
		"  make",
		"name=base.rules tests=5 failures=3 errors=0",
		"  match git status",
		"  match git / expected match, got no match / match",
		"  match /opt/git log / expected match, got no match / match",
		"  not_match git push",
		"  not_match /usr/bin/git log / expected no match, got match / not_match",
		"name=bad.toml tests=1 failures=0 errors=1",
		`  read / bad.toml:3:1: error: unknown key "x" [table]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestArgument(t *testing.T) {
	got := policytest.Argument("match", [][]string{{"git", "push"}, {"a b", "'", `"`, "$x"}, {"x", "\x00"}})
	if want := `match = ["git push", "'a b' \"'\" '\"' '$x'", ["x", "\u0000"]],`; got != want {
		t.Errorf("got %s", got)
	}
}
