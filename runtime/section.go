package runtime

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/matcher"
)

// section returns the verified and decoded bytes of a section. For a stored
// section they are a part of the file, and the memory is empty; otherwise they
// are all of the memory, which is the caller's.
func (v *view) section(s matcher.Section) ([]byte, artifactfile.Memory, error) {
	var none artifactfile.Memory
	stored, err := v.container.Stored(s)
	if err != nil {
		return nil, none, err
	}
	if v.container.Codec == matcher.CodecStored {
		return stored, none, nil
	}
	m, err := decompress(stored, v.container.DecodedSize(s))
	if err != nil {
		return nil, none, &FormatError{Section: s, Kind: ErrDamaged, Reason: err.Error()}
	}
	if err := v.container.CheckDecoded(s, m.Bytes); err != nil {
		m.Release()
		return nil, none, err
	}
	m.Seal()
	return m.Bytes, m, nil
}

// decoderSlack is what the decoder likes to have behind the result, for copies
// of 16 bytes at a time.
const decoderSlack = 16

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

// decompress decodes a zstd frame of which the decoded size is known. The
// decoder may write no more than that, and nowhere else.
func decompress(frame []byte, size int) (artifactfile.Memory, error) {
	decoder := decoders.Get().(*zstd.Decoder)
	defer decoders.Put(decoder)
	m := artifactfile.Allocate(size + decoderSlack)
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
