package compiler

import (
	"encoding/binary"
	"slices"

	"github.com/klauspost/compress/huff0"
	"github.com/klauspost/compress/zstd"
)

// The columns of an image go into a zstd frame (RFC 8878) without a search for what was
// there before: they have little of it, and it takes longer to decode than anything else.
// What is left are blocks of bytes, each with a code of its own or none.

const (
	frameMagic = 0xfd2fb528

	// frameSized says that there follow a byte for the window, which is how far back
	// anything may be copied from, and the size of what is in the frame, in 4 bytes. With
	// frameWhole the window is all of that, and has no byte.
	frameSized = 0b10_0_00000
	frameWhole = 0b00_1_00000

	// maxWindow is the largest window that every program has room for, and the library's. It
	// is 1<<10 shifted by what is above the three lowest bits of its byte.
	maxWindow     = 8 << 20
	maxWindowByte = 13 << 3

	maxBlock = 128 << 10

	blockRaw, blockRepeated, blockCoded = 0, 1, 2
)

// appendFrame appends the frame of some pieces, that are together less than 4 GB. The
// first one is compressed by the library, and has all of its means.
func appendFrame(dst []byte, pieces [][]byte) []byte {
	size := 0
	for _, piece := range pieces {
		size += len(piece)
	}
	dst = binary.LittleEndian.AppendUint32(dst, frameMagic)
	if size <= maxWindow {
		dst = append(dst, frameSized|frameWhole)
	} else {
		dst = append(dst, frameSized, maxWindowByte)
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(size))
	code := new(huff0.Scratch)
	for i, piece := range pieces {
		if i == 0 {
			dst = appendBlocks(dst, encoder().EncodeAll(piece, nil))
			continue
		}
		for block := range slices.Chunk(piece, maxBlock) {
			dst = appendBlock(dst, block, code)
		}
	}
	return appendBlockHeader(dst, blockRaw, 0, true)
}

// appendBlocks appends the blocks of a frame of the library's, none of them as the last.
// They may stand before others that copy nothing.
func appendBlocks(dst, frame []byte) []byte {
	var header zstd.Header
	if err := header.Decode(frame); err != nil {
		panic(err) // the library has just made it
	}
	rest := frame[header.HeaderSize:]
	for last := false; !last; {
		head := uint32(rest[0]) | uint32(rest[1])<<8 | uint32(rest[2])<<16
		last = head&1 != 0
		kind, size := head>>1&3, head>>3
		dst = appendBlockHeader(dst, kind, int(size), false)
		if kind == blockRepeated {
			size = 1
		}
		dst = append(dst, rest[3:3+size]...)
		rest = rest[3+size:]
	}
	return dst
}

// appendBlockHeader appends what is before a block of a size. If one byte is repeated, it
// is how often.
func appendBlockHeader(dst []byte, kind uint32, size int, last bool) []byte {
	head := uint32(size)<<3 | kind<<1
	if last {
		head |= 1
	}
	return append(dst, byte(head), byte(head>>8), byte(head>>16))
}

// appendBlock appends a block of bytes with a code, if that saves a few in a hundred.
func appendBlock(dst, b []byte, code *huff0.Scratch) []byte {
	// Literals have a header with the size of both forms, which is larger for large ones.
	// Those with the larger ones are in four parts, which are decoded by turns.
	compress, format, width := huff0.Compress1X, uint64(0), 10
	switch {
	case len(b) >= 1<<14:
		compress, format, width = huff0.Compress4X, 3, 18
	case len(b) >= 1<<10:
		compress, format, width = huff0.Compress4X, 2, 14
	}
	code.Reuse = huff0.ReusePolicyNone
	coded, _, err := compress(b, code)
	if err == huff0.ErrUseRLE {
		return append(appendBlockHeader(dst, blockRepeated, len(b), false), b[0])
	}
	const literalsWithCode = 2
	head := binary.LittleEndian.AppendUint64(nil, literalsWithCode|format<<2|uint64(len(b))<<4|uint64(len(coded))<<(4+width))
	head = head[:(4+2*width+7)/8]
	const noCopies = 0 // the number of sequences
	size := len(head) + len(coded) + 1
	if err != nil || size > len(b)-len(b)/32 {
		return append(appendBlockHeader(dst, blockRaw, len(b), false), b...)
	}
	dst = appendBlockHeader(dst, blockCoded, size, false)
	return append(append(append(dst, head...), coded...), noCopies)
}
