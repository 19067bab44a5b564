package wholefile

import (
	"io/fs"
	"sync"
	"syscall"

	"github.com/rulesc/rulesc/internal/filestate"
	"github.com/rulesc/rulesc/internal/witness"
)

func read(path string, limit int, state *filestate.State) ([]byte, error) {
	fd, err := open(path, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	if state != nil {
		*state = witness.StateOfDescriptor(fd)
	}
	return readAll(fd, path, limit)
}

func readListed(path string, limit int) ([]byte, filestate.State, error) {
	var none filestate.State
	// Asked before opening, because opening alone can set off a device, and again
	// of what was opened.
	var info syscall.Stat_t
	if err := syscall.Lstat(path, &info); err != nil {
		return nil, none, &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	if info.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return nil, none, ErrNotRegular
	}
	fd, err := open(path, syscall.O_NOFOLLOW|syscall.O_NONBLOCK)
	if err != nil {
		return nil, none, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	state := witness.StateOfDescriptor(fd)
	if state == none {
		return nil, none, ErrNotRegular
	}
	text, err := readAll(fd, path, limit)
	return text, state, err
}

func open(path string, flags int) (int, error) {
	for {
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|flags, 0)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}

// buffers keeps room for files as they mostly are.
var buffers = sync.Pool{New: func() any { return new([16 << 10]byte) }}

func readAll(fd int, path string, limit int) ([]byte, error) {
	buffer := buffers.Get().(*[16 << 10]byte)
	defer buffers.Put(buffer)
	text, own := buffer[:0], false
	for len(text) <= limit {
		if len(text) == cap(text) {
			text, own = append(make([]byte, 0, roomFor(fd, len(text), limit)), text...), true
		}
		n, err := syscall.Read(fd, text[len(text):cap(text)])
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return nil, &fs.PathError{Op: "read", Path: path, Err: err}
		case n > 0:
			text = text[:len(text)+n]
		case own && cap(text)-len(text) <= len(text)/8:
			return text, nil
		default:
			return append(make([]byte, 0, len(text)), text...), nil
		}
	}
	return nil, tooLarge(limit)
}

// roomFor returns how much room to make for a file of which so many bytes were
// read: what it says that it has, and one byte to see that this is all.
func roomFor(fd, read, limit int) int {
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err == nil && info.Size > int64(read) {
		return int(min(info.Size, int64(limit))) + 1
	}
	return 2 * read
}
