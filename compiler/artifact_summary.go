package compiler

import "github.com/rulesc/rulesc/matcher"

// A Summary is what there is to say of an artifact without its rules.
type Summary struct {
	Meta     matcher.Meta
	Prefixes int                    // prefix rules
	Hosts    int                    // host executables
	Networks int                    // network rules
	Origins  map[matcher.Origin]int // prefix rules by file
}

// Summarize says what an artifact holds. It compares the checksum of every
// section, so that it notices damage, but trusts what they were made of, and
// takes a small part of the time of [Decompile]. Damage is an error of type
// [*matcher.FormatError].
func Summarize(artifact []byte) (*Summary, error) {
	c, err := matcher.OpenContainer(artifact)
	if err != nil {
		return nil, err
	}
	if _, err := c.Stored(matcher.SectionHot); err != nil {
		return nil, err
	}
	var sections [matcher.NumSections][]byte
	for s := matcher.SectionRules; s <= matcher.SectionMeta; s++ {
		if sections[s-1], err = decodeSection(c, s); err != nil {
			return nil, err
		}
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
	return s, nil
}
