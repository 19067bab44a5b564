//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"context"
	"errors"
	"os"
	"syscall"
)

// lockFolder waits for the lock of a folder. It ends with the process too, and
// leaves nothing behind.
func lockFolder(ctx context.Context, folder *os.Root) (unlock func(), err error) {
	dir, err := folder.Open(".")
	if err != nil {
		return nil, err
	}
	err = await(ctx, func() (bool, error) { return flock(dir) })
	var errno syscall.Errno
	switch {
	case err == nil:
		return func() { _ = dir.Close() }, nil
	case errors.As(err, &errno): // a file system that does not lock folders
		_ = dir.Close()
		return lockByName(ctx, folder)
	}
	_ = dir.Close()
	return nil, err
}

// lockFile waits for the lock that the reference holds while it appends to a
// file. Where files cannot be locked there is nothing to wait for.
func lockFile(ctx context.Context, folder *os.Root, name string) (unlock func(), err error) {
	f, err := folder.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return func() {}, nil // the reader will say
	}
	err = await(ctx, func() (bool, error) { return flock(f) })
	var errno syscall.Errno
	if err != nil && !errors.As(err, &errno) {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

func flock(f *os.File) (done bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}
