package shell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// program reads the first word of a command: one bare piece.
func (s *scanner) program() bool {
	word, ok := s.bare()
	if !ok || s.glued() || isReserved(word) || isNumber(word) || isAssignment(word) {
		return false
	}
	if word[0] == '-' && s.dashedAssignment(word) {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(word); isWideSpace(r) {
		return false // the reference skips it in looking for an assignment
	}
	s.word(word)
	return true
}

// dashedAssignment reports whether the first word, which starts with a dash, may
// be the start of an assignment by itself or with what follows. The
// reference's reading of such words depends on the blanks around them (`- a=b`
// is not plain), and not all of that was observed.
func (s *scanner) dashedAssignment(word string) bool {
	const operators = "=%@+"
	if s.escaped && strings.ContainsAny(word, operators) {
		return true
	}
	rest := s.script[s.pos:]
	letters := strings.TrimLeftFunc(word[1:], isNameLetter) == ""
	if word != "-" && !(letters && strings.HasPrefix(rest, `\`)) {
		return false
	}
	next := strings.TrimLeft(rest, allBlanks)
	for i := 0; i < len(next) && isBare(next[i]); i++ {
		if strings.IndexByte(operators, next[i]) >= 0 {
			return true
		}
	}
	return false
}

// isReserved reports whether a first word opens a command of its own grammar.
// The other reserved words (`then`, `fi`, `time`, ...) are ordinary commands
// to the reference.
func isReserved(word string) bool {
	switch word {
	case "!", "if", "while", "until", "for", "case", "select", "function",
		"declare", "typeset", "export", "readonly", "local", "unset", "unsetenv":
		return true
	}
	return false
}

// isNumber reports whether a first word is a number: -?(0x)?[0-9]+
func isNumber(word string) bool {
	word = strings.TrimPrefix(word, "-")
	word = strings.TrimPrefix(word, "0x")
	return word != "" && strings.Trim(word, "0123456789") == ""
}

// isAssignment reports whether a first word reads as a variable's name with
// an operator behind it (`A=1`, `A+=1`, and also `a%b`, `a@b`, `a+:b`). The
// details are those of the reference: a name may start with a digit, letters
// behind a dash do not count, and one of `@ - _ 0` in front of the name is
// skipped unless an operator follows it.
func isAssignment(word string) bool {
	if word[0] == '-' {
		word = strings.TrimLeftFunc(word[1:], isNameLetter)
	}
	if word != "" && strings.IndexByte("@-_0", word[0]) >= 0 {
		word = word[1:]
		if word != "" && strings.IndexByte("=:-%/", word[0]) >= 0 {
			return false
		}
	}
	operator := strings.TrimLeftFunc(word, isNameRune)
	if operator == "" || len(operator) == len(word) {
		return false
	}
	switch operator[0] {
	case '=', '%', '@':
		return true
	case '+':
		return strings.HasPrefix(operator[1:], "=") || strings.HasPrefix(operator[1:], ":")
	}
	return false
}

func isNameRune(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || isNameLetter(r)
}

// isNameLetter is true of whatever the reference may take for a letter in a
// variable's name, digits beyond ASCII included. It is a little wider than
// that: its tables and ours may be of different Unicode versions.
func isNameLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.In(r, unicode.L, unicode.Nd, unicode.Nl, unicode.Other_Alphabetic) || r >= 0x20000
}
