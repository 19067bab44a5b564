package unzstd

import "math/bits"

// Bits are read from a stream backward: it is a number, the last byte is its highest,
// and below the highest bit that is set the stream begins.
type bitReader struct {
	bytes []byte // those that are not in value yet
	value uint64 // the next bits, from the highest on
	left  int    // how many there are in it; below zero if more was read than there is
}

// startBits returns a reader of a stream. It is an error for it not to have a bit set
// in its last byte.
func startBits(stream []byte) (r bitReader, ok bool) {
	n := len(stream)
	if n == 0 || stream[n-1] == 0 {
		return r, false
	}
	r.bytes = stream
	r.fill()
	r.read(bits.LeadingZeros8(stream[n-1]) + 1)
	return r, true
}

// fill sees to it that there are 56 bits, or all that are left.
func (r *bitReader) fill() {
	if n := len(r.bytes); n >= 8 && 0 <= r.left && r.left < 56 {
		next := eightBefore(r.bytes)
		taken := (63 - r.left) >> 3
		r.value |= next >> r.left &^ (1<<(64-r.left-8*taken) - 1)
		r.bytes = r.bytes[:n-taken]
		r.left += 8 * taken
		return
	}
	for n := len(r.bytes); n > 0 && 0 <= r.left && r.left <= 56; n-- {
		r.value |= uint64(r.bytes[n-1]) << (56 - r.left)
		r.bytes = r.bytes[:n-1]
		r.left += 8
	}
}

// eightBefore returns the last eight bytes.
func eightBefore(b []byte) uint64 {
	b = b[len(b)-8:]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// peek returns the next n bits, n from 1 to 32; those behind the end are 0.
func (r *bitReader) peek(n int) uint32 { return uint32(r.value >> (64 - n)) }

// read reads n bits, n from 0 to 32.
func (r *bitReader) read(n int) int {
	v := int(r.value >> 1 >> (63 - n))
	r.skip(n)
	return v
}

func (r *bitReader) skip(n int) {
	r.value <<= n
	r.left -= n
}

// ended reports whether all bits were read, and no more.
func (r *bitReader) ended() bool { return r.left == 0 && len(r.bytes) == 0 }

// overrun reports whether more was read than there is.
func (r *bitReader) overrun() bool { return r.left < 0 }
