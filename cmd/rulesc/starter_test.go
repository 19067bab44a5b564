package main

import (
	"strings"
	"testing"
)

// TestStarter tests the starter rules with the tests beside them, as their
// author would.
func TestStarter(t *testing.T) {
	var out, errs strings.Builder
	code := run(t.Context(), []string{"test", "--min-coverage", "100", "starter.rules"}, process{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
	})
	if code != exitDone || !strings.Contains(out.String(), "100% of edges") {
		t.Errorf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
}
