package witness

import (
	"strings"
	"syscall"
)

// On some file systems the system remembers the state of a file for up to a minute, and
// does not ask again until somebody opens the file: what another machine wrote is in what
// a reader reads before it is in what stat says.

// ShowsChanges reports whether every change of what is at path shows at once in what the
// system says of it. Where there is nothing, the folder tells that it would be in.
func ShowsChanges(path string) bool {
	kind, ok := fileSystem(path)
	return ok && !isLate(kind)
}

// isLate reports whether a file system is such a one. Kinds are the numbers that statfs
// has for them.
func isLate(kind uint32) bool {
	switch kind {
	case 0x6969, // NFS
		0x517b, 0xff534d42, 0xfe534d42, // SMB
		0x65735546,             // FUSE, for sshfs and others
		0x5346414f, 0x6b414653, // AFS
		0x73757245, // Coda
		0x564c:     // NCP
		return true
	}
	return false
}

// fileSystem returns the kind of file system that path is on, or would be on.
func fileSystem(path string) (kind uint32, ok bool) {
	var system syscall.Statfs_t
	for {
		switch err := syscall.Statfs(path, &system); {
		case err == nil:
			return uint32(system.Type), true
		case err == syscall.EINTR:
		case err != syscall.ENOENT:
			return 0, false
		case path == "." || path == "/" || path == "":
			return 0, false
		default:
			path = above(path)
		}
	}
}

// above returns the folder that a path is in; package path/filepath would be set up for
// it before builds that have nothing to do are answered.
func above(path string) string {
	switch i := strings.LastIndexByte(strings.TrimRight(path, "/"), '/'); i {
	case -1:
		return "."
	case 0:
		return "/"
	default:
		return path[:i]
	}
}
