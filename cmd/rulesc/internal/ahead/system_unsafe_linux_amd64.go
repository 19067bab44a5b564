package ahead

import (
	"unsafe"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/about"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/seen"
	"github.com/rulesc/rulesc/internal/unzstd"
)

func init() {
	line, ok := openCommandLine()
	if !ok {
		return
	}
	switch {
	case line.is("version\x00"):
		finish(about.AppendVersion(memory.output[:0]), 0)
	case line.begins("check\x00"):
		growStack(false)
		answerCheck(line.all())
	case line.begins("build\x00"):
		growStack(false)
		answerBuild(line)
	}
	shut(line.fd)
}

// answerCheck ends the process if it knows what to say.
func answerCheck(args []string) {
	if len(args) < 2 {
		return
	}
	memory.decoder = &decoder
	if output, code, ok := memory.answer(args[2:], &system, memory.output[:0]); ok {
		finish(output, code)
	}
}

// memory is what the process has anyway. What is used of it, but for long arguments,
// lies together.
var memory struct {
	args   [32]string
	output [1 << 9]byte
	desk
	build seen.Desk
	line  [16 << 10]byte // all arguments, each with a 0 behind it; or a part of them
}

var decoder unzstd.Decoder

var system = System{Read: mapped, Memory: anonymous, Caching: caching}

// A commandLine is the file that has the arguments of this process. Package os would
// copy them twice.
type commandLine struct {
	fd   uintptr
	read int // how much of it is in memory.line
}

// firstPart is how much of a command line is looked at, to begin with.
const firstPart = 8 << 10

func openCommandLine() (line commandLine, ok bool) {
	fd, errno := open("/proc/self/cmdline\x00", 0)
	if errno != 0 {
		return line, false
	}
	line.fd = fd
	return line, line.more(firstPart)
}

// more reads on, up to so many bytes.
func (l *commandLine) more(size int) bool {
	n, errno := call(sysPread, l.fd, uintptr(unsafe.Pointer(&memory.line[l.read])), uintptr(size-l.read), uintptr(l.read), 0, 0)
	l.read += int(n)
	return errno == 0
}

// words returns what there is behind the program's name, each word with a 0 behind it.
func (l *commandLine) words() []byte {
	return memory.line[afterName(memory.line[:l.read]):l.read]
}

func (l *commandLine) is(words string) bool { return string(l.words()) == words }

func (l *commandLine) begins(words string) bool {
	have := l.words()
	return len(have) >= len(words) && string(have[:len(words)]) == words
}

func afterName(line []byte) int {
	for i, c := range line {
		if c == 0 {
			return i + 1
		}
	}
	return len(line)
}

// all returns the arguments, nil if there are so many that somebody else may look at
// them.
func (l *commandLine) all() []string {
	if l.read == firstPart && !l.more(len(memory.line)) || l.read == len(memory.line) {
		return nil
	}
	args, start := memory.args[:0], 0
	for i, c := range memory.line[:l.read] {
		if c != 0 {
			continue
		}
		if len(args) == len(memory.args) {
			return nil
		}
		args = append(args, text(memory.line[start:i]))
		start = i + 1
	}
	return args
}

// finish writes the output and ends the process. Where that cannot be done it returns,
// and somebody else tries again and says why: a pipe takes as little as this at once,
// or nothing.
func finish(output []byte, code int) {
	const atomic = 4096
	if len(output) <= atomic && write(output) {
		exit(code)
	}
}

func shut(fd uintptr) { call(sysClose, fd, 0, 0, 0, 0, 0) }

func exit(code int) { call(sysExitGroup, uintptr(code), 0, 0, 0, 0, 0) }

// growStack has the stack be large enough. The first one of a program is 2 KB, and one
// that grows twice as large with each call that needs more is copied each time, to one
// of several that are laid out together. For a function with so large a frame it gets
// 32 KB at once, of which nobody touches what is not used.
//
//go:noinline
func growStack(never bool) {
	if never {
		var room [20 << 10]byte
		write(room[:])
	}
}

// call asks the system. What a pointer among its arguments points to is kept alive and
// where it is until the call is over: so package unsafe has it for functions that are
// written in assembly, if the conversion to uintptr is in the list of arguments.
//
//go:noescape
func call(number, a1, a2, a3, a4, a5, a6 uintptr) (result, errno uintptr)

const (
	sysWrite     = 1
	sysClose     = 3
	sysFstat     = 5
	sysPoll      = 7
	sysMmap      = 9
	sysPread     = 17
	sysGetcwd    = 79
	sysGeteuid   = 107
	sysExitGroup = 231
	sysOpenat    = 257
	sysNewfstat  = 262

	currentFolder = -100

	readOnly, nonBlocking, mustBeFolder, noLink, closeOnExec = 0, 0x800, 0x10000, 0x20000, 0x80000

	symlinkItself = 0x100

	modeType, modeRegular, modeFolder, modeLink, modeOthers = 0o170000, 0o100000, 0o040000, 0o120000, 0o077

	protectRead, protectWrite = 1, 2

	mapShared, mapPrivate, mapAnonymous, populate = 1, 2, 0x20, 0x8000

	notThere, interrupted, tryAgain = 2, 4, 11

	pollOut = 4
)

// A status is what the system says of a file.
type status struct {
	device, inode, _                uint64
	mode, owner, _, _               uint32
	_                               uint64
	size                            int64
	_, _, _, _                      uint64
	modified, modifiedNano, changed int64
	changedNano                     int64
	_                               [3]uint64
}

// write writes b to standard output, and reports whether it could.
func write(b []byte) bool {
	for len(b) > 0 {
		n, errno := call(sysWrite, 1, uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0)
		if errno == interrupted {
			continue
		}
		if errno == tryAgain {
			waitForReader()
			continue
		}
		if errno != 0 {
			return false
		}
		b = b[n:]
	}
	return true
}

// waitForReader waits until standard output takes more. Whoever made it may have had it
// not wait by itself, and what was written so far cannot be taken back.
func waitForReader() {
	wait := struct {
		file           int32
		events, result int16
	}{file: 1, events: pollOut}
	forever := -1
	call(sysPoll, uintptr(unsafe.Pointer(&wait)), 1, uintptr(forever), 0, 0, 0)
}

// open opens a file by its name, behind which there is a 0.
func open(name string, flags uintptr) (fd, errno uintptr) {
	folder := currentFolder
	return openAt(uintptr(folder), name, flags)
}

func openAt(folder uintptr, name string, flags uintptr) (fd, errno uintptr) {
	return call(sysOpenat, folder, uintptr(unsafe.Pointer(unsafe.StringData(name))), readOnly|nonBlocking|closeOnExec|flags, 0, 0, 0)
}

// maxSize is above the size of any policy in use. All pages are asked for at once, so
// what is larger, and possibly hostile, is for somebody else.
const maxSize = 64 << 20

// mapped returns a file in memory, nil if that is not a regular one. It stays there, as
// does the descriptor: the process ends soon.
func mapped(path string) []byte {
	// The path is a part of memory.line, or of a record, where a 0 follows.
	fd, errno := open(unsafe.String(unsafe.StringData(path), len(path)+1), 0)
	if errno != 0 {
		return nil
	}
	b, _ := content(fd)
	return b
}

// content returns what is in an open file, and what the system says of the file.
func content(fd uintptr) ([]byte, status) {
	var stat status
	_, errno := call(sysFstat, fd, uintptr(unsafe.Pointer(&stat)), 0, 0, 0, 0)
	if errno != 0 || stat.mode&modeType != modeRegular || stat.size < 1 || stat.size > maxSize {
		return nil, stat
	}
	at, errno := call(sysMmap, 0, uintptr(stat.size), protectRead, mapShared|populate, fd, 0)
	if errno != 0 {
		return nil, stat
	}
	// It is no memory of Go's, so nothing but this slice refers to it.
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), stat.size), stat
}

// anonymous returns memory with all of its pages.
func anonymous(size int) []byte {
	if size > maxSize {
		return nil
	}
	none := -1
	at, errno := call(sysMmap, 0, uintptr(size), protectRead|protectWrite, mapPrivate|mapAnonymous|populate, uintptr(none), 0)
	if errno != 0 {
		return nil
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), size)
}

// environment is what package syscall asks the runtime for. If there is no such
// function any more, the program does not link.
//
//go:linkname environment syscall.runtime_envs
func environment() []string

func caching() bool { return getenv("RULESC_CACHE") != "" }

// variables is the environment, once it was asked for: each time it is another copy.
var variables []string

func getenv(name string) string {
	if variables == nil {
		variables = environment()
	}
	for _, s := range variables {
		if len(s) > len(name) && s[:len(name)] == name && s[len(name)] == '=' {
			return s[len(name)+1:]
		}
	}
	return ""
}
