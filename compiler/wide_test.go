package compiler_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/matcher"
)

// Rules that are wider or longer than anybody writes compile, to no more than eight
// times their text and 64 KB.
func TestWideRules(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	tokens := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"w%d",`, i)
		}
		return "[" + b.String() + "]"
	}
	for name, text := range map[string]string{
		"alternatives":              `prefix_rule(["a", ` + tokens(300_000) + `])`,
		"alternatives of a list":    `prefix_rule(["a", ["w" + str(i) for i in range(300000)]])`,
		"alternatives, then more":   `prefix_rule(["a", ` + tokens(300_000) + `, "b"])`,
		"programs":                  `prefix_rule([` + tokens(300_000) + `, "a"])`,
		"positions":                 `prefix_rule(` + tokens(10_000) + `)`,
		"more positions":            `prefix_rule(` + tokens(300_000) + `)`,
		"positions of two rules":    `prefix_rule(` + tokens(10_000) + ")\nprefix_rule(" + tokens(9_999) + `, "forbidden")`,
		"alternatives of two rules": `prefix_rule(["a", ` + tokens(300_000) + "])\nprefix_rule([\"a\", " + tokens(200_000) + `, "b"], "forbidden")`,
	} {
		t.Run(name, func(t *testing.T) {
			p := mustEvaluate(t, file("a.rules", text))
			a, err := compiler.Compile(p, matcher.Meta{})
			if err != nil {
				t.Fatal(err)
			}
			written := len(p.Text())
			for _, codec := range []matcher.Codec{matcher.CodecStored, matcher.CodecZstd} {
				b, err := a.Encode(codec)
				if err != nil {
					t.Fatal(err)
				}
				if bound := 8*written + 64<<10; len(b) > bound {
					t.Errorf("%s: %d bytes of %d, more than %d", codec, len(b), written, bound)
				}
			}
		})
	}
}
