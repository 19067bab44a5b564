package layers

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"
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

// readFile returns the contents of a regular file, following symbolic links.
// It never waits for a pipe or a device, and reads no more than limit bytes.
func readFile(path AbsPath, limit int64) ([]byte, error) {
	// Asked before opening, because opening alone can set off a device.
	info, err := os.Stat(path.path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	file, err := openFile(path.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(file, limit)
}

func readAll(file *os.File, limit int64) ([]byte, error) {
	// Asked again of what was opened: the path may lead elsewhere by now.
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("larger than %d bytes", limit)
	}
	return data, nil
}

// exists reports whether path leads to anything, symbolic links followed.
func exists(path AbsPath) bool {
	_, err := os.Stat(path.path)
	return err == nil
}

// isMissing reports whether there is certainly nothing at path. A path that
// cannot be looked at is not missing.
func isMissing(path AbsPath) bool {
	_, err := os.Stat(path.path)
	return isAbsent(err)
}

// isDir reports whether path leads to a folder, symbolic links followed.
func isDir(path AbsPath) bool {
	info, err := os.Stat(path.path)
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
