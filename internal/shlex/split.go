package shlex

import "strings"

// Split cuts s into words. It reports false, and no words, for an unterminated quote and for a backslash at the very end.
//
//   - Only space, tab and line feed separate; carriage return and every other blank is part of a word.
//   - '#' where a word would start begins a comment that lasts to the line feed.
//   - Single quotes keep everything. In double quotes a backslash hides '$', '`', '"' and '\', vanishes together with a
//     line feed, and otherwise stays. Outside quotes a backslash keeps any byte and vanishes together with a line feed.
//   - A backslash and line feed between blanks make an empty word: a shell would not, the reference does.
//
// Nothing is expanded. A line without words gives an empty list and true.
func Split(s string) (words []string, ok bool) {
	for i := skipBlank(s, 0); i < len(s); i = skipBlank(s, i) {
		word, next, ok := readWord(s, i)
		if !ok {
			return nil, false
		}
		words = append(words, word)
		i = next
	}
	return words, true
}

// skipBlank returns where the first word at or after i starts, or len(s).
func skipBlank(s string, i int) int {
	for i < len(s) {
		switch s[i] {
		case ' ', '\t', '\n':
			i++
		case '#':
			end := strings.IndexByte(s[i:], '\n')
			if end < 0 {
				return len(s)
			}
			i += end + 1
		default:
			return i
		}
	}
	return i
}

// readWord reads the word that starts at s[i] and returns it with the offset behind it.
func readWord(s string, i int) (word string, next int, ok bool) {
	var b []byte
	for i < len(s) {
		c := s[i]
		i++
		switch c {
		case ' ', '\t', '\n':
			return string(b), i, true
		case '\\':
			if i == len(s) {
				return "", 0, false
			}
			if s[i] != '\n' {
				b = append(b, s[i])
			}
			i++
		case '\'':
			end := strings.IndexByte(s[i:], '\'')
			if end < 0 {
				return "", 0, false
			}
			b = append(b, s[i:i+end]...)
			i += end + 1
		case '"':
			b, i, ok = appendDoubleQuoted(b, s, i)
			if !ok {
				return "", 0, false
			}
		default:
			b = append(b, c)
		}
	}
	return string(b), i, true
}

// appendDoubleQuoted appends to b what stands between the opening double quote before s[i] and the closing one, and
// returns the offset behind the latter.
func appendDoubleQuoted(b []byte, s string, i int) (_ []byte, next int, ok bool) {
	for i < len(s) {
		c := s[i]
		i++
		switch {
		case c == '"':
			return b, i, true
		case c != '\\':
			b = append(b, c)
		case i == len(s):
			return nil, 0, false
		default:
			c = s[i]
			i++
			switch c {
			case '\n':
			case '$', '`', '"', '\\':
				b = append(b, c)
			default:
				b = append(b, '\\', c)
			}
		}
	}
	return nil, 0, false
}
