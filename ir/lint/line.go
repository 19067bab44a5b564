package lint

import (
	"fmt"
	"strings"

	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// line writes a command as a person would type it; a word that no shell can take
// is shown quoted as in Go.
func line(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		quoted, ok := shlex.Quote(word)
		if !ok {
			quoted = fmt.Sprintf("%q", word)
		}
		words[i] = diag.Printable(quoted)
	}
	return strings.Join(words, " ")
}

// answer says what becomes of a command, behind it in a sentence.
func answer(d ir.Decision) string {
	switch d {
	case ir.Allow:
		return "is allowed"
	case ir.Prompt:
		return "asks"
	case ir.PromptUser:
		return "asks a person"
	case ir.Forbidden:
		return "is forbidden"
	}
	return "has no rule"
}
