package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/ir/lint"
	"github.com/rulesc/rulesc/matcher"
)

func vetCommand(p process) *cobra.Command {
	v := &vetting{process: p, level: levelFlag(diag.Warning), failLevel: failLevelFlag{levelFlag(diag.Warning)}, format: findingFormat(formatText)}
	var list bool
	cmd := &cobra.Command{
		Use:   "vet [flags] [FILE|DIR|ARTIFACT...]",
		Short: "Find rules that decide nothing, allow too much, or forbid too little",
		Long: `Vet looks at rules as a careful reviewer would: rules and alternatives that
decide nothing, proven by what is left without them; allow rules that are broader
than they look; rules that another spelling of a command evades, with that
command; rules that another layer hides; tokens that were meant as globs; and
lists and network rules without effect.

It looks at the layers that apply to the working directory, or at rule files and
folders, which count as layers in the order given, lowest precedence first, or at
one artifact or REV:PATH of a git repository. Checks that need the text
(examples, suppressions) are made where there is a text.

A finding has a code; "rulesc explain RS012" says what it means, --list shows all.
Notes are shown with --level=note only. What fails is shown, whatever --level
says; with --level=error, and no --fail-level, only errors fail. A comment in a
call, or right above it, suppresses what it names, with a reason:

    # rulesc:ignore RS010: the build image has nothing worth protecting

--fix removes duplicates and dead alternatives, where nothing else is lost with
them, and then shows what is left. A file is written only if the policy, and each
layer by itself, decides every command as before; comments are kept.

With --format=json the output is one object: findings (code, severity, file,
line, column, layer, message, hint, rules: rule (id), pattern, decision, witness:
a command, related: what, file, line, column, layer, text), suppressed (the
same, with reason), counts (error, warning, note, suppressed, hidden), proof
(digest, without: semantic digests with and without all that is dead; null
unless computed), fixed (file, line, what). With --list it is a list: code,
severity, title, text.

Exit codes: 0 nothing at or above --fail-level, 1 findings, or rules that are
wrong, 2 wrong usage.`,
		Example: `  rulesc vet
  rulesc vet --level=note team.rules
  rulesc vet --fix .codex/rules
  rulesc vet --format=sarif policy.rulesc > vet.sarif
  rulesc explain RS012`,
	}
	flags := cmd.Flags()
	flags.Var(&v.format, "format", "text, json, sarif or github")
	flags.Var(&v.level, "level", "show findings from this severity on: note, warning or error")
	flags.Var(&v.failLevel, "fail-level", "exit with 1 for findings from this severity on, or never")
	flags.BoolVar(&v.fix, "fix", false, "remove what is certainly superfluous from the files")
	flags.BoolVar(&v.all, "all", false, "show every finding, however many there are of a kind")
	flags.BoolVar(&v.asWritten, "as-written", false, "compare first tokens as they are written, never by program name")
	flags.BoolVar(&list, "list", false, "list all codes")
	v.addFlags(cmd)
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(findingFormats, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("level", cobra.FixedCompletions(levels, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("fail-level", cobra.FixedCompletions(failLevels, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if list {
			return v.listCodes()
		}
		if !flags.Changed("fail-level") && !v.level.includes(diag.Warning) {
			v.failLevel.levelFlag = v.level
		}
		return v.run(cmd.Context(), args)
	}
	return cmd
}

// A vetting is one run of vet.
type vetting struct {
	process
	discovery
	asWritten, fix, all bool
	level               levelFlag
	failLevel           failLevelFlag
	format              findingFormat

	in     *sources // nil for an artifact or a revision
	policy *ir.Policy
	texts  map[[2]string]*compiler.Locator // by layer and file, as far as they were asked for

	fixed  []fixedJSON
	failed map[string]bool // messages of findings that could not be mended
	asRead map[int]bool    // files whose text is what was evaluated, as far as that was asked
	infos  []os.FileInfo   // of the files, once they were asked for

	report            *lint.Report
	found, suppressed []vetFinding // in order
	shown             []vetFinding // those found that are at or above one of the levels
}

// A vetFinding is a finding where the user finds it.
type vetFinding struct {
	lint.Finding
	at     ir.Position
	reason string // why it was suppressed
}

func (v *vetting) run(ctx context.Context, args []string) error {
	if err := v.load(ctx, args); err != nil {
		return err
	}
	stop := v.waiting("looking at " + count(len(v.policy.Rules), "rule"))
	err := v.look()
	if err == nil && v.fix {
		err = v.mend(ctx)
	}
	stop()
	if err != nil {
		return err
	}
	if err := v.write(); err != nil {
		return err
	}
	for i := range v.shown {
		if v.failLevel.includes(v.shown[i].Severity) {
			return &exitError{exitWrong}
		}
	}
	return nil
}

// load gets the policy, and the files that it is made of.
func (v *vetting) load(ctx context.Context, args []string) error {
	if len(args) > 0 && v.used() {
		return usagef("--home, --system-dir, --profile and --layer are about the layers; they exclude files")
	}
	if len(args) == 0 {
		in, err := v.discover(v.process)
		if err != nil {
			return err
		}
		if err := v.warn(in.warnings); err != nil {
			return err
		}
		v.in = in
		return v.evaluate(ctx)
	}
	in := new(sources)
	for _, name := range args {
		files, whole, err := v.operand(ctx, name)
		switch {
		case err != nil:
			return err
		case whole == nil:
			in.files = append(in.files, files...)
		case len(args) > 1:
			return usagef("%s is compiled, or a revision: it is vetted alone", name)
		case v.fix:
			return usagef("--fix changes rule files; %s is none", name)
		default:
			v.policy = whole.policy
			return nil
		}
	}
	v.in = in
	return v.evaluate(ctx)
}

// operand reads what name names: rule files, or the whole policy of an artifact or
// a revision.
func (v *vetting) operand(ctx context.Context, name string) (files []source, whole *operand, err error) {
	path := v.inDir(name)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && strings.Contains(name, ":"):
		whole, err = readOperandIn(ctx, &v.discovery, name)
	case err != nil:
	case info.IsDir():
		var names []string
		if names, err = ruleFilesIn(path); err == nil {
			files = (&discovery{}).namedFiles(names).files
		}
	case !info.Mode().IsRegular(): // what is read of a pipe cannot be read again
		var text []byte
		if text, err = readArtifact(path); err != nil {
			break
		}
		if beginsArtifact(text) {
			whole, err = readBytes(ctx, path, text)
		} else {
			files = []source{{File: compiler.File{Name: path, Path: path, Text: text}}}
		}
	case filepath.Ext(path) == artifactExt || isArtifact(path):
		whole, err = readOperandIn(ctx, &v.discovery, name)
	default:
		files = (&discovery{}).namedFiles([]string{path}).files
	}
	return files, whole, err
}

// isArtifact reports whether a regular file claims to be an artifact.
func isArtifact(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var first [1]byte
	n, _ := f.Read(first[:])
	return beginsArtifact(first[:n])
}

// beginsArtifact reports whether a text begins as artifacts do: with a byte that no
// text in UTF-8 begins with.
func beginsArtifact(text []byte) bool { return len(text) > 0 && text[0] == matcher.Magic[0] }

func (v *vetting) evaluate(ctx context.Context) (err error) {
	v.texts = make(map[[2]string]*compiler.Locator)
	v.asRead, v.infos = make(map[int]bool), nil
	v.policy, err = v.in.evaluate(ctx, compiler.Options{})
	return err
}

// look finds what there is to say, and sorts out what is suppressed or below the
// level.
func (v *vetting) look() error {
	options := lint.Options{Options: analysis.Options{AsWritten: v.asWritten}}
	if v.in != nil {
		options.HasExamples = v.hasExamples
	}
	report, err := lint.Check(v.policy, options)
	if err != nil {
		return err
	}
	v.report = report
	v.found, v.suppressed, v.shown = nil, nil, nil
	ignores := v.ignores()
	for _, f := range report.Findings {
		found := vetFinding{Finding: f, at: v.position(f.Source)}
		if list := ignores[[2]string{f.Source.Layer, f.Source.File}]; len(list) > 0 {
			first, last := v.reach(&f)
			for _, i := range list {
				if first <= i.Source.Line && i.Source.Line <= last && i.Suppresses(&f) {
					found.reason = i.Reason
				}
			}
		}
		if found.reason != "" {
			v.suppressed = append(v.suppressed, found)
		} else {
			v.found = append(v.found, found)
		}
	}
	for _, list := range ignores {
		for _, i := range list {
			for _, f := range i.Findings() {
				v.found = append(v.found, vetFinding{Finding: f, at: v.position(f.Source)})
			}
		}
	}
	v.inOrder()
	for i := range v.found {
		if f := &v.found[i]; v.level.includes(f.Severity) || v.failLevel.includes(f.Severity) {
			if v.fix && f.Certain {
				if _, _, why := v.cuts(f); why != "" {
					f.Hint = "--fix leaves it: " + why
				} else if v.failed[f.Message] {
					f.Hint = "--fix leaves it: an example needs it"
					if f.Source.Layer != "" {
						f.Hint += ", or the layer where it is alone"
					}
				}
			}
			v.shown = append(v.shown, *f)
		}
	}
	return nil
}

// inOrder sorts what was found by file and line; files come in the order in which
// they are evaluated, what is in none of them last.
func (v *vetting) inOrder() {
	order := make(map[[2]string]int)
	if v.in != nil {
		for i := range v.in.files {
			order[[2]string{v.in.files[i].Layer, v.in.files[i].Name}] = i - len(v.in.files)
		}
	}
	slices.SortStableFunc(v.found, func(a, b vetFinding) int {
		return cmp.Or(
			cmp.Compare(order[[2]string{a.Source.Layer, a.Source.File}], order[[2]string{b.Source.Layer, b.Source.File}]),
			cmp.Compare(a.Source.Layer, b.Source.Layer), cmp.Compare(a.Source.File, b.Source.File),
			cmp.Compare(a.Source.Line, b.Source.Line), cmp.Compare(a.Code, b.Code),
		)
	})
}

// position is where the user finds a source.
func (v *vetting) position(s ir.Source) ir.Position {
	at := s.Position
	if v.in != nil {
		if path := v.in.path(s); path != "" {
			at.File = path
		}
	}
	return at
}

// A levelFlag is a severity.
type levelFlag string

var (
	levels     = []string{string(diag.Note), string(diag.Warning), string(diag.Error)}
	failLevels = append(levels[:3:3], "never")
)

func (f *levelFlag) String() string { return string(*f) }
func (f *levelFlag) Type() string   { return "severity" }
func (f *levelFlag) Set(s string) error {
	return choose((*string)(f), "severity", s, levels)
}

// A failLevelFlag is a severity, or never.
type failLevelFlag struct{ levelFlag }

func (f *failLevelFlag) Set(s string) error {
	return choose((*string)(&f.levelFlag), "severity", s, failLevels)
}

// includes reports whether a severity is at or above the level.
func (f levelFlag) includes(s diag.Severity) bool {
	rank := func(word string) int {
		for i, l := range failLevels {
			if l == word {
				return i
			}
		}
		return -1
	}
	return rank(string(s)) >= rank(string(f))
}

// listCodes lists the kinds of findings.
func (v *vetting) listCodes() error {
	if v.format == "json" {
		var list []codeJSON
		for _, c := range lint.Codes {
			list = append(list, codeForm(c))
		}
		return writeJSON(v.stdout, list)
	}
	var rows [][]string
	for _, c := range lint.Codes {
		rows = append(rows, []string{c.ID, string(c.Severity), c.Title})
	}
	var b strings.Builder
	writeTable(&b, "", rows)
	return writeAll(v.stdout, b.String())
}

type codeJSON struct {
	ID       string        `json:"code"`
	Severity diag.Severity `json:"severity"`
	Title    string        `json:"title"`
	Text     string        `json:"text"`
}

func codeForm(c lint.Code) codeJSON {
	return codeJSON{c.ID, c.Severity, c.Title, strings.TrimSpace(c.Text)}
}

// explainCode prints what a code means.
func explainCode(p process, c lint.Code, format outputFormat) error {
	if format == formatJSON {
		return writeJSON(p.stdout, codeForm(c))
	}
	return writeAll(p.stdout, fmt.Sprintf("%s: %s (%s)\n%s\n", c.ID, c.Title, c.Severity, c.Text))
}
