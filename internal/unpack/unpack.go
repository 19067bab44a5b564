// Package unpack decodes the sections of compressed artifacts, into memory outside
// the Go heap.
package unpack

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/internal/artifactfile"
)

// slack is what the decoder likes to have behind the result, for copies of 16
// bytes at a time.
const slack = 16

// decoders keeps decoders between uses, which they are too large to be made
// for. The garbage collector takes those that nobody uses for a while.
var decoders = sync.Pool{New: func() any {
	decoder, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecodeAllCapLimit(true), // the limit; a frame's window costs nothing here
	)
	if err != nil {
		panic(err) // the options are right
	}
	return decoder
}}

// Frame decodes a zstd frame of which the decoded size is known, at least 1. The
// decoder may write no more than that, and nowhere else.
func Frame(frame []byte, size int) (artifactfile.Memory, error) {
	decoder := decoders.Get().(*zstd.Decoder)
	defer decoders.Put(decoder)
	m := artifactfile.Allocate(size + slack)
	decoded, err := decoder.DecodeAll(frame, m.Bytes[:0])
	switch {
	case err != nil:
		err = fmt.Errorf("it cannot be decompressed: %w", err)
	case len(decoded) != size:
		err = fmt.Errorf("it decompresses to %d bytes instead of %d", len(decoded), size)
	case &decoded[0] != &m.Bytes[0]:
		err = fmt.Errorf("the decoder did not keep to the memory it was given")
	}
	if err != nil {
		m.Release()
		return artifactfile.Memory{}, err
	}
	m.Bytes = m.Bytes[:size:size]
	return m, nil
}
