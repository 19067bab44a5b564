package format

import (
	"bytes"
	"slices"
	"strings"
)

// sameCode reports whether two texts have the same comments, and the same code
// but for layout: blanks, line ends, trailing commas, parentheses, semicolons,
// the kind of quotes, and elif for an if inside an else.
//
// The comparison knows nothing of the printer or of its parser, so that it sees
// what these forget.
func sameCode(a, b []byte) bool {
	codeA, commentsA := strip(a)
	codeB, commentsB := strip(b)
	return codeA == codeB && slices.Equal(commentsA, commentsB)
}

// strip returns the code of a text without layout, and its comments, sorted.
func strip(text []byte) (code string, comments []string) {
	var b strings.Builder
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n', ',', '(', ')', ';':
			i++
		case '#':
			end := i + lengthTo(text[i:], "\n")
			comments = append(comments, string(bytes.TrimSpace(text[i:end])))
			i = end
		case '\\':
			i++ // outside of strings it only joins lines
		case '"', '\'':
			end, quotes := stringEnd(text, i)
			b.WriteByte('"')
			b.Write(text[min(i+quotes, end):max(i+quotes, end-quotes)])
			b.WriteByte('"')
			i = end
		default:
			b.WriteByte(c)
			i++
		}
	}
	slices.Sort(comments)
	return strings.ReplaceAll(b.String(), "else:if", "elif"), comments
}

// stringEnd returns where the string that begins at start ends, and how many
// quotes it has on either side.
func stringEnd(text []byte, start int) (end, quotes int) {
	quote := text[start : start+1]
	quotes = 1
	if bytes.HasPrefix(text[start:], bytes.Repeat(quote, 3)) {
		quotes = 3
	}
	closing := bytes.Repeat(quote, quotes)
	for i := start + quotes; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case bytes.HasPrefix(text[i:], closing):
			return i + quotes, quotes
		}
	}
	return len(text), quotes
}

func lengthTo(text []byte, sep string) int {
	if n := bytes.Index(text, []byte(sep)); n >= 0 {
		return n
	}
	return len(text)
}

// requote returns a string literal with double quotes, or as it is where its
// text holds some. Nothing in the text needs to change for that: an escaped
// single quote stands for the same in either.
func requote(token string) string {
	prefix, rest := "", token
	if strings.HasPrefix(token, "r") {
		prefix, rest = "r", token[1:]
	}
	if !strings.HasPrefix(rest, "'") || strings.Contains(rest, `"`) {
		return token
	}
	_, quotes := stringEnd([]byte(rest), 0)
	double := strings.Repeat(`"`, quotes)
	return prefix + double + rest[quotes:len(rest)-quotes] + double
}
