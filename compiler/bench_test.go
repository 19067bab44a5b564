package compiler_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
)

func BenchmarkEvaluate(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			var text strings.Builder
			for i := range n {
				fmt.Fprintf(&text, "prefix_rule(pattern = [\"tool%d\", \"run\", [\"a\", \"b\"]], decision = \"prompt\", match = [\"tool%d run a\"])\n", i%97, i%97)
			}
			files := []compiler.File{file("a.rules", text.String())}
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				mustEvaluate(b, files...)
			}
		})
	}
}
