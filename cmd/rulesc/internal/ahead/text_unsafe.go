package ahead

import "unsafe"

// text returns bytes as a string. Nobody writes to them any more: they are in a file
// that is mapped for reading, or in the line of arguments once that was read.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
