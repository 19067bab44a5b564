package graph

import (
	"cmp"
	"slices"

	"github.com/rulesc/rulesc/matcher"
)

// The graph of a program is a deterministic automaton over tokens. After some
// tokens the state is the set of rules that may still match, with the best of
// those that have matched: rules 0-2 on git,
//
//	0  git                  allow
//	1  git push|fetch       prompt
//	2  git push -f          forbidden
//
// make the states
//
//	git        best 0, alive {1, 2}    push -> git push, fetch -> leaf 1
//	git push   best 1, alive {2}       -f -> leaf 2
//
// Alternatives do not multiply states as long as the same rules go on behind
// them: [a|b] [c|d] [e|f] is three nodes, not a tree of fourteen, because equal
// sets of alive rules at one depth are one state. And three things keep sets
// equal that are not equal at first sight:
//
//   - The best rule so far is part of the state, so a walk needs only the node
//     that it ends in.
//   - A rule that could not decide against the best one so far is left out.
//     Precedence is a total order (stricter, then longer, then later), so this
//     is one comparison, and in particular every edge leads to a better answer
//     in the end.
//   - States that turn out to be followed by the same are one node, over all
//     programs (hash-consing, from the last depth to the first).
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
	same  map[uint64][]int32 // nodes by hash
}

func newBuilder(g *matcher.Graph) *builder {
	return &builder{graph: g, same: make(map[uint64][]int32)}
}

// program compiles the rules on one first token.
func (b *builder) program(rules []matcher.Rule, limit budget) matcher.Program {
	precedence := make([]uint32, len(rules))
	for i := range precedence {
		precedence[i] = uint32(i)
	}
	slices.SortFunc(precedence, func(i, j uint32) int {
		a, b := &rules[i], &rules[j]
		return cmp.Or(cmp.Compare(b.Decision, a.Decision), cmp.Compare(len(b.Tail), len(a.Tail)), cmp.Compare(b.ID, a.ID))
	})
	alternatives := 0
	ordered := make([]*matcher.Rule, len(rules))
	for i, r := range precedence {
		ordered[i] = &rules[r]
		for _, position := range rules[r].Tail {
			alternatives += len(position)
		}
	}
	s := states{rules: ordered, steps: limit.factor*alternatives + limit.floor}
	p := matcher.Program{Rules: rules}
	if !s.expand() {
		p.Graph, p.Order = matcher.Group, precedence
		return p
	}
	p.Graph = b.nodes(&s)
	return p
}

// states is the automaton of one program.
type states struct {
	rules []*matcher.Rule // by precedence: a lower index decides against a higher one
	list  []state         // by depth
	edges []edge
	alive []int32 // arena for state.alive
	steps int     // left of the budget
}

type state struct {
	best         int32 // index in rules; len(rules) if none has matched
	alive, count int32 // rules that may still decide, ascending
	edges, end   int32
}

// An edge leads to a state, or to a rule that decides (^to).
type edge struct {
	token uint32
	to    int32
}

// expand makes all states, depth by depth. It reports whether the budget was
// enough.
func (s *states) expand() bool {
	all := make([]int32, len(s.rules))
	for i := range all {
		all[i] = int32(i)
	}
	known := make(map[uint64][]int32)
	if root := s.enter(all, int32(len(s.rules)), 0, known); root < 0 {
		s.list = []state{{best: ^root}}
		return true
	}
	var pairs []uint64 // token, rule
	level := 0
	for depth := 0; level < len(s.list); depth++ {
		if len(known) > 64 {
			known = make(map[uint64][]int32) // clearing costs what it once held
		}
		clear(known)
		for end := len(s.list); level < end; level++ {
			from := s.list[level]
			pairs = pairs[:0]
			for _, r := range s.alive[from.alive : from.alive+from.count] {
				for _, token := range s.rules[r].Tail[depth] {
					pairs = append(pairs, uint64(token)<<32|uint64(r))
				}
				if s.steps -= len(s.rules[r].Tail[depth]); s.steps < 0 {
					return false
				}
			}
			slices.Sort(pairs)
			first := len(s.edges)
			var rules []int32
			for i := 0; i < len(pairs); {
				token := pairs[i] >> 32
				rules = rules[:0]
				for ; i < len(pairs) && pairs[i]>>32 == token; i++ {
					rules = append(rules, int32(uint32(pairs[i])))
				}
				s.edges = append(s.edges, edge{uint32(token), s.enter(rules, from.best, depth+1, known)})
			}
			s.list[level].edges, s.list[level].end = int32(first), int32(len(s.edges))
		}
	}
	return true
}

// enter returns the state in which depth tokens behind the program's name have
// been matched by the given rules, ascending, and best by nothing more.
func (s *states) enter(rules []int32, best int32, depth int, known map[uint64][]int32) int32 {
	for _, r := range rules {
		if r < best && len(s.rules[r].Tail) == depth {
			best = r
			break
		}
	}
	first := len(s.alive)
	hash := mix(0, uint64(best))
	for _, r := range rules {
		if r < best && len(s.rules[r].Tail) > depth {
			s.alive = append(s.alive, r)
			hash = mix(hash, uint64(r))
		}
	}
	alive := s.alive[first:]
	if len(alive) == 0 {
		return ^best
	}
	for _, i := range known[hash] {
		t := &s.list[i]
		if t.best == best && slices.Equal(s.alive[t.alive:t.alive+t.count], alive) {
			s.alive = s.alive[:first]
			return i
		}
	}
	i := int32(len(s.list))
	s.list = append(s.list, state{best: best, alive: int32(first), count: int32(len(alive))})
	known[hash] = append(known[hash], i)
	return i
}

// nodes appends the nodes of the states, last depth first, and returns where
// the first state went.
func (b *builder) nodes(s *states) matcher.Target {
	targets := make([]matcher.Target, len(s.list))
	for i := len(s.list) - 1; i >= 0; i-- {
		targets[i] = b.node(s, &s.list[i], targets)
	}
	return targets[0]
}

func (b *builder) node(s *states, from *state, targets []matcher.Target) matcher.Target {
	if from.edges == from.end {
		return s.leaf(from.best)
	}
	g := b.graph
	n := matcher.Node{Edges: uint32(len(g.Edges)), Count: uint32(from.end - from.edges)}
	if int(from.best) < len(s.rules) {
		r := s.rules[from.best]
		n.Decision, n.Rule, n.Tokens = r.Decision, r.ID, uint32(len(r.Tail)+1)
	}
	hash := mix(mix(0, uint64(n.Decision)), uint64(n.Rule))
	for _, e := range s.edges[from.edges:from.end] {
		to := matcher.Edge{Token: e.token}
		if e.to < 0 {
			to.To = s.leaf(^e.to)
		} else {
			to.To = targets[e.to]
		}
		g.Edges = append(g.Edges, to)
		hash = mix(hash, uint64(to.Token)<<32|uint64(to.To))
	}
	for _, i := range b.same[hash] {
		if b.equal(g.Nodes[i], n) {
			g.Edges = g.Edges[:n.Edges]
			return matcher.ToNode(int(i))
		}
	}
	i := len(g.Nodes)
	g.Nodes = append(g.Nodes, n)
	b.same[hash] = append(b.same[hash], int32(i))
	return matcher.ToNode(i)
}

// equal reports whether two nodes are the same but for where their edges are.
func (b *builder) equal(m, n matcher.Node) bool {
	if !slices.Equal(b.graph.Edges[m.Edges:m.Edges+m.Count], b.graph.Edges[n.Edges:n.Edges+n.Count]) {
		return false
	}
	m.Edges = n.Edges
	return m == n
}

func (s *states) leaf(rule int32) matcher.Target {
	r := s.rules[rule]
	return matcher.Leaf(r.Decision, r.ID)
}

// mix adds a word to a hash. Hashes only find candidates, so nothing but time
// depends on it.
func mix(hash, word uint64) uint64 {
	hash = (hash ^ word) * 0x9e3779b97f4a7c15
	return hash ^ hash>>29
}
