//go:build unix

package ownfolder

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
)

// Open opens a regular file of the folder for reading, and returns its size.
func Open(folder, name string) (*os.File, int64, error) {
	root, err := openRoot(folder)
	if err != nil {
		return nil, 0, err
	}
	defer root.Close()
	// A pipe does not block the open.
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && (!info.Mode().IsRegular() || !mine(info)) {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("not a file of this user alone (mode 0600)")}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// Write puts a file into the folder, which it makes if there is none. Then it removes
// the oldest files whose names end like this one's, if there are more than kept.
func Write(folder, name string, content []byte, kept int) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	root, err := openRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	// The folder is the user's alone: a name has to be new, not secret. Package
	// crypto/rand would cost every start of rulesc more than all of this.
	work := strconv.FormatUint(rand.Uint64(), 36) + workSuffix
	f, err := root.OpenFile(work, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	// Nothing is synced: who reads a file finds what a crash left of it to be damaged.
	if err == nil {
		err = root.Rename(work, name)
	}
	if err != nil {
		_ = root.Remove(work)
		return err
	}
	tidy(root, name[strings.LastIndexByte(name, '.'):], kept)
	return nil
}

// tidy removes files beyond those that are kept, and what processes left behind that
// ended too early. Who has a file mapped keeps it.
func tidy(root *os.Root, suffix string, kept int) {
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
		case strings.HasSuffix(name, suffix):
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

// openRoot opens a folder that is private.
func openRoot(folder string) (*os.Root, error) {
	// Looking first keeps a pipe from blocking the open.
	if info, err := os.Stat(folder); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, notPrivate(folder)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	if !private(root) {
		root.Close()
		return nil, notPrivate(folder)
	}
	return root, nil
}

// private reports whether the folder is the user's, and nobody else's. It asks
// about the folder that is open, whatever has its name by now.
func private(root *os.Root) bool {
	info, err := root.Stat(".")
	return err == nil && info.IsDir() && mine(info)
}

func notPrivate(folder string) error {
	return &fs.PathError{Op: "open", Path: folder, Err: errors.New("not a folder of this user alone (mode 0700)")}
}

// mine reports whether a file is the user's and nobody else may do anything
// with it.
func mine(info fs.FileInfo) bool {
	system, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(system.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 == 0
}
