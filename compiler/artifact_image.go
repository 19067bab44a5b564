package compiler

import "github.com/rulesc/rulesc/matcher"

// Section returns a section as it is before compression. It is the artifact's
// own memory and only to be read.
func (a *Artifact) Section(s matcher.Section) []byte { return a.sections[s-1] }

// Image returns the image of an artifact's file, decompressed and with its
// checksums compared, but not validated as [matcher.OpenImage] does. The result
// may be a part of artifact.
func Image(artifact []byte) ([]byte, error) {
	c, err := matcher.OpenContainer(artifact)
	if err != nil {
		return nil, err
	}
	return decodeSection(c, matcher.SectionHot)
}
