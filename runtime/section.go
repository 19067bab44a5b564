package runtime

import (
	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/internal/unpack"
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
	m, err := unpack.Frame(stored, v.container.DecodedSize(s))
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
