package main

import (
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
)

// replaceFile gives a file of a folder a new text, all of it or nothing: who
// opens the file sees the old text or the new one, also after a crash. The
// order matters: contents have to be on the disk before the name points to
// them. A file that is there keeps its permissions. Nothing outside the folder
// is touched, whatever symbolic links are in it.
func replaceFile(folder *os.Root, name string, text []byte) (err error) {
	f, temporary, err := createTemporary(folder, name)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = folder.Remove(temporary)
		}
	}()
	if old, err := folder.Lstat(name); err == nil && old.Mode().IsRegular() {
		if err := f.Chmod(old.Mode().Perm()); err != nil {
			return err
		}
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := folder.Rename(temporary, name); err != nil {
		return err
	}
	// Should the new name not be durable, a crash brings the old file back,
	// which is whole too.
	if dir, err := folder.Open("."); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}

// createTemporary creates a file under a name that nobody uses and that is not
// taken for a rule file. Who can write rules can allow commands, so nobody but
// the owner can, whatever the umask says.
func createTemporary(folder *os.Root, name string) (*os.File, string, error) {
	for tries := 0; ; tries++ {
		temporary := fmt.Sprintf(".%s.%08x.tmp", name, rand.Uint32())
		f, err := folder.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if os.IsExist(err) && tries < 100 {
			continue
		}
		return f, temporary, err
	}
}

// replaceable is an error where an output would take the place of something else, such
// as the rule file that it is made of. What is there has to begin as the output does, or
// to be empty.
func replaceable(path, start string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil // whoever writes will say
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s holds what cannot be read: %w", path, bare(err))
	}
	defer f.Close()
	old := make([]byte, len(start))
	if n, _ := io.ReadFull(f, old); n > 0 && string(old) != start {
		return &hintedError{fmt.Errorf("%s holds something else", path), "remove it, or name another file"}
	}
	return nil
}

// readIn reads a regular file of a folder; whatever else has that name, a
// symbolic link included, is an error. The text is nil if there is no such file.
func readIn(folder *os.Root, name string) ([]byte, error) {
	info, err := folder.Lstat(name)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, bare(err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return nil, fmt.Errorf("is a symbolic link, through which rulesc does not write")
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("is no regular file")
	}
	if info.Size() > maxRuleFile {
		return nil, fmt.Errorf("larger than %d bytes", maxRuleFile)
	}
	text, err := folder.ReadFile(name)
	if text == nil {
		text = []byte{}
	}
	return text, err
}
