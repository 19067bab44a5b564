package golden_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/matcher"
)

// TestHostileRulesStaySmall: whatever the rules are, a stored artifact is at most
// eight times as long as their text, and 64 KB.
func TestHostileRulesStaySmall(t *testing.T) {
	wide, long := 65_000, 10_000 // the dialect takes no more alternatives
	if testing.Short() {
		wide, long = 10_000, 2_000
	}
	list := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+",", i)
		}
		return b.String()
	}
	// Rule i has two tokens at each position but the i-th: a graph of them would
	// have 2^n nodes.
	overlap := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(`prefix_rule(["p",`)
			for j := range n {
				if i == j {
					fmt.Fprintf(&b, `"t%d",`, j)
				} else {
					fmt.Fprintf(&b, `["t%d","u%d"],`, j, j)
				}
			}
			b.WriteString("])\n")
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"nothing":           "",
		"overlap":           overlap(150),
		"alternatives":      `prefix_rule(["p", [` + list(wide, `"a%d"`) + "]])\n",
		"first tokens":      `prefix_rule([[` + list(wide/10, `"a%d"`) + "]])\n",
		"alternatives each": strings.Repeat(`prefix_rule(["p", [`+list(100, `"a%d"`)+`], [`+list(100, `"b%d"`)+"]])\n", 50),
		"tokens":            `prefix_rule(["p", ` + list(long, `"t%d"`) + "])\n",
		"one-letter tokens": strings.Repeat(`prefix_rule(["p"`+strings.Repeat(`,"a"`, 50)+"])\n", 100),
		"short rules":       strings.Repeat(`prefix_rule(["a"])`+"\n", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			policy, err := compiler.Evaluate(t.Context(), []compiler.File{{Name: "a.rules", Text: []byte(text)}}, compiler.Options{})
			if err != nil {
				t.Fatal(err)
			}
			artifact, err := compiler.Compile(policy, matcher.Meta{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := artifact.Encode(matcher.CodecStored)
			if err != nil {
				t.Fatal(err)
			}
			if most := 8*len(text) + 64<<10; len(b) > most {
				t.Errorf("%d bytes for %d bytes of rules, more than %d", len(b), len(text), most)
			}
			t.Logf("%d bytes for %d bytes of rules, %.1f", len(b), len(text), float64(len(b))/float64(len(text)+1))
		})
	}
}
