//go:build unix

package artifactfile

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The oldest files go when there are too many, and what was left behind by a
// process that ended; what is none of ours stays.
func TestKeepTidies(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	for name, written := range map[string]time.Time{"oldest.rulesc": old, "old.tmp": old, "new.tmp": time.Now(), "notes": old} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
	}
	for i := range kept {
		if err := Keep(dir, fmt.Append(nil, i), []byte("unpacked")); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]bool{
		"oldest.rulesc": false, "old.tmp": false, "new.tmp": true, "notes": true,
		cachedName([]byte("0")): true, cachedName(fmt.Append(nil, kept-1)): true,
	} {
		if _, err := os.Lstat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}
