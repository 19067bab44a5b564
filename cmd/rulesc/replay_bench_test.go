package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/topk"
	"github.com/rulesc/rulesc/ir"
)

// BenchmarkReplay asks two policies about a shell history in which one command
// of four gets another decision.
func BenchmarkReplay(b *testing.B) {
	policy := func(d ir.Decision) *ir.Policy {
		return &ir.Policy{Rules: []ir.PrefixRule{
			{Pattern: ir.Literal("git"), Decision: ir.Allow},
			{Pattern: ir.Literal("git", "push"), Decision: d},
		}}
	}
	var log strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&log, "cd /tmp/x && git %s 'message %d'\n", []string{"push", "log", "diff", "add"}[i%4], i/40)
	}
	name := filepath.Join(b.TempDir(), "history")
	if err := os.WriteFile(name, []byte(log.String()), 0o666); err != nil {
		b.Fatal(err)
	}
	for _, reading := range []shellReading{shellReference, shellFull} {
		b.Run(string(reading), func(b *testing.B) {
			b.SetBytes(int64(log.Len()))
			b.ReportAllocs()
			for b.Loop() {
				r := &replay{shell: reading, changed: topk.New[changedCommand](commandsKept), groups: make(map[change]int64)}
				sel := &selection{}
				for _, d := range []ir.Decision{ir.Prompt, ir.Forbidden} {
					side, err := sel.replaySide("p", policy(d), func(ir.Source) string { return "" }, false)
					if err != nil {
						b.Fatal(err)
					}
					r.sides = append(r.sides, side)
				}
				logs := &logReading{format: "auto"}
				if err := logs.read(b.Context(), []string{name}, sel.inDir, r.command); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
