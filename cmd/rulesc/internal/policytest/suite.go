package policytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// A Suite is a policy that is tested. The answers are those of the evaluator
// that defines what policies mean. Make one with NewSuite; it is not safe for
// concurrent use.
type Suite struct {
	// Coverage is of the commands of match examples and of tests. An example in
	// not_match counts for nothing: it holds whatever other rules say of it.
	Coverage *analysis.Coverage

	policy *ir.Policy
	tools  Tools
	views  map[string]*view
}

// Tools are what a suite shares with the other commands: how they ask a policy,
// and how they name things.
type Tools struct {
	Place func(ir.Source) string // where a rule stands

	// Parting says where a rule of a policy and a command part; at is nil if paths do not
	// stand for names.
	Parting func(p *ir.Policy, at *ir.Place, rule *ir.PrefixRule, near analysis.Near) string

	// Ask asks a policy about an argument vector. The lines are about parts of a
	// script that are no commands and that no rule speaks about.
	Ask func(p *ir.Policy, at *ir.Place, argv []string, r Reading) (judge.Answer, []Line, error)
}

// A view is what the tests of a Setup see of the policy.
type view struct {
	policy   *ir.Policy
	from     []int // rule i is rule from[i] of the whole policy
	place    *ir.Place
	coverage *analysis.Coverage
}

// NewSuite returns a suite without tests. The policy must not change any more.
func NewSuite(policy *ir.Policy, tools Tools) (*Suite, error) {
	coverage, err := analysis.NewCoverage(policy, analysis.Options{})
	if err != nil {
		return nil, err
	}
	return &Suite{Coverage: coverage, policy: policy, tools: tools, views: make(map[string]*view)}, nil
}

// view returns what a setup sees of the policy.
func (s *Suite) view(setup Setup) (*view, error) {
	key := fmt.Sprintf("%t %q", setup.Resolve, setup.Layers)
	if v := s.views[key]; v != nil {
		return v, nil
	}
	counts := func(source ir.Source) bool { return setup.Layers == nil || slices.Contains(setup.Layers, source.Layer) }
	v := &view{policy: &ir.Policy{}}
	for i := range s.policy.Rules {
		if counts(s.policy.Rules[i].Source) {
			v.policy.Rules = append(v.policy.Rules, s.policy.Rules[i])
			v.from = append(v.from, i)
		}
	}
	for i := range s.policy.Hosts {
		if counts(s.policy.Hosts[i].Source) {
			v.policy.Hosts = append(v.policy.Hosts, s.policy.Hosts[i])
		}
	}
	if setup.Resolve {
		v.place = &ir.Place{}
	}
	var err error
	v.coverage, err = analysis.NewCoverage(v.policy, analysis.Options{AsWritten: !setup.Resolve})
	s.views[key] = v
	return v, err
}

// A Kind says what a result is of.
type Kind string

// The kinds of results.
const (
	Match    Kind = "match"     // an example that a rule of its call has to match
	NotMatch Kind = "not_match" // an example that none of them may match
	Table    Kind = "table"     // a test of a test table
)

// A Result is what came out of a test or an example.
type Result struct {
	Kind     Kind
	Name     string
	Position ir.Position
	Argv     []string
	Commands [][]string // that were judged: those of a script, or Argv

	Passed   bool
	Expected string // a decision, "none", "match" or "no match"
	Got      string // the same
	Rule     int    // that decided, or matched; -1 for none

	// Failure says what went wrong, as labels and texts; nil if nothing did.
	Failure []Line
}

// A Line is a part of the description of a failure.
type Line struct{ Label, Text string }

// Label returns the place and the name of the test, which is what is selected by.
func (r *Result) Label() string { return r.Position.String() + ": " + r.Name }

// ExampleName is the name of an example.
func ExampleName(e *compiler.Example) string {
	kind := Match
	if !e.Match {
		kind = NotMatch
	}
	return string(kind) + " " + judge.ShellLine(e.Command)
}

// Example notes an example and whether it holds.
func (s *Suite) Example(e *compiler.Example) *Result {
	r := &Result{
		Kind: Match, Name: ExampleName(e), Position: e.Position, Argv: e.Command, Commands: [][]string{e.Command},
		Passed: e.Holds(), Expected: "match", Got: "no match", Rule: e.Matched,
	}
	if e.Matched >= 0 {
		r.Got = "match"
	}
	if e.Match {
		s.Coverage.Add(e.Command)
	} else {
		r.Kind, r.Expected = NotMatch, "no match"
	}
	if !r.Passed {
		r.Failure = s.exampleFailure(e)
	}
	return r
}

// Test runs a test.
func (s *Suite) Test(t *Test) (*Result, error) {
	v, err := s.view(t.Setup)
	if err != nil {
		return nil, err
	}
	answer, unknown, err := s.tools.Ask(v.policy, v.place, t.Argv, t.Shell)
	if err != nil {
		return nil, err
	}
	for _, command := range answer.Commands {
		v.coverage.Add(command)
	}
	r := &Result{
		Kind: Table, Name: t.Label(), Position: t.Position, Argv: t.Argv, Commands: answer.Commands,
		Expected: t.Decision.String(), Got: answer.Decision.String(), Rule: -1,
	}
	if answer.Deciding >= 0 {
		r.Rule = v.from[answer.Matches[answer.Deciding].Rule]
	}
	r.Passed = answer.Decision == t.Decision && (t.Rule == nil || r.Rule >= 0 && t.Rule.Names(&s.policy.Rules[r.Rule]))
	if !r.Passed {
		r.Failure = s.testFailure(t, v, &answer, unknown)
	}
	return r, nil
}

// Label is the test's name and its command.
func (t *Test) Label() string {
	line := judge.ShellLine(t.Argv)
	if t.Name == "" {
		return line
	}
	return t.Name + ": " + line
}

// Finish completes the coverage; no test is run after it.
func (s *Suite) Finish() {
	for _, v := range s.views {
		s.Coverage.Include(v.coverage, v.from)
	}
	s.views = nil
}

// rule names a rule on one line.
func (s *Suite) rule(r *ir.PrefixRule) string {
	return fmt.Sprintf("%s  %s  %s", r.Decision, r.Pattern, s.tools.Place(r.Source))
}

func (s *Suite) exampleFailure(e *compiler.Example) []Line {
	rule := &s.policy.Rules[e.First]
	call := s.call(e.First, e.End)
	if !e.Match {
		lines := []Line{
			{"expected", "no match with " + call},
			{"got", fmt.Sprintf("a match with %s", s.policy.Rules[e.Matched].Pattern)},
		}
		if program := s.policy.Rules[e.Matched].Pattern.Program(); !strings.Contains(program, "/") && strings.Contains(e.Command[0], "/") {
			lines = append(lines, Line{"by name", fmt.Sprintf("%s counts as %s; a host_executable entry for that name can limit its paths", judge.ShellLine(e.Command[:1]), program)})
		}
		return lines
	}
	lines := []Line{{"expected", "a match with " + call}}
	own := &ir.Policy{Rules: s.policy.Rules[e.First:e.End]}
	got := "no match: "
	if near := analysis.Nearest(own, e.Command, 1); len(near) > 0 {
		got += s.tools.Parting(s.policy, &ir.Place{}, &own.Rules[near[0].Rule], near[0])
	} else {
		got += s.tools.Parting(s.policy, &ir.Place{}, rule, analysis.Near{Got: e.Command[0]})
	}
	lines = append(lines, Line{"got", got})
	if answer := s.policy.Evaluate(e.Command, &ir.Place{}); answer.Deciding >= 0 {
		lines = append(lines, Line{"decided by", s.rule(&s.policy.Rules[answer.Matches[answer.Deciding].Rule])})
	}
	return lines
}

// call names the rules of a call as it was written.
func (s *Suite) call(first, end int) string {
	rule := s.policy.Rules[first]
	rule.Pattern = Written(s.policy, first, end)
	return s.rule(&rule)
}

// Written returns the pattern of a call as it was written: with the programs of
// its rules, which are Rules[first:end], as alternatives in the first position.
func Written(p *ir.Policy, first, end int) ir.Pattern {
	pattern := slices.Clone(p.Rules[first].Pattern)
	pattern[0] = nil
	for i := first; i < end; i++ {
		pattern[0] = append(pattern[0], p.Rules[i].Pattern.Program())
	}
	return pattern
}

// nearestShown is how many rules that almost matched are shown.
const nearestShown = 3

func (s *Suite) testFailure(t *Test, v *view, answer *judge.Answer, unknown []Line) []Line {
	commands := answer.Commands
	expected := t.Decision.String()
	if t.Rule != nil {
		expected += "  by " + t.Rule.String()
	}
	got := "none: no rule matches"
	switch {
	case answer.Deciding >= 0:
		got = s.rule(&v.policy.Rules[answer.Matches[answer.Deciding].Rule])
	case len(answer.Matches)+len(unknown) > 0:
		got = "none: no rule matches a part of it"
	}
	lines := []Line{{"expected", expected}, {"got", got}}
	if len(commands) != 1 || !slices.Equal(commands[0], t.Argv) {
		for i, command := range commands {
			line := judge.ShellLine(command)
			if slices.Contains(answer.Unmatched, i) {
				line += "   (no rule)"
			}
			lines = append(lines, Line{fmt.Sprintf("command %d", i+1), line})
		}
	}
	lines = append(lines, unknown...)
	if t.Rule != nil {
		if missing := s.missing(t.Rule, v.policy); missing != "" {
			return append(lines, Line{"missing", missing})
		}
	}
	if t.Decision == ir.None {
		return lines
	}
	// A rule that should have decided may have matched and lost, or nearly
	// matched.
	lost := false
	for i, m := range answer.Matches {
		if rule := &v.policy.Rules[m.Rule]; i != answer.Deciding && s.meant(t, rule) {
			lines = append(lines, Line{"also matched", s.rule(rule)})
			lost = true
		}
	}
	if lost {
		return lines
	}
	meant, all := s.near(t, v, commands)
	if len(meant) == 0 && answer.Decision == ir.None {
		meant = all
	}
	return append(lines, meant...)
}

// meant reports whether the test could mean the rule.
func (s *Suite) meant(t *Test, rule *ir.PrefixRule) bool {
	if t.Rule != nil {
		return t.Rule.Names(rule)
	}
	return rule.Decision == t.Decision
}

// near returns the rules that are nearest to one of the commands: those that the
// test could mean, and of all rules.
func (s *Suite) near(t *Test, v *view, commands [][]string) (meant, all []Line) {
	for _, command := range commands {
		for _, n := range analysis.Nearest(v.policy, command, len(v.policy.Rules)) {
			rule := &v.policy.Rules[n.Rule]
			line := Line{"nearest", s.rule(rule) + "  " + s.tools.Parting(v.policy, v.place, rule, n)}
			if len(all) < nearestShown {
				all = append(all, line)
			}
			if len(meant) < nearestShown && s.meant(t, rule) {
				meant = append(meant, line)
			}
		}
	}
	return meant, all
}

// missing says that no rule of the policy is the one that a test expects; ""
// if one is.
func (s *Suite) missing(ref *RuleRef, p *ir.Policy) string {
	var here *ir.PrefixRule // the nearest of the file
	for i := range p.Rules {
		rule := &p.Rules[i]
		if ref.Names(rule) {
			return ""
		}
		line := *ref
		line.Line, line.Col = rule.Source.Line, 0
		if ref.Pattern == nil && line.Names(rule) && (here == nil || apart(rule, ref) < apart(here, ref)) {
			here = rule
		}
	}
	switch {
	case ref.Pattern != nil:
		return "no rule has the pattern " + ref.Pattern.String()
	case here != nil:
		return fmt.Sprintf("no rule starts at %s; the nearest in that file is %s  %s", ref, here.Pattern, s.tools.Place(here.Source))
	}
	return "no rule comes from a file " + ref.File
}

func apart(rule *ir.PrefixRule, ref *RuleRef) int {
	d := rule.Source.Line - ref.Line
	return max(d, -d)
}
