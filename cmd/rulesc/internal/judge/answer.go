// Package judge puts what a policy says of a command into the words of the
// command line.
package judge

import (
	"fmt"
	"io"
	"strings"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/reply"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime/shell"
)

// An Answer is what a policy says of one argument vector: of the one command
// that it is, or of all the commands of its shell script.
type Answer struct {
	Argv      []string
	Commands  [][]string // what was judged, in order
	Matches   []Match    // commands in order, each one's matches in the reference's order
	Decision  ir.Decision
	Deciding  int   // index into Matches, -1 if none
	Unmatched []int // indexes of commands that no rule matched
}

// A Match is one rule that one of the commands starts with.
type Match struct {
	Command       int
	Rule          int
	Prefix        []string
	Decision      ir.Decision
	Resolved      string // the path that the program name stands for, or ""
	Justification string
}

// FromEvaluator turns the evaluator's result into an answer.
func FromEvaluator(p *ir.Policy, argv []string, commands [][]string, r ir.Result) Answer {
	a := Answer{Argv: argv, Commands: commands, Decision: r.Decision, Deciding: r.Deciding, Unmatched: r.Unmatched}
	for _, m := range r.Matches {
		rule := &p.Rules[m.Rule]
		a.Matches = append(a.Matches, Match{m.Command, m.Rule, m.Prefix, rule.Decision, m.Resolved, rule.Justification})
	}
	return a
}

// Reason returns the reference's text for a decision that stops the command,
// "" for any other answer.
func (a *Answer) Reason() string {
	if a.Deciding < 0 {
		return ""
	}
	m := a.Matches[a.Deciding]
	switch m.Decision {
	case ir.Forbidden:
		return shell.ForbiddenReason(a.Argv, m.Prefix, m.Justification)
	case ir.PromptUser:
		return shell.HumanPromptReason(a.Argv, m.Justification)
	case ir.Prompt:
		return shell.PromptReason(a.Argv, m.Justification)
	}
	return ""
}

// Verdict says the decision and its reason on one line.
func (a *Answer) Verdict() string {
	switch {
	case a.Deciding >= 0 && a.Decision == ir.Allow:
		return fmt.Sprintf("allow: `%s`", ShellLine(a.Argv))
	case a.Deciding >= 0:
		return fmt.Sprintf("%s: %s", a.Decision, diag.Printable(a.Reason()))
	case len(a.Matches) > 0:
		return fmt.Sprintf("no decision: a part of `%s` has no rule; the caller's fallback decides", ShellLine(a.Argv))
	}
	return fmt.Sprintf("no match: no rule speaks about `%s`; the caller's fallback decides", ShellLine(a.Argv))
}

// ExitCode returns the code that check --exit-code ends with.
func (a *Answer) ExitCode() int {
	shown := a.shown()
	return shown.ExitCode()
}

// Write writes the answer as JSON on one line.
func Write(w io.Writer, a Answer) error {
	return WriteIndented(w, a, "")
}

// WriteIndented writes the answer as JSON with one copy of indent for each level;
// without an indent, on one line.
func WriteIndented(w io.Writer, a Answer, indent string) error {
	shown := a.shown()
	_, err := w.Write(shown.AppendJSON(nil, indent))
	return err
}

func (a *Answer) shown() reply.Answer {
	shown := reply.Answer{Decision: matcher.Decision(a.Decision), Unmatched: len(a.Unmatched) > 0}
	for _, m := range a.Matches {
		shown.Matches = append(shown.Matches, reply.Match{
			Prefix: m.Prefix, Decision: matcher.Decision(m.Decision), Resolved: m.Resolved, Justification: m.Justification,
		})
	}
	return shown
}

// PatternForm returns the JSON form of a pattern: a list of positions, where one
// with a single alternative is a string.
func PatternForm(p ir.Pattern) []any {
	form := make([]any, len(p))
	for i, alternatives := range p {
		if form[i] = alternatives; len(alternatives) == 1 {
			form[i] = alternatives[0]
		}
	}
	return form
}

// ShellLine shows a command as a person would type it; a word that no shell
// can take is shown quoted as in Go.
func ShellLine(words []string) string {
	shown := make([]string, len(words))
	for i, word := range words {
		quoted, ok := shlex.Quote(word)
		if !ok {
			quoted = fmt.Sprintf("%q", word)
		}
		shown[i] = diag.Printable(quoted)
	}
	return strings.Join(shown, " ")
}
