package full_test

import (
	"strings"
	"testing"

	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

// lines are what agents run, from short to long. The reference takes the plain
// ones apart and gives up on the others at the first spot that is not plain.
var lines = []struct{ name, script string }{
	{"short", "git status"},
	{"typical", "cd repo && git status --short | head -20"},
	{"redirected", "cd repo && go test ./... -count=1 2>&1 | tail -5 > log"},
	{"nested", `sudo -u "$U" timeout 60 bash -c 'for f in *.go; do gofmt -l "$f"; done' | wc -l`},
	{"long", strings.Repeat("git add -A && git commit -m 'a message' && git push origin main; ", 100)},
	{"long script", strings.Repeat("if [ -f \"$x\" ]; then a $(b \"$c\") > f; else d | e; fi\n", 100)},
}

func BenchmarkRead(b *testing.B) {
	for _, line := range lines {
		argv := []string{"/bin/bash", "-lc", line.script}
		b.Run("reference/"+line.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line.script)))
			for b.Loop() {
				shell.Reference(argv)
			}
		})
		b.Run("full/"+line.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line.script)))
			for b.Loop() {
				full.Read(argv)
			}
		})
	}
}

// BenchmarkDecide is a decision on a script that was read, by an artifact.
func BenchmarkDecide(b *testing.B) {
	policy, err := runtime.Open("../../testdata/example.rulesc")
	if err != nil {
		b.Fatal(err)
	}
	defer policy.Close()
	for _, line := range lines {
		script := full.Read([]string{"/bin/bash", "-lc", line.script})
		b.Run(line.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				full.Decide(policy, script)
			}
		})
	}
}
