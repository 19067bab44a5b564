package compiler_test

import (
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
)

func TestLocator(t *testing.T) {
	const text = `x = 1
prefix_rule(
    pattern = ["é", ["a", 'b' # why
      ], "c"],
    match = [])
prefix_rule(['d'], "allow"); prefix_rule(["e" + "f"])
prefix_rule(decision = "prompt", pattern = names)
`
	locate := compiler.NewLocator(text)
	for _, test := range []struct {
		line, col int
		call      string // how it begins and ends
		pattern   string // alternatives, positions apart; "" for nil
	}{
		{2, 1, "prefix_rule(…])", `"é" / "a" 'b' / "c"`},
		{6, 1, `prefix_rule(…")`, `'d'`},
		{6, 30, `prefix_rule(…])`, ""},
		{7, 1, `prefix_rule(…s)`, ""},
		{1, 1, "", ""},
		{99, 1, "", ""},
		{2, 1, "prefix_rule(…])", `"é" / "a" 'b' / "c"`}, // backwards
	} {
		places, ok := locate.Call(test.line, test.col)
		var call, pattern string
		if ok {
			whole := text[places.Call.Start:places.Call.End]
			call = whole[:len("prefix_rule(")] + "…" + whole[len(whole)-2:]
		}
		for i, position := range places.Pattern {
			if i > 0 {
				pattern += " /"
			}
			for _, a := range position {
				pattern += " " + text[a.Start:a.End]
			}
		}
		if call != test.call || strings.TrimSpace(pattern) != test.pattern {
			t.Errorf("%d:%d: got %q %q, want %q %q", test.line, test.col, call, pattern, test.call, test.pattern)
		}
	}
}
