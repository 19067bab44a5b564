//go:build unix

package artifactfile

import (
	"github.com/rulesc/rulesc/internal/ownfolder"
	"github.com/rulesc/rulesc/matcher"
)

// Cached returns what the folder has of a compressed artifact, every section of
// it checked, so that damage is found while there is something to do about it.
// ok is false if that is nothing, or nothing that one may use.
func Cached(folder string, file []byte) (m Memory, ok bool) {
	f, size, err := ownfolder.Open(folder, cachedName(file))
	if err != nil {
		return Memory{}, false
	}
	defer f.Close()
	if _, err := readHeader(f, size); err != nil {
		return Memory{}, false
	}
	if m, err = mapFile(f, int(size)); err != nil {
		return Memory{}, false
	}
	populateRead(m.Bytes)
	if !unpackedFrom(file, m.Bytes) {
		m.Release()
		return Memory{}, false
	}
	return m, true
}

// unpackedFrom reports whether an artifact is whole, and what the header of a
// compressed one promises.
func unpackedFrom(file, unpacked []byte) bool {
	want, err := matcher.ParseHeader(file)
	if err != nil {
		return false
	}
	c, err := matcher.OpenContainer(unpacked)
	if err != nil || c.Codec != matcher.CodecStored || c.Digest != want.Digest {
		return false
	}
	for s := matcher.Section(1); s <= matcher.NumSections; s++ {
		if _, err := c.Stored(s); err != nil || c.DecodedSize(s) != want.DecodedSize(s) {
			return false
		}
	}
	return true
}

// Keep puts into the folder what was unpacked from a compressed artifact. It
// makes the folder if there is none.
func Keep(folder string, file, unpacked []byte) error {
	return ownfolder.Write(folder, cachedName(file), unpacked, kept)
}
