package seen

import (
	"github.com/rulesc/rulesc/internal/crc32c"
	"github.com/rulesc/rulesc/internal/filestate"
	"github.com/rulesc/rulesc/matcher"
)

// A System is what an answer takes from outside. Paths and names have a zero behind
// them.
type System struct {
	Start  func(at int) []byte // some of what the process was started with, from there on; none at the end
	Getenv func(name string) string

	// Look says what is at a path, or at the path itself, should it be a symbolic link.
	// ok is false if the system does not say.
	Look func(path []byte, itself bool) (kind filestate.Kind, state filestate.State, ok bool)

	// Read returns what is in a regular file, nil if that cannot be done.
	Read func(path []byte) []byte

	// Own is Read for a file in a folder, if both are the user's and nobody else may do
	// anything with them; package ownfolder, which writes records, says the same in
	// terms of package os.
	Own func(folder, name []byte) []byte
}

// A Desk has room for what an answer takes. Whoever asks ahead of everything else has
// it among what the process has anyway.
type Desk struct {
	artifact matcher.Container
	name     [16]byte
	folder   [512]byte
}

// Answer returns what a build prints, if there is a record of it and all is as it was.
func (d *Desk) Answer(s *System) (output []byte, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // main does all of the work, and fails by itself if it has to
		}
	}()
	folder := AppendFolder(d.folder[:0], s.Getenv)
	if len(folder) == 0 {
		return nil, false
	}
	sum := uint32(0)
	for at := 0; ; {
		part := s.Start(at)
		if len(part) == 0 {
			break
		}
		sum = crc32c.Update(sum, part)
		at += len(part)
	}
	r, ok := open(s.Own(append(folder, 0), append(appendName(d.name[:0], sum), 0)))
	if !ok || !r.sameStart(s) || !r.sameEnv(s) || !r.sameFacts(s) {
		return nil, false
	}
	return r.output, d.whole(s, r.path(len(r.entries)-entrySize))
}

// A record is one that was read.
type record struct {
	entries                   []byte // of the facts and the artifact
	start, env, texts, output []byte
}

// open opens a record if its checksum is right.
func open(b []byte) (r record, ok bool) {
	if len(b) < header || string(b[:len(magic)]) != magic || read32(b, sumAt) != crc32c.Checksum(b[factsAt:]) {
		return record{}, false
	}
	start, env, texts, rest := uint64(read32(b, startAt)), uint64(read32(b, envAt)), uint64(read32(b, textsAt)), b[header:]
	entries := entrySize * (1 + uint64(read32(b, factsAt)))
	if start+env > texts || entries+texts > uint64(len(rest)) {
		return record{}, false
	}
	r.entries, r.texts, r.output = rest[:entries], rest[entries:entries+texts], rest[entries+texts:]
	r.start, r.env = r.texts[:start], r.texts[start:start+env]
	return r, len(r.texts) > 0 && r.texts[len(r.texts)-1] == 0
}

// sameStart reports whether the process was started as the one was that kept the record.
func (r *record) sameStart(s *System) bool {
	rest := r.start
	for at := 0; ; {
		part := s.Start(at)
		if len(part) == 0 {
			return len(rest) == 0
		}
		if len(part) > len(rest) || string(rest[:len(part)]) != string(part) {
			return false
		}
		rest = rest[len(part):]
		at += len(part)
	}
}

// sameEnv reports whether the environment says what it said.
func (r *record) sameEnv(s *System) bool {
	if len(r.env) == 0 {
		return true // it did not count
	}
	rest := r.env
	for _, name := range Variables {
		value := s.Getenv(name)
		if len(value) >= len(rest) || string(rest[:len(value)]) != value || rest[len(value)] != 0 {
			return false
		}
		rest = rest[len(value)+1:]
	}
	return len(rest) == 0
}

// sameFacts reports whether all facts still hold.
func (r *record) sameFacts(s *System) bool {
	for at := 0; at < len(r.entries); at += entrySize {
		asked := read32(r.entries, at+askedAt)
		kind, state, ok := s.Look(r.path(at), asked&isItself != 0)
		if !ok || kind != filestate.Kind(asked) || asked&isExact != 0 && state != r.state(at) {
			return false
		}
	}
	return true
}

// path returns the path of an entry. It ends no later than the texts do, with a zero.
func (r *record) path(at int) []byte {
	path := r.texts[read32(r.entries, at+pathAt):]
	_ = path[0]
	return path
}

func (r *record) state(at int) filestate.State {
	word := func(i int) uint64 {
		return uint64(read32(r.entries, at+8*i)) | uint64(read32(r.entries, at+8*i+4))<<32
	}
	return filestate.State{
		Device: word(0), Inode: word(1), Size: int64(word(2)), Modified: int64(word(3)), Changed: int64(word(4)),
	}
}

// whole reports whether the checksums of the artifact are right.
func (d *Desk) whole(s *System, path []byte) bool {
	if d.artifact.Open(s.Read(path)) != nil {
		return false
	}
	for section := matcher.Section(1); section <= matcher.NumSections; section++ {
		if _, err := d.artifact.Stored(section); err != nil {
			return false
		}
	}
	return true
}

func read32(b []byte, at int) uint32 {
	b = b[at : at+4]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}
