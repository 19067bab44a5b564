package shell

import (
	"strconv"
	"strings"

	"github.com/rulesc/rulesc/internal/shlex"
)

// The reasons below are word for word those of the reference implementation.
// They name the command that was to be run, that is the argument vector as a
// whole and not the command inside its script that a rule matched, in the
// quoting of a POSIX shell.
//
// Whatever the words hold besides NUL is in the text as it stands, newlines
// and terminal control sequences included: escape the text before it goes to
// a terminal.

// Reasons for refusing a command that needs approval where nobody can be asked.
const (
	// ReasonNeverAsk is the reason where the session never asks for approval.
	ReasonNeverAsk = "approval required by policy, but AskForApproval is set to Never"
	// ReasonRulesMayNotAsk is the reason where the session asks for approval,
	// but not on account of rules.
	ReasonRulesMayNotAsk = "approval required by policy rule, but AskForApproval::Granular.rules is false"
)

// ForbiddenReason says why argv is rejected. The justification is that of the
// deciding rule. If it is empty, the text names matched instead, the words of
// the command that the rule's pattern matched, as the command has them; if
// the rule was found by the program's base name, the first is the base name.
func ForbiddenReason(argv, matched []string, justification string) string {
	if justification == "" {
		justification = "policy forbids commands starting with `" + render(matched) + "`"
	}
	return "`" + render(argv) + "` rejected: " + justification
}

// PromptReason asks for approval of argv. The justification is that of the
// deciding rule, and may be empty.
func PromptReason(argv []string, justification string) string {
	return approvalReason(argv, "approval", justification)
}

// HumanPromptReason asks for approval of argv by a person, which a managed
// rule with the decision prompt-user demands. The justification is that of
// the deciding rule, and may be empty.
func HumanPromptReason(argv []string, justification string) string {
	return approvalReason(argv, "human approval", justification)
}

func approvalReason(argv []string, approval, justification string) string {
	text := "`" + render(argv) + "` requires " + approval
	if justification == "" {
		return text + " by policy"
	}
	return text + ": " + justification
}

// render writes a command as a shell would need it. No shell can be given a
// NUL, and no such command can be run; words with one are written as Go
// strings, so that they cannot be mistaken for anything else.
func render(command []string) string {
	if line, ok := shlex.Join(command); ok {
		return line
	}
	words := make([]string, len(command))
	for i, word := range command {
		quoted, ok := shlex.Quote(word)
		if !ok {
			quoted = strconv.Quote(word)
		}
		words[i] = quoted
	}
	return strings.Join(words, " ")
}
