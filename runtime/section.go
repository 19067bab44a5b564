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

// unpack returns the image of a compressed artifact, verified and decoded. It and what
// is read later go to memory of the view's own, so that the file is no longer needed.
func (v *view) unpack() ([]byte, error) {
	stored, err := v.container.Stored(matcher.SectionHot)
	if err != nil {
		return nil, err
	}
	size := v.container.DecodedSize(matcher.SectionHot)
	v.memory = artifactfile.Allocate(size + unpack.Slack + v.container.ColdSize())
	if err := unpack.Into(v.memory.Bytes, stored, size); err != nil {
		return nil, &FormatError{Section: matcher.SectionHot, Kind: ErrDamaged, Reason: err.Error()}
	}
	image := v.memory.Bytes[:size:size]
	if err := v.container.CheckDecoded(matcher.SectionHot, image); err != nil {
		return nil, err
	}
	v.container.Move(v.memory.Bytes[size+unpack.Slack:])
	return image, nil
}
