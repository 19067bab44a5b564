package compiler

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// The codes of diagnostics. Those up to codeOther are the reference's kinds of
// errors.
const (
	codeParse            = "parse"
	codeEval             = "eval"
	codeDecision         = "decision"
	codePattern          = "pattern"
	codeExampleSyntax    = "example-syntax"
	codeExampleUnmatched = "example-unmatched"
	codeExampleMatched   = "example-matched"
	codeRule             = "rule"
	codeOther            = "other"
	codeLimit            = "limit"
	codeInternal         = "internal"
)

// A problem is what a builtin has against its arguments, in the words of the
// reference; hint is ours.
type problem struct {
	code, message, hint string
}

func (p *problem) orHint(hint string) *problem {
	if p != nil && p.hint == "" {
		p.hint = hint
	}
	return p
}

// How many problems of one file are reported, and how many calls may fail: what
// comes after them is more of the same.
const (
	maxProblems = 100
	maxFailures = 1000
)

var errFlood = errors.New("too many problems")

// A complaint is what makes two problems the same: calls in a loop, or in a
// function, repeat theirs.
type complaint struct {
	site          dialect.Frame
	code, message string
}

// report notes what is wrong with the call that thread is in. An error means
// that evaluation should stop.
func (m *module) report(thread *starlark.Thread, p *problem) error {
	site := siteOf(thread)
	this := complaint{site.at, p.code, abridged(p.message)}
	m.complained++
	if m.complaints[this] && m.complained < maxFailures {
		return nil
	}
	if len(m.complaints) == maxProblems || m.complained == maxFailures {
		m.flooded = true
		m.problems = append(m.problems, m.flood())
		return errFlood
	}
	if m.complaints == nil {
		m.complaints = make(map[complaint]bool)
	}
	m.complaints[this] = true
	m.problems = append(m.problems, diag.Diagnostic{
		Position: m.shown(site.at),
		End:      m.callEnd(site.at),
		Severity: diag.Error,
		Code:     p.code,
		Message:  this.message,
		Hint:     abridged(p.hint),
		Calls:    m.frames(site.calls, m.file.path()),
	})
	return nil
}

func (m *module) flood() diag.Diagnostic {
	d := m.about(codeLimit, "too many problems: the rest of the file was not looked at", "")
	d.Severity = diag.Note
	return d
}

// abridged cuts a text that nobody would read to its end: messages quote what
// rule files compute, which may be megabytes.
func abridged(s string) string {
	const most = 16 << 10
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// about returns a diagnostic about the file as a whole.
func (m *module) about(code, message, hint string) diag.Diagnostic {
	return diag.Diagnostic{
		Position: ir.Position{File: m.file.path()},
		Severity: diag.Error,
		Code:     code,
		Message:  message,
		Hint:     hint,
	}
}

func (m *module) notUTF8() diag.Diagnostic {
	text, line := m.file.Text, 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			break
		}
		line += bytes.Count(text[:size], []byte("\n"))
		text = text[size:]
	}
	return m.about(codeOther, "stream did not contain valid UTF-8", fmt.Sprintf("line %d has a byte that is no character: save the file as UTF-8", line))
}

func (m *module) ofDialect(e *dialect.Error) diag.Diagnostic {
	code := codeEval
	if e.Kind == dialect.Parse {
		code = codeParse
	}
	at := dialect.Frame{Line: e.Line, Col: e.Col}
	return diag.Diagnostic{
		Position: m.shown(at),
		End:      m.wordEnd(at),
		Severity: diag.Error,
		Code:     code,
		Message:  abridged(e.Msg),
		Hint:     abridged(e.Hint),
		Calls:    m.frames(e.Calls, m.file.path()),
	}
}

func (m *module) shown(site dialect.Frame) ir.Position {
	return ir.Position{File: m.file.path(), Line: site.Line, Col: site.Col}
}

// frames converts calls, innermost first, that name the function called into
// frames that name the function which the call stands in.
func (m *module) frames(calls []dialect.Frame, file string) []ir.Frame {
	var frames []ir.Frame
	for i, call := range calls {
		in := "<module>"
		if i+1 < len(calls) {
			in = calls[i+1].Name
		}
		frames = append(frames, ir.Frame{Func: in, Position: ir.Position{File: file, Line: call.Line, Col: call.Col}})
	}
	return frames
}

// A callSite is where a builtin was called, and the calls that led there,
// innermost first.
type callSite struct {
	at    dialect.Frame
	calls []dialect.Frame
}

func siteOf(thread *starlark.Thread) callSite {
	at, calls := dialect.CallSite(thread)
	return callSite{at, calls}
}

// source returns the provenance of what a call makes.
func (m *module) source(site callSite) ir.Source {
	if recorded, ok := m.sources[site.at.Line]; ok {
		return recorded
	}
	return ir.Source{
		Layer:    m.file.Layer,
		Position: ir.Position{File: m.file.name(), Line: site.at.Line, Col: site.at.Col},
		Calls:    m.frames(site.calls, m.file.name()),
	}
}
