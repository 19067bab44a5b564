package compiler

import (
	"cmp"
	"fmt"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/compiler/graph"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/matcher/digest"
)

// An Artifact is a compiled policy that has not been written yet. It is
// immutable and safe for concurrent use.
type Artifact struct {
	sections [matcher.NumSections][]byte // decoded, SectionHot first
	digest   matcher.Digest
}

// Compile compiles a policy. meta says how the policy came about; it has no
// part in the policy's digest. The result depends on the arguments alone. It is
// an error if the policy has rules that are not valid, or exceeds a limit of
// the format.
func Compile(p *ir.Policy, meta matcher.Meta) (*Artifact, error) {
	for i := range p.Rules {
		if err := p.Rules[i].Validate(); err != nil {
			return nil, fmt.Errorf("rule %d of %s: %w", i, p.Rules[i].Source, err)
		}
	}
	// The image needs the rules, not their records, and takes the longest.
	var hot []byte
	var hotErr error
	var image sync.WaitGroup
	image.Go(func() { hot, hotErr = compileImage(p) })
	a, err := compileRecords(p, meta)
	image.Wait()
	if err := cmp.Or(hotErr, err); err != nil {
		return nil, err
	}
	a.sections[matcher.SectionHot-1] = hot
	return a, nil
}

// WithMeta returns the artifact with another account of how it was made. What it
// decides and its digest stay the same.
func (a *Artifact) WithMeta(meta matcher.Meta) (*Artifact, error) {
	about, err := matcher.AppendMeta(nil, &meta)
	if err != nil {
		return nil, err
	}
	other := *a
	other.sections[matcher.SectionMeta-1] = about
	return &other, nil
}

// compileRecords returns an artifact without an image.
func compileRecords(p *ir.Policy, meta matcher.Meta) (*Artifact, error) {
	rules, err := matcher.AppendRulesFunc(nil, len(p.Rules), func(i int) matcher.RuleRecord { return ruleRecord(&p.Rules[i]) })
	if err != nil {
		return nil, err
	}
	hosts, err := matcher.AppendHosts(nil, hostRecords(p.Hosts))
	if err != nil {
		return nil, err
	}
	networks, err := matcher.AppendNetworks(nil, networkRecords(p.Networks))
	if err != nil {
		return nil, err
	}
	about, err := matcher.AppendMeta(nil, &meta)
	if err != nil {
		return nil, err
	}
	return &Artifact{
		sections: [matcher.NumSections][]byte{nil, rules, hosts, networks, about},
		digest:   digest.Of(rules, hosts, networks),
	}, nil
}

// compileImage returns the hot section.
func compileImage(p *ir.Policy) ([]byte, error) {
	rules := make([]graph.Rule, len(p.Rules))
	for i, r := range p.Rules {
		rules[i] = graph.Rule{Pattern: r.Pattern, Decision: matcher.Decision(r.Decision), Canonical: r.Canonical}
	}
	hosts := make([]graph.Host, len(p.Hosts))
	for i, h := range p.Hosts {
		hosts[i] = graph.Host{Name: h.Name, Paths: h.Paths}
	}
	return graph.Compile(rules, hosts)
}

// Digest identifies what the policy means: equal digests mean equal decisions,
// rule texts and provenance.
func (a *Artifact) Digest() matcher.Digest { return a.digest }

// Size returns the size of a section before compression, in bytes.
func (a *Artifact) Size(s matcher.Section) int { return len(a.sections[s-1]) }

// Encode returns the bytes of the artifact's file. They depend on the artifact
// and the codec alone, neither on the machine nor on the number of its
// processors.
func (a *Artifact) Encode(codec matcher.Codec) ([]byte, error) {
	var parts [matcher.NumSections]matcher.Part
	var errs [matcher.NumSections]error
	var work sync.WaitGroup
	for i, decoded := range a.sections {
		parts[i] = matcher.Part{Stored: decoded, Decoded: decoded}
		if codec == matcher.CodecZstd {
			work.Go(func() { errs[i] = compress(&parts[i], matcher.Section(i+1)) })
		}
	}
	work.Wait()
	if err := cmp.Or(errs[:]...); err != nil {
		return nil, err
	}
	return matcher.AppendContainer(nil, codec, a.digest, parts)
}

// compress compresses a section.
func compress(part *matcher.Part, s matcher.Section) error {
	if s != matcher.SectionHot {
		part.Stored = encoder().EncodeAll(part.Decoded, make([]byte, 0, len(part.Decoded)))
		return nil
	}
	columns, err := matcher.PackImage(part.Decoded)
	for _, piece := range columns {
		part.Packed += len(piece)
	}
	part.Stored = appendFrame(nil, columns)
	return err
}

// encoder returns the one encoder there is, made when first asked for: a fixed
// level, and no checksum of its own, since the container has one. The best
// level makes artifacts 4 % smaller and takes twenty times as long. What it
// makes of a section does not depend on what it made of others, nor on how
// many at once; it keeps some megabytes for each of them.
var encoder = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedDefault),
		zstd.WithEncoderConcurrency(min(2, runtime.GOMAXPROCS(0))),
		zstd.WithEncoderCRC(false),
	)
	if err != nil {
		panic(err) // the options are no options
	}
	return e
})
