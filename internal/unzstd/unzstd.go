// Package unzstd decodes a frame of Zstandard (RFC 8878) of which the decoded size is
// known, for a process that is over before a library for it would be set up. It takes
// no memory but its own and the caller's.
//
// Frames may come from anybody: they can be refused, for whatever reason, and then
// nothing is promised about what was decoded, but they cannot make a decoder write
// anywhere else, panic, or take longer than in proportion to their size and the
// decoded size.
package unzstd

// A Decoder decodes frames, one at a time. The zero value is ready to use.
type Decoder struct {
	tree     tree
	weights  table // of the bytes in a tree
	literal  table // of literal lengths
	offset   table
	match    table // of match lengths
	repeated [3]int

	dst    []byte
	done   int // bytes of dst that are decoded
	window int // how far back a copy may reach
}

// maxBlock bounds what a block decodes to, and its size.
const maxBlock = 128 << 10

// Decode decodes a frame that decodes to len(dst) bytes. It reports whether it could.
func (d *Decoder) Decode(dst, frame []byte) bool {
	in := input{frame, true}
	d.start(dst)
	d.header(&in)
	for last := false; !last && in.ok; {
		head := in.number(3)
		last = head&1 != 0
		size := int(head >> 3)
		before := d.done
		switch kind := head >> 1 & 3; {
		case size > maxBlock:
			return false
		case kind == 0:
			d.put(&in, in.take(size))
		case kind == 1:
			d.fill(&in, size, in.take(1))
		case kind == 2:
			block := input{in.take(size), in.ok}
			d.block(&block)
			in.ok = block.ok
		default:
			return false
		}
		in.need(d.done-before <= min(d.window, maxBlock))
	}
	return in.ok && len(in.rest) == 0 && d.done == len(d.dst)
}

func (d *Decoder) start(dst []byte) {
	d.dst, d.done = dst, 0
	d.tree.bits, d.literal.ready, d.offset.ready, d.match.ready = 0, false, false, false
	d.repeated = [3]int{1, 4, 8}
}

// header reads what is before the blocks. A frame that has a dictionary or a checksum
// is refused: artifacts have checksums of their own.
func (d *Decoder) header(in *input) {
	const magic = 0xfd2fb528
	in.need(in.number(4) == magic)
	flags := in.number(1)
	in.need(flags&0b1_1111&^0b10000 == 0)
	single := flags&0b10_0000 != 0
	const minWindow, maxWindow = 1 << 10, 1 << 29
	d.window = max(len(d.dst), minWindow)
	if !single {
		window := in.number(1)
		size := uint64(minWindow) << (window >> 3)
		size += size / 8 * (window & 7)
		in.need(size <= maxWindow)
		d.window = int(min(size, maxWindow))
	}
	size := uint64(0)
	switch flags >> 6 {
	case 0:
		if !single {
			return
		}
		size = in.number(1)
	case 1:
		size = in.number(2) + 256
	case 2:
		size = in.number(4)
	case 3:
		size = in.number(4)
		in.need(in.number(4) == 0)
	}
	in.need(size == uint64(len(d.dst)))
}

// put appends bytes to what is decoded.
func (d *Decoder) put(in *input, b []byte) {
	if in.need(len(b) <= len(d.dst)-d.done) {
		d.done += copy(d.dst[d.done:], b)
	}
}

// fill appends one byte n times.
func (d *Decoder) fill(in *input, n int, b []byte) {
	if in.need(n <= len(d.dst)-d.done) {
		for i := range d.dst[d.done:][:n] {
			d.dst[d.done+i] = b[0]
		}
		d.done += n
	}
}

// An input is what is left of the bytes that are read forward. Once it is not ok it
// has nothing but zeros.
type input struct {
	rest []byte
	ok   bool
}

func (in *input) need(condition bool) bool {
	in.ok = in.ok && condition
	return in.ok
}

// zeros are taken where there is nothing.
var zeros [1]byte

func (in *input) take(n int) []byte {
	if !in.need(n <= len(in.rest)) {
		return zeros[:min(n, 1)]
	}
	b := in.rest[:n]
	in.rest = in.rest[n:]
	return b
}

// number reads a little-endian number of up to four bytes.
func (in *input) number(size int) (n uint64) {
	for i, c := range in.take(size) {
		n |= uint64(c) << (8 * i)
	}
	return n
}
