// Package artifactfile gets the file of an artifact into memory: mapped where it
// is matched in place, and in any case outside the Go heap.
//
// It knows the header, so that no file makes it ask for more memory than an
// artifact of that size has a use for, and nothing else of what is in the file.
package artifactfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/rulesc/rulesc/matcher"
)

// Open gets the artifact at path into memory. One that is stored without
// compression is mapped, where the platform and the file system can. Errors are
// of type [*fs.PathError] or [*matcher.FormatError].
func Open(path string) (Memory, error) { return open(path) }

// OpenInfo is [Open], and says what the file was when it was opened. The info
// is nil if the file could not be opened.
func OpenInfo(path string) (Memory, fs.FileInfo, error) {
	f, info, err := openFile(path)
	if err != nil {
		return Memory{}, info, err
	}
	defer f.Close()
	header, err := readHeader(f, info.Size())
	if err != nil {
		return Memory{}, info, err
	}
	if header.Codec == matcher.CodecStored {
		if m, err := mapFile(f, int(info.Size())); err == nil {
			return m, info, nil
		}
		// Not every file system can map, and not every platform.
	}
	m, err := readAll(f, header)
	return m, info, err
}

// ReadInfo is [OpenInfo] without mapping.
func ReadInfo(path string) (Memory, fs.FileInfo, error) {
	f, info, err := openFile(path)
	if err != nil {
		return Memory{}, info, err
	}
	defer f.Close()
	m, err := Read(f, info.Size())
	return m, info, err
}

// Read reads an artifact of the given size.
func Read(r io.ReaderAt, size int64) (Memory, error) {
	header, err := readHeader(r, size)
	if err != nil {
		return Memory{}, err
	}
	return readAll(r, header)
}

func openFile(path string) (*os.File, fs.FileInfo, error) {
	// Looking first keeps a pipe from blocking the open.
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, info, notRegular(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = notRegular(path)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

func notRegular(path string) error {
	return &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
}

func readHeader(r io.ReaderAt, size int64) (matcher.Header, error) {
	var head [matcher.HeaderSize]byte
	n, err := r.ReadAt(head[:min(size, matcher.HeaderSize)], 0)
	if err != nil && err != io.EOF {
		return matcher.Header{}, err
	}
	return parseHeader(head[:n], size)
}

// parseHeader returns the header of a file of the given size, if it is sound
// and promises just this size.
func parseHeader(head []byte, size int64) (matcher.Header, error) {
	header, err := matcher.ParseHeader(head)
	if err == nil && size != header.Length {
		err = &matcher.FormatError{
			Offset: min(size, header.Length),
			Kind:   matcher.ErrDamaged,
			Reason: fmt.Sprintf("the file has %d bytes, the header promises %d", size, header.Length),
		}
	}
	return header, err
}

// readAll reads a file with this header.
func readAll(r io.ReaderAt, header matcher.Header) (Memory, error) {
	m := allocateFor(header)
	n, err := r.ReadAt(m.Bytes, 0)
	if n < len(m.Bytes) {
		m.Release()
		if err == io.EOF {
			err = endsEarly(n, header.Length)
		}
		return Memory{}, err
	}
	return m, nil
}

// allocateFor returns memory to read a file into.
func allocateFor(header matcher.Header) Memory {
	if header.Codec == matcher.CodecStored {
		return Allocate(int(header.Length))
	}
	return AllocateSpare(int(header.Length))
}

func endsEarly(n int, size int64) error {
	return &matcher.FormatError{
		Offset: int64(n),
		Kind:   matcher.ErrDamaged,
		Reason: fmt.Sprintf("the file ends here, the header promises %d bytes", size),
	}
}
