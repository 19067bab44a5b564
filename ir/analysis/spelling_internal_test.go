package analysis

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/rulesc/rulesc/internal/caseless"
)

func TestSpellings(t *testing.T) {
	for _, test := range []struct {
		key  string
		want []string
	}{
		{"", []string{""}},
		{"-1", []string{"-1"}},
		{"-f", []string{"-f", "-F"}},
		{"k;", []string{"k;", "K;", "\u212a;", "k\u037e", "K\u037e", "\u212a\u037e"}},
		{"ss", []string{"ss", "SS", "sS", "Ss", "ſs", "sſ", "ſS", "Sſ", "ſſ", "ß", "ẞ"}},
		{"e\u0301", []string{"e\u0301", "E\u0301", "é", "É", "e\u0341", "E\u0341"}}, // U+0341 is U+0301
		{"o\u0323\u0302", []string{
			"o\u0323\u0302", "o\u0302\u0323", "ọ\u0302", "ô\u0323", "ộ",
			"O\u0323\u0302", "O\u0302\u0323", "Ọ\u0302", "Ô\u0323", "Ộ",
		}},
		{"a\xff", []string{"a\xff", "A\xff"}},
	} {
		var got []string
		s := newSpellings(test.key)
		for i := 0; ; i++ {
			token, ok := s.at(i)
			if !ok {
				break
			}
			if caseless.Fold(token) != test.key {
				t.Errorf("%q is not in the class of %q", token, test.key)
			}
			got = append(got, token)
		}
		slices.Sort(got)
		slices.Sort(test.want)
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.key, got, test.want)
		}
		for n := range 20 {
			if atLeast(test.key, n) && n > max(1, len(test.want)) {
				t.Errorf("%q has at least %d spellings?", test.key, n)
			}
		}
	}
}

// TestASCIIUnfolds holds the short table against all characters.
func TestASCIIUnfolds(t *testing.T) {
	for first, list := range allUnfolds() {
		for _, u := range list {
			ascii := !slices.ContainsFunc([]byte(u.key), func(b byte) bool { return b >= utf8.RuneSelf })
			if ascii != slices.Contains(asciiUnfolds()[first], u) {
				t.Errorf("%U folds to %q", u.from, u.key)
			}
		}
	}
}
