package runtime

import (
	"fmt"
	"unsafe"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/matcher"
)

// section returns the verified and decoded bytes of a section. For a stored
// section they are a part of the file.
func (v *view) section(s matcher.Section) (*memory, error) {
	stored, err := v.container.Stored(s)
	if err != nil {
		return nil, err
	}
	if v.container.Codec == matcher.CodecStored {
		return v.file.part(stored), nil
	}
	m, err := decompress(stored, v.container.DecodedSize(s))
	if err != nil {
		return nil, &FormatError{Section: s, Kind: ErrDamaged, Reason: err.Error()}
	}
	if err := v.container.CheckDecoded(s, m.bytes); err != nil {
		return nil, err
	}
	m.seal()
	return m, nil
}

// decoderSlack is what the decoder likes to have behind the result, for copies
// of 16 bytes at a time.
const decoderSlack = 16

// decompress decodes a zstd frame of which the decoded size is known. The
// decoder may write no more than that, and nowhere else.
func decompress(frame []byte, size int) (*memory, error) {
	decoder, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecodeAllCapLimit(true), // the limit; a frame's window costs nothing here
	)
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	m := allocate(size + decoderSlack)
	decoded, err := decoder.DecodeAll(frame, m.bytes[:0])
	switch {
	case err != nil:
		return nil, fmt.Errorf("it cannot be decompressed: %w", err)
	case len(decoded) != size:
		return nil, fmt.Errorf("it decompresses to %d bytes instead of %d", len(decoded), size)
	case unsafe.SliceData(decoded) != unsafe.SliceData(m.bytes):
		return nil, fmt.Errorf("the decoder did not keep to the memory it was given")
	}
	m.bytes = m.bytes[:size:size]
	return m, nil
}
