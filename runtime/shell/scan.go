package shell

import (
	"strings"
	"unicode/utf8"
)

// A scanner reads a plain script from left to right, once. Every method that
// returns false has met something that is not plain; the scan is over then.
//
// The script is UTF-8 without NUL. Between words, pos stands on the first
// byte that is not read yet.
type scanner struct {
	script string
	pos    int

	// words holds the words of all commands, one after another; commands are
	// slices of it, or of what it was before it grew.
	words    []string
	commands [][]string

	// escaped: a backslash escape stands between the last token and pos.
	escaped bool

	// The reference takes a newline behind a long pipeline for a blank, if
	// `&&` or `||` follows before the next `;`: it reads "a | b | c\nd && e" as
	// `c d` and `e`. That runs d unseen, so such a script is opaque here.
	// pipes counts the `|` of the pipeline so far. many says that the list so
	// far has a pipeline of four stages, which has that effect even if it is
	// not the last one. doubtful says that a newline behind such a pipeline
	// was met, and no `;` since.
	pipes    int
	many     bool
	doubtful bool
}

// plainCommands returns the commands of a plain script, nil if it is not plain.
func plainCommands(script string) [][]string {
	script = strings.TrimPrefix(script, "\ufeff")
	if !utf8.ValidString(script) || strings.IndexByte(script, 0) >= 0 {
		return nil
	}
	s := scanner{script: script}
	if !s.list() {
		return nil
	}
	return s.commands
}

// A gap is what stands between a word and what follows it.
type gap int

const (
	gapOpaque     gap = iota
	gapBlank          // another word of the same command follows
	gapTerminator     // `;` or newline: a command may follow
	gapOperator       // `&&`, `||` or `|`: a command must follow
	gapEnd            // the script ends
)

// list reads the whole script.
func (s *scanner) list() bool {
	// Room for the usual script.
	s.words = make([]string, 0, 8)
	s.commands = make([][]string, 0, 2)
	last := gapOperator // an empty script is not plain
	for {
		if !s.lead() {
			return false
		}
		if s.pos == len(s.script) {
			return last == gapTerminator && !s.escaped
		}
		first := len(s.words)
		if last = s.command(); last == gapOpaque {
			return false
		}
		s.commands = append(s.commands, s.words[first:len(s.words):len(s.words)])
		if last == gapEnd {
			return true
		}
	}
}

// lead skips blanks and empty lines before a command.
func (s *scanner) lead() bool {
	for s.pos < len(s.script) {
		switch c := s.script[s.pos]; {
		case isBlank(c) || c == '\n':
			s.pos++
		case c == '\\':
			if !s.escape() {
				return false
			}
		default:
			return true
		}
	}
	return true
}

// command reads a simple command and the gap behind it.
func (s *scanner) command() gap {
	if !s.program() {
		return gapOpaque
	}
	for {
		if g := s.gap(); g != gapBlank {
			return g
		}
		if !s.argument() {
			return gapOpaque
		}
	}
}

// gap reads what stands behind a word, up to the next word or command.
func (s *scanner) gap() gap {
	joined := false // an escape has undone a newline
	for s.pos < len(s.script) {
		switch c := s.script[s.pos]; {
		case isBlank(c):
			s.pos++
		case c == '\\':
			if !s.escape() {
				return gapOpaque
			}
		case c == '\n':
			for s.pos < len(s.script) && s.script[s.pos] == '\n' {
				s.pos++
			}
			if s.pos == len(s.script) || s.script[s.pos] != '\\' {
				return s.newline()
			}
			joined = true
		case c == ';':
			s.pos++
			s.escaped, s.pipes, s.many, s.doubtful = false, 0, false, false
			return gapTerminator
		case strings.HasPrefix(s.script[s.pos:], "&&"), strings.HasPrefix(s.script[s.pos:], "||"):
			if s.doubtful {
				return gapOpaque
			}
			s.pos += 2
			s.escaped, s.pipes = false, 0
			return gapOperator
		case c == '|':
			if joined && s.pipes > 0 {
				return gapOpaque // as it is to the reference
			}
			s.pos++
			s.escaped = false
			s.pipes++
			s.many = s.many || s.pipes > 2
			return gapOperator
		case c == '&':
			return gapOpaque
		default:
			return gapBlank
		}
	}
	if s.escaped {
		return gapOpaque
	}
	return gapEnd
}

// newline ends a command at a newline, pos being behind it.
func (s *scanner) newline() gap {
	if s.escaped && strings.HasPrefix(strings.TrimLeft(s.script[s.pos:], " \t\r\f\v\n"), "-") {
		// The reference takes "a \\\n\n-x" for one command.
		return gapOpaque
	}
	s.doubtful = s.doubtful || s.many || s.pipes >= 2
	s.escaped, s.pipes, s.many = false, 0, false
	return gapTerminator
}

// escape skips a backslash with the blank or the end of line behind it.
func (s *scanner) escape() bool {
	rest := s.script[s.pos+1:]
	switch {
	case strings.HasPrefix(rest, "\r\n"):
		s.pos += 3
	case rest != "" && rest[0] != '\r' && (rest[0] == '\n' || isBlank(rest[0])):
		s.pos += 2
	default:
		return false
	}
	s.escaped = true
	return true
}

// argument reads any other word of a command.
func (s *scanner) argument() bool {
	piece, ok := s.piece()
	if !ok {
		return false
	}
	if !s.glued() {
		s.word(piece)
		return true
	}
	word := []byte(piece)
	for s.glued() {
		if r, _ := utf8.DecodeRuneInString(s.script[s.pos:]); isWideSpace(r) {
			return false // the reference starts another word here
		}
		if piece, ok = s.piece(); !ok {
			return false
		}
		word = append(word, piece...)
	}
	s.word(string(word))
	return len(word) > 0
}

// word adds a word to the command.
func (s *scanner) word(w string) {
	s.words = append(s.words, w)
	s.escaped = false
}

// glued reports whether the word goes on with another piece.
func (s *scanner) glued() bool {
	if s.pos == len(s.script) {
		return false
	}
	c := s.script[s.pos]
	return c == '\'' || c == '"' || isBare(c)
}

// piece reads one part of a word: bare or in quotes of one kind.
func (s *scanner) piece() (string, bool) {
	switch s.script[s.pos] {
	case '\'':
		text, _, closed := strings.Cut(s.script[s.pos+1:], "'")
		s.pos += len(text) + 2
		return text, closed
	case '"':
		text, _, closed := strings.Cut(s.script[s.pos+1:], `"`)
		s.pos += len(text) + 2
		return text, closed && isLiteral(text)
	}
	return s.bare()
}

// bare reads a run of bare characters.
func (s *scanner) bare() (string, bool) {
	start := s.pos
	for s.pos < len(s.script) && isBare(s.script[s.pos]) {
		s.pos++
	}
	text := s.script[start:s.pos]
	switch {
	case text == "" || text[0] == '=':
		return "", false
	case strings.HasPrefix(s.script[s.pos:], `\ `):
		return "", false // part of the word, unlike before it
	case text[0] == '-':
		// A Unicode space may end the flag and start another word.
		return text, !strings.ContainsFunc(text, isWideSpace)
	case text[0] >= utf8.RuneSelf:
		// Unicode spaces in front of a flag may vanish.
		r, _ := utf8.DecodeRuneInString(text)
		return text, !isWideSpace(r) || !s.flagBehind(strings.TrimLeftFunc(text, isWideSpace))
	}
	return text, true
}

// flagBehind reports whether the text, or what follows pos if it is empty,
// starts with a dash.
func (s *scanner) flagBehind(text string) bool {
	if text == "" {
		text = strings.TrimLeft(s.script[s.pos:], allBlanks)
	}
	return strings.HasPrefix(text, "-")
}

// isLiteral reports whether text in double quotes means itself: neither
// expansion nor escape in it. Its end is the first quote, escaped or not: a
// backslash before it makes the text not literal.
func isLiteral(text string) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '$', '`':
			return false
		case '\\':
			i++
			if i == len(text) || text[i] == '\\' || text[i] == '$' || text[i] == '`' || text[i] == '\n' {
				return false
			}
		}
	}
	return true
}

// allBlanks are the characters of all that may stand between two words.
const allBlanks = " \t\r\f\v\n\\"

// isBlank reports whether c separates words and nothing more.
func isBlank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'
}

// isBare reports whether c means itself outside quotes: all but blanks,
// separators, quotes, and what expands or redirects in some shell.
func isBare(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\f', '\v', '\n', ';', '&', '|', '\'', '"', '\\',
		'#', '*', '?', '[', ']', '^', '{', '}', '~', '$', '`', '(', ')', '<', '>':
		return false
	}
	return true
}

// isWideSpace reports whether the reference takes a character beyond ASCII for
// a blank in some places. Inside a word it is an ordinary character.
func isWideSpace(r rune) bool {
	return 0x2000 <= r && r <= 0x200a && r != 0x2007 ||
		r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0x205f || r == 0x3000
}
