package runtime

import (
	"io/fs"
	"syscall"
)

// changed is when a file was written or renamed last, by the clock of the system.
// Who copies a file together with its times cannot set this one.
func changed(info fs.FileInfo) syscall.Timespec {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Ctim
	}
	return syscall.Timespec{}
}
