//go:build !linux

package artifactfile

// Where there is no way to ask for pages or to give some back, they come as they
// are touched and go with the block.

func blockSize(size int) int        { return size }
func populateFlag(int) int          { return 0 }
func populate([]byte)               {}
func populateRead([]byte)           {}
func discardPages([]byte, int, int) {}
