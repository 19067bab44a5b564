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
	m, err := v.decode(s, stored)
	if err != nil {
		return nil, none, err
	}
	if err := v.container.CheckDecoded(s, m.Bytes); err != nil {
		m.Release()
		return nil, none, err
	}
	m.Seal()
	return m.Bytes, m, nil
}

// decode returns a section as it was before compression.
func (v *view) decode(s matcher.Section, stored []byte) (artifactfile.Memory, error) {
	if s == matcher.SectionHot {
		m := artifactfile.Allocate(v.container.DecodedSize(s))
		if err := unpack.Image(m.Bytes, stored, v.container.PackedSize()); err != nil {
			m.Release()
			return artifactfile.Memory{}, err
		}
		return m, nil
	}
	m, err := unpack.Frame(stored, v.container.DecodedSize(s))
	if err != nil {
		return m, &FormatError{Section: s, Kind: ErrDamaged, Reason: err.Error()}
	}
	return m, nil
}

// unpack returns the image of a compressed artifact, verified and decoded. It and what
// is read later go to memory of the view's own, so that the file is no longer needed.
func (v *view) unpack() ([]byte, error) {
	stored, err := v.container.Stored(matcher.SectionHot)
	if err != nil {
		return nil, err
	}
	size := v.container.DecodedSize(matcher.SectionHot)
	v.memory = artifactfile.Allocate(size + v.container.ColdSize())
	image := v.memory.Bytes[:size:size]
	if err := unpack.Image(image, stored, v.container.PackedSize()); err != nil {
		return nil, err
	}
	if err := v.container.CheckDecoded(matcher.SectionHot, image); err != nil {
		return nil, err
	}
	v.container.Move(v.memory.Bytes[size:])
	return image, nil
}
