package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Who changes a rule file holds the lock of its folder from before it reads
// the file until after it has replaced it, so that of two writers the second
// reads what the first has written. The lock is on the folder and not on the
// file, because the file is another one afterwards.

// lockName is the lock where folders themselves cannot be locked. It is no
// rule file.
const lockName = ".rulesc.lock"

const (
	lockPatience = 30 * time.Second
	lockPause    = 10 * time.Millisecond
)

var errLocked = errors.New("another process is changing rules in this folder")

// lockByName takes the lock of a folder by creating a file that must not be
// there.
func lockByName(ctx context.Context, folder *os.Root) (unlock func(), err error) {
	err = await(ctx, func() (bool, error) {
		f, err := folder.OpenFile(lockName, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if os.IsExist(err) {
			return false, nil
		}
		if err == nil {
			err = f.Close()
		}
		return true, err
	})
	if errors.Is(err, errLocked) {
		err = fmt.Errorf("%w: should none be, remove %s", err, filepath.Join(folder.Name(), lockName))
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = folder.Remove(lockName) }, nil
}

// await calls take until it is done.
func await(ctx context.Context, take func() (done bool, err error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, lockPatience, errLocked)
	defer cancel()
	for {
		if done, err := take(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lockPause):
		}
	}
}
