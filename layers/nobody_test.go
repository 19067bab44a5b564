package layers_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/casetree"
)

// TestAsNobody runs the tests that are about permissions again under a user
// whom permissions bind.
func TestAsNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("permissions bind this user")
	}
	files := map[string][]byte{}
	if cases, err := os.ReadFile(casesFile()); err == nil {
		files[casesVariable] = cases
	}
	out, err := casetree.RunAsNobody("^(TestConformance|TestPermissions)$", files)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: TestPermissions") {
		t.Errorf("%v\n%s", err, out)
	}
	if len(files) > 0 && !strings.Contains(string(out), "--- PASS: TestConformance") {
		t.Errorf("the recorded decisions were not compared\n%s", out)
	}
}
