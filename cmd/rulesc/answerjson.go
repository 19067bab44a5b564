package main

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

// writeAnswer writes the answer on one line.
func writeAnswer(w io.Writer, a answer) error {
	return writeAnswerIndented(w, a, "")
}

// writeAnswerIndented writes the answer with one copy of indent for each
// level; without an indent, on one line.
func writeAnswerIndented(w io.Writer, a answer, indent string) error {
	j := jsonWriter{indent: indent}
	j.open('{')
	j.key("matchedRules")
	j.open('[')
	for _, m := range a.matches {
		j.next()
		j.open('{')
		j.key("prefixRuleMatch")
		j.open('{')
		j.key("matchedPrefix")
		j.open('[')
		for _, token := range m.prefix {
			j.next()
			j.string(token)
		}
		j.close(']')
		j.key("decision")
		j.string(m.decision.String())
		if m.resolved != "" {
			j.key("resolvedProgram")
			j.string(m.resolved)
		}
		if m.justification != "" {
			j.key("justification")
			j.string(m.justification)
		}
		j.close('}')
		j.close('}')
	}
	j.close(']')
	if a.decision != ir.None {
		j.key("decision")
		j.string(a.decision.String())
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
