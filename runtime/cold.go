package runtime

import (
	"fmt"
	"iter"
	goruntime "runtime"
	"slices"
	"sync"

	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/matcher/digest"
)

// Sections other than the hot one are decoded when they are first asked for,
// once, by whoever asks first. Damage in one is an error of the calls that need
// it; decisions do not.

// A Rule is a prefix rule as it was written, with its decision, justification
// and place.
type Rule = matcher.RuleRecord

// A Host lists the paths that may stand for a program name.
type Host = matcher.HostRecord

// A Network gives a decision to a network host.
type Network = matcher.NetworkRecord

// A Source says where a rule was written.
type Source = matcher.Source

// A Position is a place in a text file.
type Position = matcher.Position

// A Frame is one call on the way to a rule.
type Frame = matcher.Frame

// A Meta says how an artifact was made.
type Meta = matcher.Meta

// A Digest identifies what a policy means.
type Digest = matcher.Digest

// A cold is a section of records that is decoded on demand.
type cold[T any] struct {
	once   sync.Once
	table  *matcher.Records[T]
	bytes  []byte              // what the table reads
	memory artifactfile.Memory // where they are, if not in the file
	err    error
}

// load returns the section's records. open validates its bytes.
func (c *cold[T]) load(v *view, s matcher.Section, open func([]byte) (*matcher.Records[T], error)) (*matcher.Records[T], error) {
	c.once.Do(func() {
		if c.bytes, c.memory, c.err = v.section(s); c.err == nil {
			c.table, c.err = open(c.bytes)
		}
		c.err = inFile(c.err, v.name)
	})
	return c.table, c.err
}

func (v *view) openRules() (*matcher.Records[Rule], error) {
	return v.rules.load(v, matcher.SectionRules, func(b []byte) (*matcher.Records[Rule], error) {
		rules, err := matcher.OpenRules(b)
		if err == nil && rules.Len() != v.image.Rules() {
			err = &FormatError{
				Section: matcher.SectionRules,
				Kind:    ErrDamaged,
				Reason:  fmt.Sprintf("it has %d rules, the image was made from %d", rules.Len(), v.image.Rules()),
			}
		}
		return rules, err
	})
}

func (v *view) openHosts() (*matcher.Records[Host], error) {
	return v.hosts.load(v, matcher.SectionHosts, matcher.OpenHosts)
}

func (v *view) openNetworks() (*matcher.Records[Network], error) {
	return v.networks.load(v, matcher.SectionNetworks, matcher.OpenNetworks)
}

// Rule returns the rule with the given id, as verdicts and matches name it.
// The first call decodes all rules; later ones cost what the one rule does.
func (p *Policy) Rule(id int) (Rule, error) {
	v := p.load()
	if v == nil {
		return Rule{}, ErrClosed
	}
	defer goruntime.KeepAlive(v)
	table, err := v.openRules()
	if err != nil {
		return Rule{}, err
	}
	if id < 0 || id >= table.Len() {
		return Rule{}, fmt.Errorf("no rule has id %d, there are %d", id, table.Len())
	}
	rule, err := table.At(id)
	return rule, inFile(err, v.name)
}

// Rules returns all rules in order: the first has id 0. After an error there
// is nothing more.
func (p *Policy) Rules() iter.Seq2[Rule, error] {
	return func(yield func(Rule, error) bool) {
		v := p.load()
		if v == nil {
			yield(Rule{}, ErrClosed)
			return
		}
		defer goruntime.KeepAlive(v)
		table, err := v.openRules()
		if err != nil {
			yield(Rule{}, err)
			return
		}
		for rule, err := range table.All() {
			if !yield(rule, inFile(err, v.name)) {
				return
			}
		}
	}
}

// Hosts returns the host executables in the order of definition. The last one
// for a name counts.
func (p *Policy) Hosts() ([]Host, error) {
	v := p.load()
	if v == nil {
		return nil, ErrClosed
	}
	table, err := v.openHosts()
	return collect(v, table, err)
}

// Networks returns the network rules in the order of definition.
func (p *Policy) Networks() ([]Network, error) {
	v := p.load()
	if v == nil {
		return nil, ErrClosed
	}
	table, err := v.openNetworks()
	return collect(v, table, err)
}

func collect[T any](v *view, table *matcher.Records[T], err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer goruntime.KeepAlive(v)
	list := make([]T, 0, table.Len())
	for record, err := range table.All() {
		if err != nil {
			return nil, inFile(err, v.name)
		}
		list = append(list, record)
	}
	return list, nil
}

// NetworkLists returns the hosts that network rules allow and deny, whatever
// the protocol. The last rule for a host replaces earlier ones; a host whose
// last rule says prompt is in neither list.
func (p *Policy) NetworkLists() (allowed, denied []string, err error) {
	networks, err := p.Networks()
	if err != nil {
		return nil, nil, err
	}
	seen := make(map[string]bool)
	for _, n := range slices.Backward(networks) {
		if seen[n.Host] {
			continue
		}
		seen[n.Host] = true
		switch n.Decision {
		case Allow:
			allowed = append(allowed, n.Host)
		case Forbidden:
			denied = append(denied, n.Host)
		}
	}
	slices.Reverse(allowed)
	slices.Reverse(denied)
	return allowed, denied, nil
}

// Meta returns how the artifact was made.
func (p *Policy) Meta() (Meta, error) {
	v := p.load()
	if v == nil {
		return Meta{}, ErrClosed
	}
	defer goruntime.KeepAlive(v)
	meta, err := v.meta()
	return meta, inFile(err, v.name)
}

func (v *view) meta() (Meta, error) {
	b, m, err := v.section(matcher.SectionMeta)
	if err != nil {
		return Meta{}, err
	}
	defer m.Release()
	return matcher.ParseMeta(b)
}

// Digest returns the digest of the policy's meaning, as the header has it:
// policies with equal digests have equal decisions, rule texts and provenance.
// It is zero after Close. [Policy.Verify] proves it.
func (p *Policy) Digest() Digest {
	v := p.load()
	if v == nil {
		return Digest{}
	}
	return v.container.Digest
}

// Verify decodes every section, whether it was used or not, and compares the
// digest with what it is the digest of. [Open] leaves that out, since it costs
// more than opening does.
func (p *Policy) Verify() error {
	v := p.load()
	if v == nil {
		return ErrClosed
	}
	defer goruntime.KeepAlive(v)
	return inFile(v.verify(), v.name)
}

func (v *view) verify() error {
	if _, err := v.openRules(); err != nil {
		return err
	}
	if _, err := v.openHosts(); err != nil {
		return err
	}
	if _, err := v.openNetworks(); err != nil {
		return err
	}
	if _, err := v.meta(); err != nil {
		return err
	}
	return v.container.CheckDigest(digest.Of(v.rules.bytes, v.hosts.bytes, v.networks.bytes))
}
