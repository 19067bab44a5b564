package diag

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Columns returns how many columns of a terminal a text takes that is [Printable]:
// two for a wide character, as of Chinese or an emoji, and none for what is drawn onto
// the character before it. Terminals disagree about emoji that are joined, and about
// letters that are wide in some fonts alone; here the former are as wide as their
// parts, and the latter take one column.
func Columns(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n += columnsOf(r)
		i += size
	}
	return n
}

func columnsOf(r rune) int {
	const softHyphen, firstVowel, lastFinal = 0xAD, 0x1160, 0x11FF
	switch {
	case r == softHyphen || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return 1 // formats that are seen
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r >= firstVowel && r <= lastFinal: // of Hangul
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
