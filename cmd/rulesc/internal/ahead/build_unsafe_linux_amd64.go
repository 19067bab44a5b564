package ahead

import (
	"unsafe"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/seen"
	"github.com/rulesc/rulesc/internal/filestate"
)

// Builds says that a build that is up to date is answered here.
const Builds = true

// building is how this process was started.
var building struct {
	commandLine
	args   int // where they begin, behind the program's name
	folder [4096]byte
	length int // of the folder, with the 0 behind it
}

// answerBuild ends the process if a build with these arguments has nothing to do.
func answerBuild(line commandLine) {
	b := &building
	b.commandLine, b.args = line, afterName(memory.line[:line.read])
	n, errno := call(sysGetcwd, uintptr(unsafe.Pointer(&b.folder)), uintptr(len(b.folder)), 0, 0, 0, 0)
	if errno != 0 {
		return
	}
	b.length = int(n)
	output, ok := memory.build.Answer(&seen.System{Start: start, Getenv: getenv, Look: look, Read: read, Own: own})
	if ok && write(output) {
		exit(0)
	}
}

// start returns a part of the folder and the arguments.
func start(at int) []byte {
	b := &building
	if at < b.length {
		return b.folder[at:b.length]
	}
	at += b.args - b.length
	if b.read < firstPart { // it has all of them
		return memory.line[at:b.read]
	}
	n, errno := call(sysPread, b.fd, uintptr(unsafe.Pointer(&memory.line)), firstPart, uintptr(at), 0, 0)
	if errno != 0 {
		return nil
	}
	return memory.line[:n]
}

// look says what is at a path with a 0 behind it.
func look(path []byte, itself bool) (kind filestate.Kind, state filestate.State, ok bool) {
	folder := currentFolder
	flags := uintptr(0)
	if itself {
		flags = symlinkItself
	}
	var stat status
	errno := uintptr(interrupted)
	for errno == interrupted {
		_, errno = call(sysNewfstat, uintptr(folder), uintptr(unsafe.Pointer(&path[0])), uintptr(unsafe.Pointer(&stat)), flags, 0, 0)
	}
	if errno != 0 {
		return filestate.Nothing, state, errno == notThere
	}
	switch stat.mode & modeType {
	case modeRegular:
		kind = filestate.File
	case modeFolder:
		kind = filestate.Folder
	case modeLink:
		kind = filestate.Link
	default:
		kind = filestate.Other
	}
	const second = 1_000_000_000
	return kind, filestate.State{
		Device: stat.device, Inode: stat.inode, Size: stat.size,
		Modified: stat.modified*second + stat.modifiedNano, Changed: stat.changed*second + stat.changedNano,
	}, true
}

func read(path []byte) []byte {
	end := 0
	for path[end] != 0 {
		end++
	}
	return mapped(text(path[:end]))
}

// own returns what is in a file of a folder that is the user's alone.
func own(folder, name []byte) []byte {
	dir, errno := open(text(folder), mustBeFolder)
	if errno != 0 {
		return nil
	}
	defer shut(dir)
	user, _ := call(sysGeteuid, 0, 0, 0, 0, 0, 0)
	mine := func(stat *status) bool { return uintptr(stat.owner) == user && stat.mode&modeOthers == 0 }
	var stat status
	if _, errno := call(sysFstat, dir, uintptr(unsafe.Pointer(&stat)), 0, 0, 0, 0); errno != 0 || !mine(&stat) {
		return nil
	}
	fd, errno := openAt(dir, text(name), noLink)
	if errno != 0 {
		return nil
	}
	b, stat := content(fd)
	shut(fd)
	if !mine(&stat) {
		return nil
	}
	return b
}
