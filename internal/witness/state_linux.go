package witness

import (
	"io/fs"
	"syscall"

	"github.com/rulesc/rulesc/internal/filestate"
)

func stateOf(info fs.FileInfo) filestate.State {
	system, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return filestate.State{}
	}
	return state(system)
}

// State returns the state of the regular file that a path leads to, the zero one if it
// leads to none.
func State(path string) filestate.State {
	var info syscall.Stat_t
	for {
		err := syscall.Stat(path, &info)
		if err == nil {
			return stateOfFile(&info)
		}
		if err != syscall.EINTR {
			return filestate.State{}
		}
	}
}

// StateOfDescriptor is [State] for a file that is open.
func StateOfDescriptor(fd int) filestate.State {
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err != nil {
		return filestate.State{}
	}
	return stateOfFile(&info)
}

func stateOfFile(info *syscall.Stat_t) filestate.State {
	if info.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return filestate.State{}
	}
	return state(info)
}

func state(info *syscall.Stat_t) filestate.State {
	return filestate.State{
		Device: uint64(info.Dev), Inode: info.Ino, Size: info.Size,
		Modified: info.Mtim.Nano(), Changed: info.Ctim.Nano(),
	}
}
