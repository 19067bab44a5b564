package matcher

// What package encoding/binary does, without what it imports: the numbers of an
// artifact are little-endian, those of records in as many bytes as they need. The
// compiler makes one load or store of each fixed one, and one comparison of bounds where
// it knows that at is not negative.

func le16(b []byte, at int) uint16 {
	b = b[at : at+2 : len(b)]
	return uint16(b[0]) | uint16(b[1])<<8
}

func le32(b []byte, at int) uint32 {
	b = b[at : at+4 : len(b)]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func le64(b []byte, at int) uint64 {
	b = b[at : at+8 : len(b)]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

func put32(b []byte, v uint32) {
	_ = b[3]
	b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}

func put64(b []byte, v uint64) {
	_ = b[7]
	b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	b[4], b[5], b[6], b[7] = byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56)
}

func append16(dst []byte, v uint16) []byte { return append(dst, byte(v), byte(v>>8)) }

func append32(dst []byte, v uint32) []byte {
	return append(dst, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
}

func append64(dst []byte, v uint64) []byte {
	return append(dst, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
}

// maxVarint is the most bytes that a number of 64 bits takes.
const maxVarint = 10

// appendUvarint appends a number in groups of seven bits, the lowest first; all but
// the last have the highest bit set.
func appendUvarint(dst []byte, v uint64) []byte {
	for ; v >= 0x80; v >>= 7 {
		dst = append(dst, byte(v)|0x80)
	}
	return append(dst, byte(v))
}

// appendVarint appends a number that may be negative, those near zero in few bytes.
func appendVarint(dst []byte, v int64) []byte {
	return appendUvarint(dst, uint64(v)<<1^uint64(v>>63))
}

// uvarint returns the number that b begins with, and how many bytes it has: 0 if b
// ends within it, less if it has more than 64 bits.
func uvarint(b []byte) (v uint64, n int) {
	for i, c := range b {
		if i == maxVarint {
			return 0, -1
		}
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			if i == maxVarint-1 && c > 1 {
				return 0, -1
			}
			return v, i + 1
		}
	}
	return 0, 0
}
