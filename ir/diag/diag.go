// Package diag is the one form in which rulesc says what is wrong with the
// text that a user wrote: file, line, column, severity, message, code, and
// where known the mend.
//
// A [Diagnostic] is a value; [Render] turns a list of them into text, with the
// source line and a caret where the source is at hand.
package diag

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/ir"
)

// A Severity says how much a diagnostic matters.
type Severity string

// The severities. Only an error stops a build.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// A Diagnostic is one thing to say about one place.
type Diagnostic struct {
	// Position is where. Its file is the one that the user can open, which is
	// not always the name that a policy keeps as a rule's source.
	ir.Position
	End      ir.Position // just behind the place, for the caret's width; zero if unknown
	Severity Severity
	Code     string // a stable word for the kind, such as "parse" or "pattern"
	Message  string // what is wrong and what was expected: lower case, no full stop
	Hint     string // the mend, where known
	Calls    []ir.Frame
}

// Error returns "file:line:col: severity: message [code]" on one line.
func (d Diagnostic) Error() string {
	var b strings.Builder
	if at := d.Position.String(); at != "" {
		b.WriteString(at)
		b.WriteString(": ")
	}
	b.WriteString(string(d.Severity))
	b.WriteString(": ")
	b.WriteString(d.Message)
	if d.Code != "" {
		b.WriteString(" [")
		b.WriteString(d.Code)
		b.WriteString("]")
	}
	return b.String()
}

// A List is what is wrong with an input, in the order in which a reader should
// see it. A function that returns a non-empty List as its error returns no
// other result.
type List []Diagnostic

// Error returns the diagnostics' lines.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Sort orders the list by file name, line and column; diagnostics of one place
// stay as they were.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// diagnosticJSON is a diagnostic's JSON form; unknown parts are left out.
type diagnosticJSON struct {
	File      string      `json:"file,omitempty"`
	Line      int         `json:"line,omitempty"`
	Column    int         `json:"column,omitempty"`
	EndLine   int         `json:"endLine,omitempty"`
	EndColumn int         `json:"endColumn,omitempty"`
	Severity  Severity    `json:"severity"`
	Code      string      `json:"code,omitempty"`
	Message   string      `json:"message"`
	Hint      string      `json:"hint,omitempty"`
	Calls     []frameJSON `json:"calls,omitempty"`
}

type frameJSON struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
}

// MarshalJSON returns the diagnostic as an object with the keys file, line,
// column, endLine, endColumn, severity, code, message, hint and calls.
func (d Diagnostic) MarshalJSON() ([]byte, error) {
	form := diagnosticJSON{
		File: d.File, Line: d.Line, Column: d.Col, EndLine: d.End.Line, EndColumn: d.End.Col,
		Severity: d.Severity, Code: d.Code, Message: d.Message, Hint: d.Hint,
	}
	for _, c := range d.Calls {
		form.Calls = append(form.Calls, frameJSON{c.Func, c.File, c.Line, c.Col})
	}
	return json.Marshal(form)
}
