// Package judge puts what a policy says of a command into the words of the
// command line.
package judge

import (
	"fmt"
	"strings"

	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
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

// ExitCode returns the code that check --exit-code ends with. A script that
// has a command without a rule is not allowed by its other commands.
func (a *Answer) ExitCode() int {
	switch a.Decision {
	case ir.Forbidden:
		return ExitForbidden
	case ir.Prompt, ir.PromptUser:
		return ExitPrompt
	case ir.Allow:
		if len(a.Unmatched) == 0 {
			return ExitDone
		}
	}
	return ExitNoMatch
}

// The exit codes of an answer.
const (
	ExitDone      = 0
	ExitPrompt    = 10 // prompt or prompt-user
	ExitForbidden = 11
	ExitNoMatch   = 12 // no decision
)

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
