package compiler

import (
	"fmt"

	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/matcher/digest"
)

// A Summary is what there is to say of an artifact without its rules.
type Summary struct {
	Meta     matcher.Meta
	Prefixes int                    // prefix rules
	Hosts    int                    // host executables
	Networks int                    // network rules
	Origins  map[matcher.Origin]int // prefix rules by file
}

// Summarize says what an artifact holds, if commands can be decided on it: it
// compares every checksum and the digest, and opens the image. It does not read
// each rule, and takes a small part of the time of [Decompile]. Damage is an error
// of type [*matcher.FormatError].
func Summarize(artifact []byte) (*Summary, error) {
	c, err := matcher.OpenContainer(artifact)
	if err != nil {
		return nil, err
	}
	var sections [matcher.NumSections][]byte
	for s := matcher.SectionHot; s <= matcher.SectionMeta; s++ {
		if sections[s-1], err = decodeSection(c, s); err != nil {
			return nil, err
		}
	}
	if err := c.CheckDigest(digest.Of(sections[matcher.SectionRules-1], sections[matcher.SectionHosts-1], sections[matcher.SectionNetworks-1])); err != nil {
		return nil, err
	}
	image, err := matcher.OpenImage(sections[matcher.SectionHot-1])
	if err != nil {
		return nil, err
	}
	s := new(Summary)
	if s.Meta, err = matcher.ParseMeta(sections[matcher.SectionMeta-1]); err != nil {
		return nil, err
	}
	if s.Hosts, err = matcher.CountRecords(matcher.SectionHosts, sections[matcher.SectionHosts-1]); err != nil {
		return nil, err
	}
	if s.Networks, err = matcher.CountRecords(matcher.SectionNetworks, sections[matcher.SectionNetworks-1]); err != nil {
		return nil, err
	}
	if s.Origins, err = matcher.CountOrigins(sections[matcher.SectionRules-1]); err != nil {
		return nil, err
	}
	for _, n := range s.Origins {
		s.Prefixes += n
	}
	if s.Prefixes != image.Rules() {
		return nil, &matcher.FormatError{
			Section: matcher.SectionHot, Kind: matcher.ErrDamaged,
			Reason: fmt.Sprintf("it was made from %d rules, section %s has %d", image.Rules(), matcher.SectionRules, s.Prefixes),
		}
	}
	return s, nil
}
