//go:build unix

package runtime_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// cached returns the files in a cache.
func cached(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// ask opens an artifact of samplePolicy and asks it, all of it.
func ask(t *testing.T, path string, options ...runtime.Option) {
	t.Helper()
	p, err := runtime.Open(path, options...)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	want := open(t, encode(t, samplePolicy(), matcher.CodecStored))
	for _, argv := range [][]string{{"git", "status"}, {"git", "push"}, {"wget"}, {"/usr/bin/git", "push"}} {
		if got, want := p.Decide(argv), want.Decide(argv); got != want {
			t.Errorf("%q: %+v, want %+v", argv, got, want)
		}
	}
	if err := p.Verify(); err != nil {
		t.Error(err)
	}
}

func TestCache(t *testing.T) {
	path := write(t, samplePolicy(), matcher.CodecZstd)
	dir := filepath.Join(t.TempDir(), "new", "cache")
	for range 2 {
		ask(t, path, runtime.WithCache(dir))
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Fatalf("the folder is %v, %v", info, err)
		}
		files := cached(t, dir)
		if len(files) != 1 {
			t.Fatalf("the cache has %v", files)
		}
		if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v, %v", info, err)
		}
		got, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if want := encode(t, samplePolicy(), matcher.CodecStored); !bytes.Equal(got, want) {
			t.Error("what is in the cache is not the stored artifact")
		}
	}
}

func TestCacheIsUsed(t *testing.T) {
	path := write(t, samplePolicy(), matcher.CodecZstd)
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	ask(t, path, runtime.WithCache(dir))
	before, err := os.Stat(cached(t, dir)[0])
	if err != nil {
		t.Fatal(err)
	}
	ask(t, path, runtime.WithCache(dir))
	after, err := os.Stat(cached(t, dir)[0])
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) {
		t.Error("the artifact was unpacked twice")
	}
}

// Policies with the same digest but another build are different files.
func TestCacheNamesFilesByAllOfThem(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	policy := samplePolicy()
	ask(t, write(t, policy, matcher.CodecZstd), runtime.WithCache(dir))
	other := &ir.Policy{Rules: policy.Rules[:1]}
	p, err := runtime.Open(write(t, other, matcher.CodecZstd), runtime.WithCache(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if n := len(cached(t, dir)); n != 2 {
		t.Errorf("the cache has %d files for two artifacts", n)
	}
}

// TestCacheIsNotTrusted puts all kinds of things where the cache is, or where
// the unpacked artifact is in it.
func TestCacheIsNotTrusted(t *testing.T) {
	stored := encode(t, samplePolicy(), matcher.CodecStored)
	other := encode(t, &ir.Policy{Rules: samplePolicy().Rules[:1]}, matcher.CodecStored)
	container, err := matcher.OpenContainer(stored)
	must(t, err)
	section, err := container.Stored(matcher.SectionRules)
	must(t, err)
	rules := bytes.Index(stored, section)
	flipped := func(at int) []byte {
		b := bytes.Clone(stored)
		b[at] ^= 4
		return b
	}
	replace := func(b []byte) func(t *testing.T, dir, file string) {
		return func(t *testing.T, _, file string) {
			must(t, os.WriteFile(file, b, 0o600))
		}
	}
	tests := map[string]struct {
		change func(t *testing.T, dir, file string)
		mended bool // the cache is right afterwards
	}{
		"empty":          {replace(nil), true},
		"cut short":      {replace(stored[:len(stored)-1]), true},
		"longer":         {replace(append(bytes.Clone(stored), 0)), true},
		"zeros":          {replace(make([]byte, len(stored))), true},
		"damaged header": {replace(flipped(100)), true},
		"damaged image":  {replace(flipped(matcher.HeaderSize + 70)), true},
		"damaged rules":  {replace(flipped(rules + 10)), true},
		"damaged end":    {replace(flipped(len(stored) - 100)), true},
		"other policy":   {replace(other), true},
		"compressed":     {replace(encode(t, samplePolicy(), matcher.CodecZstd)), true},
		"readable": {func(t *testing.T, _, file string) {
			must(t, os.Chmod(file, 0o644))
		}, true},
		"link to another place": {func(t *testing.T, _, file string) {
			target := filepath.Join(t.TempDir(), "target")
			must(t, os.WriteFile(target, other, 0o600))
			must(t, os.Remove(file))
			must(t, os.Symlink(target, file))
		}, true},
		"pipe": {func(t *testing.T, _, file string) {
			must(t, os.Remove(file))
			must(t, syscall.Mkfifo(file, 0o600))
		}, true},
		"folder in its place": {func(t *testing.T, _, file string) {
			must(t, os.Remove(file))
			must(t, os.Mkdir(file, 0o700))
		}, false},
		"open folder": {func(t *testing.T, dir, file string) {
			must(t, os.WriteFile(file, other, 0o600))
			must(t, os.Chmod(dir, 0o750))
		}, false},
		"no folder": {func(t *testing.T, dir, _ string) {
			must(t, os.RemoveAll(dir))
		}, true},
		"a file for a folder": {func(t *testing.T, dir, _ string) {
			must(t, os.RemoveAll(dir))
			must(t, os.WriteFile(dir, nil, 0o600))
		}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := write(t, samplePolicy(), matcher.CodecZstd)
			dir := filepath.Join(t.TempDir(), "cache")
			ask(t, path, runtime.WithCache(dir))
			file := cached(t, dir)[0]
			test.change(t, dir, file)
			ask(t, path, runtime.WithCache(dir))
			got, _ := os.ReadFile(file)
			if mended := bytes.Equal(got, stored); mended != test.mended {
				t.Errorf("the cache is right afterwards: %v, want %v", mended, test.mended)
			}
			if info, err := os.Stat(file); test.mended && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("the file is %v, %v", info, err)
			}
			if leftover, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(leftover) > 0 {
				t.Errorf("left behind: %v", leftover)
			}
		})
	}
}

func TestCacheOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	dir := filepath.Join(t.TempDir(), "cache")
	must(t, os.Mkdir(dir, 0o700))
	must(t, os.Chown(dir, 12345, 12345))
	ask(t, write(t, samplePolicy(), matcher.CodecZstd), runtime.WithCache(dir))
	if files := cached(t, dir); len(files) > 0 {
		t.Errorf("the folder of somebody else was used: %v", files)
	}
}

// A damaged artifact is the same error with a cache, and is not unpacked.
func TestCacheOfDamagedArtifact(t *testing.T) {
	b := encode(t, samplePolicy(), matcher.CodecZstd)
	b[matcher.HeaderSize+5] ^= 1
	path := filepath.Join(t.TempDir(), "policy.rulesc")
	must(t, os.WriteFile(path, b, 0o600))
	dir := filepath.Join(t.TempDir(), "cache")
	_, want := runtime.Open(path)
	_, got := runtime.Open(path, runtime.WithCache(dir))
	if want == nil || got == nil || got.Error() != want.Error() {
		t.Errorf("error %v, want %v", got, want)
	}
	if files := cached(t, dir); len(files) > 0 {
		t.Errorf("a damaged artifact was unpacked: %v", files)
	}
}

func TestCacheFromManySides(t *testing.T) {
	path := write(t, samplePolicy(), matcher.CodecZstd)
	dir := filepath.Join(t.TempDir(), "cache")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				ask(t, path, runtime.WithCache(dir))
			}
		})
	}
	all.Wait()
	if files := cached(t, dir); len(files) != 1 {
		t.Errorf("the cache has %v", files)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
