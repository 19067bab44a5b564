//go:build !linux && !darwin

package artifactfile

// sealBlock does nothing where package syscall has no Mprotect.
func sealBlock([]byte) {}
