//go:build !linux && !darwin

package artifactfile

// Where package syscall has no Mprotect nothing is sealed.

func sealBlock([]byte)        {}
func unsealBlock([]byte) bool { return true }
