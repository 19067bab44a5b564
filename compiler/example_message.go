package compiler

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
)

// The words of the reference for examples that do not hold show rules in the
// debug notation of its own language. People and tools know these texts, so
// they are kept to the letter, but for being abridged when very long.

func matchedMessage(rule *ir.PrefixRule, match ir.Match, command []string) string {
	var w debugWriter
	w.plain("expected example to not match rule `PrefixRuleMatch { matched_prefix: ")
	w.list(match.Prefix)
	w.plain(", decision: ")
	w.plain(debugDecisions[rule.Decision])
	w.plain(", resolved_program: ")
	if match.Resolved == "" {
		w.plain("None")
	} else {
		w.plain("Some(AbsolutePathBuf(")
		w.text(match.Resolved)
		w.plain("))")
	}
	w.plain(", justification: ")
	w.optional(rule.Justification)
	w.plain(" }`: ")
	w.plain(shellText(command))
	return abridged(w.String())
}

// unmatchedMessage is about the commands with the given indexes.
func unmatchedMessage(rules []ir.PrefixRule, commands [][]string, indexes []int) string {
	var w debugWriter
	w.plain("expected every example to match at least one rule. rules: [")
	for i := range rules {
		if w.full() {
			break
		}
		if i > 0 {
			w.plain(", ")
		}
		var rule debugWriter
		rule.rule(&rules[i])
		w.text(rule.String())
	}
	w.plain("]; unmatched examples: [")
	for n, i := range indexes {
		if w.full() {
			break
		}
		if n > 0 {
			w.plain(", ")
		}
		w.text(shellText(commands[i]))
	}
	w.plain("]")
	return abridged(w.String())
}

func shellText(command []string) string {
	if s, ok := shlex.Join(command); ok {
		return s
	}
	return "unable to render example"
}

var debugDecisions = [...]string{ir.Allow: "Allow", ir.Prompt: "Prompt", ir.PromptUser: "PromptUser", ir.Forbidden: "Forbidden"}

// A debugWriter writes debug notation. What comes when it is full is dropped.
type debugWriter struct{ strings.Builder }

func (w *debugWriter) full() bool { return w.Len() > 64<<10 }

func (w *debugWriter) plain(s string) {
	if !w.full() {
		w.WriteString(s)
	}
}

func (w *debugWriter) rule(rule *ir.PrefixRule) {
	w.plain(fmt.Sprintf("PrefixRule { pattern: PrefixPattern { canonical_matching: %t, first: ", rule.Canonical))
	w.text(rule.Pattern.Program())
	w.plain(", rest: [")
	for i, alternatives := range rule.Pattern[1:] {
		if w.full() {
			break
		}
		if i > 0 {
			w.plain(", ")
		}
		if len(alternatives) == 1 {
			w.plain("Single(")
			w.text(alternatives[0])
		} else {
			w.plain("Alts(")
			w.list(alternatives)
		}
		w.plain(")")
	}
	w.plain("] }, decision: ")
	w.plain(debugDecisions[rule.Decision])
	w.plain(", justification: ")
	w.optional(rule.Justification)
	w.plain(" }")
}

func (w *debugWriter) optional(s string) {
	if s == "" {
		w.plain("None")
		return
	}
	w.plain("Some(")
	w.text(s)
	w.plain(")")
}

func (w *debugWriter) list(list []string) {
	w.plain("[")
	for i, s := range list {
		if w.full() {
			break
		}
		if i > 0 {
			w.plain(", ")
		}
		w.text(s)
	}
	w.plain("]")
}

// text writes a string literal. What cannot be seen, or joins onto its
// neighbour, is escaped.
func (w *debugWriter) text(s string) {
	w.plain(`"`)
	for _, r := range s {
		if w.full() {
			break
		}
		switch {
		case r == '"' || r == '\\':
			w.WriteByte('\\')
			w.WriteRune(r)
		case r == '\t':
			w.WriteString(`\t`)
		case r == '\r':
			w.WriteString(`\r`)
		case r == '\n':
			w.WriteString(`\n`)
		case r == 0:
			w.WriteString(`\0`)
		case !unicode.IsPrint(r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Other_Grapheme_Extend):
			fmt.Fprintf(w, `\u{%x}`, r)
		default:
			w.WriteRune(r)
		}
	}
	w.plain(`"`)
}
