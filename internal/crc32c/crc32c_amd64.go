//go:build !(purego || race || msan || asan)

// Package crc32c computes CRC-32C checksums, as hash/crc32 does with its table
// Castagnoli, for a process that is over before package hash/crc32 would be set up,
// with all that it imports and the tables that it makes.
package crc32c

import "sync/atomic"

// Checksum returns the checksum of b.
func Checksum(b []byte) uint32 { return Update(0, b) }

// Update returns the checksum of what crc is the checksum of, followed by b.
//
// Processors that have an instruction for it do eight bytes at once.
func Update(crc uint32, b []byte) uint32 {
	crc = ^crc
	if fast(len(b)) {
		if n := len(b) / blockSize; n > 0 {
			crc = blocks(crc, &b[0], n)
			b = b[n*blockSize:]
		}
		if n := len(b) / 8; n > 0 {
			crc = words(crc, &b[0], n)
			b = b[n*8:]
		}
	}
	for _, c := range b {
		crc ^= uint32(c)
		crc = crc>>4 ^ quarter[crc&15]
		crc = crc>>4 ^ quarter[crc&15]
	}
	return ^crc
}

const blockSize = 3 * 1024

// instructions is whether the processor has them, once it was asked.
var instructions atomic.Uint32

const (
	unknown = iota
	none
	some
)

// fast reports whether instructions are to be used for so many bytes. Asking for them
// takes longer than few bytes do without: in a virtual machine it is the hypervisor
// that answers.
func fast(n int) bool {
	const worthAsking = 2048
	known := instructions.Load()
	if known == unknown && n >= worthAsking {
		known = none
		if hasInstructions() {
			known = some
		}
		instructions.Store(known)
	}
	return known == some
}

// quarter is what four bits leave behind when they are divided by the polynomial.
// It is small, so that it need not be made.
var quarter = [16]uint32{
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
}

// hasInstructions reports whether the processor has CRC32 and PCLMULQDQ.
func hasInstructions() bool

// blocks takes n blocks of blockSize bytes from p on into crc. Each is cut in three,
// since the processor has the result of one step three steps later.
//
//go:noescape
func blocks(crc uint32, p *byte, n int) uint32

// words takes n times eight bytes from p on into crc.
//
//go:noescape
func words(crc uint32, p *byte, n int) uint32
