package dialect_test

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
)

// BenchmarkExec measures a file of plain rules, and one that computes them.
func BenchmarkExec(b *testing.B) {
	none := func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		return starlark.None, nil
	}
	env := starlark.StringDict{"prefix_rule": starlark.NewBuiltin("prefix_rule", none)}
	for name, src := range map[string]string{
		"rules=10000": strings.Repeat("prefix_rule(pattern = [\"git\", [\"push\", \"pull\"]], decision = \"prompt\", justification = \"asks\")\n", 10_000),
		"loop=100000": "n = 0\nfor i in range(100000):\n    n += i\n",
		"empty":       "",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if err := dialect.Exec(b.Context(), "a.rules", src, env, dialect.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
