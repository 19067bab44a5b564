package graph

import (
	"cmp"
	"slices"

	"github.com/rulesc/rulesc/matcher"
)

// The graph of a program is a deterministic automaton over tokens. After some
// tokens the state is the set of rules that may still match, with the best of
// those that have matched: rules 0-3 on git,
//
//	0  git                  allow
//	1  git push|fetch       prompt
//	2  git push -f          forbidden
//	3  git fetch origin     allow
//
// make the states
//
//	git        0 ends and is the answer   push -> git push, fetch -> git fetch
//	git push   1 ends and is the answer   tail: -f, rule 2
//	git fetch  1 ends and is the answer   tail: origin, rule 3, changes nothing
//
// Nothing is left out, so that those who ask for all matching rules walk the
// same graph. Those who ask for the answer alone stop where no rule behind can
// change it: a final node. On rules as people write them the graph has about
// as many edges as the rules have alternatives, whereas one without the rules
// that cannot decide would have a third of them; but then a second graph would
// be needed for the matches, and final nodes make the walk as short.
//
// Alternatives do not multiply states as long as the same rules go on behind
// them: [a|b] [c|d] [e|f] is three nodes, not a tree of fourteen, because equal
// sets of alive rules at one depth are one state. The best rule so far is part of
// the state, so that each node knows whether the rules that end there change the
// answer, and whether any behind do; states that turn out to be followed by
// the same are one node (hash-consing, from the last depth to the first).
//
// Where one rule is left the rest of its pattern is a tail, up to a position with
// more than a few alternatives. Most rules end in one.
//
// Rules that overlap on purpose still make sets without end: k rules whose
// position j holds two tokens, one of them missing in rule j, have 2^k states.
// So the work is counted while it is done, in pairs of a state's rule and one
// of its alternatives, and a program that takes more than its budget becomes a
// group, whose rules are tried in order of precedence. Counting what is done,
// not what is left of it, is what bounds memory: minimising comes after.

// A budget bounds the graph of a program: it may take factor times as many
// steps as its rules have alternatives, and floor more.
type budget struct{ factor, floor int }

// Realistic programs take at most 1.2 steps for each alternative.
var defaultBudget = budget{factor: 4, floor: 64}

// A builder appends the graphs of programs to one graph. No step of it is
// recursive: patterns may be as long as they like.
type builder struct {
	graph *matcher.Graph
	same  buckets // of nodes, by index plus one

	states  states // of the last program; the next one takes over the memory
	targets []matcher.Target
	tails   []lastTail
}

// precedence compares two rules by what decides between them: the stricter one
// comes first, then the longer one, then the later one.
func precedence(a, b matcher.Decision, tokensA, tokensB, idA, idB int) int {
	return cmp.Or(cmp.Compare(b, a), cmp.Compare(tokensB, tokensA), cmp.Compare(idB, idA))
}

// program compiles the rules on one first token.
func (b *builder) program(rules []matcher.Rule, limit budget) matcher.Program {
	slices.SortFunc(rules, func(a, b matcher.Rule) int {
		return precedence(a.Decision, b.Decision, len(a.Tail), len(b.Tail), int(a.ID), int(b.ID))
	})
	alternatives := 0
	for i := range rules {
		for _, position := range rules[i].Tail {
			alternatives += len(position)
		}
	}
	s := &b.states
	s.begin(rules, limit.factor*alternatives+limit.floor)
	if !s.expand() {
		return matcher.Program{Group: rules}
	}
	return matcher.Program{Graph: b.nodes(s)}
}

// states is the automaton of one program.
type states struct {
	rules []matcher.Rule // by precedence: a lower index decides against a higher one
	list  []state        // by depth
	edges []edge
	sets  []int32 // arena for the sets of states
	steps int     // left of the budget

	known buckets // of the states at the last depth
	past  int     // how many states the programs before had

	pairs []uint64 // room for a state's tokens and rules
	alive []int32  // room for the rules behind a token
}

func (s *states) begin(rules []matcher.Rule, steps int) {
	s.past += len(s.list)
	s.rules, s.steps = rules, steps
	s.list, s.edges, s.sets = s.list[:0], s.edges[:0], s.sets[:0]
}

// A state is what is known after some tokens. Its rules are those that end here
// and, behind them in sets, those that go on, both ascending.
type state struct {
	best        int32 // the best rule that has ended; len(rules) if none has
	improved    bool  // best ends here
	ends, alive int32 // indexes in sets
	end         int32
	depth       int32
	edges       int32 // its edges, in states.edges; endEdges is -1 if its only rule goes on as a tail
	endEdges    int32
}

const asTail = -1

// An edge leads to a state.
type edge struct {
	token uint32
	to    int32
}

// expand makes all states, depth by depth. It reports whether the budget was
// enough.
func (s *states) expand() bool {
	rules := s.alive[:0]
	for i := range s.rules {
		rules = append(rules, int32(i))
	}
	s.known.forget(s.past)
	s.enter(rules, int32(len(s.rules)), 0)
	pairs := s.pairs
	defer func() { s.pairs, s.alive = pairs, rules }()
	level := 0
	for depth := int32(0); level < len(s.list); depth++ {
		s.known.forget(s.past + len(s.list))
		for end := len(s.list); level < end; level++ {
			from := s.list[level]
			if steps := s.tail(&from); steps > 0 {
				if s.steps -= steps; s.steps < 0 {
					return false
				}
				s.list[level].endEdges = asTail
				continue
			}
			pairs = pairs[:0]
			for _, r := range s.sets[from.alive:from.end] {
				for _, token := range s.rules[r].Tail[depth] {
					pairs = append(pairs, uint64(token)<<32|uint64(r))
				}
				if s.steps -= len(s.rules[r].Tail[depth]); s.steps < 0 {
					return false
				}
			}
			slices.Sort(pairs)
			first := len(s.edges)
			for i := 0; i < len(pairs); {
				token := pairs[i] >> 32
				rules = rules[:0]
				for ; i < len(pairs) && pairs[i]>>32 == token; i++ {
					rules = append(rules, int32(uint32(pairs[i])))
				}
				s.edges = append(s.edges, edge{uint32(token), s.enter(rules, from.best, depth+1)})
			}
			s.list[level].edges, s.list[level].endEdges = int32(first), int32(len(s.edges))
		}
	}
	return true
}

// tail reports how many alternatives are left if nothing but one rule is, and
// all of its positions are narrow enough for a tail; otherwise 0.
func (s *states) tail(from *state) (alternatives int) {
	if from.ends != from.alive || from.end != from.alive+1 {
		return 0
	}
	for _, position := range s.rules[s.sets[from.alive]].Tail[from.depth:] {
		if len(position) > matcher.MaxTailWidth {
			return 0
		}
		alternatives += len(position)
	}
	return alternatives
}

// enter returns the state in which depth tokens behind the program's name have
// been matched by the given rules, ascending, and best is what ended before.
func (s *states) enter(rules []int32, best, depth int32) int32 {
	next := state{best: best, depth: depth, ends: int32(len(s.sets))}
	for _, r := range rules {
		if len(s.rules[r].Tail) == int(depth) {
			s.sets = append(s.sets, r)
			next.best = min(next.best, r)
		}
	}
	next.improved = next.best < best
	next.alive = int32(len(s.sets))
	for _, r := range rules {
		if len(s.rules[r].Tail) > int(depth) {
			s.sets = append(s.sets, r)
		}
	}
	next.end = int32(len(s.sets))
	hash := mix(0, uint64(next.best))
	for _, r := range s.sets[next.ends:] {
		hash = mix(hash, uint64(r))
	}
	first := s.past + 1
	i := len(s.list)
	at := s.known.find(hash, first+i, func(known int) bool {
		t := &s.list[known-first]
		return t.best == next.best && t.alive-t.ends == next.alive-next.ends && slices.Equal(s.sets[t.ends:t.end], s.sets[next.ends:])
	}) - first
	if at < i {
		s.sets = s.sets[:next.ends]
	} else {
		s.list = append(s.list, next)
	}
	return int32(at)
}

// nodes appends the nodes of the states, last depth first, and returns where
// the first state went.
func (b *builder) nodes(s *states) matcher.Target {
	b.targets = slices.Grow(b.targets[:0], len(s.list))[:len(s.list)]
	b.tails = slices.Grow(b.tails[:0], len(s.rules))[:len(s.rules)]
	clear(b.tails)
	targets := b.targets
	for i := len(s.list) - 1; i >= 0; i-- {
		from := &s.list[i]
		if from.endEdges != asTail {
			targets[i] = b.node(s, from, targets)
			continue
		}
		rule := s.sets[from.alive]
		last := &b.tails[rule]
		if !last.set || last.depth != from.depth {
			*last = lastTail{set: true, depth: from.depth, tail: len(b.graph.Tails)}
			r := &s.rules[rule]
			b.graph.Tails = append(b.graph.Tails, matcher.Tail{Decision: r.Decision, Rule: r.ID, Positions: r.Tail[from.depth:]})
		}
		targets[i] = matcher.ToTail(last.tail, rule < from.best)
	}
	return targets[0]
}

// A lastTail is the tail that was made last of a rule. States come depth by depth, so
// it is the only one that another state can have as well.
type lastTail struct {
	set   bool
	depth int32
	tail  int
}

func (b *builder) node(s *states, from *state, targets []matcher.Target) matcher.Target {
	ends := s.sets[from.ends:from.alive]
	g := b.graph
	n := matcher.Node{
		Ends: uint32(len(g.Ends)), EndCount: uint32(len(ends)),
		Edges: uint32(len(g.Edges)), Count: uint32(from.endEdges - from.edges), Final: true,
	}
	if from.improved {
		n.Answer = s.answer(from.best)
	}
	if from.alive < from.end {
		n.Behind = s.answer(s.sets[from.alive])
	}
	if n.Count == 0 && len(ends) == 1 {
		return matcher.Leaf(n.Decision, s.rules[ends[0]].ID)
	}
	hash := mix(mix(0, uint64(n.Decision)), uint64(n.Rule))
	for _, r := range ends {
		g.Ends = append(g.Ends, s.rules[r].ID)
	}
	slices.Sort(g.Ends[n.Ends:])
	for _, id := range g.Ends[n.Ends:] {
		hash = mix(hash, uint64(id))
	}
	for _, e := range s.edges[from.edges:from.endEdges] {
		to := matcher.Edge{Token: e.token, To: targets[e.to]}
		n.Final = n.Final && !g.Improves(to.To)
		g.Edges = append(g.Edges, to)
		hash = mix(mix(hash, uint64(to.Token)), uint64(to.To))
	}
	i := len(g.Nodes)
	at := b.same.find(hash, i+1, func(known int) bool { return b.equal(g.Nodes[known-1], n) }) - 1
	if at < i {
		g.Edges, g.Ends = g.Edges[:n.Edges], g.Ends[:n.Ends]
	} else {
		g.Nodes = append(g.Nodes, n)
	}
	return matcher.ToNode(at)
}

// answer returns the answer that a rule gives.
func (s *states) answer(rule int32) matcher.Answer {
	return matcher.Answer{Decision: s.rules[rule].Decision, Rule: s.rules[rule].ID}
}

// equal reports whether two nodes are the same but for where their edges and
// ends are.
func (b *builder) equal(m, n matcher.Node) bool {
	if !slices.Equal(b.graph.Edges[m.Edges:m.Edges+m.Count], b.graph.Edges[n.Edges:n.Edges+n.Count]) ||
		!slices.Equal(b.graph.Ends[m.Ends:m.Ends+m.EndCount], b.graph.Ends[n.Ends:n.Ends+n.EndCount]) {
		return false
	}
	m.Edges, m.Ends = n.Edges, n.Ends
	return m == n
}

// mix adds a word to a hash. Hashes only find candidates, so nothing but time
// depends on it.
func mix(hash, word uint64) uint64 {
	hash = (hash ^ word) * 0x9e3779b97f4a7c15
	return hash ^ hash>>29
}
