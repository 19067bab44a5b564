package filestate_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rulesc/rulesc/internal/filestate"
)

func TestState(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("file", []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", "link"); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, ok := filestate.OfDescriptor(int(f.Fd()))
	if !ok || want.Size != 4 || want.Inode == 0 {
		t.Fatalf("%+v, %v", want, ok)
	}
	absolute, err := filepath.Abs("link")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"file", "link", absolute} {
		if got, ok := filestate.Of(path); !ok || got != want {
			t.Errorf("Of %s is %+v, want %+v", path, got, want)
		}
		if got, ok := filestate.OfZeroEnded([]byte(path + "\x00behind")); !ok || got != want {
			t.Errorf("OfZeroEnded %s is %+v, want %+v", path, got, want)
		}
		if got, ok := filestate.OfZeroEnded([]byte(path)); ok {
			t.Errorf("OfZeroEnded %s without a zero is %+v", path, got)
		}
	}
	for _, path := range []string{"", ".", "none", "file/x"} {
		got, ok := filestate.Of(path)
		other, alsoOk := filestate.OfZeroEnded([]byte(path + "\x00"))
		if ok || alsoOk || got != (filestate.State{}) || other != got {
			t.Errorf("%q has the states %+v and %+v", path, got, other)
		}
	}
	changed := time.Unix(0, want.Changed)
	if !want.Settled(changed.Add(2*time.Second + 1).UnixNano()) {
		t.Error("not settled after more than two seconds")
	}
	if want.Settled(changed.Add(2 * time.Second).UnixNano()) {
		t.Error("settled after two seconds")
	}
}
