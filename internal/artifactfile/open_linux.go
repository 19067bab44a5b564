package artifactfile

import (
	"io/fs"
	"sync"
	"syscall"

	"github.com/rulesc/rulesc/matcher"
)

// open is [OpenInfo] for whoever needs no info. It does without *os.File, which
// is most of what opening an artifact would allocate.
func open(path string) (Memory, error) {
	fd, err := descriptor(path)
	if err != nil {
		return Memory{}, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err != nil {
		return Memory{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	if info.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return Memory{}, notRegular(path)
	}
	head := heads.Get().(*[matcher.HeaderSize]byte)
	defer heads.Put(head)
	n, err := readFull(fd, head[:min(info.Size, matcher.HeaderSize)])
	if err != nil {
		return Memory{}, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	header, err := parseHeader(head[:n], info.Size)
	if err != nil {
		return Memory{}, err
	}
	if header.Codec == matcher.CodecStored {
		if m, err := mapDescriptor(fd, int(info.Size)); err == nil {
			populateRead(m.Bytes[:matcher.HeaderSize+header.StoredSize(matcher.SectionHot)])
			return m, nil
		}
		// Not every file system can map.
	}
	m := allocateFor(header)
	if n, err = readFull(fd, m.Bytes); err != nil {
		m.Release()
		return Memory{}, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	if n < len(m.Bytes) {
		m.Release()
		return Memory{}, endsEarly(n, info.Size)
	}
	return m, nil
}

// heads keeps room for headers, which checksums do not let be on the stack.
var heads = sync.Pool{New: func() any { return new([matcher.HeaderSize]byte) }}

// descriptor opens a file for reading. A pipe does not block it. Signals may
// interrupt it, on network file systems.
func descriptor(path string) (int, error) {
	for {
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}

// readFull reads from the beginning of a file until b is full or the file ends.
func readFull(fd int, b []byte) (n int, err error) {
	for n < len(b) {
		k, err := syscall.Pread(fd, b[n:], int64(n))
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return n, err
		case k == 0:
			return n, nil
		default:
			n += k
		}
	}
	return n, nil
}
