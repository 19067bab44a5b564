//go:build !linux

package artifactfile

// Where there is no way to ask for pages, they come as they are touched.

func blockSize(size int) int    { return size }
func populateFlag(int) int      { return 0 }
func populate([]byte, int, int) {}
func populateRead([]byte)       {}

const sharedSize = 0

func sharesPage(int) bool { return false }
