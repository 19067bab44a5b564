package analysis

import (
	"hash/maphash"
	"slices"

	"github.com/rulesc/rulesc/ir"
)

// Changes is what differs between the texts of two policies, whether or not
// any command's answer does.
type Changes struct {
	Added    []int  // rules, by index into the new policy
	Removed  []int  // rules, by index into the old policy
	Reworded []Pair // the same pattern and decision with another justification
	Moved    []Pair // the same rule in another layer or file, or in another order

	Hosts    []HostChange
	Networks []NetworkChange
}

// A Pair is one rule in both policies, by index.
type Pair struct{ Old, New int }

// A HostChange is a program name whose paths are others than before.
type HostChange struct {
	Name     string
	Old, New []string // nil: no entry, so that every path stands for the name
}

// A NetworkChange is a host that network rules decide otherwise than before.
type NetworkChange struct {
	Host     string
	Old, New ir.Decision // ir.None: no rule
}

// None reports whether the texts are the same but for lines and columns.
func (c *Changes) None() bool {
	return len(c.Added)+len(c.Removed)+len(c.Reworded)+len(c.Moved)+len(c.Hosts)+len(c.Networks) == 0
}

// Compare compares the texts of two policies: rule by rule, not command by
// command. Time and memory are linear in the policies, but for the sorting of
// the rules that both have.
//
// A rule that stands in both is moved if its layer or its file there is another
// one, or if it is not part of a longest run of rules that kept their order.
// The names of files outside all layers say nothing: old.rules is compared with
// new.rules.
func Compare(old, young *ir.Policy) *Changes {
	c := new(Changes)
	pairs := pairUp(old, young, c)
	inOrder := longestRun(pairs)
	for i, p := range pairs {
		a, b := old.Rules[p.Old].Source, young.Rules[p.New].Source
		if !inOrder[i] || a.Layer != b.Layer || a.Layer != "" && a.File != b.File {
			c.Moved = append(c.Moved, p)
		}
	}
	c.Hosts = compareHosts(old, young)
	c.Networks = compareNetworks(old, young)
	return c
}

// pairUp finds each rule of the new policy in the old one: the first that is
// not taken yet with the same text, or else the same but for its
// justification. It notes what is left over, and returns the pairs with equal
// texts in the order of the new policy.
func pairUp(old, young *ir.Policy, c *Changes) []Pair {
	waiting := newQueues(old.Rules)
	var pairs []Pair
	var rest []int
	for i := range young.Rules {
		if twin := waiting.take(&young.Rules[i]); twin >= 0 {
			pairs = append(pairs, Pair{twin, i})
		} else {
			rest = append(rest, i)
		}
	}
	left := make(map[string][]int) // by text without justification
	for i, taken := range waiting.taken {
		if !taken {
			key := unjustified(&old.Rules[i])
			left[key] = append(left[key], i)
		}
	}
	for _, i := range rest {
		key := unjustified(&young.Rules[i])
		if waiting := left[key]; len(waiting) > 0 {
			c.Reworded = append(c.Reworded, Pair{waiting[0], i})
			left[key] = waiting[1:]
		} else {
			c.Added = append(c.Added, i)
		}
	}
	for _, waiting := range left {
		c.Removed = append(c.Removed, waiting...)
	}
	slices.Sort(c.Removed)
	return pairs
}

// queues are rules that wait for their twins: in lists, by a hash of their text,
// in the order of definition. Nothing is allocated for a rule, since most have
// twins.
type queues struct {
	rules []ir.PrefixRule
	seed  maphash.Seed
	first map[uint64]int32
	next  []int32 // -1 ends a list
	taken []bool
}

func newQueues(rules []ir.PrefixRule) *queues {
	q := &queues{
		rules: rules, seed: maphash.MakeSeed(),
		first: make(map[uint64]int32, len(rules)), next: make([]int32, len(rules)), taken: make([]bool, len(rules)),
	}
	for i := len(rules) - 1; i >= 0; i-- {
		hash := q.hash(&rules[i])
		q.next[i] = -1
		if second, any := q.first[hash]; any {
			q.next[i] = second
		}
		q.first[hash] = int32(i)
	}
	return q
}

// take returns the first rule with the same text that is not taken, or -1.
func (q *queues) take(rule *ir.PrefixRule) int {
	hash := q.hash(rule)
	at, any := q.first[hash]
	if !any {
		return -1
	}
	before := int32(-1)
	for at >= 0 && !sameText(&q.rules[at], rule) {
		before, at = at, q.next[at]
	}
	switch {
	case at < 0:
		return -1
	case before >= 0:
		q.next[before] = q.next[at]
	case q.next[at] >= 0:
		q.first[hash] = q.next[at]
	default:
		delete(q.first, hash)
	}
	q.taken[at] = true
	return int(at)
}

func (q *queues) hash(rule *ir.PrefixRule) uint64 {
	canonical := uint64(0)
	if rule.Canonical {
		canonical = 1
	}
	hash := mix(uint64(rule.Decision)<<1|canonical, maphash.String(q.seed, rule.Justification))
	for _, position := range rule.Pattern {
		hash = mix(hash, uint64(len(position)))
		for _, token := range position {
			hash = mix(hash, maphash.String(q.seed, token))
		}
	}
	return hash
}

func sameText(a, b *ir.PrefixRule) bool {
	return a.Decision == b.Decision && a.Canonical == b.Canonical && a.Justification == b.Justification &&
		slices.EqualFunc(a.Pattern, b.Pattern, func(x, y []string) bool { return slices.Equal(x, y) })
}

func unjustified(rule *ir.PrefixRule) string {
	bare := *rule
	bare.Justification = ""
	return bare.String()
}

// longestRun marks the pairs of a longest sequence that is ascending in the
// old policy too (patience sorting; pairs ascend in the new one).
func longestRun(pairs []Pair) []bool {
	var tops []int // index of the pair that ends the best run of each length
	before := make([]int, len(pairs))
	for i, p := range pairs {
		length, _ := slices.BinarySearchFunc(tops, p.Old, func(top, target int) int { return pairs[top].Old - target })
		before[i] = -1
		if length > 0 {
			before[i] = tops[length-1]
		}
		if length == len(tops) {
			tops = append(tops, i)
		} else {
			tops[length] = i
		}
	}
	marked := make([]bool, len(pairs))
	if len(tops) > 0 {
		for i := tops[len(tops)-1]; i >= 0; i = before[i] {
			marked[i] = true
		}
	}
	return marked
}

func compareHosts(old, young *ir.Policy) []HostChange {
	before, after := hostPaths(old), hostPaths(young)
	var changes []HostChange
	seen := make(map[string]bool)
	for _, h := range slices.Concat(old.Hosts, young.Hosts) {
		if seen[h.Name] {
			continue
		}
		seen[h.Name] = true
		a, b := before[h.Name], after[h.Name]
		if (a == nil) != (b == nil) || !slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))) {
			changes = append(changes, HostChange{h.Name, a, b})
		}
	}
	return changes
}

// hostPaths returns the paths that count for each name that has an entry; they
// are never nil.
func hostPaths(p *ir.Policy) map[string][]string {
	last := make(map[string][]string)
	for _, h := range p.Hosts {
		last[h.Name] = append([]string{}, h.Paths...)
	}
	return last
}

func compareNetworks(old, young *ir.Policy) []NetworkChange {
	decisions := func(p *ir.Policy) map[string]ir.Decision {
		last := make(map[string]ir.Decision)
		for _, n := range p.Networks {
			last[n.Host] = n.Decision
		}
		return last
	}
	before, after := decisions(old), decisions(young)
	var changes []NetworkChange
	seen := make(map[string]bool)
	for _, n := range slices.Concat(old.Networks, young.Networks) {
		if !seen[n.Host] && before[n.Host] != after[n.Host] {
			changes = append(changes, NetworkChange{n.Host, before[n.Host], after[n.Host]})
		}
		seen[n.Host] = true
	}
	return changes
}
