package coverpage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/policytest"
	"github.com/rulesc/rulesc/ir/analysis"
)

// What the page shows.
type (
	pageView struct {
		Total   countsView
		Files   []*fileView
		Summary string
		Passed  bool
		Tool    string
		First   string // the anchor of the first gap, "" for none
	}
	countsView struct{ Alternatives, Rules, Edges shareView }
	shareView  struct {
		Covered, Total int
		Percent        float64
		Status         status
	}
	fileView struct {
		ID, Title, Layer string
		Counts           countsView
		Lines            []*lineView
		First            string // the anchor of the first gap, "" for none
	}
	lineView struct {
		Number  int
		Status  status // of the calls on the line, "" for none
		Head    bool   // a call starts on it
		Hits    int
		Parts   []partView
		Comment bool
		Notes   []*noteView // shown below the line
	}
	partView struct{ Text, Class, Title string }

	// A noteView says of a call what is not covered.
	noteView struct {
		ID, Next  string // anchors of this gap and the next; Next is "" for the last
		Status    status
		Rule      string // "" where the call itself stands above
		Missing   []string
		Proposals []string
		Rules     []ruleView // one for each program, where there are several
	}
	ruleView struct {
		Program          string
		Matched, Decided int
	}
)

func countsOf(c analysis.Counts) countsView {
	return countsView{shareOf(c.Alternatives), shareOf(c.Rules), shareOf(c.Edges)}
}

func shareOf(s analysis.Share) shareView {
	view := shareView{s.Covered, s.Total, s.Percent(), part}
	switch s.Covered {
	case s.Total:
		view.Status = full
	case 0:
		view.Status = none
	}
	return view
}

// Word says a status.
func (s status) Word() string {
	return map[status]string{full: "covered", part: "partly covered", none: "not covered"}[s]
}

// lines cuts the text into lines, and these where marks begin and end.
func (v *fileView) lines(text string, marks []mark) {
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(a.Start, b.Start) })
	start := 0
	for number := 1; start < len(text) || number == 1; number++ {
		end := len(text)
		if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
			end = start + n
		}
		line := &lineView{Number: number, Comment: strings.HasPrefix(strings.TrimLeft(text[start:end], " \t"), "#")}
		at := start
		for len(marks) > 0 && marks[0].Start < end {
			m := marks[0]
			if m.Start > at {
				line.Parts = append(line.Parts, partView{Text: clean(text[at:m.Start])})
				at = m.Start
			}
			if stop := min(m.End, end); stop > at {
				line.Parts = append(line.Parts, partView{clean(text[at:stop]), m.class, m.title})
				at = stop
			}
			if m.End > end {
				break // it goes on in the next line
			}
			marks = marks[1:]
		}
		if at < end {
			line.Parts = append(line.Parts, partView{Text: clean(strings.TrimSuffix(text[at:end], "\r"))})
		}
		v.Lines = append(v.Lines, line)
		start = end + 1
	}
}

// note shows a call on the lines that it stands on, from 1, and below them what
// is not covered.
func (v *fileView) note(c *call, first, last int) {
	matched, _ := c.matched()
	for _, line := range v.Lines[first-1 : last] {
		line.Status = line.Status.and(c.status())
	}
	v.Lines[first-1].Head = true
	v.Lines[first-1].Hits += matched
	if c.gap == nil {
		return
	}
	note := &noteView{ID: fmt.Sprintf("r%d", c.First), Status: c.status(), Missing: c.gap.Missing()}
	for i := range note.Missing {
		note.Missing[i] = clean(note.Missing[i])
	}
	if !c.whole && (len(c.source().Calls) > 0 || c.places == nil || c.places.Pattern == nil) {
		note.Rule = clean(c.written.String())
	}
	if c.proposal != nil {
		for _, list := range []struct {
			name     string
			commands [][]string
		}{{"match", c.proposal.Match}, {"not_match", c.proposal.NotMatch}} {
			if len(list.commands) > 0 {
				note.Proposals = append(note.Proposals, clean(policytest.Argument(list.name, list.commands)))
			}
		}
	}
	if c.End-c.First > 1 {
		for r := c.First; r < c.End; r++ {
			cover := &c.report.Coverage.Rules[r]
			note.Rules = append(note.Rules, ruleView{clean(c.report.Policy.Rules[r].Pattern.Program()), cover.Matched, cover.Decided})
		}
	}
	v.Lines[last-1].Notes = append(v.Lines[last-1].Notes, note)
}

// link makes a chain of all gaps.
func (p *pageView) link() {
	var before *noteView
	for _, f := range p.Files {
		for _, line := range f.Lines {
			for _, note := range line.Notes {
				if f.First == "" {
					f.First = note.ID
				}
				if before == nil {
					p.First = note.ID
				} else {
					before.Next = note.ID
				}
				before = note
			}
		}
	}
}
