package filestate

import (
	"syscall"
	"unsafe"
)

// OfZeroEnded is [Of] for a path with a zero byte behind it, which it does not copy.
//
// The system reads path up to its first zero, which is looked for here, and writes as
// many bytes as a Stat_t has. Both stay where they are, because they are arguments of
// the call (unsafe.Pointer, rule 4).
func OfZeroEnded(path []byte) (s State, ok bool) {
	end := 0
	for end < len(path) && path[end] != 0 {
		end++
	}
	if end == len(path) {
		return State{}, false
	}
	var info syscall.Stat_t
	const currentFolder = -100
	for {
		folder := currentFolder
		_, _, errno := syscall.RawSyscall6(syscall.SYS_NEWFSTATAT, uintptr(folder), uintptr(unsafe.Pointer(&path[0])), uintptr(unsafe.Pointer(&info)), 0, 0, 0)
		if errno == 0 {
			return of(&info)
		}
		if errno != syscall.EINTR {
			return State{}, false
		}
	}
}
