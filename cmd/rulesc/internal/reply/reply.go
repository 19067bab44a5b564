// Package reply is what "rulesc check" prints of an answer, and exits with. It imports
// next to nothing, since it is used before anything else is set up: see package early.
package reply

import "github.com/rulesc/rulesc/matcher"

// An Answer is what a policy says of the commands that an argument vector is.
type Answer struct {
	Matches   []Match // in the reference's order
	Decision  matcher.Decision
	Unmatched bool // there is a command that no rule matches
}

// A Match is one rule that one of the commands starts with.
type Match struct {
	Prefix        []string
	Decision      matcher.Decision
	Resolved      string // the path that the program name stands for, or ""
	Justification string
}

// The JSON of an answer is the reference's, byte for byte: keys in a fixed
// order, only what JSON cannot hold is escaped (encoding/json also escapes
// U+2028 and U+2029), one line, or indented by two spaces.
//
//	{"matchedRules":[{"prefixRuleMatch":{
//	  "matchedPrefix":["git"],"decision":"allow",
//	  "resolvedProgram":"/usr/bin/git",    // only when matched by program name
//	  "justification":"read only"          // only when given
//	}}],"decision":"allow"}                // no decision without a match

// AppendJSON appends the answer and a newline, with one copy of indent for each
// level; without an indent, on one line.
func (a *Answer) AppendJSON(dst []byte, indent string) []byte {
	j := jsonWriter{b: dst, indent: indent}
	j.open('{')
	j.key("matchedRules")
	j.open('[')
	for i := range a.Matches {
		j.next()
		j.match(&a.Matches[i])
	}
	j.close(']')
	if a.Decision != matcher.None {
		j.key("decision")
		j.string(a.Decision.String())
	}
	j.close('}')
	return append(j.b, '\n')
}

// ExitCode returns the code that check --exit-code ends with. A script that
// has a command without a rule is not allowed by its other commands.
func (a *Answer) ExitCode() int {
	switch a.Decision {
	case matcher.Forbidden:
		return ExitForbidden
	case matcher.Prompt, matcher.PromptUser:
		return ExitPrompt
	case matcher.Allow:
		if !a.Unmatched {
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

type jsonWriter struct {
	b      []byte
	indent string
	depth  int
	filled bool // the innermost list or object has something in it
}

func (j *jsonWriter) match(m *Match) {
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

func (j *jsonWriter) open(bracket byte) {
	j.b = append(j.b, bracket)
	j.depth++
	j.filled = false
}

func (j *jsonWriter) close(bracket byte) {
	j.depth--
	if j.filled {
		j.newline()
	}
	j.b = append(j.b, bracket)
	j.filled = true
}

// next starts an element.
func (j *jsonWriter) next() {
	if j.filled {
		j.b = append(j.b, ',')
	}
	j.newline()
	j.filled = true
}

func (j *jsonWriter) key(name string) {
	j.next()
	j.string(name)
	j.b = append(j.b, ':')
	if j.indent != "" {
		j.b = append(j.b, ' ')
	}
}

func (j *jsonWriter) newline() {
	if j.indent == "" {
		return
	}
	j.b = append(j.b, '\n')
	for range j.depth {
		j.b = append(j.b, j.indent...)
	}
}

func (j *jsonWriter) string(s string) {
	const hex = "0123456789abcdef"
	j.b = append(j.b, '"')
	plain := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		j.b = append(j.b, s[plain:i]...)
		plain = i + 1
		j.b = append(j.b, '\\')
		switch c {
		case '"', '\\':
			j.b = append(j.b, c)
		case '\b':
			j.b = append(j.b, 'b')
		case '\f':
			j.b = append(j.b, 'f')
		case '\n':
			j.b = append(j.b, 'n')
		case '\r':
			j.b = append(j.b, 'r')
		case '\t':
			j.b = append(j.b, 't')
		default:
			j.b = append(j.b, "u00"...)
			j.b = append(j.b, hex[c>>4])
			j.b = append(j.b, hex[c&15])
		}
	}
	j.b = append(j.b, s[plain:]...)
	j.b = append(j.b, '"')
}
