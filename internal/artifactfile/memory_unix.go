//go:build unix

package artifactfile

import (
	"os"
	"syscall"
)

// mapFile maps a file of the given size for reading.
func mapFile(f *os.File, size int) (Memory, error) {
	connection, err := f.SyscallConn()
	if err != nil {
		return Memory{}, err
	}
	var m Memory
	var mapErr error
	err = connection.Control(func(fd uintptr) { m, mapErr = mapDescriptor(int(fd), size) })
	if err != nil {
		return Memory{}, err
	}
	return m, mapErr
}

func mapDescriptor(fd, size int) (Memory, error) {
	block, err := syscall.Mmap(fd, 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return Memory{}, err
	}
	m := newMemory(block, size)
	m.readOnly = true
	return m, nil
}

// allocateBlock returns at least size zero bytes outside the Go heap.
func allocateBlock(size int) ([]byte, error) {
	size = blockSize(size)
	return syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE|populateFlag(size))
}

func releaseBlock(block []byte) {
	// It fails for what Mmap did not return, and, for a block between others, in a
	// process that has as many mappings as it may have. Then the block stays.
	_ = syscall.Munmap(block)
}
