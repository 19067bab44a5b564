package history_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/history"
)

// BenchmarkRead reads a megabyte or so of each format. Of what agents log, nine
// bytes of ten are output.
func BenchmarkRead(b *testing.B) {
	output := strings.Repeat(`all is well, and nothing \"happened\" here\n`, 200)
	for _, bench := range []struct {
		name  string
		entry string
	}{
		{"tokens", `["git","commit","-m","message %d"]` + "\n"},
		{"shell", "git commit -m 'message %d' && git push\n"},
		{"zsh", ": 1700000000:0;git commit -m 'message %d' && git push\n"},
		{"codex", `{"timestamp":"2026-01-02T03:04:05Z","type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{\"command\":[\"bash\",\"-lc\",\"git commit -m %d\"]}","call_id":"c"}}` + "\n" +
			`{"type":"response_item","payload":{"type":"function_call_output","call_id":"c","output":"` + output + "\"}}\n"},
		{"claude", `{"type":"assistant","uuid":"x","message":{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"git commit -m %d"}}]}}` + "\n" +
			`{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t","content":"` + output + "\"}]}}\n"},
	} {
		var log strings.Builder
		for i := 0; log.Len() < 1<<20; i++ {
			fmt.Fprintf(&log, bench.entry, i)
		}
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(log.Len()))
			b.ReportAllocs()
			for b.Loop() {
				report, err := history.Read(strings.NewReader(log.String()), history.Auto, func([]string, int64) error { return nil })
				if err != nil || report.Broken > 0 || report.Commands == 0 {
					b.Fatal(report, err)
				}
			}
		})
	}
}
