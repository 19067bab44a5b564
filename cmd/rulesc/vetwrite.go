package main

import (
	"fmt"
	"strings"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/ir/lint"
)

func (v *vetting) write() error {
	switch v.format {
	case "json":
		return writeJSON(v.stdout, v.form())
	case "sarif":
		return writeSARIF(v.stdout, vetCodes(), v.findings())
	case "github":
		return writeGitHub(v.stdout, v.findings())
	}
	return writeAll(v.stdout, v.plain())
}

// Of a kind of finding in a file so many are shown in full; where there are more,
// the others are one line.
const findingsShown = 5

// relatedShown is how many related places of a finding are shown.
const relatedShown = 4

// plain is what people read.
func (v *vetting) plain() string {
	var b strings.Builder
	for _, f := range v.fixed {
		fmt.Fprintf(&b, "%s:%d: fixed: %s\n", diag.Printable(f.File), f.Line, f.What)
	}
	type kind struct{ file, code string }
	of := make(map[kind]int)
	for i := range v.shown {
		of[kind{v.shown[i].at.File, v.shown[i].Code}]++
	}
	more := make(map[kind][]string)
	seen := make(map[kind]int)
	for i := range v.shown {
		f := &v.shown[i]
		k := kind{f.at.File, f.Code}
		if seen[k]++; v.all || of[k] <= findingsShown+1 || seen[k] <= findingsShown {
			v.plainFinding(&b, f)
			continue
		}
		more[k] = append(more[k], fmt.Sprint(f.at.Line))
		if seen[k] == of[k] {
			lines := more[k]
			const most = 12
			rest := ""
			if len(lines) > most {
				rest, lines = ", …", lines[:most]
			}
			d := diag.Diagnostic{
				Position: ir.Position{File: k.file}, Severity: f.Severity, Code: k.code,
				Message: fmt.Sprintf("%d more of these, at lines %s%s; --all shows them", len(more[k]), strings.Join(lines, ", "), rest),
			}
			b.WriteString(diag.Printable(d.Error()) + "\n")
		}
	}
	b.WriteString(v.summary())
	return b.String()
}

func (v *vetting) plainFinding(b *strings.Builder, f *vetFinding) {
	d := diag.Diagnostic{Position: f.at, Severity: f.Severity, Code: f.Code, Message: f.Message}
	b.WriteString(diag.Printable(d.Error()) + "\n")
	var rows [][]string
	for i, r := range f.Related {
		if i == relatedShown && len(f.Related) > relatedShown+1 {
			rows = append(rows, []string{"", fmt.Sprintf("and %d more", len(f.Related)-i)})
			break
		}
		what := r.What
		if i > 0 && what == f.Related[i-1].What {
			what = ""
		}
		rows = append(rows, []string{what, diag.Printable(v.place(r.Source)), diag.Printable(r.Text)})
	}
	writeTable(b, "    ", rows)
	if f.Hint != "" {
		fmt.Fprintf(b, "    hint: %s\n", diag.Printable(f.Hint))
	}
}

// place names a source for a person.
func (v *vetting) place(s ir.Source) string {
	at := v.position(s)
	if s.Layer != "" {
		return s.Layer + " " + at.String()
	}
	return at.String()
}

func (v *vetting) summary() string {
	n := v.counts()
	var b strings.Builder
	if len(v.shown) == 0 {
		b.WriteString("no findings")
	} else {
		if len(v.shown) > 1 {
			b.WriteByte('\n')
		}
		var parts []string
		for _, part := range []struct {
			n    int
			what string
		}{{n.Error, "error"}, {n.Warning, "warning"}, {n.Note, "note"}} {
			if part.n > 0 {
				parts = append(parts, count(part.n, part.what))
			}
		}
		b.WriteString(strings.Join(parts, ", "))
	}
	if n.Suppressed > 0 {
		fmt.Fprintf(&b, ", %d suppressed", n.Suppressed)
	}
	if n.Hidden > 0 {
		fmt.Fprintf(&b, ", %d not shown (--level=note shows them)", n.Hidden)
	}
	fmt.Fprintf(&b, " in %s\n", count(len(v.policy.Rules), "rule"))
	if dead := v.deadCount(); dead != "" && v.report.Digest != (analysis.Digest{}) {
		fmt.Fprintf(&b, "proven: without %s no command changes its answer (semantic digest %.12s both ways)\n", dead, v.report.Digest)
	}
	return b.String()
}

// deadCount counts the rules and alternatives that are dead.
func (v *vetting) deadCount() string {
	rules, alternatives := 0, 0
	for i := range v.report.Findings {
		switch f := &v.report.Findings[i]; f.Code {
		case "RS001", "RS002", "RS004":
			rules += len(f.Rules)
		case "RS003":
			alternatives += len(f.Alternatives)
		}
	}
	the := func(n int, what string) string {
		if n == 1 {
			return "the " + what
		}
		return fmt.Sprintf("the %d %ss", n, what)
	}
	var parts []string
	if rules > 0 {
		parts = append(parts, the(rules, "dead rule"))
	}
	if alternatives > 0 {
		parts = append(parts, the(alternatives, "dead alternative"))
	}
	return strings.Join(parts, " and ")
}

type vetCounts struct {
	Error      int `json:"error"`
	Warning    int `json:"warning"`
	Note       int `json:"note"`
	Suppressed int `json:"suppressed"`
	Hidden     int `json:"hidden"`
}

func (v *vetting) counts() vetCounts {
	n := vetCounts{Suppressed: len(v.suppressed), Hidden: len(v.found) - len(v.shown)}
	for i := range v.shown {
		switch v.shown[i].Severity {
		case diag.Error:
			n.Error++
		case diag.Warning:
			n.Warning++
		case diag.Note:
			n.Note++
		}
	}
	return n
}

// findings are the findings as other tools take them.
func (v *vetting) findings() []finding {
	var list []finding
	add := func(f *vetFinding) {
		other := finding{code: f.Code, severity: f.Severity, position: f.at, message: f.Message, suppressed: f.reason}
		if f.Hint != "" {
			other.message += "; hint: " + f.Hint
		}
		for _, r := range f.Related {
			other.related = append(other.related, relatedPlace{v.position(r.Source), r.What + ": " + r.Text})
		}
		list = append(list, other)
	}
	for i := range v.shown {
		add(&v.shown[i])
	}
	for i := range v.suppressed {
		add(&v.suppressed[i])
	}
	return list
}

func vetCodes() []findingCode {
	var list []findingCode
	for _, c := range lint.Codes {
		list = append(list, findingCode{id: c.ID, short: c.Title, full: strings.TrimSpace(c.Text), severity: c.Severity})
	}
	return list
}

type vetJSON struct {
	Findings   []vetFindingJSON `json:"findings"`
	Suppressed []vetFindingJSON `json:"suppressed"`
	Counts     vetCounts        `json:"counts"`
	Proof      *digestsJSON     `json:"proof"`
	Fixed      []fixedJSON      `json:"fixed"`
}

type digestsJSON struct {
	Digest  string `json:"digest"`
	Without string `json:"without"`
}

type fixedJSON struct {
	File string `json:"file"`
	Line int    `json:"line"`
	What string `json:"what"`
}

type vetFindingJSON struct {
	Code     string        `json:"code"`
	Severity diag.Severity `json:"severity"`
	positionJSON
	Message string        `json:"message"`
	Hint    string        `json:"hint,omitempty"`
	Rules   []vetRuleJSON `json:"rules"`
	Witness []string      `json:"witness"`
	Related []relatedJSON `json:"related"`
	Reason  string        `json:"reason,omitempty"`
}

type vetRuleJSON struct {
	Rule     int    `json:"rule"`
	Pattern  []any  `json:"pattern"`
	Decision string `json:"decision"`
}

type relatedJSON struct {
	What string `json:"what"`
	positionJSON
	Text string `json:"text"`
}

func (v *vetting) form() vetJSON {
	place := func(s ir.Source) positionJSON {
		at := v.position(s)
		return positionJSON{s.Layer, at.File, at.Line, at.Col}
	}
	list := func(findings []vetFinding) []vetFindingJSON {
		forms := []vetFindingJSON{}
		for i := range findings {
			f := &findings[i]
			form := vetFindingJSON{
				Code: f.Code, Severity: f.Severity, positionJSON: place(f.Source), Message: f.Message, Hint: f.Hint,
				Rules: []vetRuleJSON{}, Witness: f.Witness, Related: []relatedJSON{}, Reason: f.reason,
			}
			for _, r := range f.Rules {
				rule := &v.policy.Rules[r]
				form.Rules = append(form.Rules, vetRuleJSON{r, patternForm(rule.Pattern), rule.Decision.String()})
			}
			for _, r := range f.Related {
				form.Related = append(form.Related, relatedJSON{r.What, place(r.Source), r.Text})
			}
			forms = append(forms, form)
		}
		return forms
	}
	form := vetJSON{Findings: list(v.shown), Suppressed: list(v.suppressed), Counts: v.counts(), Fixed: append([]fixedJSON{}, v.fixed...)}
	if v.report.Digest != (analysis.Digest{}) {
		form.Proof = &digestsJSON{v.report.Digest.String(), v.report.Without.String()}
	}
	return form
}
