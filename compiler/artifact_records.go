package compiler

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/matcher/digest"
)

// Decompile is the inverse of [Compile] and [Artifact.Encode]: it returns the
// policy that an artifact was made from. It verifies the content digest and
// every section that it reads, which the image is not: a policy is decompiled
// to be looked at, not to decide by. Damage is an error of type
// [*matcher.FormatError].
func Decompile(artifact []byte) (*ir.Policy, matcher.Meta, error) {
	c, err := matcher.OpenContainer(artifact)
	if err != nil {
		return nil, matcher.Meta{}, err
	}
	var sections [matcher.NumSections][]byte
	for s := matcher.SectionRules; s <= matcher.SectionMeta; s++ {
		if sections[s-1], err = decodeSection(c, s); err != nil {
			return nil, matcher.Meta{}, err
		}
	}
	rules, hosts, networks := sections[matcher.SectionRules-1], sections[matcher.SectionHosts-1], sections[matcher.SectionNetworks-1]
	if err := c.CheckDigest(digest.Of(rules, hosts, networks)); err != nil {
		return nil, matcher.Meta{}, err
	}
	p := new(ir.Policy)
	if p.Rules, err = readRecords(rules, matcher.OpenRules, prefixRule); err != nil {
		return nil, matcher.Meta{}, err
	}
	for i := range p.Rules {
		if err := p.Rules[i].Validate(); err != nil {
			return nil, matcher.Meta{}, &matcher.FormatError{
				Section: matcher.SectionRules,
				Kind:    matcher.ErrDamaged,
				Reason:  fmt.Sprintf("rule %d: %v", i, err),
			}
		}
	}
	if p.Hosts, err = readRecords(hosts, matcher.OpenHosts, hostExecutable); err != nil {
		return nil, matcher.Meta{}, err
	}
	if p.Networks, err = readRecords(networks, matcher.OpenNetworks, networkRule); err != nil {
		return nil, matcher.Meta{}, err
	}
	meta, err := matcher.ParseMeta(sections[matcher.SectionMeta-1])
	if err != nil {
		return nil, matcher.Meta{}, err
	}
	return p, meta, nil
}

func decodeSection(c *matcher.Container, s matcher.Section) ([]byte, error) {
	stored, err := c.Stored(s)
	if err != nil || c.Codec == matcher.CodecStored {
		return stored, err
	}
	size := c.DecodedSize(s)
	if s == matcher.SectionHot {
		size = c.PackedSize()
	}
	decoded, err := decoder().DecodeAll(stored, make([]byte, 0, size))
	if err != nil {
		return nil, &matcher.FormatError{Section: s, Kind: matcher.ErrDamaged, Reason: "it cannot be decompressed: " + err.Error()}
	}
	if s == matcher.SectionHot {
		columns := decoded
		decoded = make([]byte, c.DecodedSize(s))
		if err := matcher.UnpackImage(decoded, columns); err != nil {
			return nil, err
		}
	}
	return decoded, c.CheckDecoded(s, decoded)
}

// decoder returns the one decoder there is, made when first asked for.
var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(min(2, runtime.GOMAXPROCS(0))),
		zstd.WithDecodeAllCapLimit(true), // no more than the section's size
	)
	if err != nil {
		panic(err) // the options are no options
	}
	return d
})

// readRecords returns nil for a section without records.
func readRecords[R, T any](section []byte, open func([]byte) (*matcher.Records[R], error), convert func(R) T) ([]T, error) {
	records, err := open(section)
	if err != nil || records.Len() == 0 {
		return nil, err
	}
	list := make([]T, 0, records.Len())
	for record, err := range records.All() {
		if err != nil {
			return nil, err
		}
		list = append(list, convert(record))
	}
	return list, nil
}

func ruleRecord(r *ir.PrefixRule) matcher.RuleRecord {
	return matcher.RuleRecord{
		Pattern:       r.Pattern,
		Decision:      matcher.Decision(r.Decision),
		Justification: r.Justification,
		Canonical:     r.Canonical,
		Source:        source(r.Source),
	}
}

func prefixRule(r matcher.RuleRecord) ir.PrefixRule {
	return ir.PrefixRule{
		Pattern:       r.Pattern,
		Decision:      ir.Decision(r.Decision),
		Justification: r.Justification,
		Canonical:     r.Canonical,
		Source:        irSource(r.Source),
	}
}

func hostRecords(hosts []ir.HostExecutable) []matcher.HostRecord {
	records := make([]matcher.HostRecord, len(hosts))
	for i, h := range hosts {
		records[i] = matcher.HostRecord{Name: h.Name, Paths: h.Paths, Source: source(h.Source)}
	}
	return records
}

func hostExecutable(h matcher.HostRecord) ir.HostExecutable {
	return ir.HostExecutable{Name: h.Name, Paths: h.Paths, Source: irSource(h.Source)}
}

func networkRecords(networks []ir.NetworkRule) []matcher.NetworkRecord {
	records := make([]matcher.NetworkRecord, len(networks))
	for i, n := range networks {
		records[i] = matcher.NetworkRecord{
			Host:          n.Host,
			Protocol:      string(n.Protocol),
			Decision:      matcher.Decision(n.Decision),
			Justification: n.Justification,
			Source:        source(n.Source),
		}
	}
	return records
}

func networkRule(n matcher.NetworkRecord) ir.NetworkRule {
	return ir.NetworkRule{
		Host:          n.Host,
		Protocol:      ir.Protocol(n.Protocol),
		Decision:      ir.Decision(n.Decision),
		Justification: n.Justification,
		Source:        irSource(n.Source),
	}
}

func source(s ir.Source) matcher.Source {
	to := matcher.Source{Layer: s.Layer, Position: matcher.Position(s.Position)}
	for _, c := range s.Calls {
		to.Calls = append(to.Calls, matcher.Frame{Func: c.Func, Position: matcher.Position(c.Position)})
	}
	return to
}

func irSource(s matcher.Source) ir.Source {
	to := ir.Source{Layer: s.Layer, Position: ir.Position(s.Position)}
	for _, c := range s.Calls {
		to.Calls = append(to.Calls, ir.Frame{Func: c.Func, Position: ir.Position(c.Position)})
	}
	return to
}
