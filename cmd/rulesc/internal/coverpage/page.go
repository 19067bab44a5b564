// Package coverpage writes the coverage of rule files as a web page: one file
// that needs no network and no scripts, in light and in dark.
package coverpage

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/policytest"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
)

// A File is a rule file of the policy.
type File struct {
	Layer, Name string // as in the sources of rules
	Title       string // what the page calls it
	Text        string // "" where it is not at hand: then its rules are shown
}

// A Report is what the page shows.
type Report struct {
	Policy   *ir.Policy
	Coverage *analysis.Coverage
	Files    []File
	Summary  string // how the tests went
	Passed   bool
	Tool     string // the program and its version
}

// Write writes the page.
func Write(w io.Writer, r *Report) error {
	view := pageView{Total: countsOf(r.Coverage.Count(nil)), Summary: r.Summary, Passed: r.Passed, Tool: r.Tool}
	gaps := make(map[int]policytest.Gap) // by first rule
	for _, g := range policytest.Gaps(r.Policy, r.Coverage) {
		gaps[g.First] = g
	}
	proposals := make(map[int]analysis.Proposal)
	for _, p := range r.Coverage.Propose() {
		proposals[p.First] = p
	}
	byFile := make(map[[2]string][]*call)
	for _, c := range r.Coverage.Calls() {
		source := r.Policy.Rules[c.First].Source
		this := &call{CallCoverage: c, report: r, written: policytest.Written(r.Policy, c.First, c.End)}
		if g, ok := gaps[c.First]; ok {
			this.gap = &g
		}
		if p, ok := proposals[c.First]; ok {
			this.proposal = &p
		}
		key := [2]string{source.Layer, source.File}
		byFile[key] = append(byFile[key], this)
	}
	for i, f := range r.Files {
		key := [2]string{f.Layer, f.Name}
		calls := byFile[key]
		delete(byFile, key) // a file that is named twice is shown once
		if len(calls) == 0 && slices.ContainsFunc(r.Files[:i], func(g File) bool { return g.Layer == f.Layer && g.Name == f.Name }) {
			continue
		}
		view.Files = append(view.Files, r.file(i+1, f, calls))
	}
	view.link()
	var page page
	page.all(&view)
	_, err := w.Write(page.Bytes())
	return err
}

// A call is a call of prefix_rule with its coverage.
type call struct {
	analysis.CallCoverage
	report   *Report
	written  ir.Pattern
	gap      *policytest.Gap      // nil: all is covered
	proposal *analysis.Proposal   // nil: nothing to propose
	places   *compiler.CallPlaces // nil: not found in the text
	whole    bool                 // its line shows all of it
}

// text returns the call as it could be written.
func (c *call) text() string {
	rule := c.report.Policy.Rules[c.First]
	rule.Pattern = c.written
	return rule.String()
}

func (c *call) source() *ir.Source { return &c.report.Policy.Rules[c.First].Source }

// A status says how much of something is covered.
type status string

const (
	full status = "full"
	part status = "part"
	none status = "none"
)

func (c *call) status() status {
	switch {
	case c.gap == nil:
		return full
	case c.gap.Matched == 0:
		return none
	}
	return part
}

// and returns the status of two things; "" is that of nothing.
func (s status) and(t status) status {
	if s == "" || s == t {
		return t
	}
	return part
}

func (c *call) matched() (matched, decided int) {
	for r := c.First; r < c.End; r++ {
		matched += c.report.Coverage.Rules[r].Matched
		decided += c.report.Coverage.Rules[r].Decided
	}
	return matched, decided
}

// file returns what the page shows of a file.
func (r *Report) file(number int, f File, calls []*call) *fileView {
	belongs := make(map[int]bool)
	for _, c := range calls {
		for i := c.First; i < c.End; i++ {
			belongs[i] = true
		}
	}
	view := &fileView{
		ID: fmt.Sprintf("f%d", number), Title: clean(f.Title), Layer: f.Layer,
		Counts: countsOf(r.Coverage.Count(func(rule int) bool { return belongs[rule] })),
	}
	if f.Text == "" {
		for _, c := range calls {
			c.whole = true
			view.Lines = append(view.Lines, &lineView{Number: c.source().Line, Parts: []partView{{Text: clean(c.text())}}})
			view.note(c, len(view.Lines), len(view.Lines))
		}
		return view
	}
	locate := compiler.NewLocator(f.Text)
	var marks []mark
	sites := make(map[ir.Position]int)
	for _, c := range calls {
		sites[c.source().Position]++
	}
	for _, c := range calls {
		at := c.source()
		if places, ok := locate.Call(at.Line, at.Col); ok {
			c.places = &places
			if sites[at.Position] == 1 {
				marks = append(marks, c.marks()...)
			}
		}
	}
	view.lines(f.Text, marks)
	for _, c := range calls {
		first := min(max(1, c.source().Line), len(view.Lines))
		last := first
		if c.places != nil {
			last = min(first+strings.Count(f.Text[c.places.Call.Start:c.places.Call.End], "\n"), len(view.Lines))
		}
		view.note(c, first, last)
	}
	return view
}

// A mark is a part of a file's text that is shown in a way of its own.
type mark struct {
	compiler.Place
	class, title string
}

// marks marks the alternatives of the pattern, where they are in the text as
// they are in the rules.
func (c *call) marks() []mark {
	pattern := c.places.Pattern
	if len(pattern) != len(c.Used) {
		return nil
	}
	var marks []mark
	for i, position := range pattern {
		if len(position) != len(c.Used[i]) {
			return nil
		}
		for k, place := range position {
			used := c.Used[i][k]
			m := mark{place, "hit", fmt.Sprintf("%s: matched by %s", c.written[i][k], commands(used))}
			if used == 0 {
				m.class, m.title = "miss", fmt.Sprintf("%s: not covered, no command that the rule matched has it", c.written[i][k])
			}
			m.title = clean(m.title)
			marks = append(marks, m)
		}
	}
	return marks
}

func commands(n int) string {
	if n == 1 {
		return "1 command"
	}
	return fmt.Sprintf("%d commands", n)
}

// clean makes what cannot be seen visible, or harmless. Tabs stay.
func clean(s string) string {
	parts := strings.Split(s, "\t")
	for i := range parts {
		parts[i] = diag.Printable(parts[i])
	}
	return strings.Join(parts, "\t")
}
