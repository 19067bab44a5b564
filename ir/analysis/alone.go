package analysis

import (
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// A rule decides a command alone if the answer would be another one without it.
// To find such commands, one policy is walked with states that are made of rules
// instead of tails, and that know two ranks: that of the best rule so far, and
// the best rank without that rule. With
//
//	0  git          allow
//	1  git push     allow
//	2  git push -f  forbidden
//
// the states are
//
//	git          best 0 allow, without it none; alive {1, 2}    rule 0 alone
//	git push     best allow, without it allow; alive {2}        no rule alone
//	git push -f  best 2 forbidden, without it allow             rule 2 alone
//
// A rule that is not above the second rank can neither decide alone nor keep
// another from it, so it is dropped, and what remains of realistic policies is
// about as many states as the rules have alternatives. Levels are walked one
// after the other, so the first state found for a rule is a shortest command.
//
// Going back over the states tells which alternatives lead to a command that
// their rule decides alone.

// solo is the walk.
type solo struct {
	*machine
	policy *ir.Policy
	tailOf []uint32 // by rule
	length []int32  // of patterns, by rule
	list   []soloState
	alive  []soloItem // arena
	edges  []arrow

	at      []int32                  // by rule: the first state in which it is alone, -1 for none
	matters map[alternative]struct{} // alternatives that lead to such states
}

// A soloItem is a rule that is alive: its index, shifted, and whether it is
// direct.
type soloItem uint32

func (i soloItem) rule() int32  { return int32(i >> 1) }
func (i soloItem) direct() bool { return i&1 != 0 }

type soloState struct {
	best, second rank
	rule         int32 // that has the best rank, -1 if several have
	alive, edges span
	parent       int32 // -1-i at the first token: atom i
	token        string
}

// alone reports whether the state's best rule decides alone.
func (s *soloState) alone() bool { return s.rule >= 0 && s.best.decision() != s.second.decision() }

// An alternative is a symbol in a position of a rule.
type alternative struct {
	rule     int32
	position int32
	symbol   symbol
}

// walkAlone walks the rules of p with the given indexes.
func walkAlone(p *ir.Policy, rules []int, o Options) (*solo, error) {
	s := newSpace(o, index(p, rules))
	m, err := newReader(s, []*ir.Policy{p}, o, whole)
	if err != nil {
		return nil, err
	}
	w := &solo{
		machine: m, policy: p,
		tailOf: make([]uint32, len(p.Rules)), length: make([]int32, len(p.Rules)), at: make([]int32, len(p.Rules)),
		matters: make(map[alternative]struct{}),
	}
	for i := range w.at {
		w.at[i] = -1
	}
	for _, i := range rules {
		w.tailOf[i] = m.tailOf(&p.Rules[i])
		w.length[i] = int32(len(p.Rules[i].Pattern))
	}
	known := make(map[uint64][]int32)
	var items []soloItem
	for i := range s.atoms {
		items = items[:0]
		for _, c := range s.atoms[i].claims[0] {
			m.steps -= len(c.rules)
			for _, rule := range c.rules {
				it := soloItem(rule) << 1
				if c.direct {
					it |= 1
				}
				items = append(items, it)
			}
		}
		if m.steps < 0 {
			return nil, ErrOverlap
		}
		slices.Sort(items)
		w.enter(&soloState{rule: -1, parent: int32(-1 - i)}, items, 1, known, func() string { return s.atoms[i].set.example() })
	}
	tails := slices.Clone(w.tailOf) // at the current depth
	from := 0
	for depth := int32(1); from < len(w.list); depth++ {
		known = make(map[uint64][]int32)
		end := len(w.list)
		for ; from < end; from++ {
			if err := w.expand(int32(from), depth, tails, known); err != nil {
				return nil, err
			}
		}
		for _, i := range rules {
			tails[i] = w.tails.list[tails[i]].next
		}
	}
	w.back()
	return w, nil
}

// enter adds the state in which depth tokens have been matched, items by rules
// that may end here, and returns where it is: same if no rule will be alone.
func (w *solo) enter(before *soloState, items []soloItem, depth int32, known map[uint64][]int32, token func() string) int32 {
	s := soloState{best: before.best, second: before.second, rule: before.rule, parent: before.parent}
	rankOfItem := func(it soloItem) rank { return rankOf(w.policy.Rules[it.rule()].Decision, it.direct()) }
	for _, it := range items {
		if w.length[it.rule()] != depth {
			continue
		}
		switch r := rankOfItem(it); {
		case r > s.best:
			s.best, s.second, s.rule = r, s.best, it.rule()
		case r == s.best:
			s.second, s.rule = r, -1
		case r > s.second:
			s.second = r
		}
	}
	s.alive.from = uint32(len(w.alive))
	hash := mix(mix(uint64(s.best)<<8|uint64(s.second), uint64(s.rule)), 0)
	for _, it := range items {
		if w.length[it.rule()] > depth && rankOfItem(it) > s.second {
			w.alive = append(w.alive, it)
			hash = mix(hash, uint64(it))
		}
	}
	s.alive.to = uint32(len(w.alive))
	alive := w.alive[s.alive.from:]
	if len(alive) == 0 && !s.alone() {
		return same
	}
	for _, at := range known[hash] {
		t := &w.list[at]
		if t.best == s.best && t.second == s.second && t.rule == s.rule && slices.Equal(w.alive[t.alive.from:t.alive.to], alive) {
			w.alive = w.alive[:s.alive.from]
			return at
		}
	}
	at := int32(len(w.list))
	s.token = token()
	w.list = append(w.list, s)
	known[hash] = append(known[hash], at)
	if s.alone() && w.at[s.rule] < 0 {
		w.at[s.rule] = at
	}
	return at
}

func (w *solo) expand(at, depth int32, tails []uint32, known map[uint64][]int32) error {
	s := w.list[at]
	alive := w.alive[s.alive.from:s.alive.to]
	pairs := w.pairs[:0] // symbol, index in alive
	classes := false
	for k, it := range alive {
		symbols := w.tails.of(tails[it.rule()])
		if w.steps -= len(symbols); w.steps < 0 {
			return ErrOverlap
		}
		for _, sym := range symbols {
			classes = classes || sym.isClass()
			pairs = append(pairs, uint64(sym)<<32|uint64(k))
		}
	}
	w.pairs = pairs
	slices.Sort(pairs)
	byClass, exact := w.classes(pairs, classes)
	from := uint32(len(w.edges))
	var items []soloItem
	for rest := pairs; len(rest) > 0; {
		sym, group := cutGroup(rest)
		rest = rest[len(group):]
		token := func() string { return w.tokens[sym>>1] }
		if sym.isClass() {
			other, any := w.other(sym, exact[sym])
			if !any {
				continue
			}
			token = func() string { return other }
		}
		items = items[:0]
		for _, more := range [2][]uint64{group, byClass[w.classFor(sym)]} {
			if w.steps -= len(more); w.steps < 0 {
				return ErrOverlap
			}
			for _, pair := range more {
				items = append(items, alive[uint32(pair)])
			}
		}
		slices.Sort(items)
		before := s
		before.parent = at
		if to := w.enter(&before, items, depth+1, known, token); to != same {
			w.edges = append(w.edges, arrow{sym, to})
		}
	}
	w.list[at].edges = span{from, uint32(len(w.edges))}
	return nil
}

// back finds the alternatives that matter.
func (w *solo) back() {
	best := make([]bool, len(w.list))   // the best rule of a state is alone here or below
	alive := make([]bool, len(w.alive)) // the same of rules that are alive
	depth := make([]int32, len(w.list))
	for i := range w.list {
		depth[i] = 1
		if parent := w.list[i].parent; parent >= 0 {
			depth[i] = depth[parent] + 1
		}
	}
	for i := len(w.list) - 1; i >= 0; i-- {
		s := &w.list[i]
		best[i] = s.alone()
		items := w.alive[s.alive.from:s.alive.to]
		mark := func(it soloItem, sym symbol) {
			at, found := slices.BinarySearch(items, it)
			if !found {
				return
			}
			alive[int(s.alive.from)+at] = true
			if w.policy.Rules[it.rule()].Canonical && !sym.isClass() {
				sym = w.classFor(sym)
			}
			w.matters[alternative{it.rule(), depth[i], sym}] = struct{}{}
		}
		for _, e := range w.edges[s.edges.from:s.edges.to] {
			t := &w.list[e.to]
			for k := t.alive.from; k < t.alive.to; k++ {
				if alive[k] {
					mark(w.alive[k], e.symbol)
				}
			}
			if t.rule >= 0 && best[e.to] {
				if t.rule == s.rule {
					best[i] = true
				} else {
					mark(soloItem(t.rule)<<1, e.symbol)
					mark(soloItem(t.rule)<<1|1, e.symbol)
				}
			}
		}
	}
}

// witness returns a shortest command that the rule decides alone, nil if there
// is none.
func (w *solo) witness(rule int) []string {
	var command []string
	for at := w.at[rule]; at >= 0; at = w.list[at].parent {
		command = append(command, w.list[at].token)
	}
	slices.Reverse(command)
	return command
}

// symbolOf returns the symbol of a token in a rule's pattern.
func (m *machine) symbolOf(rule *ir.PrefixRule, token string) symbol {
	if rule.Canonical {
		return m.class[caseless.Fold(token)]
	}
	return m.number[token]
}
