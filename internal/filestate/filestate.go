// Package filestate says what is at a path, so that it can be seen later, without
// reading anything, whether that is as it was.
//
// Every write to a file sets its change time, which nobody can set to anything but
// now, and every replacement gives its path another inode. A folder has the same for
// its entries. But the clock of a file system ticks: whoever writes twice within one
// tick leaves no trace of the second time. So a state is good for a comparison only if
// the file was quiet for a while before the state was taken. And some file systems have
// a change time that somebody chose, see [State.Settled].
//
// What this does not see is who writes through memory: a page that was mapped and
// written to before may be written to again without a trace. And what another machine
// writes to a network file system may show only later, see ShowsChanges in package witness.
//
// Nothing here asks the system: package witness does, and what answers before that is
// set up.
package filestate

// A State is which file or folder is at a path, and when it was changed last. The zero
// value is that of none.
type State struct {
	Device, Inode     uint64
	Size              int64
	Modified, Changed int64 // nanoseconds since 1970
}

// tick is as long as that of any file system: two seconds, of FAT.
const tick = 2_000_000_000

// chosen is the unit of change times that need not be those of changes. FAT, exFAT and
// SFTP give out the time of the content in their place, which can be set. Whoever makes
// an image of a file system may give everything in it one time, and the same one to the
// next image. All of these are in whole seconds or hundredths, as is one in ten million
// real ones.
const chosen = 10_000_000

// Settled reports whether the file had not changed for so long, at a moment that was
// not after the state was taken, that every later change gives it another state. The
// moment is given in nanoseconds since 1970.
func (s State) Settled(moment int64) bool {
	return s.Changed%chosen != 0 && max(s.Modified, s.Changed) < moment-tick
}

// A Kind is what is at a path.
type Kind uint8

// The kinds of what is at a path.
const (
	Nothing Kind = iota
	File         // a regular one
	Folder
	Link // a symbolic one, for who asks about the link itself
	Other
)

// A Fact is what was at a path.
type Fact struct {
	Path   string
	Itself bool // asked about the path itself, should it be a symbolic link
	Kind   Kind

	// Exact says that the state has to be the same for what follows from the fact. Of
	// others it has no part: they say what kind of thing is there.
	Exact bool
	State State
}

// Settled reports whether every later change of what the fact says shows, for who
// compares it. See [State.Settled] for the moment.
func (f *Fact) Settled(moment int64) bool { return !f.Exact || f.State.Settled(moment) }
