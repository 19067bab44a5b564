package artifactfile

import "syscall"

// What package syscall has no names for.
const (
	advisePopulateRead  = 22
	advisePopulateWrite = 23
)

const (
	hugePage = 2 << 20

	// maxPopulated is above the size of any policy in use. A larger block gets
	// its pages as they are written to, so that a hostile size costs nothing by
	// itself.
	maxPopulated = 64 << 20
)

// A page fault may cost more than what is written to the page afterwards, so a
// block gets all its pages at once: a large one huge pages, of which there are
// few to fault in and to find again while matching. A block that is a little more
// than huge pages would have hundreds of small ones for the rest, which take longer
// to provide than all of the others: 3.4 MB took 1.6 ms, and 4 MB 0.15 ms; 0.55 MB
// took 0.3 ms, and 2 MB 0.08 ms. Those that one huge page has room for share one.

// blockSize returns how large a block for so many bytes is: whole huge pages if at
// most three quarters of them are left over.
func blockSize(size int) int {
	whole := (size + hugePage - 1) &^ (hugePage - 1)
	if size <= maxPopulated && 4*size >= whole {
		return whole
	}
	return size
}

// populateFlag returns the flag that has mmap provide the pages of a block.
func populateFlag(size int) int {
	if size < hugePage {
		return syscall.MAP_POPULATE
	}
	return 0
}

// populate provides the pages for so many bytes of a block that mmap did not. It
// is advice: what the system refuses comes page by page. Where there are no huge
// pages, those that are left over of the block do not come at all.
func populate(block []byte, from, size int) {
	if hugePage <= len(block) && len(block) <= maxPopulated {
		_ = syscall.Madvise(block, syscall.MADV_HUGEPAGE)
		_ = syscall.Madvise(block[from:from+size], advisePopulateWrite)
	}
}

// sharedSize is the size of what memories share.
const sharedSize = hugePage

// sharesPage reports whether a memory takes a part of a huge page that it may share.
func sharesPage(size int) bool { return blockSize(size) == hugePage && 2*size <= hugePage }

// populateRead maps the pages of a file that are in memory, which the pass of
// verification would do page by page.
func populateRead(b []byte) {
	if len(b) <= maxPopulated {
		_ = syscall.Madvise(b, advisePopulateRead)
	}
}
