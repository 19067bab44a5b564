package matcher_test

import (
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

// alike returns a long token of which the first 8 and the last 7 bytes, with the length
// modulo 256 before these, are the key of a short one.
func alike(short string) string {
	padded := short + strings.Repeat("\x00", 15-len(short))
	end := padded[9:] + string(rune(len(short)))
	n := 256 + int(padded[8])
	return padded[:8] + strings.Repeat("x", n-8-len(end)) + end
}

// TestLongTokensLikeShortOnes: a long token is never taken for a short one with the same
// key, wherever in a rule that is, in any of the walks.
func TestLongTokensLikeShortOnes(t *testing.T) {
	tests := []struct{ name, rules, command string }{
		{"a program", "T = allow", "T"},
		{"an edge", "a T = allow\na T b = prompt\na c = allow", "a T"},
		{"a tail", "a T = allow", "a T"},
		{"an alternative of a tail", "a b|T = allow", "a T"},
		{"beside canonical rules", "a T = allow\na T b = prompt\n~z = allow", "a T"},
		{"beside long tokens that differ in the middle", "a T = allow\nb " + strings.Repeat("y", 40) + "|" + strings.Repeat("y", 20) + "z" + strings.Repeat("y", 19) + " = allow", "a T"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for n := range 15 {
				short := "abcdefghijklmno"[:n+1]
				put := func(in, token string) string { return strings.ReplaceAll(in, "T", token) }
				b := compileText(t, put(test.rules, short))
				everyWalk(t, b, strings.Split(put(test.command, short), " "), true)
				everyWalk(t, b, strings.Split(put(test.command, alike(short)), " "), false)
			}
		})
	}
}

// TestLongTokensToTheLastByte: a long token is told from every one that differs from it in
// one byte, or is a byte longer or shorter, whether its middle is hashed or not.
func TestLongTokensToTheLastByte(t *testing.T) {
	y := strings.Repeat("y", 19)
	middle := "\nz " + y + "yy" + y + "|" + y + "zz" + y + " = prompt" // so that it is
	tests := []struct{ name, rules, command string }{
		{"an edge", "T = allow\nT b = prompt\nc = allow", "T"},
		{"a tail", "a T = allow", "a T"},
		{"an alternative of a tail", "a b|T|c = allow", "a T"},
		{"an edge, hashed in the middle", "T = allow\nT b = prompt\nc = allow" + middle, "T"},
		{"a tail, hashed in the middle", "a T = allow" + middle, "a T"},
		{"an alternative of a tail, hashed in the middle", "a b|T|c = allow" + middle, "a T"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for n := 16; n <= 42; n++ {
				token := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 2)[:n]
				b := compileText(t, strings.ReplaceAll(test.rules, "T", token))
				try := func(token string, matches bool) {
					t.Helper()
					everyWalk(t, b, strings.Split(strings.ReplaceAll(test.command, "T", token), " "), matches)
				}
				try(token, true)
				try(token[:n-1], false)
				try(token+token[:1], false)
				for i := range n {
					try(token[:i]+"-"+token[i+1:], false)
				}
			}
		})
	}
}

// everyWalk checks that a command matches rule 0 of an image, which allows it, or no
// rule, in each way of asking.
func everyWalk(t *testing.T, image []byte, argv []string, matches bool) {
	t.Helper()
	m := openImage(t, image)
	want, count := matcher.Verdict{Rule: -1}, 0
	if matches {
		want, count = matcher.Verdict{Decision: matcher.Allow, Tokens: len(argv)}, 1
	}
	if got := m.Decide(argv, nil); got != want {
		t.Errorf("Decide of %q = %+v", argv, got)
	}
	if got := matcher.DecideSafely(m, argv, nil); got != want {
		t.Errorf("in code that needs no proof Decide of %q = %+v", argv, got)
	}
	if got := m.AppendMatches(nil, argv, nil); len(got) != count {
		t.Errorf("AppendMatches of %q = %v", argv, got)
	}
	if got := m.DecideOpen(argv, nil); (got.Decision != matcher.None) != matches {
		t.Errorf("DecideOpen of %q = %+v", argv, got)
	}
	var u matcher.Unproved
	if err := u.Open(image); err != nil {
		t.Fatal(err)
	}
	if got, found, ok := u.Ask(nil, argv); !ok || got != want || len(found) != count {
		t.Errorf("unproved: %q = %+v, %v, %v", argv, got, found, ok)
	}
}

// TestGroupsOfLikeTokens: nor in a group.
func TestGroupsOfLikeTokens(t *testing.T) {
	const short = "abcdefghijklmno"
	rules := overlap(40)
	for i := range rules {
		rules[i].Pattern = append(rules[i].Pattern[:1:1], append([][]string{{short}}, rules[i].Pattern[1:]...)...)
	}
	m := openImage(t, compile(t, rules, nil))
	for token, want := range map[string]matcher.Decision{short: matcher.Allow, alike(short): matcher.None} {
		argv := append([]string{"overlap", token}, tails(100)...)
		if v := m.Decide(argv, nil); v.Decision != want {
			t.Errorf("Decide of %q... = %+v", argv[:2], v)
		}
	}
}
