package witness_test

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/rulesc/rulesc/internal/filestate"
	"github.com/rulesc/rulesc/internal/witness"
)

// holds reports whether a fact is still so.
func holds(f filestate.Fact) bool {
	kind, state, ok := witness.Look(f.Path, f.Itself)
	return ok && kind == f.Kind && (!f.Exact || state == f.State)
}

// tree makes a folder with a file, a folder and links, and goes there. It returns the
// way there without links.
func tree(t *testing.T) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, err := range []error{
		os.WriteFile("file", []byte("text"), 0o600),
		os.Mkdir("folder", 0o700),
		os.WriteFile("folder/inner", nil, 0o600),
		os.Symlink("file", "link"),
		os.Symlink("folder", "way"),
		os.Symlink("nothing", "dangling"),
		os.Symlink("loop", "loop"),
		syscall.Mkfifo("pipe", 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestState(t *testing.T) {
	dir := tree(t)
	f, err := os.Open("file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := witness.StateOfDescriptor(int(f.Fd()))
	if want.Size != 4 || want.Inode == 0 {
		t.Fatalf("%+v", want)
	}
	for _, path := range []string{"file", "link", filepath.Join(dir, "file")} {
		if got := witness.State(path); got != want {
			t.Errorf("the state of %s is %+v, want %+v", path, got, want)
		}
	}
	for _, path := range []string{"", ".", "none", "file/x", "pipe", "dangling"} {
		if got := witness.State(path); got != (filestate.State{}) {
			t.Errorf("%q has the state %+v", path, got)
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

func TestLook(t *testing.T) {
	tree(t)
	for _, test := range []struct {
		path     string
		followed filestate.Kind
		itself   filestate.Kind
	}{
		{"file", filestate.File, filestate.File},
		{"folder", filestate.Folder, filestate.Folder},
		{"link", filestate.File, filestate.Link},
		{"way", filestate.Folder, filestate.Link},
		{"dangling", filestate.Nothing, filestate.Link},
		{"none", filestate.Nothing, filestate.Nothing},
		{"pipe", filestate.Other, filestate.Other},
	} {
		if got, _, ok := witness.Look(test.path, false); !ok || got != test.followed {
			t.Errorf("%s: %v, %v", test.path, got, ok)
		}
		if got, _, ok := witness.Look(test.path, true); !ok || got != test.itself {
			t.Errorf("%s itself: %v, %v", test.path, got, ok)
		}
	}
	for _, path := range []string{"file/x", "loop"} {
		if got, _, ok := witness.Look(path, false); ok {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// What is asked is a fact that holds, until it does not.
func TestFacts(t *testing.T) {
	for _, test := range []struct {
		name   string
		ask    func(w *witness.Witness)
		facts  int
		change func() error // which shows
	}{
		{"nothing", func(w *witness.Witness) { w.Stat("none") }, 1, func() error { return os.Mkdir("none", 0o700) }},
		{"a kind", func(w *witness.Witness) { w.Stat("file") }, 1, func() error { return os.Remove("file") }},
		{"a kind, twice", func(w *witness.Witness) { w.Stat("file"); w.Stat("file") }, 1, func() error { return os.Remove("file") }},
		{"the target of a link", func(w *witness.Witness) { w.Stat("link") }, 1, func() error { return os.Remove("file") }},
		{"what is in a file", func(w *witness.Witness) {
			info, _ := w.Stat("file")
			w.Read("file", info)
		}, 1, func() error { return os.WriteFile("file", []byte("more text"), 0o600) }},
		{"what is in a folder", func(w *witness.Witness) {
			info, _ := w.Stat("folder")
			w.Read("folder", info)
		}, 1, func() error { return os.Rename("folder/inner", "folder/other") }},
		{"a file that is listed", func(w *witness.Witness) { w.ReadListed("file", witness.State("file")) }, 1, func() error {
			return os.Rename("link", "file")
		}},
		{"that there is no link", func(w *witness.Witness) { w.Links("folder/inner") }, 2, func() error {
			if err := os.Rename("folder", "elsewhere"); err != nil {
				return err
			}
			return os.Symlink("elsewhere", "folder")
		}},
		{"a link", func(w *witness.Witness) { w.Links("way/inner") }, 3, func() error { return os.Rename("link", "way") }},
		{"that a link leads on", func(w *witness.Witness) { w.Links("way/inner") }, 3, func() error { return os.Rename("folder", "other") }},
		{"where a link does not lead", func(w *witness.Witness) { w.Links("dangling") }, 2, func() error { return os.Mkdir("nothing", 0o700) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree(t)
			var w witness.Witness
			test.ask(&w)
			facts, ok := w.Facts()
			if !ok || len(facts) != test.facts || slices.ContainsFunc(facts, func(f filestate.Fact) bool { return !holds(f) }) {
				t.Fatalf("%v: %+v", ok, facts)
			}
			time.Sleep(10 * time.Millisecond) // a tick of the clock
			if err := test.change(); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(facts, func(f filestate.Fact) bool { return !holds(f) }) {
				t.Errorf("a change does not show: %+v", facts)
			}
		})
	}
}

// What does not count may change.
func TestFactsAreNoMore(t *testing.T) {
	tree(t)
	var w witness.Witness
	w.Stat("file")
	w.Stat("folder")
	w.Links("folder/inner")
	if err := os.WriteFile("file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("folder/more", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	facts, ok := w.Facts()
	if !ok || slices.ContainsFunc(facts, func(f filestate.Fact) bool { return !holds(f) }) {
		t.Errorf("%v: %+v", ok, facts)
	}
}

// Facts are not all there is to know.
func TestPartial(t *testing.T) {
	for name, ask := range map[string]func(w *witness.Witness){
		"a way through a file":  func(w *witness.Witness) { w.Stat("file/x") },
		"a loop":                func(w *witness.Witness) { w.Stat("loop") },
		"the links of a loop":   func(w *witness.Witness) { w.Links("loop/x") },
		"something that is odd": func(w *witness.Witness) { w.Miss() },
		"what changes meanwhile": func(w *witness.Witness) {
			w.Stat("file")
			os.Remove("file")
			w.Stat("file")
		},
	} {
		tree(t)
		var w witness.Witness
		ask(&w)
		if facts, ok := w.Facts(); ok {
			t.Errorf("%s: %+v", name, facts)
		}
	}
}

// Without a witness the answers are the same.
func TestNobody(t *testing.T) {
	tree(t)
	var w *witness.Witness
	info, err := w.Stat("file")
	if err != nil || info.Size() != 4 {
		t.Errorf("%v, %v", info, err)
	}
	w.Read("file", info)
	w.ReadListed("file", filestate.State{})
	w.Miss()
	w.Links("way/inner")
}

// What is on a network may have been changed by others already.
func TestShowsChanges(t *testing.T) {
	tree(t)
	for _, path := range []string{"file", "folder", "none", "none/none", "dangling", "/proc/self/exe"} {
		if !witness.ShowsChanges(path) {
			t.Errorf("changes of %s do not show (is the folder of tests on a network?)", path)
		}
	}
	for _, path := range []string{"file/x", "loop"} {
		if witness.ShowsChanges(path) {
			t.Errorf("changes of %s show", path)
		}
	}
}
