//go:build linux || darwin

package artifactfile

import "syscall"

// sealBlock makes a block read-only. If the system refuses, the block works as
// it is.
func sealBlock(block []byte) {
	_ = syscall.Mprotect(block, syscall.PROT_READ)
}

// unsealBlock undoes sealBlock, if it can.
func unsealBlock(block []byte) bool {
	return syscall.Mprotect(block, syscall.PROT_READ|syscall.PROT_WRITE) == nil
}
