package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// An interrupt is called by its name.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, args := range [][]string{
		{"replay", "--rules", "starter.rules", "-"},
		{"build", "--rules", "starter.rules", "-o", t.TempDir() + "/a.rulesc"},
		{"test", "starter.rules"},
	} {
		var stdout, stderr bytes.Buffer
		run(ctx, args, process{
			stdin: strings.NewReader("ls\n"), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
		})
		if got := stderr.String(); got != "rulesc: interrupted\n" {
			t.Errorf("%q: %q", args, got)
		}
	}
}
