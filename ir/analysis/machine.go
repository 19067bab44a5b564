package analysis

import (
	"errors"
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// What two policies say of commands is found by walking both at once. After some
// tokens all that matters of a policy is the best answer so far and what remains
// of the rules that have agreed until here: their tails. Tails are interned, so
// that equal rules, of whichever policy, have equal tails, and a state is
//
//	best answer, tails | best answer, tails
//
// for the old and the new policy. With
//
//	old  git              allow         new  git             allow
//	     git push|fetch   prompt             git push        prompt
//	     git push -f      forbidden          git push -f     forbidden
//
// the tails behind git are
//
//	old  allow, {push|fetch:prompt, push -f:forbidden}
//	new  allow, {push:prompt, push -f:forbidden}
//
// Behind push both are "prompt, {-f:forbidden}": the same, so nothing below can
// differ and the walk stops. Behind fetch they are "prompt, {}" and "allow, {}",
// which is a difference. Behind all else nothing remains, and both allow.
//
// Three things keep this small. States are interned by content, wherever they
// are reached. A tail that could not decide against the best answer so far is
// dropped. And where the answers agree, only tokens are followed that a tail
// mentions which one policy has and the other has not: what is common to both
// leads to the same on both sides. So policies that differ in little are
// compared in one look at each rule of the programs that differ.
//
// Rules that overlap on purpose can still have exponentially many states, so
// each look at an alternative is a step, and too many of them are ErrOverlap.
// Nothing is ever cut short without it.
//
// An edge is an exact token, or all spellings of a class that are not such an
// exact token of the same state. Every other token leaves both answers as they
// are: patterns have no wildcards.

// ErrOverlap reports that the rules overlap too much to be analysed exactly
// within Options.Steps. There is no partial answer.
var ErrOverlap = errors.New("stopped: the rules overlap too much to be compared exactly")

// A symbol is an exact token or a class.
type symbol uint32

func (s symbol) isClass() bool { return s&1 != 0 }

// An alphabet numbers the tokens and classes that rules mention.
type alphabet struct {
	tokens, folds []string
	number        map[string]symbol // of exact tokens
	class         map[string]symbol // of classes, by what they fold to
	classOf       []symbol          // by token: its class if a canonical rule mentions it, else 0
	members       map[symbol]*spellings
}

func (a *alphabet) token(token string) symbol {
	s, known := a.number[token]
	if !known {
		s = symbol(len(a.tokens)) << 1
		a.number[token] = s
		a.tokens = append(a.tokens, token)
	}
	return s
}

func (a *alphabet) fold(token string) symbol {
	fold := caseless.Fold(token)
	s, known := a.class[fold]
	if !known {
		s = symbol(len(a.folds))<<1 | 1
		a.class[fold] = s
		a.folds = append(a.folds, fold)
	}
	return s
}

// close says that all symbols are there.
func (a *alphabet) close() {
	a.classOf = make([]symbol, len(a.tokens))
	if len(a.folds) == 0 {
		return
	}
	for i, token := range a.tokens {
		a.classOf[i] = a.class[caseless.Fold(token)]
	}
}

// classFor returns the class of an exact token, 0 if no canonical rule
// mentions it.
func (a *alphabet) classFor(s symbol) symbol {
	if s.isClass() {
		return 0
	}
	return a.classOf[s>>1]
}

// other returns a token of the class that is none of the exact tokens.
func (a *alphabet) other(class symbol, exact []symbol) (string, bool) {
	members := a.members[class]
	if members == nil {
		members = newSpellings(a.folds[class>>1])
		a.members[class] = members
	}
	for i := 0; ; i++ {
		token, ok := members.at(i)
		if !ok {
			return "", false
		}
		if s, mentioned := a.number[token]; !mentioned || !slices.Contains(exact, s) {
			return token, true
		}
	}
}

// A tail is what remains of a rule: alternatives for the next token, and what
// comes then. Tails 1 to 4 are the ends of rules with that decision.
type tail struct {
	first, count uint32 // symbols
	next         uint32
	height       int32 // tokens to go
	decision     ir.Decision
}

type tails struct {
	list    []tail
	symbols []symbol
	single  map[uint64]uint32 // by symbol and next
	several map[uint64][]uint32
}

// newTails returns room for the tails of rules with so many positions and
// alternatives in all.
func newTails(positions, alternatives int) tails {
	t := tails{
		list: make([]tail, 0, positions+int(ir.Forbidden)+1), symbols: make([]symbol, 0, alternatives),
		single: make(map[uint64]uint32, positions), several: make(map[uint64][]uint32),
	}
	for d := ir.None; d <= ir.Forbidden; d++ {
		t.list = append(t.list, tail{decision: d})
	}
	return t
}

// before returns the tail that takes one of the symbols and goes on with next.
func (t *tails) before(symbols []symbol, next uint32) uint32 {
	if len(symbols) == 1 {
		key := uint64(symbols[0])<<32 | uint64(next)
		at, known := t.single[key]
		if !known {
			at = t.add(symbols, next)
			t.single[key] = at
		}
		return at
	}
	slices.Sort(symbols)
	symbols = slices.Compact(symbols)
	if len(symbols) == 1 {
		return t.before(symbols, next)
	}
	hash := mix(0, uint64(next))
	for _, s := range symbols {
		hash = mix(hash, uint64(s))
	}
	for _, at := range t.several[hash] {
		if t.list[at].next == next && slices.Equal(t.of(at), symbols) {
			return at
		}
	}
	at := t.add(symbols, next)
	t.several[hash] = append(t.several[hash], at)
	return at
}

func (t *tails) add(symbols []symbol, next uint32) uint32 {
	n := t.list[next]
	t.list = append(t.list, tail{uint32(len(t.symbols)), uint32(len(symbols)), next, n.height + 1, n.decision})
	t.symbols = append(t.symbols, symbols...)
	return uint32(len(t.list) - 1)
}

// of returns the symbols that a tail takes next.
func (t *tails) of(at uint32) []symbol {
	l := &t.list[at]
	return t.symbols[l.first : l.first+l.count]
}

// mix adds a word to a hash. Hashes only find candidates.
func mix(hash, word uint64) uint64 {
	hash = (hash ^ word) * 0x9e3779b97f4a7c15
	return hash ^ hash>>29
}

// An item is a tail of a rule that is still alive; the top bit is set for rules
// that matched the first token directly.
type item uint32

const isDirect item = 1 << 31

func (i item) tail() uint32 { return uint32(i &^ isDirect) }

// A rank orders the decisions of rules that match: 1 to 4 are those of indirect
// rules, 5 to 8 those of direct ones, which go before. 0 is no rule.
type rank uint8

func rankOf(d ir.Decision, direct bool) rank {
	if direct {
		return rank(d) + 4
	}
	return rank(d)
}

func (r rank) decision() ir.Decision {
	if r == 0 {
		return ir.None
	}
	return ir.Decision((r-1)%4 + 1)
}

// A half is one policy's part of a state.
type half struct {
	best  rank
	items []item // ascending
}

// A state is where walking two policies has got to.
type state struct {
	best   [2]rank
	items  [2]span // in machine.items
	arrows span    // in machine.arrows
	height int32   // the longest tail
}

type span struct{ from, to uint32 }

// same stands for all states below which there is nothing to be found.
const same int32 = -1

type arrow struct {
	symbol symbol
	to     int32
}

// A goal says what a walk is for.
type goal uint8

const (
	difference goal = iota // where the two halves differ
	whole                  // all of the first half
	match                  // where the second half has matched
)

// A machine walks the programs of a space.
type machine struct {
	*space
	alphabet
	tails
	goal    goal
	states  []state
	items   []item
	arrows  []arrow
	byHash  map[uint64][]int32
	levels  [][]int32 // states by height
	steps   int       // left
	itemsOf map[*program][]item
	pairs   []uint64
	made    [2]half
	scratch []symbol
}

// newReader returns a machine that has read the rules and made no states.
func newReader(s *space, policies []*ir.Policy, o Options, g goal) (*machine, error) {
	positions, alternatives := 0, 0
	count := func(policy *ir.Policy, p *program) {
		for _, i := range p.rules {
			for _, position := range policy.Rules[i].Pattern {
				positions++
				alternatives += len(position)
			}
		}
	}
	for i, side := range s.sides {
		for _, p := range side.exact {
			count(policies[i], p)
		}
		for _, list := range side.canonical {
			for _, p := range list {
				count(policies[i], p)
			}
		}
	}
	m := &machine{
		space:    s,
		alphabet: alphabet{number: make(map[string]symbol), class: make(map[string]symbol), members: make(map[symbol]*spellings)},
		tails:    newTails(positions, alternatives),
		goal:     g,
		byHash:   make(map[uint64][]int32),
		itemsOf:  make(map[*program][]item),
	}
	for i, side := range s.sides {
		for _, p := range side.exact {
			m.read(policies[i], p)
		}
		for _, list := range side.canonical {
			for _, p := range list {
				m.read(policies[i], p)
			}
		}
	}
	m.close()
	m.steps = o.Steps
	if m.steps == 0 {
		m.steps = 64*alternatives + 1<<20
	}
	for i := range s.atoms {
		for _, claims := range s.atoms[i].claims {
			m.steps -= len(claims)
		}
	}
	if m.steps < 0 {
		return nil, ErrOverlap
	}
	return m, nil
}

// newMachine returns a machine with an initial state for every atom.
func newMachine(s *space, policies []*ir.Policy, o Options, g goal) (m *machine, roots []int32, err error) {
	m, err = newReader(s, policies, o, g)
	if err != nil {
		return nil, nil, err
	}
	for i := range s.atoms {
		for side, claims := range s.atoms[i].claims {
			h := &m.made[side]
			h.best, h.items = 0, h.items[:0]
			for _, c := range claims {
				m.steps -= len(m.itemsOf[c.program])
				for _, it := range m.itemsOf[c.program] {
					if c.direct {
						it |= isDirect
					}
					h.items = append(h.items, it)
				}
			}
		}
		if m.steps < 0 {
			return nil, nil, ErrOverlap
		}
		roots = append(roots, m.enter())
	}
	return m, roots, nil
}

// read interns the tails of a program's rules.
func (m *machine) read(policy *ir.Policy, p *program) {
	items := make([]item, 0, len(p.rules))
	for _, i := range p.rules {
		items = append(items, item(m.tailOf(&policy.Rules[i])))
	}
	slices.Sort(items)
	m.itemsOf[p] = slices.Compact(items)
}

// tailOf interns all of a rule but its first token.
func (m *machine) tailOf(rule *ir.PrefixRule) uint32 {
	at := uint32(rule.Decision)
	for _, position := range slices.Backward(rule.Pattern[1:]) {
		m.scratch = m.scratch[:0]
		for _, token := range position {
			if rule.Canonical {
				m.scratch = append(m.scratch, m.fold(token))
			} else {
				m.scratch = append(m.scratch, m.token(token))
			}
		}
		at = m.before(m.scratch, at)
	}
	return at
}

// settle brings a half into its normal form: rules that have ended are the best
// answer, those that cannot change it any more are gone, and where direct rules
// are alone they count as indirect ones.
func (m *machine) settle(h *half) {
	slices.Sort(h.items)
	h.items = slices.Compact(h.items)
	rankOfItem := func(i item) rank { return rankOf(m.tails.list[i.tail()].decision, i&isDirect != 0) }
	for _, i := range h.items {
		if m.tails.list[i.tail()].height == 0 {
			h.best = max(h.best, rankOfItem(i))
		}
	}
	h.items = slices.DeleteFunc(h.items, func(i item) bool { return rankOfItem(i) <= h.best })
	if len(h.items) == 0 {
		h.best = rank(h.best.decision())
	} else if h.items[0]&isDirect != 0 && (h.best == 0 || h.best > 4) {
		for k := range h.items {
			h.items[k] &^= isDirect
		}
		h.best = rank(h.best.decision())
	}
}

// enter returns the state of m.made, which it settles.
func (m *machine) enter() int32 {
	old, young := &m.made[0], &m.made[1]
	m.settle(old)
	m.settle(young)
	switch m.goal {
	case difference:
		if old.best == young.best && slices.Equal(old.items, young.items) {
			return same
		}
	case match:
		if young.best == 0 && len(young.items) == 0 {
			return same
		}
	case whole:
	}
	hash := mix(uint64(old.best), uint64(young.best))
	height := int32(0)
	for side := range m.made {
		for _, i := range m.made[side].items {
			hash = mix(hash, uint64(i)<<1|uint64(side))
			height = max(height, m.tails.list[i.tail()].height)
		}
	}
	for _, at := range m.byHash[hash] {
		s := &m.states[at]
		if s.best == [2]rank{old.best, young.best} && slices.Equal(m.half(s, 0), old.items) && slices.Equal(m.half(s, 1), young.items) {
			return at
		}
	}
	at := int32(len(m.states))
	s := state{best: [2]rank{old.best, young.best}, height: height}
	for side := range m.made {
		s.items[side].from = uint32(len(m.items))
		m.items = append(m.items, m.made[side].items...)
		s.items[side].to = uint32(len(m.items))
	}
	m.states = append(m.states, s)
	m.byHash[hash] = append(m.byHash[hash], at)
	for int(height) >= len(m.levels) {
		m.levels = append(m.levels, nil)
	}
	m.levels[height] = append(m.levels[height], at)
	return at
}

func (m *machine) half(s *state, side int) []item {
	return m.items[s.items[side].from:s.items[side].to]
}

// run makes all states. Every arrow leads to a lower level.
func (m *machine) run() error {
	for height := len(m.levels) - 1; height > 0; height-- {
		// A state's arrows lead down, so the level is complete.
		for _, at := range m.levels[height] {
			if err := m.expand(at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *machine) expand(at int32) error {
	s := m.states[at]
	only := m.telling(&s)
	pairs := m.pairs[:0] // symbol, side, index among the half's items
	classes := false
	for side := range s.items {
		for k, it := range m.half(&s, side) {
			symbols := m.tails.of(it.tail())
			if m.steps -= len(symbols); m.steps < 0 {
				return ErrOverlap
			}
			for _, sym := range symbols {
				if only != nil && !only[sym] {
					if class := m.classFor(sym); class == 0 || !only[class] {
						continue
					}
				}
				classes = classes || sym.isClass()
				pairs = append(pairs, uint64(sym)<<32|uint64(side)<<31|uint64(k))
			}
		}
	}
	m.pairs = pairs
	slices.Sort(pairs)
	byClass, exact := m.classes(pairs, classes)
	from := uint32(len(m.arrows))
	for rest := pairs; len(rest) > 0; {
		sym, group := cutGroup(rest)
		rest = rest[len(group):]
		if sym.isClass() {
			if _, any := m.other(sym, exact[sym]); !any {
				continue
			}
		}
		for side := range m.made {
			m.made[side].best = s.best[side]
			m.made[side].items = m.made[side].items[:0]
		}
		m.step(&s, group)
		m.step(&s, byClass[m.classFor(sym)])
		if m.steps < 0 {
			return ErrOverlap
		}
		m.arrows = append(m.arrows, arrow{sym, m.enter()})
	}
	m.states[at].arrows = span{from, uint32(len(m.arrows))}
	return nil
}

// classes returns the pairs of each class, and the exact tokens of each. any says
// whether there is a class among the pairs.
func (m *machine) classes(pairs []uint64, any bool) (byClass map[symbol][]uint64, exact map[symbol][]symbol) {
	if !any {
		return nil, nil
	}
	byClass = make(map[symbol][]uint64)
	exact = make(map[symbol][]symbol)
	for rest := pairs; len(rest) > 0; {
		sym, group := cutGroup(rest)
		rest = rest[len(group):]
		if sym.isClass() {
			byClass[sym] = group
		} else if class := m.classFor(sym); class != 0 {
			exact[class] = append(exact[class], sym)
		}
	}
	return byClass, exact
}

// step moves items on into m.made.
func (m *machine) step(s *state, group []uint64) {
	m.steps -= len(group)
	for _, pair := range group {
		side := pair >> 31 & 1
		it := m.items[s.items[side].from+uint32(pair&(1<<31-1))]
		h := &m.made[side]
		h.items = append(h.items, it&isDirect|item(m.tails.list[it.tail()].next))
	}
}

func cutGroup(pairs []uint64) (symbol, []uint64) {
	sym := pairs[0] >> 32
	n := 1
	for n < len(pairs) && pairs[n]>>32 == sym {
		n++
	}
	return symbol(sym), pairs[:n]
}

// telling returns the symbols behind which the halves of a state can differ,
// with the classes that these tokens are in; nil for all.
func (m *machine) telling(s *state) map[symbol]bool {
	if m.goal != difference || s.best[0] != s.best[1] {
		return nil
	}
	only := make(map[symbol]bool)
	note := func(it item) {
		for _, sym := range m.tails.of(it.tail()) {
			only[sym] = true
			if class := m.classFor(sym); class != 0 {
				only[class] = true
			}
		}
	}
	a, b := m.half(s, 0), m.half(s, 1)
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			note(a[0])
			a = a[1:]
		case len(a) == 0 || b[0] < a[0]:
			note(b[0])
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return only
}
