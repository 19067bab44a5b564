package analysis

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/ir"
)

// A Difference is all that differs between the answers of two policies.
type Difference struct {
	// Regions hold every command whose answer differs, each in exactly one, and
	// no other command. Shorter prefixes come first.
	Regions []Region `json:"regions"`
}

// A Region is a set of commands whose answers changed alike: those that start
// with the prefix, unless one of ExceptNext follows.
type Region struct {
	// Prefix holds a set of tokens for each position; there is at least one.
	Prefix []TokenSet `json:"prefix"`

	// ExceptNext are the tokens that must not follow the prefix: what they lead
	// to did not change or changed otherwise, which other regions say.
	ExceptNext TokenSet `json:"except_next"`

	Old       ir.Decision `json:"old"` // ir.None: no rule matches
	New       ir.Decision `json:"new"`
	Direction Direction   `json:"direction"`

	// Witness is a command of the region, none is shorter: one token of each set
	// of the prefix.
	Witness []string `json:"witness"`

	// OldRules and NewRules are the rules, by index into Policy.Rules, that
	// decide the witness and the commands that differ from it in one token of
	// the prefix: the witness's own rule first, the others ascending. Empty where
	// no rule matches. Where the whole of a subtree changed alike, longer
	// commands may be decided by rules that are not listed.
	OldRules []int `json:"old_rules"`
	NewRules []int `json:"new_rules"`
}

// A Direction says in which way an answer changed.
type Direction string

// The directions.
const (
	Looser       Direction = "looser"        // a weaker decision than before
	Stricter     Direction = "stricter"      // a stronger decision than before
	ChangedMatch Direction = "changed match" // from no match or to none: the caller's fallback is the other answer
)

func direction(old, young ir.Decision) Direction {
	switch {
	case old == ir.None || young == ir.None:
		return ChangedMatch
	case young < old:
		return Looser
	}
	return Stricter
}

// Contains reports whether a command is in the region.
func (r *Region) Contains(command []string) bool {
	if len(command) < len(r.Prefix) {
		return false
	}
	for i := range r.Prefix {
		if !r.Prefix[i].Contains(command[i]) {
			return false
		}
	}
	return len(command) == len(r.Prefix) || !r.ExceptNext.Contains(command[len(r.Prefix)])
}

// String returns the region as a person would write it, on one line:
//
//	git push --force …: prompt -> allow
func (r *Region) String() string {
	var b strings.Builder
	for i := range r.Prefix {
		b.WriteString(r.Prefix[i].String())
		b.WriteByte(' ')
	}
	b.WriteString("…")
	if !r.ExceptNext.IsEmpty() {
		b.WriteString(" (not ")
		b.WriteString(r.ExceptNext.String())
		b.WriteString(" next)")
	}
	b.WriteString(": ")
	b.WriteString(answer(r.Old))
	b.WriteString(" -> ")
	b.WriteString(answer(r.New))
	return b.String()
}

func answer(d ir.Decision) string {
	if d == ir.None {
		return "no match"
	}
	return d.String()
}

// Diff compares the answers of two policies on every command there is. The
// answer to a command is its effective decision, or none.
//
// The result is exact; where the rules overlap too much for that, the error is
// ErrOverlap and there is no result. Other errors say which rule is not one.
//
// Families of rules that are written alike are only compared as texts. For the
// others time and memory grow with the number of alternatives in their rules,
// and with the answer; see machine.go.
func Diff(old, young *ir.Policy, o Options) (*Difference, error) {
	if err := check(old, young); err != nil {
		return nil, err
	}
	p, q, fromOld, fromYoung := changed(old, young)
	s := newSpace(o, index(p, allRules(p)), index(q, allRules(q)))
	m, roots, err := newMachine(s, []*ir.Policy{p, q}, o, difference)
	if err != nil {
		return nil, err
	}
	if err := m.run(); err != nil {
		return nil, err
	}
	d := differ{machine: m, intern: make(map[uint64][]int32), groups: make(map[int32][]group)}
	d.minimise()
	regions, err := d.regions(roots)
	if err != nil {
		return nil, err
	}
	judges := [2]*judge{newJudge(p, s.sides[0], o), newJudge(q, s.sides[1], o)}
	for i := range regions {
		if err := d.blame(&regions[i], judges, fromOld, fromYoung); err != nil {
			return nil, err
		}
	}
	return &Difference{Regions: regions}, nil
}

// samples returns commands that two policies answer otherwise, up to most of
// them, for different reasons; none if there is no difference.
func samples(p, q *ir.Policy, most int, o Options) ([][]string, error) {
	s := newSpace(o, index(p, allRules(p)), index(q, allRules(q)))
	m, roots, err := newMachine(s, []*ir.Policy{p, q}, o, difference)
	if err != nil {
		return nil, err
	}
	if err := m.run(); err != nil {
		return nil, err
	}
	d := differ{machine: m, intern: make(map[uint64][]int32), groups: make(map[int32][]group)}
	d.minimise()
	type place struct {
		node, parent int32
		token        string
	}
	var places []place
	seen := map[int32]bool{nothing: true}
	enter := func(node, parent int32, set *TokenSet) {
		if !seen[node] {
			seen[node] = true
			places = append(places, place{node, parent, set.example()})
		}
	}
	for i, root := range roots {
		enter(d.target(root), -1, &s.atoms[i].set)
	}
	var commands [][]string
	for i := 0; i < len(places) && len(commands) < most; i++ {
		at := places[i].node
		if d.nodes[at].old != d.nodes[at].young {
			var command []string
			for k := int32(i); k >= 0; k = places[k].parent {
				command = append(command, places[k].token)
			}
			slices.Reverse(command)
			commands = append(commands, command)
		}
		for _, g := range d.groupsOf(at) {
			enter(g.to, int32(i), &g.set)
		}
	}
	return commands, nil
}

// A differ turns states into regions. Its nodes say of a state only what
// differs: the pair of answers there, and what lies behind the tokens that do
// not lead to that pair throughout. Nodes are interned from the last level up,
// so a subtree that changed alike is one node without edges, however many rules
// made it so, and tokens that lead to one node are one set in a region's prefix.
type differ struct {
	*machine
	nodes  []node
	edges  []arrow // to: a node
	nodeOf []int32 // by state
	intern map[uint64][]int32
	groups map[int32][]group
}

type node struct {
	old, young ir.Decision
	edges      span
}

// nothing is the node below which no answer differs.
const nothing int32 = 0

// minimise makes the nodes of all states.
func (d *differ) minimise() {
	d.nodes = []node{{}}
	d.nodeOf = make([]int32, len(d.states))
	for _, level := range d.levels {
		for _, at := range level {
			d.nodeOf[at] = d.node(&d.states[at])
		}
	}
}

func (d *differ) target(to int32) int32 {
	if to == same {
		return nothing
	}
	return d.nodeOf[to]
}

// plain returns the node of a subtree that changed alike.
func (d *differ) plain(old, young ir.Decision) int32 {
	if old == young {
		return nothing
	}
	return d.add(node{old: old, young: young, edges: span{uint32(len(d.edges)), uint32(len(d.edges))}})
}

func (d *differ) node(s *state) int32 {
	n := node{old: s.best[0].decision(), young: s.best[1].decision()}
	rest := d.plain(n.old, n.young)
	arrows := d.arrows[s.arrows.from:s.arrows.to]
	// A class that is not as the rest makes its exact tokens exceptions, be
	// they as the rest or not.
	classes := make(map[symbol]int32)
	for _, a := range arrows {
		if to := d.target(a.to); a.symbol.isClass() && to != rest {
			classes[a.symbol] = to
		}
	}
	n.edges.from = uint32(len(d.edges))
	for _, a := range arrows {
		to := d.target(a.to)
		general := rest
		if class := d.classFor(a.symbol); class != 0 {
			if of, special := classes[class]; special {
				general = of
			}
		}
		if to != general {
			d.edges = append(d.edges, arrow{a.symbol, to})
		}
	}
	n.edges.to = uint32(len(d.edges))
	if n.edges.from == n.edges.to {
		return rest
	}
	return d.add(n)
}

// add interns a node whose edges are the last ones.
func (d *differ) add(n node) int32 {
	edges := d.edges[n.edges.from:n.edges.to]
	hash := mix(uint64(n.old)<<8, uint64(n.young))
	for _, e := range edges {
		hash = mix(hash, uint64(e.symbol)<<32|uint64(e.to))
	}
	for _, at := range d.intern[hash] {
		m := d.nodes[at]
		if m.old == n.old && m.young == n.young && slices.Equal(d.edges[m.edges.from:m.edges.to], edges) {
			d.edges = d.edges[:n.edges.from]
			return at
		}
	}
	at := int32(len(d.nodes))
	d.nodes = append(d.nodes, n)
	d.intern[hash] = append(d.intern[hash], at)
	return at
}

// A group is all tokens that lead from one node to another.
type group struct {
	set TokenSet
	to  int32
}

// groupsOf returns where a node leads to.
func (d *differ) groupsOf(at int32) []group {
	if groups, known := d.groups[at]; known {
		return groups
	}
	n := d.nodes[at]
	rest := nothing
	if n.old != n.young {
		rest = d.plain(n.old, n.young)
	}
	edges := d.edges[n.edges.from:n.edges.to]
	exceptions := make(map[symbol][]string)
	for _, e := range edges {
		if class := d.classFor(e.symbol); class != 0 {
			exceptions[class] = append(exceptions[class], d.tokens[e.symbol>>1])
		}
	}
	sets := make(map[int32]*TokenSet)
	var order []int32
	for _, e := range edges {
		if e.to == rest {
			continue // only an exception of its class
		}
		set := sets[e.to]
		if set == nil {
			set = &TokenSet{}
			sets[e.to] = set
			order = append(order, e.to)
		}
		if e.symbol.isClass() {
			except := exceptions[e.symbol]
			slices.Sort(except)
			set.Classes = append(set.Classes, Class{Fold: d.folds[e.symbol>>1], Except: except})
		} else {
			set.Tokens = append(set.Tokens, d.tokens[e.symbol>>1])
		}
	}
	groups := make([]group, len(order))
	for i, to := range order {
		set := sets[to]
		slices.Sort(set.Tokens)
		slices.SortFunc(set.Classes, func(a, b Class) int { return cmp.Compare(a.Fold, b.Fold) })
		groups[i] = group{*set, to}
	}
	sortGroups(groups)
	d.groups[at] = groups
	return groups
}

// sortGroups makes the order depend on the sets alone.
func sortGroups(groups []group) {
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(slices.Compare(a.set.Tokens, b.set.Tokens), cmp.Compare(a.set.String(), b.set.String()))
	})
}

// regions returns the regions behind the atoms.
func (d *differ) regions(roots []int32) ([]Region, error) {
	type place struct {
		node   int32
		parent int // in places, -1 at the first token
		depth  int
		set    *TokenSet
	}
	var places []place
	sets := make(map[int32][]*TokenSet)
	var order []int32
	for i, root := range roots {
		to := d.target(root)
		if to == nothing {
			continue
		}
		if sets[to] == nil {
			order = append(order, to)
		}
		sets[to] = append(sets[to], &d.atoms[i].set)
	}
	first := make([]group, len(order))
	for i, to := range order {
		first[i] = group{union(sets[to]), to}
	}
	sortGroups(first)
	for i := range first {
		places = append(places, place{first[i].to, -1, 1, &first[i].set})
	}
	var regions []Region
	for i := 0; i < len(places); i++ {
		p := places[i]
		n := d.nodes[p.node]
		groups := d.groupsOf(p.node)
		if d.steps -= p.depth + len(groups); d.steps < 0 {
			return nil, ErrOverlap
		}
		if n.old != n.young {
			prefix := make([]TokenSet, p.depth)
			witness := make([]string, p.depth)
			for at := i; at >= 0; at = places[at].parent {
				prefix[places[at].depth-1] = *places[at].set
				witness[places[at].depth-1] = places[at].set.example()
			}
			all := make([]*TokenSet, len(groups))
			for k := range groups {
				all[k] = &groups[k].set
			}
			r := Region{Prefix: prefix, Old: n.old, New: n.young, Direction: direction(n.old, n.young), Witness: witness}
			if len(all) > 0 {
				r.ExceptNext = union(all)
			}
			regions = append(regions, r)
		}
		for k := range groups {
			if groups[k].to != nothing {
				places = append(places, place{groups[k].to, i, p.depth + 1, &groups[k].set})
			}
		}
	}
	return regions, nil
}

// blame fills in the rules of a region.
func (d *differ) blame(r *Region, judges [2]*judge, fromOld, fromYoung []int) error {
	deciders := func(j *judge, from []int) ([]int, error) {
		seen := make(map[int]bool)
		own := j.decider(r.Witness)
		if own < 0 {
			return nil, nil
		}
		seen[own] = true
		rules := []int{from[own]}
		command := slices.Clone(r.Witness)
		for i := range r.Prefix {
			for _, token := range r.Prefix[i].Examples() {
				if d.steps -= 1 + len(command); d.steps < 0 {
					return nil, ErrOverlap
				}
				command[i] = token
				if rule := j.decider(command); rule >= 0 && !seen[rule] {
					seen[rule] = true
					rules = append(rules, from[rule])
				}
			}
			command[i] = r.Witness[i]
		}
		slices.Sort(rules[1:])
		return rules, nil
	}
	var err error
	if r.OldRules, err = deciders(judges[0], fromOld); err != nil {
		return err
	}
	r.NewRules, err = deciders(judges[1], fromYoung)
	return err
}
