// Package lint finds what is doubtful in a policy: rules that decide nothing,
// that allow more than they seem to, that forbid less, or that were written for
// another matcher than the one there is.
//
// [Check] returns [Finding] values. Each has a code, RS001 and up, that never
// changes its meaning; [Codes] holds what every code stands for, in words.
// Whatever a finding says of a command was asked of the policy: witnesses are
// commands that are decided as stated.
package lint

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
)

// A Finding is one thing to say about one place of a policy.
type Finding struct {
	Code     string
	Severity diag.Severity
	Source   ir.Source // where it is best mended
	Message  string    // one line: lower case, no full stop
	Hint     string    // the mend, "" if it depends

	// Rules are those that the finding is about, by index into Policy.Rules,
	// ascending; they were made by one call, unless the finding sums up many.
	// Empty for findings about other things.
	Rules []int

	// Alternatives are those of Rules that the finding is about, for RS003.
	Alternatives []analysis.DeadAlternative

	// Certain says of a duplicate or a dead alternative that nothing but text is
	// lost without it: no justification that anybody gets to read.
	Certain bool

	// Witness is a command that shows it, nil if there is none to show.
	Witness []string

	Related []Related
}

// A Related place belongs to a finding: the rules that cover a dead one, say.
type Related struct {
	What   string // "covered by", "allowed by", …
	Source ir.Source
	Text   string // what stands there
}

// A Report is everything that was found.
type Report struct {
	Findings []Finding // by place: layers from lowest to highest, files, lines

	// Digest identifies what the policy decides, and Without what it decides
	// without all dead rules and alternatives. They are equal: that is the proof.
	// Both are zero where rules overlap too much for a digest.
	Digest, Without analysis.Digest
}

// Options says how to look.
type Options struct {
	analysis.Options

	// HasExamples reports whether the call at a place has match or not_match
	// examples; known is false where that cannot be told. Nil: nowhere.
	HasExamples func(ir.Source) (has, known bool)
}

// A checker is one look at a policy.
type checker struct {
	policy  *ir.Policy
	options Options
	judge   *analysis.Judge
	dead    *analysis.Findings
	sites   []site
	isDead  []bool          // by rule: dead, or tangled with the dead
	live    []int           // by rule: index into dead.Live, -1 if it is not there
	spelt   map[string]bool // families with lists or canonical rules; nil until asked for
	isHid   map[int]bool    // rules that other layers hide from calls by path
	report  Report
}

// A site is a call that made rules: one for each program that it names, or more
// where it stands in a loop.
type site struct {
	source ir.Source
	rules  []int
}

// Check looks at a policy. The cost is that of finding dead rules and of two
// semantic digests, which is near-linear in the policy, and a few look-ups for
// each rule. Where a bound cuts in, a finding says so (RS099). An error says
// which rule is not one.
func Check(p *ir.Policy, o Options) (*Report, error) {
	c := &checker{policy: p, options: o, isHid: make(map[int]bool)}
	var err error
	if c.judge, err = analysis.NewJudge(p, o.Options); err != nil {
		return nil, err
	}
	if c.dead, err = analysis.Dead(p, o.Options); err != nil {
		return nil, err
	}
	c.index()
	if err := c.prove(); err != nil {
		return nil, err
	}
	c.deadRules()
	c.broadAllows()
	if err := c.hidden(); err != nil {
		return nil, err
	}
	c.evaded()
	c.tokens()
	c.words()
	c.hosts()
	c.networks()
	c.unknown()
	c.sort()
	return &c.report, nil
}

func (c *checker) index() {
	n := len(c.policy.Rules)
	c.isDead = make([]bool, n)
	c.live = make([]int, n)
	for i := range c.live {
		c.live[i] = -1
	}
	for _, d := range c.dead.Dead {
		c.isDead[d.Rule] = true
	}
	for _, r := range c.dead.Tangled {
		c.isDead[r] = true
	}
	for i := range c.dead.Live {
		c.live[c.dead.Live[i].Rule] = i
	}
	at := make(map[string]int)
	var key strings.Builder
	for r := range c.policy.Rules {
		source := c.policy.Rules[r].Source
		key.Reset()
		key.WriteString(source.String())
		for _, call := range source.Calls {
			key.WriteByte(0)
			key.WriteString(call.Position.String())
		}
		if source.Line == 0 { // nobody knows what belongs together
			fmt.Fprintf(&key, "\x00%d", r)
		}
		k, known := at[key.String()]
		if !known {
			k = len(c.sites)
			at[key.String()] = k
			c.sites = append(c.sites, site{source: source})
		}
		c.sites[k].rules = append(c.sites[k].rules, r)
	}
}

func (c *checker) add(f Finding) {
	if f.Severity == "" {
		f.Severity = severities[f.Code]
	}
	c.report.Findings = append(c.report.Findings, f)
}

// ErrProof is a fault of this program: what was found dead is not.
var ErrProof = errors.New("rulesc failed: taking away what it found dead changes answers")

// prove takes away all dead rules and alternatives and compares digests.
func (c *checker) prove() error {
	digest, err := analysis.SemanticDigest(c.policy, c.options.Options)
	if errors.Is(err, analysis.ErrOverlap) {
		return nil
	}
	if err != nil {
		return err
	}
	c.report.Digest, c.report.Without = digest, digest
	if len(c.dead.Dead)+len(c.dead.Alternatives) == 0 {
		return nil
	}
	c.report.Without, err = analysis.SemanticDigest(c.withoutDead(), c.options.Options)
	if errors.Is(err, analysis.ErrOverlap) {
		c.report.Digest, c.report.Without = analysis.Digest{}, analysis.Digest{}
		return nil
	}
	if err == nil && c.report.Without != digest {
		err = ErrProof
	}
	return err
}

// withoutDead returns the policy without dead rules and dead alternatives.
func (c *checker) withoutDead() *ir.Policy {
	gone := make(map[int][]analysis.DeadAlternative)
	for _, a := range c.dead.Alternatives {
		gone[a.Rule] = append(gone[a.Rule], a)
	}
	dead := make(map[int]bool)
	for _, d := range c.dead.Dead {
		dead[d.Rule] = true
	}
	q := &ir.Policy{Hosts: c.policy.Hosts}
	for r, rule := range c.policy.Rules {
		if dead[r] {
			continue
		}
		if list := gone[r]; len(list) > 0 {
			rule.Pattern = slices.Clone(rule.Pattern)
			for _, a := range slices.Backward(list) { // behind first: indexes hold
				rule.Pattern[a.Position] = slices.Delete(slices.Clone(rule.Pattern[a.Position]), a.Index, a.Index+1)
			}
		}
		q.Rules = append(q.Rules, rule)
	}
	return q
}

// sort orders findings by place. Layers and files come in the order in which the
// policy has them.
func (c *checker) sort() {
	type file struct{ layer, name string }
	order := make(map[file]int)
	note := func(s ir.Source) {
		f := file{s.Layer, s.File}
		if _, known := order[f]; !known {
			order[f] = len(order)
		}
	}
	for i := range c.policy.Rules {
		note(c.policy.Rules[i].Source)
	}
	for i := range c.policy.Hosts {
		note(c.policy.Hosts[i].Source)
	}
	for i := range c.policy.Networks {
		note(c.policy.Networks[i].Source)
	}
	slices.SortStableFunc(c.report.Findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(order[file{a.Source.Layer, a.Source.File}], order[file{b.Source.Layer, b.Source.File}]),
			cmp.Compare(a.Source.Line, b.Source.Line), cmp.Compare(a.Source.Col, b.Source.Col), cmp.Compare(a.Code, b.Code),
		)
	})
}

// unknown says what was not looked at.
func (c *checker) unknown() {
	if len(c.dead.Unknown) == 0 {
		return
	}
	first := &c.policy.Rules[c.dead.Unknown[0]]
	c.add(Finding{
		Code: "RS099", Source: first.Source, Rules: c.dead.Unknown,
		Message: fmt.Sprintf("%s, such as this one, overlap too much to say which of them decide: they were not looked at for dead rules", count(len(c.dead.Unknown), "rule")),
	})
}

// origin returns who a rule is of: its layer, or its file outside all layers.
func origin(s ir.Source) string {
	if s.Layer != "" {
		return s.Layer
	}
	return "\x00" + s.File
}

// short is a rule in a message.
func short(r *ir.PrefixRule) string { return r.Decision.String() + " " + r.Pattern.String() }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// enumerate lists a few words and counts the others.
func enumerate(words []string) string {
	const most = 5
	if more := len(words) - most; more > 0 {
		return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(words, ", ")
}
