package runtime

import "syscall"

// populate returns the flag that has the system provide all of a block's pages
// at once. Without it decompression spends half its time in page faults. A
// block that is larger than any policy in use gets its pages as they are
// written to, so that a hostile size costs nothing by itself.
func populate(size int) int {
	if size > 64<<20 {
		return 0
	}
	return syscall.MAP_POPULATE
}
