//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package main

import (
	"context"
	"os"
)

// lockFolder waits for the lock of a folder.
func lockFolder(ctx context.Context, folder *os.Root) (unlock func(), err error) {
	return lockByName(ctx, folder)
}

// lockFile has nothing to wait for.
func lockFile(context.Context, *os.Root, string) (unlock func(), err error) {
	return func() {}, nil
}
