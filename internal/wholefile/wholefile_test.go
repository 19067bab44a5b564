package wholefile_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rulesc/rulesc/internal/wholefile"
)

func readListed(path string, limit int) ([]byte, error) {
	text, _, err := wholefile.ReadListed(path, limit)
	return text, err
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	const limit = 200_000
	for _, size := range []int{0, 1, 100, 16<<10 - 1, 16 << 10, 16<<10 + 1, 64 << 10, limit - 1, limit, limit + 1, 2 * limit} {
		want := bytes.Repeat([]byte("0123456789a"), size/11+1)[:size]
		if err := os.WriteFile(path, want, 0o666); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(string, int) ([]byte, error){"Read": wholefile.Read, "ReadListed": readListed} {
			got, err := read(path, limit)
			if size > limit {
				if err == nil || err.Error() != "larger than 200000 bytes" || got != nil {
					t.Errorf("%s of %d bytes: %d bytes, error %v", name, size, len(got), err)
				}
				continue
			}
			if err != nil || got == nil || !bytes.Equal(got, want) {
				t.Errorf("%s of %d bytes: %d bytes, error %v", name, size, len(got), err)
			}
		}
	}
}

// What was read stays as it is when the next file is read.
func TestReadIsOwned(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	os.WriteFile(a, []byte("first"), 0o666)
	os.WriteFile(b, []byte("other"), 0o666)
	first, err := wholefile.Read(a, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wholefile.Read(b, 10); err != nil {
		t.Fatal(err)
	}
	if string(first) != "first" || cap(first) != 5 {
		t.Errorf("%q with room for %d", first, cap(first))
	}
}

func TestReadFails(t *testing.T) {
	dir := t.TempDir()
	for name, read := range map[string]func(string, int) ([]byte, error){"Read": wholefile.Read, "ReadListed": readListed} {
		var path *fs.PathError
		if _, err := read(filepath.Join(dir, "none"), 10); !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &path) {
			t.Errorf("%s of nothing: %v", name, err)
		}
		if _, err := read(dir, 10); err == nil {
			t.Errorf("%s of a folder: no error", name)
		}
	}
	if _, _, err := wholefile.ReadListed(dir, 10); err != wholefile.ErrNotRegular {
		t.Errorf("ReadListed of a folder: %v", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	link := filepath.Join(dir, "link")
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", link); err != nil {
		t.Fatal(err)
	}
	if _, _, err := wholefile.ReadListed(link, 10); err != wholefile.ErrNotRegular {
		t.Errorf("ReadListed of a symbolic link: %v", err)
	}
	if text, err := wholefile.Read(link, 10); string(text) != "x" || err != nil {
		t.Errorf("Read of a symbolic link: %q, %v", text, err)
	}
}
