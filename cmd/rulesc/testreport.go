package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/coverpage"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/policytest"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
)

// report writes what came out, and returns an error if that is not good.
func (t *tester) report() error {
	if t.html != "" {
		if err := t.writePage(); err != nil {
			return err
		}
	}
	if t.format != testFormat(formatJSON) {
		if err := diag.Render(t.stderr, t.problems, diag.Style{Source: sourceText, Color: t.color}); err != nil {
			return err
		}
	}
	if err := t.write(); err != nil {
		return err
	}
	if share := t.suite.Coverage.Count(nil).Alternatives; t.floor && share.Percent() < float64(t.least) {
		return fmt.Errorf("coverage is %s, and --min-coverage asks for %s%%", shareText(share, "alternatives"), t.least.String())
	}
	if !t.passed() {
		return &exitError{exitWrong}
	}
	return nil
}

func (t *tester) passed() bool {
	return len(t.problems) == 0 && !slices.ContainsFunc(t.results, func(r *policytest.Result) bool { return !r.Passed })
}

func (t *tester) write() error {
	switch t.format {
	case formatJUnit:
		return policytest.WriteJUnit(t.stdout, t.results, t.problems)
	case testFormat(formatJSON):
		return t.writeJSON()
	}
	var b strings.Builder
	for _, r := range t.results {
		if t.verbose || !r.Passed {
			b.WriteString(r.Text())
		}
	}
	if b.Len() > 0 && (t.suggest || t.cover || t.floor) {
		b.WriteByte('\n')
	}
	if t.suggest {
		t.writeProposals(&b)
	}
	if t.cover || t.floor {
		t.writeCoverage(&b)
	}
	b.WriteString(t.summary() + "\n")
	_, err := io.WriteString(t.stdout, b.String())
	return err
}

func (t *tester) summary() string {
	tables := make(map[string]bool)
	for _, d := range t.problems {
		tables[d.File] = true
	}
	if t.only != "" && len(t.results) == 0 && len(tables) == 0 {
		return fmt.Sprintf("no tests: none matches --run %s", t.only)
	}
	return policytest.Summary(t.results, len(tables))
}

type testJSON struct {
	Passed    bool                      `json:"passed"`
	Tests     []policytest.ResultJSON   `json:"tests"`
	Problems  diag.List                 `json:"problems"`
	Coverage  *policytest.CoverageJSON  `json:"coverage,omitempty"`
	Proposals []policytest.ProposalJSON `json:"proposals,omitzero"`
}

func (t *tester) writeJSON() error {
	form := testJSON{Passed: t.passed(), Tests: []policytest.ResultJSON{}, Problems: append(diag.List{}, t.problems...)}
	for _, r := range t.results {
		form.Tests = append(form.Tests, policytest.ResultForm(t.policy, r))
	}
	if t.cover || t.floor {
		coverage := policytest.CoverageForm(t.policy, t.suite.Coverage.Count(nil), policytest.Gaps(t.policy, t.suite.Coverage))
		form.Coverage = &coverage
	}
	if t.suggest {
		form.Proposals = policytest.ProposalForms(t.policy, t.suite.Coverage.Propose())
	}
	return writeJSON(t.stdout, form)
}

// call names a call of prefix_rule on one line.
func (t *tester) call(first, end int) (place, decision, pattern string) {
	rule := &t.policy.Rules[first]
	e := explanation{path: t.sources.path}
	return e.place(rule.Source), rule.Decision.String(), diag.Printable(policytest.Written(t.policy, first, end).String())
}

func (t *tester) writeProposals(b *strings.Builder) {
	proposals := t.suite.Coverage.Propose()
	if len(proposals) == 0 {
		b.WriteString("nothing to suggest: all alternatives are covered\n\n")
		return
	}
	b.WriteString("examples for what is not covered\n")
	for _, p := range proposals {
		place, decision, pattern := t.call(p.First, p.End)
		fmt.Fprintf(b, "  %s  %s  %s\n", place, decision, pattern)
		for _, list := range []struct {
			name     string
			commands [][]string
		}{{"match", p.Match}, {"not_match", p.NotMatch}} {
			if len(list.commands) > 0 {
				fmt.Fprintf(b, "    %s\n", policytest.Argument(list.name, list.commands))
			}
		}
	}
	b.WriteByte('\n')
}

func (t *tester) writeCoverage(b *strings.Builder) {
	cover := t.suite.Coverage
	if gaps := policytest.Gaps(t.policy, cover); len(gaps) > 0 {
		b.WriteString("not covered\n")
		var rows [][]string
		for _, g := range gaps {
			place, decision, _ := t.call(g.First, g.End)
			rows = append(rows, []string{place, decision, diag.Printable(g.Text(t.policy))})
		}
		writeTable(b, "  ", rows)
		b.WriteByte('\n')
	}
	files := t.ruleFiles()
	if len(files) > 1 {
		b.WriteString("coverage\n")
		rows := [][]string{{"", "alternatives", "rules", "edges"}}
		for _, f := range files {
			n := cover.Count(func(r int) bool { return f.has(&t.policy.Rules[r]) })
			rows = append(rows, []string{diag.Printable(f.Title), shareCell(n.Alternatives), shareCell(n.Rules), shareCell(n.Edges)})
		}
		writeTable(b, "  ", rows)
		b.WriteByte('\n')
	}
	n := cover.Count(nil)
	fmt.Fprintf(b, "coverage: %s, %s, %s\n", shareText(n.Alternatives, "alternatives"), shareText(n.Rules, "rules"), shareText(n.Edges, "edges"))
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func shareText(s analysis.Share, what string) string {
	return fmt.Sprintf("%s%% of %s (%d of %d)", number(s.Percent()), what, s.Covered, s.Total)
}

func shareCell(s analysis.Share) string {
	return fmt.Sprintf("%s%% (%d of %d)", number(s.Percent()), s.Covered, s.Total)
}

// A ruleFile is a file that rules come from.
type ruleFile struct{ coverpage.File }

func (f *ruleFile) has(rule *ir.PrefixRule) bool {
	return rule.Source.Layer == f.Layer && rule.Source.File == f.Name
}

// ruleFiles returns the files of all rules, in order: those that were read, and
// those that rules of an artifact came from.
func (t *tester) ruleFiles() []ruleFile {
	var files []ruleFile
	known := make(map[[2]string]bool)
	add := func(layer, name, title, text string) {
		known[[2]string{layer, name}] = true
		files = append(files, ruleFile{coverpage.File{Layer: layer, Name: name, Title: title, Text: text}})
	}
	for _, f := range t.sources.files {
		add(f.Layer, f.File.Name, f.Path, string(f.Text))
	}
	for i := range t.policy.Rules {
		source := t.policy.Rules[i].Source
		if known[[2]string{source.Layer, source.File}] {
			continue
		}
		title, text := source.File, ""
		if path := t.sources.path(source); path != "" {
			title, text = path, t.sources.stack.ManagedText()
		}
		add(source.Layer, source.File, title, text)
	}
	return files
}

// writePage writes the coverage as a web page, whole or not at all.
func (t *tester) writePage() error {
	report := &coverpage.Report{
		Policy: t.policy, Coverage: t.suite.Coverage, Summary: t.summary(), Passed: t.passed(), Tool: "rulesc " + toolVersion,
	}
	for _, f := range t.ruleFiles() {
		report.Files = append(report.Files, f.File)
	}
	defer t.waiting("writing " + t.html)()
	var page bytes.Buffer
	if err := coverpage.Write(&page, report); err != nil {
		return err
	}
	name := t.inDir(t.html)
	fail := func(err error) error { return fmt.Errorf("cannot write the page: %s: %w", t.html, bare(err)) }
	if err := replaceable(name, coverpage.Start); err != nil {
		return fmt.Errorf("cannot write the page: %w", err)
	}
	folder, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return fail(err)
	}
	defer folder.Close()
	if err := replaceFile(folder, filepath.Base(name), page.Bytes()); err != nil {
		return fail(err)
	}
	return nil
}
