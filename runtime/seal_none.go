//go:build !linux && !darwin

package runtime

// sealBlock does nothing where package syscall has no Mprotect.
func sealBlock([]byte) {}
