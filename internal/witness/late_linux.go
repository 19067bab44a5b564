package witness

import (
	"strings"
	"syscall"
)

// On some file systems the system remembers the state of a file for up to a minute, and
// does not ask again until somebody opens the file: what another machine wrote is in what
// a reader reads before it is in what stat says.

// late are the numbers of such file systems, as statfs has them.
var late = map[uint32]string{
	0x6969:     "nfs",
	0x517b:     "smb",
	0xff534d42: "cifs",
	0xfe534d42: "smb2",
	0x65735546: "fuse", // sshfs among them
	0x5346414f: "afs",
	0x6b414653: "afs",
	0x73757245: "coda",
	0x564c:     "ncp",
}

// ShowsChanges reports whether every change of what is at path shows at once in what the
// system says of it. Where there is nothing, the folder tells that it would be in.
func ShowsChanges(path string) bool {
	var system syscall.Statfs_t
	for {
		switch err := syscall.Statfs(path, &system); {
		case err == nil:
			return late[uint32(system.Type)] == ""
		case err == syscall.EINTR:
		case err != syscall.ENOENT:
			return false
		case path == "." || path == "/" || path == "":
			return false
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
