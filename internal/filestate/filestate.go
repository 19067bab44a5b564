// Package filestate tells whether a file is as it was, without reading it.
//
// Every write to a file sets its change time, which nobody can set to anything but
// now, and every replacement gives its path another inode. (FAT has no change time
// but that of the content, which can be set.) But the clock of a file system ticks:
// whoever writes twice within one tick leaves no trace of the second time. So a state
// is good for a comparison only if the file was quiet for a while before the state
// was taken, see [State.Settled].
package filestate

// A State is which regular file is at a path, and when it was changed last. The zero
// value is that of no file.
type State struct {
	Device, Inode     uint64
	Size              int64
	Modified, Changed int64 // nanoseconds since 1970
}

// tick is as long as that of any file system: two seconds, of FAT.
const tick = 2_000_000_000

// Settled reports whether the file had not changed for so long, at a moment that was
// not after the state was taken, that every later change gives it another state. The
// moment is given in nanoseconds since 1970.
func (s State) Settled(moment int64) bool {
	return s != State{} && max(s.Modified, s.Changed) < moment-tick
}
