package dialect

import "go.starlark.net/syntax"

// StringLiteral reads the string literal that starts at an offset of a file, a
// raw one if that is an r. It returns the string's value and the offset behind
// the literal. ok is false for everything else: bytes, f-strings, a literal
// without end or with an escape that means nothing.
//
// It is for readers of a part of the dialect that have to agree with [Exec].
func StringLiteral(src string, offset int) (value string, end int, ok bool) {
	l := lexer{places: new(places), src: src, off: offset}
	prefix := ""
	if offset < len(src) && src[offset] == 'r' {
		prefix = "r"
		l.off++
	}
	if l.off >= len(src) || src[l.off] != '"' && src[l.off] != '\'' {
		return "", 0, false
	}
	t := l.scanString(syntax.Position{}, prefix)
	return t.text, l.off, len(l.errs) == 0
}
