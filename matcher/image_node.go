package matcher

import (
	"math/bits"
	"slices"
)

// A node is 2^class slots. The top bits of a token's hash name one of them, its
// home; but where its edge is, in that slot or another, is said by the turn of
// the home and its neighbours, a byte: how far the hash is turned to the left
// before its top bits are taken. Turns are chosen so that no two edges of a node
// get one slot. So a look-up reads one turn and one slot, whatever tokens a
// command has, and whatever the rules are.
//
// Four slots have one turn: nodes begin at multiples of four units. The turns of
// an area of nodes are in the area behind it.

const turnSlots = 4

// home returns the unit of the slot that a hash names in a node, and of which the
// turn is to be taken.
func (r ref) home(hash uint64) uint32 { return r.unit() + uint32(hash>>(r&sizeMask)) }

// turned returns the unit of the slot where the edge of a token with a hash is.
func (r ref) turned(hash uint64, turn byte) uint32 { return r.home(hash << (turn & 63)) }

// A table is where each of a node's edges goes.
type table struct {
	class int
	turns []byte
	place []int
}

// arrange finds the smallest table for edges with the given hashes, of which no
// two are equal. It returns false if there is none, however large.
func arrange(hashes []uint64) (table, bool) {
	class := max(1, bits.Len(uint(max(len(hashes), 1)-1)))
	if len(hashes) > 16 && len(hashes)*5 > 4<<class {
		class++ // fuller tables can hardly be found
	}
	for ; class <= maxClass; class++ {
		if t, ok := turn(hashes, class); ok {
			return t, true
		}
	}
	return table{}, false
}

// turn looks for turns, first for those that most edges need.
func turn(hashes []uint64, class int) (table, bool) {
	node := nodeRef(class, 0)
	t := table{class, make([]byte, max(1, 1<<class/turnSlots)), make([]int, len(hashes))}
	edges := make([]int, len(hashes)) // sorted by turn
	count := make([]int32, len(t.turns)+1)
	for _, h := range hashes {
		count[node.home(h)/turnSlots+1]++
	}
	most := int32(0)
	for i := range t.turns {
		most = max(most, count[i+1])
		count[i+1] += count[i]
	}
	next := slices.Clone(count)
	for i, h := range hashes {
		at := &next[node.home(h)/turnSlots]
		edges[*at] = i
		*at++
	}
	taken := newBitSet(1 << class)
	for size := most; size > 0; size-- {
		for i := range t.turns {
			if count[i+1]-count[i] == size && !t.fit(node, edges[count[i]:count[i+1]], hashes, taken, i) {
				return table{}, false
			}
		}
	}
	return t, true
}

// fit looks for a turn for edges with one home, and takes their slots.
func (t *table) fit(node ref, edges []int, hashes []uint64, taken bitSet, home int) bool {
next:
	for turn := range byte(64) {
		for i, edge := range edges {
			slot := node.turned(hashes[edge], turn)
			if taken.has(slot) {
				for _, edge := range edges[:i] {
					taken.remove(uint32(t.place[edge]))
				}
				continue next
			}
			taken.add(slot)
			t.place[edge] = int(slot)
		}
		t.turns[home] = turn
		return true
	}
	return false
}

// slots appends the slots of a node to an area. flags are those of the ref to
// the node, whose answer and ends have been put down by ends.
func (e *encoder) slots(a area, flags ref, numbers []uint32, hashes []uint64, refs []ref) (ref, error) {
	t, ok := arrange(hashes)
	if !ok {
		return 0, &limitError{"tokens with like hashes in one place", len(hashes), 1}
	}
	unit := int(e.count(a))
	if unit+1<<t.class > maxUnits {
		return 0, &limitError{"bytes of nodes", 8 * (unit + 1<<t.class), 8 * maxUnits}
	}
	e.areas[a] = append(e.areas[a], make([]byte, 8<<t.class)...)
	e.padTurns(a, unit)
	e.areas[a+1] = append(e.areas[a+1], t.turns...)
	slots := e.areas[a][8*unit:]
	for i, at := range t.place {
		put64(slots[8*at:], slotOf(numbers[i], refs[i]))
	}
	return flags | nodeRef(t.class, unit), nil
}

// padTurns puts down turns for units that need none, up to the given one.
func (e *encoder) padTurns(a area, unit int) {
	for len(e.areas[a+1])*turnSlots < unit {
		e.areas[a+1] = append(e.areas[a+1], 0)
	}
}

// align puts down empty units, so that behind the given number of units a node
// can begin.
func (e *encoder) align(a area, units int) {
	for (int(e.count(a))+units)%turnSlots != 0 {
		e.put64(a, 0)
	}
}

// A world is the areas that exact rules, or canonical ones, are in.
type world struct {
	nodes, tails area
	hashes       []uint64
}

func (e *encoder) worlds() (exact, folded world) {
	return world{areaNodes, areaTails, e.tokenHash}, world{areaFoldNodes, areaFoldTails, e.foldHash}
}

// graphs puts down all nodes, and what edges lead to.
func (e *encoder) graphs() error {
	d := e.draft
	exact, folded := e.worlds()
	e.put64(areaRows, 0)  // so that no index of a row is 0
	e.put64(areaNodes, 0) // what is read where there is no answer before a node
	placed, err := e.graph(exact, &d.Graph)
	if err != nil {
		return err
	}
	placedFolded, err := e.graph(folded, &d.FoldGraph)
	if err != nil {
		return err
	}
	tokens := make([]uint32, len(d.Programs))
	programs := make([]ref, len(d.Programs))
	for i := range d.Programs {
		p := &d.Programs[i]
		tokens[i] = p.Token
		if programs[i], err = e.program(p, &placed, areaBlockNodes, e.tokenHash); err != nil {
			return err
		}
	}
	if e.root, err = e.index(areaNodes, tokens, e.tokenHash, programs); err != nil {
		return err
	}
	e.exactGroups = e.count(areaGroups)
	return e.spellings(&placedFolded)
}

// program returns the ref of a program's graph or group.
func (e *encoder) program(p *Program, at *places, blockNodes area, hashes []uint64) (ref, error) {
	if p.Group == nil {
		return at.target(p.Graph), nil
	}
	group := e.count(areaGroups)
	return leafRef(kindGroup, group), e.group(p.Group, blockNodes, hashes)
}

// places is where nodes and tails of a graph are.
type places struct {
	nodes []ref
	tails []uint32
}

// target returns the ref of a target.
func (p *places) target(t Target) ref {
	r := ref(t)
	switch {
	case !r.isLeaf():
		return p.nodes[r.value()]
	case r.kind() == kindTail || r.kind() == kindWeak:
		return leafRef(r.kind(), p.tails[r.value()])
	}
	return r
}

// graph puts down the nodes and the tails of a graph.
func (e *encoder) graph(w world, g *Graph) (places, error) {
	at := places{make([]ref, len(g.Nodes)), e.tailsOf(w, g)}
	var numbers []uint32
	var hashes []uint64
	var to []ref
	for i := range g.Nodes {
		n := &g.Nodes[i]
		flags := e.before(w.nodes, n, g.Ends[n.Ends:n.Ends+n.EndCount])
		if n.Count == 0 {
			at.nodes[i] = flags | leafRef(kindUnit, e.count(w.nodes))
			continue
		}
		numbers, hashes, to = numbers[:0], hashes[:0], to[:0]
		for _, edge := range g.Edges[n.Edges : n.Edges+n.Count] {
			numbers = append(numbers, edge.Token+1)
			hashes = append(hashes, w.hashes[edge.Token])
			to = append(to, at.target(edge.To))
		}
		var err error
		if at.nodes[i], err = e.slots(w.nodes, flags, numbers, hashes, to); err != nil {
			return places{}, err
		}
	}
	return at, nil
}

// before puts down what stands before a node's slots: the strictest rule behind,
// the rules that end there, and the answer. It returns the flags that say so.
func (e *encoder) before(a area, n *Node, rules []uint32) (flags ref) {
	header := func(r ref) { e.put64(a, uint64(r)) }
	if len(rules) > 1 || n.Decision == None && len(rules) == 1 {
		flags |= refEnds
	}
	if n.Decision != None {
		flags |= refAnswer
	}
	if !n.Final {
		flags |= refOn
	}
	if n.Count > 0 {
		e.align(a, bits.OnesCount(uint(flags)))
	}
	if !n.Final {
		header(leafRef(kindBehind+int(n.Behind.Decision), n.Behind.Rule))
	}
	switch {
	case len(rules) > 1:
		header(leafRef(kindEnds, e.count(areaEnds)))
		e.put32(areaEnds, wordHead|uint32(len(rules)))
		e.put32(areaEnds, rules...)
	case flags&refEnds != 0:
		header(leafRef(kindEnd, rules[0]))
	}
	if flags&refAnswer != 0 {
		header(leafRef(int(n.Decision), n.Rule))
	}
	return flags
}

// index puts down a node that leads from tokens, by their index, to refs.
func (e *encoder) index(a area, tokens []uint32, hashes []uint64, refs []ref) (ref, error) {
	e.align(a, 0)
	numbers := make([]uint32, len(tokens))
	edgeHashes := make([]uint64, len(tokens))
	for i, t := range tokens {
		numbers[i], edgeHashes[i] = t+1, hashes[t]
	}
	return e.slots(a, 0, numbers, edgeHashes, refs)
}
