package wholefile

import (
	"io/fs"
	"slices"
	"sync"
	"syscall"
)

func read(path string, limit int) ([]byte, error) {
	fd, err := open(path, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	return readAll(fd, path, limit)
}

func readListed(path string, limit int) ([]byte, error) {
	// Asked before opening, because opening alone can set off a device, and again
	// of what was opened.
	var info syscall.Stat_t
	if err := syscall.Lstat(path, &info); err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	if info.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return nil, ErrNotRegular
	}
	fd, err := open(path, syscall.O_NOFOLLOW|syscall.O_NONBLOCK)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	if err := syscall.Fstat(fd, &info); err != nil {
		return nil, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	if info.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return nil, ErrNotRegular
	}
	return readAll(fd, path, limit)
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
	text := buffer[:0]
	for len(text) <= limit {
		if len(text) == cap(text) {
			text = slices.Grow(text, 3*len(text)) // now it is ours
		}
		n, err := syscall.Read(fd, text[len(text):cap(text)])
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return nil, &fs.PathError{Op: "read", Path: path, Err: err}
		case n == 0:
			return append(make([]byte, 0, len(text)), text...), nil
		default:
			text = text[:len(text)+n]
		}
	}
	return nil, tooLarge(limit)
}
