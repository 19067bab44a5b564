package artifactfile

import (
	"crypto/sha256"
	"encoding/hex"
)

// A Cache is a folder of artifacts that were unpacked: each is stored without
// compression, under a name that says what it was unpacked from. It is for one
// user: see package ownfolder.
//
// What is in a cache is trusted no more than any other artifact. It is checked
// in the same way when it is opened, and where anything is odd it is left alone
// and written anew.
//
// The name is the SHA-256 of the whole compressed file. The content digest in a
// header would not do: nobody proves it when an artifact is opened, and it leaves
// the image out. Nor would checksums: a forged artifact could bear those of
// another one, and be the first to be unpacked.
//
// Several processes may use a cache at once. Files appear whole, by renaming, and
// two processes that unpack the same artifact write the same bytes.
//
// The methods are in files for platforms, because package os does not say who
// owns a file.

// kept is how many files a cache keeps: those written last.
const kept = 64

const cachedSuffix = ".rulesc"

// cachedName is the name of what is unpacked from a file with these bytes.
func cachedName(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:]) + cachedSuffix
}
