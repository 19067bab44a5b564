package layers

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"unicode/utf8"

	"github.com/rulesc/rulesc/internal/witness"
)

// Sizes above which a file is an error, in bytes. They are far above what
// people write and far below what would hurt.
const (
	maxRulesFile  = 16 << 20
	maxConfigFile = 1 << 20
	maxGitFile    = 64 << 10
)

// errNotFile is for a path that is there but is no regular file.
var errNotFile = errors.New("is not a file")

// A disk is the file system, and who remembers what was seen there; nobody if there is
// no witness.
type disk struct{ witness *witness.Witness }

// readFile returns the contents of a regular file, following symbolic links.
// It never waits for a pipe or a device, and reads no more than limit bytes.
func (d disk) readFile(path AbsPath, limit int64) ([]byte, error) {
	// Asked before opening, because opening alone can set off a device.
	info, err := d.witness.Stat(path.path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	file, err := openFile(path.path)
	if err != nil {
		d.witness.Miss()
		return nil, err
	}
	defer file.Close()
	// Asked again of what was opened: the path may lead elsewhere by now.
	if info, err = file.Stat(); err != nil {
		d.witness.Miss()
		return nil, err
	}
	d.witness.Read(path.path, info)
	if !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		d.witness.Miss()
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("larger than %d bytes", limit)
	}
	return data, nil
}

// canonical returns a path with symbolic links resolved, or as it is where that fails.
func (d disk) canonical(path AbsPath) AbsPath {
	d.witness.Links(path.path)
	real, err := filepath.EvalSymlinks(path.path)
	if err != nil {
		return path
	}
	return AbsPath{real}
}

// exists reports whether path leads to anything, symbolic links followed.
func (d disk) exists(path AbsPath) bool {
	_, err := d.witness.Stat(path.path)
	return err == nil
}

// isMissing reports whether there is certainly nothing at path. A path that
// cannot be looked at is not missing.
func (d disk) isMissing(path AbsPath) bool {
	_, err := d.witness.Stat(path.path)
	return isAbsent(err)
}

// isDir reports whether path leads to a folder, symbolic links followed.
func (d disk) isDir(path AbsPath) bool {
	info, err := d.witness.Stat(path.path)
	return err == nil && info.IsDir()
}

// invalidUTF8 returns the offset of the first byte that is not valid UTF-8 and
// the length of the bad sequence there; ok is false where there is none.
func invalidUTF8(data []byte) (offset, length int, ok bool) {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r != utf8.RuneError || size != 1 {
			i += size
			continue
		}
		return i, badSequence(data[i:]), true
	}
	return 0, 0, false
}

// badSequence returns how many bytes at the start of data belong to one
// broken character: the longest that some valid character starts with, at
// least one.
func badSequence(data []byte) int {
	for n := 3; n > 1; n-- {
		if n <= len(data) && !utf8.FullRune(data[:n]) {
			return n
		}
	}
	return 1
}

// reason returns why an operation on a file failed, without the path, in the
// reference's words where it has some.
func reason(err error) string {
	if text, ok := systemReason(err); ok {
		return text
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}
