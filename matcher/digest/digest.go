// Package digest makes the content digest of a policy. It is a room of its own since
// whoever only asks for decisions proves no digest, and need not wait until
// crypto/sha256 and what it imports are set up.
package digest

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/rulesc/rulesc/matcher"
)

// Of returns the digest of a policy with the given decoded sections. The image has
// no part in it, since it follows from rules and hosts, nor has what is said about
// the build.
func Of(rules, hosts, networks []byte) matcher.Digest {
	h := sha256.New()
	h.Write([]byte("rulesc policy 1\n"))
	for _, section := range [][]byte{rules, hosts, networks} {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(section))))
		h.Write(section)
	}
	return matcher.Digest(h.Sum(nil))
}
