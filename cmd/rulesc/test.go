package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/policytest"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/runtime"
)

func testCommand(p process) *cobra.Command {
	t := &tester{process: p, format: testFormat(formatText)}
	cmd := &cobra.Command{
		Use:   "test [flags] [FILE|DIR...]",
		Short: "Run the examples and test tables of rules, and show what they cover",
		Long: `Test tries all examples in match and not_match, and runs the tables in
*_test.toml files beside the rules. Without arguments the rules are those of all
layers that apply to the working directory. With arguments they are those of
the rule files and folders named, lowest precedence first: with a.rules goes
a_test.toml, with a folder all its tables; a table named alone tests the rules
of its folder. An artifact can be named, too; it holds no examples.

` + policytest.Format + `

For example:
  [[test]]
  name = "nobody rewrites history"
  commands = ["git push --force", ["git", "push", "-f", "a b"]]
  decision = "forbidden"
  rule = ["git", "push", ["--force", "-f"]]

Covered by the commands of examples in match and of tables is
  a rule         if it matched one of them
  an alternative of a pattern as it is written, if a rule of that call matched
                 a command that has it
  an edge        of the trie that all rules make, if a command went along it
The percentage of --min-coverage is that of alternatives.

With --format=json the output is one object:
  passed     true or false
  tests      list: kind (match, not_match, table), name, source (layer, file,
             line, column), command, commands (those of a script), passed, expected,
             got (a decision, none, match or no match), rule (that decided:
             pattern, decision, source; or null), failure (label, text)
  problems   what is wrong with test tables: file, line, column, message, hint
  coverage   with --cover: rules, alternatives, edges (covered, total),
             percent (of alternatives), notCovered (source, decision, pattern,
             matched, alternatives by position, edges as lists of tokens)
  proposals  with --suggest: source, decision, pattern, match, notMatch
With --format=junit it is a JUnit report, a suite for each file.

Exit codes: 0 all passed. 1 a test failed, coverage is less than asked for, or
a file is wrong. 2 wrong usage.`,
		Example: `  rulesc test
  rulesc test -v --run 'git push' rules/
  rulesc test --cover --min-coverage 90 team.rules
  rulesc test --cover-html coverage.html
  rulesc test --suggest team.rules
  rulesc test --format=junit > report.xml
  rulesc test policy.rulesc team_test.toml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.floor = cmd.Flags().Changed("min-coverage")
			return t.run(cmd.Context(), args)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"rules", "toml", "rulesc"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&t.only, "run", "", "run only what `regexp` matches, in \"FILE:LINE:COL: NAME\"")
	flags.BoolVarP(&t.verbose, "verbose", "v", false, "list what passed, too")
	flags.BoolVar(&t.cover, "cover", false, "show how much is covered, and list what is not")
	flags.StringVar(&t.html, "cover-html", "", "write the coverage as a web page to this `file`")
	flags.Var(&t.least, "min-coverage", "fail if less than this `percentage` of alternatives is covered")
	flags.BoolVar(&t.suggest, "suggest", false, "propose examples for what is not covered")
	flags.Var(&t.format, "format", "text for people, json for machines, junit for CI systems")
	t.discovery.addFlags(cmd)
	cmd.MarkFlagFilename("cover-html", "html")
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(testFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// goStyle lets the tests be selected as go test does it, with one dash.
func goStyle(args []string) []string {
	if len(args) == 0 || args[0] != "test" {
		return args
	}
	args = slices.Clone(args)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "-run" || strings.HasPrefix(arg, "-run=") {
			args[i] = "-" + arg
		}
	}
	return args
}

type testFormat string

const formatJUnit testFormat = "junit"

var testFormats = []string{string(formatText), string(formatJSON), string(formatJUnit)}

func (f *testFormat) String() string     { return string(*f) }
func (f *testFormat) Type() string       { return strings.Join(testFormats, "|") }
func (f *testFormat) Set(s string) error { return choose((*string)(f), "format", s, testFormats) }

// A tester is the test command.
type tester struct {
	process
	discovery
	only           string
	verbose        bool
	cover, suggest bool
	html           string
	least          percentFlag
	floor          bool // least was given
	format         testFormat

	sources  *sources
	policy   *ir.Policy
	suite    *policytest.Suite
	results  []*policytest.Result
	problems diag.List // of test tables
	ignored  string    // a table that names layers where there are none
}

func (t *tester) run(ctx context.Context, args []string) error {
	only, err := regexp.Compile(t.only)
	if err != nil {
		return usagef("--run: %v", err)
	}
	tested, err := t.gather(ctx, args)
	if err != nil {
		return err
	}
	t.sources = tested.sources
	if err := t.warn(t.sources.warnings); err != nil {
		return err
	}
	stop := t.waiting("testing")
	err = t.runAll(ctx, tested, only)
	stop()
	if err != nil {
		return err
	}
	if t.ignored != "" {
		fmt.Fprintf(t.stderr, "rulesc: note: %s names layers; rules that are named by hand have none, so all of them count\n", t.ignored)
	}
	return t.report()
}

// runAll runs all examples and tests that were asked for.
func (t *tester) runAll(ctx context.Context, tested *tested, only *regexp.Regexp) error {
	policy, examples, err := t.evaluate(ctx, tested)
	if err != nil {
		return err
	}
	t.policy = policy
	about := &explanation{path: t.sources.path}
	parting := func(p *ir.Policy, at *ir.Place, rule *ir.PrefixRule, near analysis.Near) string {
		return (&explanation{policy: p, at: at}).parting(rule, near)
	}
	if t.suite, err = policytest.NewSuite(t.policy, policytest.Tools{Place: about.place, Parting: parting, Ask: t.ask}); err != nil {
		return err
	}
	for i := range examples {
		e := &examples[i]
		if only.MatchString(e.Position.String() + ": " + policytest.ExampleName(e)) {
			t.results = append(t.results, t.suite.Example(e))
		}
	}
	if err := t.tables(ctx, tested, only); err != nil {
		return err
	}
	t.suite.Finish()
	return nil
}

// evaluate returns the policy and its examples, of which an artifact has none.
func (t *tester) evaluate(ctx context.Context, tested *tested) (policy *ir.Policy, examples []compiler.Example, err error) {
	if tested.artifact != nil {
		return tested.artifact.policy, nil, nil
	}
	place := (&selection{process: t.process, discovery: t.discovery}).userPlace()
	policy, err = tested.sources.evaluateBy(func(files []compiler.File) (policy *ir.Policy, err error) {
		policy, examples, err = compiler.EvaluateTested(ctx, files, compiler.Options{Place: place})
		return policy, err
	})
	return policy, examples, err
}

// ask asks a policy as explain does.
func (t *tester) ask(p *ir.Policy, at *ir.Place, argv []string, r policytest.Reading) (judge.Answer, []policytest.Line, error) {
	s := &subject{policy: p, place: at, shell: shellReading(r)}
	read, err := s.read(argv)
	e := &explanation{reading: read, policy: p, at: at, path: t.sources.path}
	var unknown []policytest.Line
	for i, part := range read.parts.Parts {
		if !part.IsCommand() && part.Verdict.Decision == runtime.None {
			text := read.script.Text[part.Span.Start:part.Span.End]
			unknown = append(unknown, policytest.Line{Label: part.Kind.String(), Text: fmt.Sprintf("%s   (%s)", text, e.label(i))})
		}
	}
	return read.Answer, unknown, err
}

// tables runs the tests of all tables. A table that is wrong does not keep the
// others from being run.
func (t *tester) tables(ctx context.Context, tested *tested, only *regexp.Regexp) error {
	for _, name := range tested.tables {
		text, err := readRuleFile(name)
		if err != nil {
			t.problems = append(t.problems, diag.Diagnostic{
				Position: ir.Position{File: name}, Severity: diag.Error, Code: "other", Message: "failed to read test table: " + err.Error(),
			})
			continue
		}
		tests, problems := policytest.ParseTable(name, string(text), tested.layers)
		t.problems = append(t.problems, problems...)
		for i := range tests {
			test := &tests[i]
			if err := ctx.Err(); err != nil {
				return err
			}
			if tested.layers == nil && test.Layers != nil {
				t.ignored = name
				test.Layers = nil
			}
			if !only.MatchString(test.Position.String() + ": " + test.Label()) {
				continue
			}
			result, err := t.suite.Test(test)
			if err != nil {
				return err
			}
			t.results = append(t.results, result)
		}
	}
	return nil
}
