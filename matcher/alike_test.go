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
				m := openImage(t, b)
				var u matcher.Unproved
				if err := u.Open(b); err != nil {
					t.Fatal(err)
				}
				for _, command := range []struct {
					token   string
					matches int
				}{{short, 1}, {alike(short), 0}} {
					argv := strings.Split(put(test.command, command.token), " ")
					want := matcher.Verdict{Rule: -1}
					if command.matches > 0 {
						want = matcher.Verdict{Decision: matcher.Allow, Tokens: len(argv)}
					}
					if got := m.Decide(argv, nil); got != want {
						t.Errorf("Decide of %q = %+v", argv, got)
					}
					if got := matcher.DecideSafely(m, argv, nil); got != want {
						t.Errorf("in code that needs no proof Decide of %q = %+v", argv, got)
					}
					if got := m.AppendMatches(nil, argv, nil); len(got) != command.matches {
						t.Errorf("AppendMatches of %q = %v", argv, got)
					}
					if got := m.DecideOpen(argv, nil); (got.Decision != matcher.None) != (command.matches > 0) {
						t.Errorf("DecideOpen of %q = %+v", argv, got)
					}
					if got, matches, ok := u.Ask(nil, argv); !ok || got != want || len(matches) != command.matches {
						t.Errorf("unproved: %q = %+v, %v, %v", argv, got, matches, ok)
					}
				}
			}
		})
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
