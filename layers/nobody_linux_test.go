package layers_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAsNobody runs the tests that are about permissions again under a user
// whom permissions bind.
func TestAsNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can run tests as somebody else, and need not otherwise")
	}
	// The test's own program is in a folder that others cannot look into.
	dir, err := os.MkdirTemp("", "layers")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	const nobody = 65534
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Skip(err)
	}
	program := filepath.Join(dir, "test")
	copyProgram(t, program)
	cases, err := filepath.Abs(casesFile())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^(TestConformance|TestPermissions)$", "-test.v", "-test.paniconexit0")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir, "RULESC_LAYER_CASES="+cases)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Skipf("cannot run as another user: %v", err)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: TestPermissions") {
		t.Errorf("%v\n%s", err, out)
	}
}

func copyProgram(t *testing.T, to string) {
	t.Helper()
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Skip(err)
	}
	defer from.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, from); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
