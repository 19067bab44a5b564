package witness

import (
	"syscall"
	"testing"
)

// A network file system shows changes late, of what is not there yet, too.
func TestShowsChangesLate(t *testing.T) {
	var system syscall.Statfs_t
	t.Chdir(t.TempDir())
	if err := syscall.Statfs(".", &system); err != nil {
		t.Fatal(err)
	}
	if late[uint32(system.Type)] != "" {
		t.Skip("the folder of tests is on a network")
	}
	late[uint32(system.Type)] = "this one"
	defer delete(late, uint32(system.Type))
	for _, path := range []string{".", "none", "none/none"} {
		if ShowsChanges(path) {
			t.Errorf("changes of %s show at once", path)
		}
	}
}

func TestAbove(t *testing.T) {
	for path, want := range map[string]string{
		"a": ".", "a/": ".", "a/b": "a", "a/b/": "a", "a//b": "a/", "/a": "/", "/a/b": "/a", "//a": "/", "./a": ".", "../a": "..",
	} {
		if got := above(path); got != want {
			t.Errorf("%q is in %q, want %q", path, got, want)
		}
	}
}
