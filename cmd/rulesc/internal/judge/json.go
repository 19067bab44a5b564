package judge

import (
	"io"
	"strings"

	"github.com/rulesc/rulesc/ir"
)

// The JSON of an answer is the reference's, byte for byte: keys in a fixed
// order, only what JSON cannot hold is escaped (encoding/json also escapes
// U+2028 and U+2029), one line, or indented by two spaces.
//
//	{"matchedRules":[{"prefixRuleMatch":{
//	  "matchedPrefix":["git"],"decision":"allow",
//	  "resolvedProgram":"/usr/bin/git",    // only when matched by program name
//	  "justification":"read only"          // only when given
//	}}],"decision":"allow"}                // no decision without a match

// Write writes the answer on one line.
func Write(w io.Writer, a Answer) error {
	return WriteIndented(w, a, "")
}

// WriteIndented writes the answer with one copy of indent for each
// level; without an indent, on one line.
func WriteIndented(w io.Writer, a Answer, indent string) error {
	j := jsonWriter{indent: indent}
	j.open('{')
	j.key("matchedRules")
	j.open('[')
	for _, m := range a.Matches {
		j.next()
		j.open('{')
		j.key("prefixRuleMatch")
		j.open('{')
		j.key("matchedPrefix")
		j.open('[')
		for _, token := range m.Prefix {
			j.next()
			j.string(token)
		}
		j.close(']')
		j.key("decision")
		j.string(m.Decision.String())
		if m.Resolved != "" {
			j.key("resolvedProgram")
			j.string(m.Resolved)
		}
		if m.Justification != "" {
			j.key("justification")
			j.string(m.Justification)
		}
		j.close('}')
		j.close('}')
	}
	j.close(']')
	if a.Decision != ir.None {
		j.key("decision")
		j.string(a.Decision.String())
	}
	j.close('}')
	j.b.WriteByte('\n')
	_, err := io.WriteString(w, j.b.String())
	return err
}

type jsonWriter struct {
	b      strings.Builder
	indent string
	depth  int
	filled bool // the innermost list or object has something in it
}

func (j *jsonWriter) open(bracket byte) {
	j.b.WriteByte(bracket)
	j.depth++
	j.filled = false
}

func (j *jsonWriter) close(bracket byte) {
	j.depth--
	if j.filled {
		j.newline()
	}
	j.b.WriteByte(bracket)
	j.filled = true
}

// next starts an element.
func (j *jsonWriter) next() {
	if j.filled {
		j.b.WriteByte(',')
	}
	j.newline()
	j.filled = true
}

func (j *jsonWriter) key(name string) {
	j.next()
	j.string(name)
	j.b.WriteByte(':')
	if j.indent != "" {
		j.b.WriteByte(' ')
	}
}

func (j *jsonWriter) newline() {
	if j.indent == "" {
		return
	}
	j.b.WriteByte('\n')
	for range j.depth {
		j.b.WriteString(j.indent)
	}
}

func (j *jsonWriter) string(s string) {
	const hex = "0123456789abcdef"
	j.b.WriteByte('"')
	plain := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		j.b.WriteString(s[plain:i])
		plain = i + 1
		j.b.WriteByte('\\')
		switch c {
		case '"', '\\':
			j.b.WriteByte(c)
		case '\b':
			j.b.WriteByte('b')
		case '\f':
			j.b.WriteByte('f')
		case '\n':
			j.b.WriteByte('n')
		case '\r':
			j.b.WriteByte('r')
		case '\t':
			j.b.WriteByte('t')
		default:
			j.b.WriteString("u00")
			j.b.WriteByte(hex[c>>4])
			j.b.WriteByte(hex[c&15])
		}
	}
	j.b.WriteString(s[plain:])
	j.b.WriteByte('"')
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
