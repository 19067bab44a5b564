package dialect

import (
	"slices"
	"strings"
	"testing"
)

// Of the symbols that a text starts with the longest is taken.
func TestSymbolLength(t *testing.T) {
	symbols := strings.Fields("//= <<= >>= ... += -= *= /= %= == != <= >= ** // << >> &= |= ^= -> , ; : = < > - + * % / . & | ^ ~ [ ] { } ( )")
	var texts []string
	const characters = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~a0 "
	for _, a := range characters {
		texts = append(texts, string(a))
		for _, b := range characters {
			texts = append(texts, string(a)+string(b))
			for _, c := range characters {
				texts = append(texts, string(a)+string(b)+string(c))
			}
		}
	}
	for _, text := range texts {
		want := 0
		for n := range min(3, len(text)) {
			if slices.Contains(symbols, text[:n+1]) {
				want = n + 1
			}
		}
		if got := symbolLength(text); got != want {
			t.Errorf("%q starts with a symbol of %d bytes, want %d", text, got, want)
		}
	}
}
