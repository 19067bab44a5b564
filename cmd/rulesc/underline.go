package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

// underlined writes a script with each of its parts underlined, and behind the
// line what was decided about it. Of long lines it shows only what is around
// each part.
func (e *explanation) underlined(b *strings.Builder) {
	const width = 160
	text, parts := e.script.Text, e.parts.Parts
	i := 0 // parts are in order
	for start, n := 0, 1; start <= len(text); n++ {
		end := len(text)
		if at := strings.IndexByte(text[start:], '\n'); at >= 0 {
			end = start + at
		}
		long := utf8.RuneCountInString(text[start:end]) > width
		if !long {
			fmt.Fprintf(b, "%5d | %s\n", n, diag.Printable(text[start:end]))
		}
		for ; i < len(parts) && parts[i].Span.Start <= end; i++ {
			p := &parts[i]
			at := p.Span.Start
			before, behind := text[start:at], text[at:end]
			if long {
				before, behind = tail(before, width/4), head(behind, width/2)
				fmt.Fprintf(b, "%5d | %s\n", n, diag.Printable(before+behind))
			}
			under := columns(behind[:max(0, min(len(behind), p.Span.End-at))])
			fmt.Fprintf(b, "      | %s%s %s\n", strings.Repeat(" ", columns(before)), e.tint(p, strings.Repeat("^", max(1, under))), e.label(i))
		}
		start = end + 1
	}
}

// columns returns how many columns of a terminal a text takes when it is shown.
func columns(s string) int { return diag.Columns(diag.Printable(s)) }

// head returns the first n characters of a text.
func head(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// tail returns the last n characters of a text.
func tail(s string, n int) string {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return s[i:]
}

// tint colours an underline by what was decided.
func (e *explanation) tint(p *full.Part, line string) string {
	if !e.paint {
		return line
	}
	color := "\x1b[36m" // nothing was decided
	switch p.Verdict.Decision {
	case runtime.Allow:
		color = "\x1b[32m"
	case runtime.Prompt, runtime.PromptUser:
		color = "\x1b[33m"
	case runtime.Forbidden:
		color = "\x1b[31m"
	}
	return color + line + "\x1b[0m"
}

// label says what part i is and what was decided about it.
func (e *explanation) label(i int) string {
	p := &e.parts.Parts[i]
	label := ""
	switch p.Kind {
	case full.Unknown:
		return p.Opaque.Reason.String() + ": cannot be judged" + via(p.Opaque.Via)
	case full.File:
		return effect(p.File) + ": no rule speaks about files"
	case full.Variable:
		name := p.Variable.Name
		if name == "" {
			name = "a variable"
		}
		return "sets " + diag.Printable(name) + ": no rule speaks about variables"
	case full.Invoked:
		label = "the shell, asked since something in the script cannot be judged: "
	}
	if p.Verdict.Rule >= 0 {
		label += p.Verdict.Decision.String() + " by " + e.place(e.policy.Rules[p.Verdict.Rule].Source)
	} else if e.movedAway(i) {
		label += "allowed by name, but its folder may be another"
	} else {
		label += "no rule"
	}
	if p.Kind == full.OpenEnded {
		label += ", for `" + shellLine(p.Words) + " …`"
	} else if line := shellLine(p.Words); p.Kind == full.Plain && line != diag.Printable(e.script.Text[p.Span.Start:p.Span.End]) {
		label += ", for `" + line + "`"
	}
	if p.Command != nil {
		label += via(p.Command.Via)
	}
	if i == e.parts.Deciding {
		label += " <- decides"
	}
	return label
}

// movedAway reports whether part i is a command that a rule matches, of which
// nothing is decided because the working directory may have changed.
func (e *explanation) movedAway(i int) bool {
	words := e.parts.Parts[i].Words
	if len(words) == 0 || strings.HasPrefix(words[0], "/") || !strings.Contains(words[0], "/") {
		return false
	}
	command := -1
	for _, p := range e.parts.Parts[:i+1] {
		if p.IsCommand() {
			command++
		}
	}
	return slices.ContainsFunc(e.Matches, func(m judge.Match) bool {
		return m.Command == command && m.Resolved != "" && len(m.Prefix) == len(e.policy.Rules[m.Rule].Pattern)
	})
}

// via says how a command comes to run, where the script does not show it.
func via(steps []full.Step) string {
	var ways []string
	condition := ""
	for _, s := range steps {
		switch s.Kind {
		case full.Wrapper, full.Shell, full.Remote, full.Eval:
			ways = append(ways, diag.Printable(s.Name))
		case full.Alias:
			ways = append(ways, "alias "+diag.Printable(s.Name))
		case full.Maybe:
			condition = ", if the word before it is empty"
		case full.Reference:
			condition = ", as the reference reads it"
		}
	}
	if len(ways) > 0 {
		return ", run by " + strings.Join(ways, ", ") + condition
	}
	return condition
}

// effect says what a redirection does to a file.
func effect(r *full.Redirect) string {
	name := diag.Printable(r.Target)
	switch {
	case !r.Known && r.Target == "":
		name = "a file that only the shell knows"
	case !r.Known:
		name += "…"
	}
	switch r.Kind {
	case full.Input:
		return "reads " + name
	case full.Append:
		return "appends to " + name
	case full.InputOutput:
		return "reads and writes " + name
	case full.Clobber:
		return "overwrites " + name
	}
	return "writes " + name
}

// A scriptJSON is a script and its parts.
type scriptJSON struct {
	Text      string         `json:"text"`
	Parts     []partJSON     `json:"parts"`
	Redirects []redirectJSON `json:"redirects"`
}

type partJSON struct {
	Kind     string     `json:"kind"`
	Start    int        `json:"start"`
	End      int        `json:"end"`
	Command  *int       `json:"command,omitempty"`
	Via      []stepJSON `json:"via,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	File     *string    `json:"file,omitempty"`
	Effect   string     `json:"effect,omitempty"`
	Variable *string    `json:"variable,omitempty"`
	Decision *string    `json:"decision"`
	Rule     *int       `json:"rule"`
	Decides  bool       `json:"decides"`
}

type stepJSON struct {
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
}

type redirectJSON struct {
	Kind   string `json:"kind"`
	FD     int    `json:"fd"`
	Target string `json:"target"`
	Known  bool   `json:"known"`
	Reads  bool   `json:"reads"`
	Writes bool   `json:"writes"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
}

func (e *explanation) scriptForm() *scriptJSON {
	form := &scriptJSON{Text: e.script.Text, Parts: []partJSON{}, Redirects: []redirectJSON{}}
	commands := 0
	for i, p := range e.parts.Parts {
		part := partJSON{Kind: p.Kind.String(), Start: p.Span.Start, End: p.Span.End, Decides: i == e.parts.Deciding}
		var steps []full.Step
		switch p.Kind {
		case full.Plain, full.OpenEnded:
			steps = p.Command.Via
		case full.Unknown:
			steps, part.Reason = p.Opaque.Via, p.Opaque.Reason.String()
		case full.File:
			part.File, part.Effect = &p.File.Target, p.File.Kind.String()
		case full.Variable:
			part.Variable = &p.Variable.Name
		}
		for _, s := range steps {
			part.Via = append(part.Via, stepJSON{s.Kind.String(), s.Name})
		}
		if p.IsCommand() {
			n := commands
			part.Command = &n
			commands++
		}
		if p.Verdict.Decision != runtime.None {
			decision, rule := ir.Decision(p.Verdict.Decision).String(), p.Verdict.Rule
			part.Decision, part.Rule = &decision, &rule
		}
		form.Parts = append(form.Parts, part)
	}
	for r := range e.script.AllRedirects() {
		form.Redirects = append(form.Redirects, redirectJSON{
			r.Kind.String(), r.FD, r.Target, r.Known, r.Reads(), r.Writes(), r.Span.Start, r.Span.End,
		})
	}
	return form
}
