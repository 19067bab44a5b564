// Package unpack decodes the sections of compressed artifacts, by way of memory outside
// the Go heap.
package unpack

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/matcher"
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

// Frame decodes a zstd frame of which the decoded size is known, at least 1.
func Frame(frame []byte, size int) (artifactfile.Memory, error) {
	m := artifactfile.Allocate(size + slack)
	if err := into(m.Bytes, frame, size); err != nil {
		m.Release()
		return artifactfile.Memory{}, err
	}
	m.Bytes = m.Bytes[:size:size]
	return m, nil
}

// Image restores an image from the frame of its columns, which have the given size. dst has
// the size of the image, and all of it is zero.
func Image(dst, frame []byte, packed int) error {
	columns := artifactfile.AllocateSpare(packed + slack)
	defer columns.Recycle()
	if err := into(columns.Bytes, frame, packed); err != nil {
		return &matcher.FormatError{Section: matcher.SectionHot, Kind: matcher.ErrDamaged, Reason: err.Error()}
	}
	return matcher.UnpackImage(dst, columns.Bytes[:packed])
}

// into decodes a zstd frame to the beginning of dst. The decoded size is known, at
// least 1, and dst has slack more. The decoder may write no more than that, and
// nowhere else.
func into(dst, frame []byte, size int) error {
	decoder := decoders.Get().(*zstd.Decoder)
	defer decoders.Put(decoder)
	decoded, err := decoder.DecodeAll(frame, dst[:0:size+slack])
	switch {
	case err != nil:
		return fmt.Errorf("it cannot be decompressed: %w", err)
	case len(decoded) != size:
		return fmt.Errorf("it decompresses to %d bytes instead of %d", len(decoded), size)
	case &decoded[0] != &dst[0]:
		return fmt.Errorf("the decoder did not keep to the memory it was given")
	}
	return nil
}
