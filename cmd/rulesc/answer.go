package main

import (
	"fmt"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/runtime/shell"
)

// An answer is what a policy says of one argument vector: of the one command
// that it is, or of all the commands of its shell script.
type answer struct {
	argv      []string
	commands  [][]string // what was judged, in order
	matches   []matched  // commands in order, each one's matches in the reference's order
	decision  ir.Decision
	deciding  int   // index into matches, -1 if none
	unmatched []int // indexes of commands that no rule matched
}

// A matched is one rule that one of the commands starts with.
type matched struct {
	command       int
	rule          int
	prefix        []string
	decision      ir.Decision
	resolved      string // the path that the program name stands for, or ""
	justification string
}

// answerFrom turns the evaluator's result into an answer.
func answerFrom(p *ir.Policy, argv []string, commands [][]string, r ir.Result) answer {
	a := answer{argv: argv, commands: commands, decision: r.Decision, deciding: r.Deciding, unmatched: r.Unmatched}
	for _, m := range r.Matches {
		rule := &p.Rules[m.Rule]
		a.matches = append(a.matches, matched{m.Command, m.Rule, m.Prefix, rule.Decision, m.Resolved, rule.Justification})
	}
	return a
}

// reason returns the reference's text for a decision that stops the command,
// "" for any other answer.
func (a *answer) reason() string {
	if a.deciding < 0 {
		return ""
	}
	m := a.matches[a.deciding]
	switch m.decision {
	case ir.Forbidden:
		return shell.ForbiddenReason(a.argv, m.prefix, m.justification)
	case ir.PromptUser:
		return shell.HumanPromptReason(a.argv, m.justification)
	case ir.Prompt:
		return shell.PromptReason(a.argv, m.justification)
	}
	return ""
}

// verdict says the decision and its reason on one line.
func (a *answer) verdict() string {
	switch {
	case a.deciding >= 0 && a.decision == ir.Allow:
		return fmt.Sprintf("allow: `%s`", shellLine(a.argv))
	case a.deciding >= 0:
		return fmt.Sprintf("%s: %s", a.decision, diag.Printable(a.reason()))
	case len(a.matches) > 0:
		return fmt.Sprintf("no decision: a part of `%s` has no rule; the caller's fallback decides", shellLine(a.argv))
	}
	return fmt.Sprintf("no match: no rule speaks about `%s`; the caller's fallback decides", shellLine(a.argv))
}

// exitCode returns the code that check --exit-code ends with. A script that
// has a command without a rule is not allowed by its other commands.
func (a *answer) exitCode() int {
	switch a.decision {
	case ir.Forbidden:
		return exitForbidden
	case ir.Prompt, ir.PromptUser:
		return exitPrompt
	case ir.Allow:
		if len(a.unmatched) == 0 {
			return exitDone
		}
	}
	return exitNoMatch
}
