package dialect

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// The scanner of the dialect. It is our own, rather than that of
// go.starlark.net behind a pass that rewrites the text, because the two differ
// in ways that decide what is a rule and what is not: there a NUL ends the file
// in silence and a lone carriage return ends a comment, so that a reader sees
// other rules than the machine. Here, as in the reference:
//
//   - A tab is allowed in strings and comments and on lines without code.
//   - CR is no line end. It is dropped before LF, in strings and where a line
//     starts, and refused elsewhere in code. A line of nothing but a comment runs
//     to its LF; a comment after code may not hold a lone CR.
//   - Identifiers and white space are ASCII.
//   - f-strings nest: the text between braces is scanned as code, where line
//     ends count for nothing.
//
// The scanner works on demand, one token at a time; the parser stops it at the
// first error, after which [lexer.drain] collects what else is wrong.

type kind uint8

const (
	tEOF kind = iota
	tNewline
	tIndent
	tDedent
	tIdent
	tKeyword
	tInt
	tFloat
	tString
	tBytes
	tSymbol
	tFStart // opens an f-string; then tFText and tFBrace ... [tFConv] tFBraceEnd
	tFText
	tFBrace
	tFConv
	tFBraceEnd
	tFEnd
	tBad // an error has been noted
)

// A token is a piece of source. text is the name, symbol or keyword, the value
// of a string, or the digits of a number.
type token struct {
	kind kind
	text string
	pos  syntax.Position
}

// String describes the token as messages do.
func (t token) String() string {
	switch t.kind {
	case tEOF:
		return "end of file"
	case tNewline:
		return "new line"
	case tIndent:
		return "new indentation block"
	case tDedent:
		return "end of indentation block"
	case tIdent:
		return "identifier '" + t.text + "'"
	case tKeyword:
		return "keyword '" + t.text + "'"
	case tInt:
		return "integer literal '" + t.text + "'"
	case tFloat:
		return "float literal '" + t.text + "'"
	case tString:
		return "string literal " + strconv.Quote(t.text)
	case tBytes:
		return fmt.Sprintf("bytes literal (%d bytes)", len(t.text))
	case tFStart:
		return "f-string start"
	case tFBraceEnd:
		return "f-string expression end '}'"
	}
	return "symbol '" + t.text + "'"
}

func isKeyword(name string) bool {
	switch name {
	case "and", "break", "continue", "def", "elif", "else", "for", "if", "in", "lambda", "load", "not", "or", "pass", "return":
		return true
	}
	return false
}

func isReserved(name string) bool {
	switch name {
	case "as", "assert", "async", "await", "class", "del", "except", "finally", "from", "global", "import", "is",
		"nonlocal", "raise", "try", "while", "with", "yield":
		return true
	}
	return false
}

// symbolLength returns the length of the symbol that s, which is not empty, starts
// with: of several the longest, 0 for none.
func symbolLength(s string) int {
	switch s[0] {
	case ',', ';', ':', '~', '[', ']', '{', '}', '(', ')':
		return 1
	case '=', '<', '>', '-', '+', '*', '%', '/', '.', '&', '|', '^', '!':
	default:
		return 0
	}
	if len(s) >= 3 {
		switch s[:3] {
		case "//=", "<<=", ">>=", "...":
			return 3
		}
	}
	if len(s) >= 2 {
		switch s[:2] {
		case "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "**", "//", "<<", ">>", "&=", "|=", "^=", "->":
			return 2
		}
	}
	if s[0] == '!' {
		return 0
	}
	return 1
}

// An fstring is an f-string that the scanner is inside of.
type fstring struct {
	quote byte
	long  bool
	raw   bool
	start syntax.Position
	// depth is the number of open brackets outside of the braces of this
	// f-string, or -1 while the scanner is in its text.
	depth int
}

type lexer struct {
	*places
	src string
	off int

	// Columns count characters, so they are counted along: line and col are those
	// of the character at counted.
	counted   int
	line, col int32

	depth   int // open brackets, those of f-string braces included
	indents []int
	pending []token
	// lineStart means that the indentation of the line at off is still to be
	// read; lineEnd is where the line before it ended.
	lineStart bool
	lineEnd   syntax.Position
	// some is set once the current line has a token.
	some bool
	// last is the offset of the end of the previous token.
	last int

	fstrings []fstring
	errs     Errors
}

func newLexer(file, src string) *lexer {
	// Code has about one place in five characters.
	places := &places{file: file, list: make([]place, 0, min(len(src)/5, 1<<20))}
	l := &lexer{places: places, src: src, line: 1, col: 1, lineStart: true}
	l.lineEnd = l.pos(0)
	return l
}

// pos makes a place of offset off, which must not lie before one asked for
// earlier.
func (l *lexer) pos(off int) syntax.Position {
	for l.counted < off {
		switch c := l.src[l.counted]; {
		case c == '\n':
			l.counted++
			l.line++
			l.col = 1
		case c < utf8.RuneSelf:
			l.counted++
			l.col++
		default:
			_, n := utf8.DecodeRuneInString(l.src[l.counted:])
			l.counted += n
			l.col++
		}
	}
	return l.add(l.line, l.col)
}

func (l *lexer) fail(pos syntax.Position, format string, args ...any) {
	l.errs = append(l.errs, l.errorf(Parse, pos, "Parse error: "+format, args...))
}

// maxLexErrors bounds how many lexical errors of one file are reported.
const maxLexErrors = 20

// drain scans the rest of the file for errors.
func (l *lexer) drain() {
	for len(l.errs) < maxLexErrors && l.next().kind != tEOF {
	}
}

// next returns the next token. After tEOF it returns tEOF again.
func (l *lexer) next() token {
	if len(l.pending) > 0 {
		t := l.pending[0]
		l.pending = l.pending[1:]
		return t
	}
	t := l.scan()
	l.last = l.off
	switch t.kind {
	case tNewline:
		l.some = false
	case tIndent, tDedent:
	default:
		l.some = true
	}
	return t
}

func (l *lexer) scan() token {
	if n := len(l.fstrings); n > 0 && l.fstrings[n-1].depth < 0 {
		return l.scanText(&l.fstrings[n-1])
	}
	for {
		if l.lineStart {
			l.lineStart = false
			if t, ok := l.indentation(); ok {
				return t
			}
		}
		if l.off == len(l.src) {
			return l.scanEnd()
		}
		rest := l.src[l.off:]
		switch c := rest[0]; {
		case c == ' ':
			l.off++
		case strings.HasPrefix(rest, "\\\n"):
			l.off += 2
		case strings.HasPrefix(rest, "\\\r\n"):
			l.off += 3
		case c == '#':
			l.off += lineLength(rest, "\r\n")
		case c == '\n' || strings.HasPrefix(rest, "\r\n"):
			pos := l.pos(l.off)
			l.off += strings.IndexByte(rest, '\n') + 1
			if l.depth > 0 {
				continue
			}
			l.lineEnd, l.lineStart = pos, true
			if l.some {
				return token{kind: tNewline, pos: pos}
			}
		default:
			return l.scanCode(rest, c)
		}
	}
}

func (l *lexer) scanEnd() token {
	pos := l.pos(l.off)
	if l.some {
		return token{kind: tNewline, pos: pos}
	}
	if n := len(l.indents); n > 0 {
		l.indents = l.indents[:n-1]
		return token{kind: tDedent, pos: pos}
	}
	return token{kind: tEOF, pos: pos}
}

// giveUp skips the rest of the file, of which nothing can be told after a
// string without end.
func (l *lexer) giveUp() {
	l.off = len(l.src)
	l.fstrings = nil
}

func lineLength(s, ends string) int {
	if i := strings.IndexAny(s, ends); i >= 0 {
		return i
	}
	return len(s)
}

// indentation reads the blanks that start a line, passing over lines without
// code, and returns the change of indentation if there is one.
func (l *lexer) indentation() (token, bool) {
	width, tabs, start := 0, false, l.off
lines:
	for {
		rest := l.src[l.off:]
		switch {
		case rest == "":
			return token{}, false
		case rest[0] == ' ':
			width++
			l.off++
		case rest[0] == '\t':
			tabs = true
			l.off++
		case rest[0] == '\r':
			l.off++
		case rest[0] == '\n' || rest[0] == '#':
			l.off += lineLength(rest, "\n")
			if l.off < len(l.src) {
				l.off++
			}
			width, tabs, start = 0, false, l.off
		default:
			break lines
		}
	}
	if tabs {
		l.fail(l.lineEnd, "tabs are not allowed")
		return token{kind: tBad, pos: l.lineEnd}, true
	}
	pos := l.pos(start)
	top := 0
	if n := len(l.indents); n > 0 {
		top = l.indents[n-1]
	}
	if width == top {
		return token{}, false
	}
	if width > top {
		l.indents = append(l.indents, width)
		return token{kind: tIndent, pos: pos}, true
	}
	for top > width {
		l.indents = l.indents[:len(l.indents)-1]
		l.pending = append(l.pending, token{kind: tDedent, pos: pos})
		top = 0
		if n := len(l.indents); n > 0 {
			top = l.indents[n-1]
		}
	}
	if top != width {
		l.pending = nil
		l.fail(l.lineEnd, "incorrect indentation")
		return token{kind: tBad, pos: l.lineEnd}, true
	}
	t := l.pending[0]
	l.pending = l.pending[1:]
	return t, true
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

func (l *lexer) scanCode(rest string, c byte) token {
	pos := l.pos(l.off)
	switch {
	case isLetter(c):
		n := 1
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
			n++
		}
		name := rest[:n]
		if n < len(rest) && (rest[n] == '"' || rest[n] == '\'') {
			switch name {
			case "r", "b", "rb", "br", "f", "fr":
				l.off += n
				return l.scanString(pos, name)
			}
		}
		l.off += n
		switch {
		case isReserved(name):
			l.fail(pos, "cannot use reserved keyword `%s`", name)
			return token{kind: tBad, pos: pos}
		case isKeyword(name):
			return token{kind: tKeyword, text: name, pos: pos}
		}
		return token{kind: tIdent, text: name, pos: pos}
	case c == '"' || c == '\'':
		return l.scanString(pos, "")
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.scanNumber(pos, rest)
	case c == '\t':
		l.off++
		l.fail(pos, "tabs are not allowed")
		return token{kind: tBad, pos: pos}
	case c == '}' && l.inBrace():
		l.off++
		l.depth--
		l.fstrings[len(l.fstrings)-1].depth = -1
		return token{kind: tFBraceEnd, text: "}", pos: pos}
	case c == '!' && !strings.HasPrefix(rest, "!=") && l.inBrace() && l.last == l.off:
		n := 1 + len(rest[1:]) - len(strings.TrimLeft(rest[1:], " "))
		start := n
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
			n++
		}
		l.off += n
		return token{kind: tFConv, text: rest[start:n], pos: pos}
	}
	if n := symbolLength(rest); n > 0 {
		l.off += n
		switch c {
		case '(', '[', '{':
			l.depth++
		case ')', ']', '}':
			if l.depth > 0 && !l.inBrace() {
				l.depth--
			}
		}
		return token{kind: tSymbol, text: rest[:n], pos: pos}
	}
	r, n := utf8.DecodeRuneInString(rest)
	l.off += n
	l.fail(pos, "invalid input `%s`", printable(r))
	switch {
	case r == '\ufeff' && l.off == n:
		l.errs[len(l.errs)-1].Hint = "the file begins with a byte order mark: save it as UTF-8 without one"
	case r == '\r':
		l.errs[len(l.errs)-1].Hint = "a line ends in a line feed, alone or behind a carriage return"
	}
	return token{kind: tBad, pos: pos}
}

// printable returns a character for a message: as it is if it can be seen.
func printable(r rune) string {
	if unicode.IsPrint(r) {
		return string(r)
	}
	return strings.Trim(strconv.QuoteRuneToASCII(r), "'")
}

// inBrace reports whether the scanner is between the braces of an f-string and
// all brackets opened there are closed.
func (l *lexer) inBrace() bool {
	n := len(l.fstrings)
	return n > 0 && l.fstrings[n-1].depth == l.depth
}

func digits(s, set string) int {
	n := 0
	for n < len(s) && strings.IndexByte(set, s[n]) >= 0 {
		n++
	}
	return n
}

const decimal = "0123456789"

func (l *lexer) scanNumber(pos syntax.Position, s string) token {
	if len(s) > 2 && s[0] == '0' {
		set := ""
		switch s[1] {
		case 'x', 'X':
			set = "0123456789abcdefABCDEF"
		case 'o', 'O':
			set = "01234567"
		case 'b', 'B':
			set = "01"
		}
		if n := digits(s[2:], set); n > 0 {
			l.off += 2 + n
			return token{kind: tInt, text: s[:2+n], pos: pos}
		}
	}
	whole := digits(s, decimal)
	n, k := whole, tInt
	if n < len(s) && s[n] == '.' {
		k = tFloat
		n++
		n += digits(s[n:], decimal)
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		e := n + 1
		if e < len(s) && (s[e] == '+' || s[e] == '-') {
			e++
		}
		if d := digits(s[e:], decimal); d > 0 {
			k = tFloat
			n = e + d
		}
	}
	l.off += n
	if k == tInt && n > 1 && s[0] == '0' {
		l.fail(pos, "integer cannot have leading 0, got `%s`", s[:n])
		return token{kind: tBad, pos: pos}
	}
	return token{kind: k, text: s[:n], pos: pos}
}

// maxIntDigits bounds the length of an integer literal: reading one takes more
// than linear time.
const maxIntDigits = 100_000

// intValue returns the value of an integer literal as syntax.Literal wants it.
func intValue(text string) (any, bool) {
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return n, true
	}
	if len(text) > maxIntDigits {
		return nil, false
	}
	return new(big.Int).SetString(text, 0)
}

func floatValue(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64) // out of range: infinity, as in the reference
	return f
}

// scanString reads a string literal from its opening quote on.
func (l *lexer) scanString(pos syntax.Position, prefix string) token {
	f := fstring{quote: l.src[l.off], start: pos, raw: strings.Contains(prefix, "r"), depth: -1}
	l.off++
	if rest := l.src[l.off:]; len(rest) > 1 && rest[0] == f.quote && rest[1] == f.quote {
		l.off += 2
		f.long = true
	}
	if strings.Contains(prefix, "f") {
		f.start = l.pos(l.off)
		l.fstrings = append(l.fstrings, f)
		return token{kind: tFStart, pos: pos}
	}
	k := tString
	if strings.Contains(prefix, "b") {
		k = tBytes
	}
	if n := plainLength(l.src[l.off:], f.quote); n >= 0 && !f.long {
		text := l.src[l.off : l.off+n]
		l.off += n + 1
		return token{kind: k, text: text, pos: pos}
	}
	text, _ := l.scanChars(&f, k)
	return token{kind: k, text: text, pos: pos}
}

// plainLength returns the length of a string that is just what stands before the next
// quote, as most are, and -1 for any other.
func plainLength(rest string, quote byte) int {
	for i := range len(rest) {
		switch rest[i] {
		case quote:
			return i
		case '\\', '\r', '\n':
			return -1
		}
	}
	return -1
}

// scanText reads the text of an f-string up to a brace or its end.
func (l *lexer) scanText(f *fstring) token {
	pos := l.pos(l.off)
	text, end := l.scanChars(f, tFText)
	switch end {
	case '{':
		l.depth++
		f.depth = l.depth
		l.pending = append(l.pending, token{kind: tFBrace, pos: pos})
	case 0:
		return token{kind: tBad, pos: pos}
	default:
		l.fstrings = l.fstrings[:len(l.fstrings)-1]
		l.pending = append(l.pending, token{kind: tFEnd, pos: pos})
	}
	return token{kind: tFText, text: text, pos: pos}
}

// scanChars reads the characters of a string up to its closing quote, or, in an
// f-string (k is tFText), to an opening brace; that is end. Without an end
// the scanner has given up.
func (l *lexer) scanChars(f *fstring, k kind) (text string, end byte) {
	var b strings.Builder
	for l.off < len(l.src) {
		rest := l.src[l.off:]
		if plain := lineLength(rest, "\\\r\n\"'{}"); plain > 0 {
			b.WriteString(rest[:plain])
			l.off += plain
			continue
		}
		c := rest[0]
		switch {
		case c == '\r':
			l.off++
		case c == '\n' && !f.long:
			l.fail(f.start, "unfinished string literal")
			l.giveUp()
			return "", 0
		case c == f.quote && !f.long:
			l.off++
			return b.String(), c
		case c == f.quote && len(rest) > 2 && rest[1] == c && rest[2] == c:
			l.off += 3
			return b.String(), c
		case c == '\\':
			l.scanEscape(&b, rest, f.raw, k == tBytes)
		case k == tFText && (c == '{' || c == '}') && len(rest) > 1 && rest[1] == c:
			b.WriteByte(c)
			l.off += 2
		case k == tFText && c == '{':
			l.off++
			return b.String(), c
		case k == tFText && c == '}':
			l.fail(l.pos(l.off), "invalid input `}`")
			l.off++
		default:
			b.WriteByte(c)
			l.off++
		}
	}
	l.fail(f.start, "unfinished string literal")
	l.giveUp()
	return "", 0
}

// scanEscape reads what a backslash starts; rest begins with it.
func (l *lexer) scanEscape(b *strings.Builder, rest string, raw, bytes bool) {
	if len(rest) == 1 {
		l.off++
		return // unfinished, as scanChars will say
	}
	c, n := utf8.DecodeRuneInString(rest[1:])
	if raw {
		// A quote loses its backslash; everything else keeps it.
		if c != '"' && c != '\'' {
			b.WriteByte('\\')
		}
		b.WriteString(rest[1 : 1+n])
		l.off += 1 + n
		return
	}
	switch {
	case c == '\n':
		l.off += 2
	case strings.HasPrefix(rest[1:], "\r\n"):
		l.off += 3
	case '0' <= c && c <= '7':
		l.code(b, rest, 1, min(digits(rest[1:], "01234567"), 3), 8, bytes)
	case c == 'x':
		l.code(b, rest, 2, 2, 16, bytes)
	case c == 'u':
		l.code(b, rest, 2, 4, 16, false)
	case c == 'U':
		l.code(b, rest, 2, 8, 16, false)
	case c == '\r':
		l.fail(l.pos(l.off), "invalid string escape sequence `%s`", take(rest[1:], 2))
		l.off += 2
	default:
		if i := strings.IndexRune("ntrabfv\\'\"", c); i >= 0 {
			b.WriteByte("\n\t\r\a\b\f\v\\'\""[i])
		} else {
			b.WriteString(rest[:1+n])
		}
		l.off += 1 + n
	}
}

// take returns the first n characters of s.
func take(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// code appends the character, or with asByte the byte, whose number is written
// in the width characters of rest[at:].
func (l *lexer) code(b *strings.Builder, rest string, at, width, base int, asByte bool) {
	num := take(rest[at:], width)
	v, err := strconv.ParseUint(num, base, 32)
	switch {
	case err != nil || len(num) != width || v > utf8.MaxRune || 0xd800 <= v && v <= 0xdfff || asByte && v > math.MaxUint8:
		good := digits(num, "0123456789abcdefABCDEF")
		l.fail(l.pos(l.off), "invalid string escape sequence `%s`", rest[1:at]+take(num, good+1))
		l.off += 2
		return
	case asByte:
		b.WriteByte(byte(v))
	default:
		b.WriteRune(rune(v))
	}
	l.off += at + width
}
