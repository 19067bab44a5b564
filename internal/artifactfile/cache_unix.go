//go:build unix

package artifactfile

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rulesc/rulesc/matcher"
)

// Cached returns what the folder has of a compressed artifact, every section of
// it checked, so that damage is found while there is something to do about it.
// ok is false if that is nothing, or nothing that one may use.
func Cached(folder string, file []byte) (m Memory, ok bool) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return Memory{}, false
	}
	defer root.Close()
	if !private(root) {
		return Memory{}, false
	}
	// A pipe does not block the open.
	f, err := root.OpenFile(cachedName(file), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return Memory{}, false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || !mine(info) {
		return Memory{}, false
	}
	if _, err := readHeader(f, info.Size()); err != nil {
		return Memory{}, false
	}
	if m, err = mapFile(f, int(info.Size())); err != nil {
		return Memory{}, false
	}
	populateRead(m.Bytes)
	if !unpackedFrom(file, m.Bytes) {
		m.Release()
		return Memory{}, false
	}
	return m, true
}

// unpackedFrom reports whether an artifact is whole, and what the header of a
// compressed one promises.
func unpackedFrom(file, unpacked []byte) bool {
	want, err := matcher.ParseHeader(file)
	if err != nil {
		return false
	}
	c, err := matcher.OpenContainer(unpacked)
	if err != nil || c.Codec != matcher.CodecStored || c.Digest != want.Digest {
		return false
	}
	for s := matcher.Section(1); s <= matcher.NumSections; s++ {
		if _, err := c.Stored(s); err != nil || c.DecodedSize(s) != want.DecodedSize(s) {
			return false
		}
	}
	return true
}

// Keep puts into the folder what was unpacked from a compressed artifact. It
// makes the folder if there is none.
func Keep(folder string, file, unpacked []byte) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	if !private(root) {
		return &fs.PathError{Op: "cache", Path: folder, Err: errors.New("not a folder of this user alone (mode 0700)")}
	}
	// The folder is the user's alone: a name has to be new, not secret. Package
	// crypto/rand would cost every start of rulesc more than all of this.
	work := strconv.FormatUint(rand.Uint64(), 36) + workSuffix
	f, err := root.OpenFile(work, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(unpacked)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	// Nothing is synced: what a crash leaves behind is found to be damaged, and
	// written again.
	if err == nil {
		err = root.Rename(work, cachedName(file))
	}
	if err != nil {
		_ = root.Remove(work)
		return err
	}
	tidy(root)
	return nil
}

// tidy removes files beyond those that a cache keeps, and what processes left
// behind that ended too early. Who has a file mapped keeps it.
func tidy(root *os.Root) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return
	}
	type file struct {
		name    string
		written time.Time
	}
	var files []file
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		switch name := entry.Name(); {
		case strings.HasSuffix(name, cachedSuffix):
			files = append(files, file{name, info.ModTime()})
		case strings.HasSuffix(name, workSuffix) && time.Since(info.ModTime()) > time.Hour:
			_ = root.Remove(name)
		}
	}
	slices.SortFunc(files, func(a, b file) int { return b.written.Compare(a.written) })
	for _, f := range files[min(kept, len(files)):] {
		_ = root.Remove(f.name)
	}
}

// private reports whether the folder is the user's, and nobody else's. It asks
// about the folder that is open, whatever has its name by now.
func private(root *os.Root) bool {
	info, err := root.Stat(".")
	return err == nil && info.IsDir() && mine(info)
}

// mine reports whether a file is the user's and nobody else may do anything
// with it.
func mine(info fs.FileInfo) bool {
	system, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(system.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 == 0
}
