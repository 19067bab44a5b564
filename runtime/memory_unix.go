//go:build unix

package runtime

import (
	"os"
	"syscall"
)

// mapFile maps a file of the given size for reading.
func mapFile(f *os.File, size int) (*memory, error) {
	connection, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	var block []byte
	var mapErr error
	err = connection.Control(func(fd uintptr) {
		block, mapErr = syscall.Mmap(int(fd), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	})
	if err != nil {
		return nil, err
	}
	if mapErr != nil {
		return nil, mapErr
	}
	return newMemory(block, size), nil
}

// allocateBlock returns at least size zero bytes outside the Go heap.
func allocateBlock(size int) ([]byte, error) {
	return syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE|populate(size))
}

func releaseBlock(block []byte) {
	// It fails only for what Mmap did not return.
	_ = syscall.Munmap(block)
}
