package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/seen"
)

// A build that found nothing to do is remembered, says the same again, and does not
// outlive what it saw.
func TestBuildRemembers(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	cache := filepath.Join(dir, "cache")
	t.Setenv("RULESC_CACHE", cache)
	t.Setenv("CODEX_HOME", dir)
	write := func(text string) {
		if err := os.WriteFile("own.rules", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	builds := [][]string{
		{"build", "--rules", "own.rules"},
		{"build", "-C", "..", "-r=" + filepath.Base(dir) + "/own.rules", "-o", filepath.Base(dir) + "/other.rulesc", "--starter", "--format=json"},
	}
	layers := []string{"build", "-o", "layers.rulesc", "--system-dir", dir}
	began := time.Now()
	write("prefix_rule([\"a\"])\n")
	for _, args := range append(builds, layers) {
		if out, code := inMain(args...); code != 0 || !strings.Contains(out, "built") {
			t.Fatalf("%q: %s", args, out)
		}
		// What has just been written may be written again without a trace.
		if out, code := inMain(args...); code != 0 || !strings.Contains(out, "up to date") {
			t.Fatalf("%q: %s", args, out)
		}
	}
	if _, err := os.Stat(cache); err == nil && time.Since(began) < 2*time.Second {
		t.Error("builds are remembered whose files were just written")
	}
	time.Sleep(2100 * time.Millisecond)
	for _, args := range append(builds, layers) {
		want, _ := inMain(args...)
		got, ok := seen.Answer(args, os.Getenv)
		if &args[0] == &layers[0] {
			if ok {
				t.Errorf("%q: remembered, though much else counts", args)
			}
			continue
		}
		if !ok || got != want || !strings.Contains(got, "up to date") {
			t.Errorf("%q: remembered: %v\n%s\nwant\n%s", args, ok, got, want)
		}
		// The test's own program has the init that answers.
		if out, err := exec.Command(os.Args[0], args...).CombinedOutput(); string(out) != want || err != nil {
			t.Errorf("%q: a process says %q (%v), want %q", args, out, err, want)
		}
	}
	write("prefix_rule([\"b\"])\n")
	for _, args := range builds {
		if got, ok := seen.Answer(args, os.Getenv); ok {
			t.Errorf("%q: remembered in spite of a change: %s", args, got)
		}
		if out, code := inMain(args...); code != 0 || !strings.Contains(out, "built") {
			t.Errorf("%q: %s", args, out)
		}
	}
}
