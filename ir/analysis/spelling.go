package analysis

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/rulesc/rulesc/internal/caseless"
)

// A canonical rule names a class of tokens, all that are caselessly equal to
// its own. Classes are finite: "-" is alone in its class, "-f" has one
// neighbour, "git" has seven, "mask" 3·2·3·2·... with the long s and the Kelvin
// sign. So whether "every other spelling of git" is any token at all is a real
// question once rules name some spellings one by one, and the answer is needed
// both to report no region that is empty and to know when two policies agree.
//
// spellings lists a class without computing more of it than asked for. Every
// spelling turns into the class's key by steps that stay in the class: a
// character becomes its key, two neighbouring marks swap. So undoing such steps
// from the key on reaches all spellings, and each step is checked by folding.
// The first spellings cost a fold each; a class is listed to its end only by
// those who have excluded everything before.

// spellings is the class of tokens with one key, listed as far as needed.
type spellings struct {
	key      string
	list     []string
	known    map[string]bool
	expanded int // how many of list have been looked at for neighbours
}

func newSpellings(key string) *spellings {
	s := &spellings{key: key, known: make(map[string]bool)}
	// What people write comes first.
	for _, usual := range [...]string{key, strings.ToUpper(key), strings.ToUpper(key[:min(1, len(key))]) + key[min(1, len(key)):]} {
		s.add(usual)
	}
	return s
}

func (s *spellings) add(token string) {
	if !s.known[token] && caseless.Fold(token) == s.key {
		s.known[token] = true
		s.list = append(s.list, token)
	}
}

// at returns spelling i; ok is false if the class has no more than i.
func (s *spellings) at(i int) (token string, ok bool) {
	for i >= len(s.list) && s.expanded < len(s.list) {
		s.expand(s.list[s.expanded])
		s.expanded++
	}
	if i >= len(s.list) {
		return "", false
	}
	return s.list[i], true
}

// expand adds the neighbours of a spelling: those that are one step away.
func (s *spellings) expand(token string) {
	for at := 0; at < len(token); {
		first, size := utf8.DecodeRuneInString(token[at:])
		if first >= utf8.RuneSelf && size > 1 {
			if next, n := utf8.DecodeRuneInString(token[at+size:]); next >= utf8.RuneSelf && n > 1 {
				s.add(token[:at] + token[at+size:at+size+n] + token[at:at+size] + token[at+size+n:])
			}
		}
		for _, u := range unfolds(s.key)[first] {
			if strings.HasPrefix(token[at:], u.key) {
				s.add(token[:at] + string(u.from) + token[at+len(u.key):])
			}
		}
		at += size
	}
}

// atLeast reports whether the class certainly has n members. It is cheap and
// may say no where listing would say yes.
func atLeast(key string, n int) bool {
	size := 1
	for i := 0; i < len(key) && size < n; i++ {
		if 'a' <= key[i] && key[i] <= 'z' {
			size *= 2
		}
	}
	return size >= n
}

// An unfold is a character that folds to something else.
type unfold struct {
	key  string
	from rune
}

// unfolds returns the characters that may stand for parts of a token with the
// given key, by the first character of what they fold to.
func unfolds(key string) map[rune][]unfold {
	for i := range len(key) {
		if key[i] >= utf8.RuneSelf {
			return allUnfolds()
		}
	}
	return asciiUnfolds()
}

var asciiUnfolds = sync.OnceValue(func() map[rune][]unfold {
	// Outside of ASCII these alone fold to ASCII.
	others := []rune{0x17F, 0x212A, 0xDF, 0x1E9E, 0xFB00, 0xFB01, 0xFB02, 0xFB03, 0xFB04, 0xFB05, 0xFB06, 0x37E, 0x1FEF}
	for r := 'A'; r <= 'Z'; r++ {
		others = append(others, r)
	}
	return invert(slices.Values(others))
})

// allUnfolds looks at every character, which takes a quarter of a second; only
// classes of tokens with letters outside ASCII need it.
var allUnfolds = sync.OnceValue(func() map[rune][]unfold {
	return invert(func(yield func(rune) bool) {
		for r := rune(0); r <= utf8.MaxRune; r++ {
			if utf8.ValidRune(r) && !yield(r) {
				return
			}
		}
	})
})

func invert(runes func(yield func(rune) bool)) map[rune][]unfold {
	table := make(map[rune][]unfold)
	for r := range runes {
		if key := caseless.Fold(string(r)); key != string(r) {
			first, _ := utf8.DecodeRuneInString(key)
			table[first] = append(table[first], unfold{key, r})
		}
	}
	return table
}
