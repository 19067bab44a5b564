package filestate

import "syscall"

// Of returns the state of the regular file that a path leads to; ok is false if it
// leads to none.
func Of(path string) (s State, ok bool) {
	var info syscall.Stat_t
	for {
		err := syscall.Stat(path, &info)
		if err == nil {
			return of(&info)
		}
		if err != syscall.EINTR {
			return State{}, false
		}
	}
}

// OfDescriptor is [Of] for a file that is open.
func OfDescriptor(fd int) (s State, ok bool) {
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err != nil {
		return State{}, false
	}
	return of(&info)
}

func of(info *syscall.Stat_t) (State, bool) {
	if info.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return State{}, false
	}
	return State{
		Device: uint64(info.Dev), Inode: info.Ino, Size: info.Size,
		Modified: info.Mtim.Nano(), Changed: info.Ctim.Nano(),
	}, true
}
