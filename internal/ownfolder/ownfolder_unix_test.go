//go:build unix

package ownfolder_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rulesc/rulesc/internal/ownfolder"
)

func must(t *testing.T, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

// read returns what is in a file of the folder, "" if it is not used.
func read(t *testing.T, folder, name string) string {
	t.Helper()
	f, size, err := ownfolder.Open(folder, name)
	if err != nil {
		return ""
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	must(t, err)
	if int64(len(text)) != size {
		t.Errorf("%d bytes, and a size of %d", len(text), size)
	}
	return string(text)
}

func TestWriteAndOpen(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	for _, text := range []string{"one", "another"} {
		must(t, ownfolder.Write(folder, "x.y", []byte(text), 1))
		if got := read(t, folder, "x.y"); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	for _, path := range []string{folder, filepath.Join(folder, "x.y")} {
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
	}
}

// What somebody else could have written is not used, and nothing is waited for.
func TestNotOwn(t *testing.T) {
	for name, change := range map[string]func(folder string) error{
		"a folder that others may read": func(folder string) error { return os.Chmod(folder, 0o750) },
		"a file that others may read":   func(folder string) error { return os.Chmod(folder+"/x.y", 0o604) },
		"no folder":                     os.RemoveAll,
		"no file":                       func(folder string) error { return os.Remove(folder + "/x.y") },
		"a link that leads out": func(folder string) error {
			return joined(os.Rename(folder+"/x.y", folder+"/../x.y"), os.Symlink("../x.y", folder+"/x.y"))
		},
		"a folder for the file": func(folder string) error {
			return joined(os.Remove(folder+"/x.y"), os.Mkdir(folder+"/x.y", 0o700))
		},
		"a pipe for the file": func(folder string) error {
			return joined(os.Remove(folder+"/x.y"), syscall.Mkfifo(folder+"/x.y", 0o600))
		},
		"a pipe for the folder": func(folder string) error {
			return joined(os.RemoveAll(folder), syscall.Mkfifo(folder, 0o600))
		},
		"a file for the folder": func(folder string) error {
			return joined(os.RemoveAll(folder), os.WriteFile(folder, nil, 0o600))
		},
	} {
		folder := filepath.Join(t.TempDir(), "own")
		must(t, ownfolder.Write(folder, "x.y", []byte("text"), 1))
		must(t, change(folder))
		got := make(chan string, 1)
		go func() { got <- read(t, folder, "x.y") }()
		select {
		case text := <-got:
			if text != "" {
				t.Errorf("%s: read %q", name, text)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: it is waited for", name)
		}
	}
}

func joined(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestWriteIsRefused(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(dir+"/open", 0o755))
	must(t, os.WriteFile(dir+"/file", nil, 0o600))
	must(t, syscall.Mkfifo(dir+"/pipe", 0o600))
	for _, name := range []string{"open", "file", "pipe", "file/below"} {
		if err := ownfolder.Write(filepath.Join(dir, name), "x.y", []byte("text"), 1); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// The files that were written last are kept, those of other kinds too, and nothing of
// what processes left behind.
func TestTidy(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "own")
	must(t, ownfolder.Write(folder, "other.z", []byte("other"), 1))
	for _, name := range []string{"old.tmp", "new.tmp"} {
		must(t, os.WriteFile(filepath.Join(folder, name), nil, 0o600))
	}
	past := time.Now().Add(-2 * time.Hour)
	must(t, os.Chtimes(filepath.Join(folder, "old.tmp"), past, past))
	for i := range 5 {
		name := fmt.Sprintf("%d.y", i)
		must(t, ownfolder.Write(folder, name, []byte(name), 3))
		written := time.Now().Add(time.Duration(i-10) * time.Minute)
		must(t, os.Chtimes(filepath.Join(folder, name), written, written))
	}
	entries, err := os.ReadDir(folder)
	must(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got, want := fmt.Sprint(names), "[2.y 3.y 4.y new.tmp other.z]"; got != want {
		t.Errorf("%s are left, want %s", got, want)
	}
}
