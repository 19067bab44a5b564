package layers

import "strings"

// BroadAllows returns the lines that the reference would delete from the user's
// default.rules, had it not done so yet: allow rules, in the very form in which
// it writes them itself, for commands that can run anything. It does not count
// the same rule in another layout.
func BroadAllows(text []byte) []Dropped {
	_, dropped := dropBroadAllows(text)
	return dropped
}

// IsBroad reports whether the reference takes a prefix for one that can run
// anything. It compares the words as a whole, without regard to the case of
// ASCII letters.
func IsBroad(prefix []string) bool {
	words := make([]string, len(prefix))
	for i, word := range prefix {
		if strings.Contains(word, "\x00") {
			return false
		}
		words[i] = asciiLower(word)
	}
	return broad()[strings.Join(words, "\x00")]
}
