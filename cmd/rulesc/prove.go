package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/internal/wholefile"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
)

// exitRefuted is the exit code of prove for an assertion that does not hold. What
// keeps it from knowing is exitTrouble.
const exitRefuted = 1

func proveCommand(p process) *cobra.Command {
	sel := &selection{process: p}
	var files []string
	var scope assertion // what the flags ask of all assertions
	format := findingFormat(formatText)
	cmd := &cobra.Command{
		Use:   "prove [flags] [ASSERTION...]",
		Short: "Prove assertions about all commands, or refute them by a command",
		Long: `Prove looks at every command there is, not at examples: an assertion is proven,
or refuted by a shortest command that breaks it and the rule that decides it.

An assertion is one of
  never allow "COMMAND"        no command that starts so is allowed
  always forbidden "COMMAND"   every command that starts so is forbidden
  never looser than BASE       what BASE asks about or forbids, gets at least
                               that answer; BASE is an artifact, a rule file, a
                               folder of rule files, or REV:PATH
COMMAND is a command line, or a pattern as rules write it, '["git", ["push",
"fetch"]]'; calls of the program by path count, unless --as-written is given.
No match is no allow, no ban, and looser than an answer that asks or forbids.
An assertion sees the commands that rules see: of a script that is not taken
apart that is the shell.

The policy is the one of all layers that apply to the working directory (with
--layer NAME=DIR, of one more), or that of the rule files named with --rules,
or of the artifact named with --artifact.

With --any-layer a proof holds whatever else a layer says, of the project or of
anybody: layers can tighten the answer to a command as it is written, and
nothing else; where no rule matches it so, they can allow it, calls by path
included. So --any-layer proves assertions about commands only --as-written,
and a company's managed rules should name the paths that matter.

Without ASSERTION and --file, assertions are read from ` + assertionFile + ` in the
working directory. Its tables hold one assertion each, and nothing else:

  [[assert]]
  never_allow = "git push --force"       # or always_forbidden; or a pattern:
                                         # ["git", "push", ["--force", "-f"]]
  why = "rewrites what others have"      # shown when it is refuted
  any_layer = true                       # as --any-layer
  as_written = true                      # as --as-written

  [[assert]]
  never_looser_than = "base.rulesc"      # as seen from this file's folder

With --format=json the output is one object: proven (are all?) and assertions,
each with assertion (text), kind ("never-allow", "always-forbidden",
"never-looser"), pattern or base, any_layer, as_written, why, source, proven,
and if refuted counterexample: command, decision (null for no match), rule (the
deciding one: rule, justification, source; null), added (the rule of a further
layer that decides, or null), base_decision and base_rule.

Exit codes: 0 all proven, 1 one is refuted, 2 trouble.`,
		Example: `  rulesc prove never allow "git push --force" always forbidden "rm -rf /"
  rulesc prove never looser than HEAD~1:rules --rules rules/team.rules
  rulesc prove --any-layer --as-written --system-dir managed
  rulesc prove --layer candidate=.codex --format=github`,
	}
	flags := cmd.Flags()
	sel.addPolicyFlags(cmd)
	flags.StringArrayVarP(&files, "file", "f", nil, "read assertions from this `file`; repeatable")
	flags.BoolVar(&scope.anyLayer, "any-layer", false, "prove that no further layer can break an assertion")
	flags.BoolVar(&scope.asWritten, "as-written", false, "compare first tokens as they are written, never by program name")
	flags.Var(&format, "format", "text, json, sarif or github")
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(findingFormats, cobra.ShellCompDirectiveNoFileComp))
	cmd.MarkFlagFilename("file", "toml")
	cmd.ValidArgsFunction = completeAssertion
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		list, err := sel.assertions(args, files)
		if err != nil {
			return &troubleError{err}
		}
		for i := range list {
			list[i].anyLayer = list[i].anyLayer || scope.anyLayer
			list[i].asWritten = list[i].asWritten || scope.asWritten
		}
		proof, err := sel.prove(cmd.Context(), list)
		if err != nil {
			return &troubleError{err}
		}
		if err := proof.write(p, format); err != nil {
			return &troubleError{err}
		}
		if proof.refuted() > 0 {
			return &exitError{exitRefuted}
		}
		return nil
	}
	return cmd
}

// completeAssertion offers the words of an assertion.
func completeAssertion(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if n := len(args); n > 0 {
		switch args[n-1] {
		case "never":
			return []string{"allow", "looser"}, cobra.ShellCompDirectiveNoFileComp
		case "always":
			return []string{"forbidden"}, cobra.ShellCompDirectiveNoFileComp
		case "looser":
			return []string{"than"}, cobra.ShellCompDirectiveNoFileComp
		case "than":
			return nil, cobra.ShellCompDirectiveDefault
		}
	}
	return []string{"never", "always"}, cobra.ShellCompDirectiveNoFileComp
}

// assertions reads those of the command line and of files.
func (s *selection) assertions(args, files []string) ([]assertion, error) {
	list, err := parseAssertions(args)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].dir = s.dir
	}
	if len(args) == 0 && len(files) == 0 {
		files = []string{assertionFile}
		name := s.inDir(assertionFile)
		if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() { // a pipe that nobody named is not waited for
			return nil, fmt.Errorf("%s: %w", name, wholefile.ErrNotRegular)
		}
	}
	var problems diag.List
	for _, name := range files {
		more, err := readAssertions(s.inDir(name))
		var wrong diag.List
		if errors.As(err, &wrong) {
			problems = append(problems, wrong...)
		} else if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return list, nil
}

// A proof is what is known of assertions about a policy.
type proof struct {
	policy  *ir.Policy
	place   func(ir.Source) ir.Position // of a rule, for who wants to open it
	results []provenOrNot
}

type provenOrNot struct {
	assertion
	base *ir.Policy
	*analysis.Counterexample
}

func (s *selection) prove(ctx context.Context, list []assertion) (*proof, error) {
	subject, policy, err := s.loadRules(ctx)
	if err != nil {
		return nil, err
	}
	defer subject.close()
	proof := &proof{policy: policy, place: func(source ir.Source) ir.Position {
		at := source.Position
		if path := subject.path(source); path != "" {
			at.File = s.fromDir(path)
		}
		return at
	}}
	for _, a := range list {
		r := provenOrNot{assertion: a}
		prover := analysis.Prover{Policy: policy, AnyLayer: a.anyLayer, Options: analysis.Options{AsWritten: a.asWritten}}
		switch a.kind {
		case neverAllow:
			r.Counterexample, err = prover.NeverAllow(a.pattern)
		case alwaysForbidden:
			r.Counterexample, err = prover.AlwaysForbidden(a.pattern)
		case neverLooser:
			var base *operand
			if base, err = readOperandIn(ctx, &discovery{dir: a.dir}, a.base); err == nil {
				r.base, r.assertion.base = base.policy, base.name
				r.Counterexample, err = prover.NeverLooser(base.policy)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", &a, err)
		}
		proof.results = append(proof.results, r)
	}
	return proof, nil
}

// fromDir returns path as seen from the working directory if it lies below.
func (d *discovery) fromDir(path string) string {
	dir, err := filepath.Abs(d.inDir("."))
	if err != nil || !filepath.IsAbs(path) {
		return path
	}
	if below, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(below) {
		return below
	}
	return path
}

func (p *proof) refuted() int {
	n := 0
	for i := range p.results {
		if p.results[i].Counterexample != nil {
			n++
		}
	}
	return n
}

func (p *proof) write(to process, format findingFormat) error {
	switch format {
	case "json":
		return writeJSON(to.stdout, p.form())
	case "sarif":
		return writeSARIF(to.stdout, proveCodes, p.findings())
	case "github":
		return writeGitHub(to.stdout, p.findings())
	}
	return writeAll(to.stdout, p.text())
}

// text is what people read on a terminal.
func (p *proof) text() string {
	var b strings.Builder
	for i := range p.results {
		r := &p.results[i]
		if r.Counterexample == nil {
			fmt.Fprintf(&b, "proven   %s\n", &r.assertion)
			continue
		}
		fmt.Fprintf(&b, "refuted  %s\n", &r.assertion)
		rows := [][]string{{"try", shellLine(r.Command)}, {"gets", p.answer(r)}}
		if r.base != nil {
			rows = append(rows, []string{"base", r.Base.String() + " by " + diag.Printable(r.base.Rules[r.BaseRule].Source.String())})
		}
		if r.Added != nil && strings.Contains(r.Command[0], "/") {
			rows = append(rows, []string{"note", "no rule names this path, so that any layer can allow it; --as-written leaves such calls out"})
		}
		if r.why != "" {
			rows = append(rows, []string{"why", diag.Printable(r.why)})
		}
		if at := r.position.String(); at != "" {
			rows = append(rows, []string{"from", diag.Printable(at)})
		}
		writeTable(&b, "    ", rows)
	}
	fmt.Fprintf(&b, "\n%s: %d proven, %d refuted\n", count(len(p.results), "assertion"), len(p.results)-p.refuted(), p.refuted())
	return b.String()
}

// answer says what the counterexample gets, and from whom.
func (p *proof) answer(r *provenOrNot) string {
	switch {
	case r.Added != nil:
		return fmt.Sprintf("allow as soon as a layer adds %s", r.Added)
	case r.Rule < 0:
		return "no match; the caller's fallback decides"
	}
	rule := &p.policy.Rules[r.Rule]
	return fmt.Sprintf("%s by %s  %s", r.Decision, p.named(rule.Source), rule)
}

// named returns the layer and the place of a rule.
func (p *proof) named(source ir.Source) string {
	source.Position = p.place(source)
	return diag.Printable(source.String())
}

// proveCodes says what the codes of findings mean.
var proveCodes = []findingCode{
	{string(neverAllow), "A command is allowed that must never be.", "", diag.Error},
	{string(alwaysForbidden), "A command is not forbidden that must always be.", "", diag.Error},
	{string(neverLooser), "A command gets a weaker decision than the base gives it.", "", diag.Error},
}

// findings are the assertions that are refuted, each at the rule that decides,
// or else where it is written.
func (p *proof) findings() []finding {
	var list []finding
	for i := range p.results {
		r := &p.results[i]
		if r.Counterexample == nil {
			continue
		}
		f := finding{code: string(r.kind), severity: diag.Error, position: r.position}
		f.message = fmt.Sprintf("refuted: %s; %s gets %s", &r.assertion, shellLine(r.Command), p.answer(r))
		if r.why != "" {
			f.message += "; " + r.why
		}
		if r.Rule >= 0 {
			f.position = p.place(p.policy.Rules[r.Rule].Source)
		}
		list = append(list, f)
	}
	return list
}

type proofJSON struct {
	Proven     bool            `json:"proven"`
	Assertions []assertionJSON `json:"assertions"`
}

type assertionJSON struct {
	Assertion      string              `json:"assertion"`
	Kind           assertionKind       `json:"kind"`
	Pattern        []any               `json:"pattern,omitempty"`
	Base           string              `json:"base,omitempty"`
	AnyLayer       bool                `json:"any_layer"`
	AsWritten      bool                `json:"as_written"`
	Why            string              `json:"why,omitempty"`
	Source         *positionJSON       `json:"source,omitempty"`
	Proven         bool                `json:"proven"`
	Counterexample *counterexampleJSON `json:"counterexample,omitempty"`
}

type counterexampleJSON struct {
	Command      []string      `json:"command"`
	Decision     *ir.Decision  `json:"decision"`
	Rule         *diffRuleJSON `json:"rule"`
	Added        *string       `json:"added"`
	BaseDecision *ir.Decision  `json:"base_decision,omitempty"`
	BaseRule     *diffRuleJSON `json:"base_rule,omitempty"`
}

func (p *proof) form() proofJSON {
	form := proofJSON{Proven: p.refuted() == 0, Assertions: []assertionJSON{}}
	for i := range p.results {
		r := &p.results[i]
		a := assertionJSON{
			Assertion: r.String(), Kind: r.kind, Base: r.assertion.base, Why: r.why,
			AnyLayer: r.anyLayer, AsWritten: r.asWritten, Proven: r.Counterexample == nil,
		}
		if r.pattern != nil {
			a.Pattern = patternForm(r.pattern)
		}
		if r.position.File != "" {
			at := sourceForm(ir.Source{Position: r.position})
			a.Source = &at
		}
		if c := r.Counterexample; c != nil {
			a.Counterexample = &counterexampleJSON{Command: c.Command, Decision: orNull(c.Decision)}
			if c.Rule >= 0 {
				a.Counterexample.Rule = &diffRules(p.policy, []int{c.Rule})[0]
			}
			if c.Added != nil {
				text := c.Added.String()
				a.Counterexample.Added = &text
			}
			if r.base != nil {
				a.Counterexample.BaseDecision = orNull(c.Base)
				a.Counterexample.BaseRule = &diffRules(r.base, []int{c.BaseRule})[0]
			}
		}
		form.Assertions = append(form.Assertions, a)
	}
	return form
}

// A findingFormat is what --format takes where there are findings.
type findingFormat string

var findingFormats = []string{"text", "json", "sarif", "github"}

func (f *findingFormat) String() string { return string(*f) }
func (f *findingFormat) Type() string   { return strings.Join(findingFormats, "|") }
func (f *findingFormat) Set(s string) error {
	return choose((*string)(f), "format", s, findingFormats)
}
