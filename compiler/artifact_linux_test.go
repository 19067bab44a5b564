package compiler_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

// TestWriteToAFullDisk runs itself in a process that may write no more than a
// few bytes to a file.
func TestWriteToAFullDisk(t *testing.T) {
	const variable = "RULESC_TEST_FULL_DISK"
	if path := os.Getenv(variable); path != "" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: 100}); err != nil {
			t.Skip("no limit can be set:", err)
		}
		err := compile(t, artifactPolicy(), artifactMeta).Write(path, matcher.CodecStored)
		if !errors.Is(err, syscall.EFBIG) {
			t.Errorf("got %v, want %v", err, syscall.EFBIG)
		}
		return
	}
	path := filepath.Join(t.TempDir(), "policy.rulesc")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(os.Args[0], "-test.run=^TestWriteToAFullDisk$", "-test.v")
	command.Env = append(os.Environ(), variable+"="+path)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if strings.Contains(string(output), "--- SKIP") {
		t.Skip(string(output))
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
		t.Errorf("the old file has %q (%v)", got, err)
	}
	onlyFile(t, path)
}
