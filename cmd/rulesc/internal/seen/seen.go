// Package seen remembers what "rulesc build" found to be up to date, so that the next
// one need not read again what has not changed since: of a thousand rule files it
// asks the system for their states and nothing else.
//
// A record says: this program was started in this folder, with these arguments, where
// the environment said this. It came to know facts about what is at some paths, among
// them an artifact that is made of what is there, and printed this. If all of it is
// still so, it would print the same again. Where layers are looked for, a fact may be
// that there is nothing at a path, or that a folder has the entries that it had. The
// clock has no part in it.
//
// Records are in the user's cache folder, or in the one that RULESC_CACHE names. A
// record is used only if nobody but the user can have written it, and even then all
// checksums in the artifact are compared. Where it is missing, damaged or out of date,
// and wherever else anything is odd, nothing is lost but time: main does all of the
// work, and keeps another.
//
// Nothing here asks the system. On Linux packages ahead and early answer with it, long
// before main; mind what is imported here.
package seen

import (
	"github.com/rulesc/rulesc/internal/crc32c"
	"github.com/rulesc/rulesc/internal/filestate"
)

// A Record is what a build found.
type Record struct {
	Start    Start
	Env      []string         // the values of the variables of that name, if they count
	Artifact filestate.Fact   // the file that is up to date
	Facts    []filestate.Fact // that of the program among them
	Output   string
}

// Variables are those of the environment that say where layers are.
var Variables = [...]string{"CODEX_HOME", "HOME", "PWD"}

// A Start is what a process was started with.
type Start struct {
	Folder string   // as the system has it
	Args   []string // behind the name of the program
}

// Settled reports whether the record is worth keeping: whether any change to what is
// in it, since a build that began at the given moment, would show.
func (r *Record) Settled(moment int64) bool {
	for i := range r.Facts {
		if !r.Facts[i].Settled(moment) {
			return false
		}
	}
	return r.Artifact.Exact && r.Artifact.Settled(moment)
}

// Name returns the name of the file that a record is in. What two starts with one
// checksum cost each other is time.
func (s *Start) Name() string { return string(appendName(nil, crc32c.Checksum(s.Text()))) }

func appendName(dst []byte, sum uint32) []byte {
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[sum>>shift&15])
	}
	return append(dst, ".seen"...)
}

// Text is the folder and the arguments, with a zero behind each.
func (s *Start) Text() []byte { return zeroEnded(append([]byte(s.Folder), 0), s.Args) }

// AppendFolder appends the folder that records are in; nothing if nobody says where.
func AppendFolder(dst []byte, getenv func(string) string) []byte {
	if own := getenv("RULESC_CACHE"); own != "" {
		return append(dst, own...)
	}
	if cache := getenv("XDG_CACHE_HOME"); isAbsolute(cache) {
		return append(append(dst, cache...), "/rulesc"...)
	}
	if home := getenv("HOME"); isAbsolute(home) {
		return append(append(dst, home...), "/.cache/rulesc"...)
	}
	return dst
}

func isAbsolute(path string) bool { return path != "" && path[0] == '/' }

func zeroEnded(dst []byte, texts []string) []byte {
	for _, text := range texts {
		dst = append(append(dst, text...), 0)
	}
	return dst
}

// A record's file is
//
//	magic
//	checksum of what follows, number of facts, length of the start, of the environment,
//	    of all texts
//	for each fact and the artifact: its state, where its path is, what was asked
//	texts: the start, the values of the variables or none of them, paths that are not the
//	    end of an argument; a zero behind each
//	output
//
// with numbers in little endian order.
const (
	magic     = "RSEEN\x00\x00\x02"
	sumAt     = 8
	factsAt   = 12
	startAt   = 16
	envAt     = 20
	textsAt   = 24
	header    = 28
	pathAt    = 40 // in an entry
	askedAt   = 44
	entrySize = 48

	isItself = 1 << 8 // beside the kind
	isExact  = 1 << 9
)

// Encode returns the bytes of the record's file.
func (r *Record) Encode() []byte {
	texts := r.Start.Text()
	start := len(texts)
	texts = zeroEnded(texts, r.Env)
	env := len(texts) - start
	arg, at := 0, len(r.Start.Folder)+1 // files come in the order of the arguments that name them
	find := func(path string) int {
		for ; arg < len(r.Start.Args); arg++ {
			if behind := len(r.Start.Args[arg]) - len(path); behind >= 0 && r.Start.Args[arg][behind:] == path {
				return at + behind
			}
			at += len(r.Start.Args[arg]) + 1
		}
		texts = append(append(texts, path...), 0)
		return len(texts) - 1 - len(path)
	}
	b := append(make([]byte, 0, header+entrySize*(1+len(r.Facts))+2*len(texts)+len(r.Output)), magic...)
	b = append32(b, 0, uint32(len(r.Facts)), uint32(start), uint32(env), 0)
	add := func(f *filestate.Fact) {
		asked := uint32(f.Kind)
		if f.Itself {
			asked |= isItself
		}
		if f.Exact {
			asked |= isExact
		}
		s := f.State
		for _, v := range [...]uint64{s.Device, s.Inode, uint64(s.Size), uint64(s.Modified), uint64(s.Changed)} {
			b = append32(b, uint32(v), uint32(v>>32))
		}
		b = append32(b, uint32(find(f.Path)), asked)
	}
	for i := range r.Facts {
		add(&r.Facts[i])
	}
	add(&r.Artifact)
	append32(b[:textsAt], uint32(len(texts)))
	b = append(append(b, texts...), r.Output...)
	append32(b[:sumAt], crc32c.Checksum(b[factsAt:]))
	return b
}

func append32(b []byte, values ...uint32) []byte {
	for _, v := range values {
		b = append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	return b
}
