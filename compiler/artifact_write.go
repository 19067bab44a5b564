package compiler

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/rulesc/rulesc/matcher"
)

// Write writes the artifact to the file at path, all of it or nothing: who
// opens the path sees the old file or the new one, also after a crash, and
// after an error the old one is there as it was. A file that is replaced keeps
// its permissions; a new one can be written by nobody but its owner, and read
// as the umask says. A symbolic link at path is replaced by the file.
func (a *Artifact) Write(path string, codec matcher.Codec) error {
	b, err := a.Encode(codec)
	if err != nil {
		return err
	}
	return writeFile(path, b)
}

// writeFile goes through a temporary file in the same folder. The order
// matters: contents have to be on the disk before the name points to them, or
// a crash could leave a name with nothing behind it.
func writeFile(path string, b []byte) (err error) {
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if old, err := os.Lstat(path); err == nil && old.Mode().IsRegular() {
		if err := f.Chmod(old.Mode().Perm()); err != nil {
			return err
		}
	}
	if _, err := f.Write(b); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// createBeside creates a file in the folder of path, under a name that nobody
// uses and that is not taken for an artifact.
func createBeside(path string) (*os.File, error) {
	folder, name := filepath.Split(path)
	if name == "" {
		return nil, fmt.Errorf("%q is a folder, not a file to write to", path)
	}
	for tries := 0; ; tries++ {
		temporary := fmt.Sprintf("%s.%s.%08x.tmp", folder, name, rand.Uint32())
		// Who can write the artifact can write the policy, so others cannot,
		// whatever the umask says.
		f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if os.IsExist(err) && tries < 100 {
			continue
		}
		return f, err
	}
}

// syncFolder makes the new name durable. If that fails, or is impossible as on
// Windows, a crash may bring the old file back, which is whole too: no reason
// to report as failed what has already happened.
func syncFolder(folder string) {
	f, err := os.Open(folder)
	if err != nil {
		return
	}
	_ = f.Sync()
	_ = f.Close()
}
