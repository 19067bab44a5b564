package format_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rulesc/rulesc/compiler/format"
	"github.com/rulesc/rulesc/ir/diag"
)

// The files of the recorded cases, which try every corner of the language, keep
// their policy and settle, or are left.
func TestRecordedFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("some of the recorded files are programs that run for long")
	}
	names, _ := filepath.Glob("../../../shared/conformance/cases-dialect.jsonl")
	if len(names) == 0 {
		t.Skip("the recorded cases are not here")
	}
	seen := map[string]bool{}
	formatted, left, refused := 0, 0, 0
	for _, name := range names {
		lines, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.SplitSeq(lines, []byte("\n")) {
			var c struct {
				ID    string
				Exit  int
				Files []struct{ Text string }
			}
			if len(line) == 0 {
				continue
			}
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if c.Exit != 0 {
				continue // most are refused, some only after long work
			}
			for _, file := range c.Files {
				if seen[file.Text] || len(file.Text) > 1<<12 {
					continue
				}
				seen[file.Text] = true
				got, err := format.Source(t.Context(), "a.rules", []byte(file.Text))
				var l *format.LeftError
				var list diag.List
				switch {
				case errors.As(err, &l):
					left++
					t.Logf("%s: %v", c.ID, l)
				case errors.As(err, &list):
					refused++
				case err != nil:
					t.Errorf("%s: %v", c.ID, err)
				default:
					formatted++
					if again, err := format.Source(t.Context(), "a.rules", got); err != nil || !bytes.Equal(got, again) {
						t.Errorf("%s: again: %v\n%q\n%q", c.ID, err, got, again)
					}
					if a, b := decided(t, []byte(file.Text)), decided(t, got); a != b {
						t.Errorf("%s: policy\n%s\nbecame\n%s", c.ID, a, b)
					}
				}
			}
		}
	}
	t.Logf("%d formatted, %d left, %d refused", formatted, left, refused)
	if formatted == 0 {
		t.Error("nothing was formatted")
	}
}
