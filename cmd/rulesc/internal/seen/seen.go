// Package seen remembers what "rulesc build" found to be up to date, so that the next
// one need not read again what has not changed since: of a thousand rule files it
// asks the system for their states and nothing else.
//
// A record says: this program was started with these arguments, read files in these
// states, found an artifact in that state to be made of them, and printed this. If
// all of it is still so, it would print the same again. Neither the environment nor
// the clock has a part in that, because records are kept of rule files that were
// named by hand only; much else counts where layers are looked for.
//
// Records are in the user's cache folder, or in the one that RULESC_CACHE names. A
// record is used only if nobody but the user can have written it, and even then all
// checksums in the artifact are compared. Where it is missing, damaged or out of date,
// and wherever else anything is odd, nothing is lost but time: main does all of the
// work, and keeps another.
//
// On Linux the answer comes from the init of this package, long before main; see
// package early for the idea, and mind what is imported here.
package seen

import (
	"github.com/rulesc/rulesc/internal/crc32c"
	"github.com/rulesc/rulesc/internal/filestate"
)

// A Record is what a build found.
type Record struct {
	Args     []string // the command line behind the name of the program
	Artifact File
	Files    []File // that were read
	Output   string
}

// A File is a path, and the state in which it was before it was read.
type File struct {
	Path  string
	State filestate.State
}

// Settled reports whether the record is worth keeping: whether any change to what is
// in it, since a build that began at the given moment, would show.
func (r *Record) Settled(moment int64) bool {
	for _, f := range r.Files {
		if !f.State.Settled(moment) {
			return false
		}
	}
	program, _ := filestate.Of(self)
	return program.Settled(moment) && r.Artifact.State.Settled(moment)
}

// self is the file of this program.
const self = "/proc/self/exe"

// Place returns where the record is for a command line that is given in the current
// folder. dir is "" if nobody says where records are.
func Place(args []string, getenv func(string) string) (dir, name string) {
	return folder(getenv), nameOf(crc32c.Update(startOfName(), zeroEnded(nil, args)))
}

func folder(getenv func(string) string) string {
	if own := getenv("RULESC_CACHE"); own != "" {
		return own
	}
	if cache := getenv("XDG_CACHE_HOME"); isAbsolute(cache) {
		return cache + "/rulesc"
	}
	if home := getenv("HOME"); isAbsolute(home) {
		return home + "/.cache/rulesc"
	}
	return ""
}

// The name is a checksum of the current folder and the arguments. What two command
// lines with one name cost each other is time.

func startOfName() uint32 { return crc32c.Checksum(currentFolder()) }

func nameOf(sum uint32) string {
	var digits [8]byte
	for i := range digits {
		digits[i] = "0123456789abcdef"[sum>>(28-4*i)&15]
	}
	return string(digits[:]) + suffix
}

const suffix = ".seen"

func isAbsolute(path string) bool { return path != "" && path[0] == '/' }

func zeroEnded(dst []byte, args []string) []byte {
	for _, arg := range args {
		dst = append(append(dst, arg...), 0)
	}
	return dst
}

// A record's file is
//
//	magic
//	checksum of what follows, number of files, length of the arguments, of all texts
//	for the program, the artifact and each file: its state, and where its path is
//	texts: the arguments, a zero behind each; paths that are not the end of one, the same
//	output
//
// with numbers in little endian order.
const (
	magic     = "RSEEN\x00\x00\x01"
	sumAt     = 8
	filesAt   = 12
	argsAt    = 16
	textsAt   = 20
	header    = 24
	stateSize = 40
	entrySize = stateSize + 4

	maxRecord = 64 << 20
)

// Encode returns the bytes of the record's file.
func (r *Record) Encode() []byte {
	texts := zeroEnded(nil, r.Args)
	args := len(texts)
	added := func(path string) int {
		texts = append(append(texts, path...), 0)
		return len(texts) - 1 - len(path)
	}
	arg, start := 0, 0 // files come in the order of the arguments that name them
	find := func(path string) int {
		for ; arg < len(r.Args); arg++ {
			if behind := len(r.Args[arg]) - len(path); behind >= 0 && r.Args[arg][behind:] == path {
				return start + behind
			}
			start += len(r.Args[arg]) + 1
		}
		return added(path)
	}
	b := append(make([]byte, 0, header+entrySize*(2+len(r.Files))+2*len(texts)+len(r.Output)), magic...)
	b = append32(b, 0, uint32(len(r.Files)), uint32(args), 0)
	program, _ := filestate.Of(self)
	b = append32(appendState(b, program), uint32(added(self)))
	b = append32(appendState(b, r.Artifact.State), uint32(added(r.Artifact.Path)))
	for _, f := range r.Files {
		b = append32(appendState(b, f.State), uint32(find(f.Path)))
	}
	append32(b[:textsAt], uint32(len(texts)))
	b = append(append(b, texts...), r.Output...)
	append32(b[:sumAt], crc32c.Checksum(b[filesAt:]))
	return b
}

func appendState(b []byte, s filestate.State) []byte {
	for _, v := range [...]uint64{s.Device, s.Inode, uint64(s.Size), uint64(s.Modified), uint64(s.Changed)} {
		b = append32(b, uint32(v), uint32(v>>32))
	}
	return b
}

func append32(b []byte, values ...uint32) []byte {
	for _, v := range values {
		b = append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	return b
}
