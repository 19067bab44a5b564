package runtime_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDecideIsInlined asks the compiler: a call more is a twentieth of a decision.
func TestDecideIsInlined(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the package")
	}
	out, err := exec.Command("go", "build", "-gcflags=-m", ".").CombinedOutput()
	if err != nil {
		t.Skipf("go build: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "can inline (*Policy).Decide\n") {
		t.Error("Policy.Decide is not inlined")
	}
}
