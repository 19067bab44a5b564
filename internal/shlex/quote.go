package shlex

import "strings"

// A style is a set of ways to write a run of bytes.
type style uint8

const (
	bare style = 1 << iota
	single
	double
)

// Quote writes word so that a shell reads it as that one word. It reports false for a word that holds a NUL, which no
// shell can.
//
// The word is cut, left to right, into the longest chunks that one style can hold; a chunk is bare if it can be, else in
// single quotes, else in double quotes with a backslash before '"' and '\'. So most words are one chunk:
//
//	git      a/b:c@2     bare: ASCII letters, digits and + - . / : @ ] _
//	'a b'    'é'         everything else, non-ASCII included
//	"it's"   "a\\b"      what holds ' or \
//	"it's"'!'            two chunks: $ ` ! cannot stand in double quotes, nor ' \ in single ones
//	a'^b'                a caret only stands right after an opening single quote
//	''                   the empty word
func Quote(word string) (string, bool) {
	if strings.IndexByte(word, 0) >= 0 {
		return "", false
	}
	return string(appendQuoted(nil, word)), true
}

// Join quotes each word and puts single spaces between them. It reports false if any word holds a NUL.
func Join(words []string) (string, bool) {
	var b []byte
	for i, word := range words {
		if strings.IndexByte(word, 0) >= 0 {
			return "", false
		}
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendQuoted(b, word)
	}
	return string(b), true
}

func appendQuoted(b []byte, word string) []byte {
	if word == "" {
		return append(b, "''"...)
	}
	for word != "" {
		n, styles := chunk(word)
		b = appendChunk(b, word[:n], styles)
		word = word[n:]
	}
	return b
}

// chunk returns the length of the longest prefix of word that at least one style can hold, and these styles. The length
// is never 0: every byte has a style that may begin a chunk with it.
func chunk(word string) (n int, styles style) {
	styles = bare | single | double
	for n < len(word) {
		can := stylesOf(word[n])
		if word[n] == '^' && n == 0 {
			can = single
		}
		if styles&can == 0 {
			break
		}
		styles &= can
		n++
	}
	return n, styles
}

// stylesOf returns the styles that can hold c inside a chunk. A style other than bare holds all that bare holds, so a
// chunk is never cut inside a character: bytes outside ASCII fit everything but bare.
func stylesOf(c byte) style {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return bare | single | double
	}
	switch c {
	case '+', '-', '.', '/', ':', '@', ']', '_':
		return bare | single | double
	case '\'', '\\':
		return double
	case '$', '`', '!':
		return single
	case '^':
		return 0
	}
	return single | double
}

func appendChunk(b []byte, s string, styles style) []byte {
	switch {
	case styles&bare != 0:
		return append(b, s...)
	case styles&single != 0:
		b = append(b, '\'')
		b = append(b, s...)
		return append(b, '\'')
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
