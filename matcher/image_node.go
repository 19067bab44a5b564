package matcher

// All nodes of an area share one array of slots, each edge in a slot of its own,
// so that it has hardly any empty ones: the method is row displacement (Tarjan and
// Yao, Storing a sparse table, 1979) of hashed rows.
//
// The first bits of a token's hash name one of the 2^class buckets of a node, and
// the bucket has a displacement, a word. The last 32 bits of the hash, moved by it,
// are where the token's edge is, as a fraction of the array: moving goes around the
// end of it. Displacements are chosen so that edges get slots that are free.
//
//	hash      ab....................c4
//	node      bucket ab  ->  displacement d
//	slots     at (c4 + d) / 2^32 of all of them
//
// So a look-up reads one displacement and one slot, whatever tokens a command has,
// and whatever the rules are. If the slot has the token, the edge is the node's: all
// displacements of an area differ, and by a slot's width or more, so no two buckets
// have the same token in the same slot.

// bucket returns which displacement of an area a token with a hash has in a node.
func (r ref) bucket(hash uint64) uint32 {
	return r.value() + uint32(hash>>(r&classMask))
}

// displaced returns which slot of so many a token with a hash has.
func displaced(hash uint64, displacement, slots uint32) uint32 {
	return uint32(uint64(uint32(hash)+displacement) * uint64(slots) >> 32)
}

// slot returns the slot of a node that a token with a hash would have.
func (m *Image) slot(a area, node ref, hash uint64) uint64 {
	d := le32(m.areas[a+1], 4*int(node.bucket(hash)))
	return le64(m.areas[a], 8*int(displaced(hash, d, m.count(a))))
}

// mark returns what is marked before a node of an area, or a leaf.
func (m *Image) mark(a area, at uint32) ref { return ref(le64(m.areas[a+1], 4*int(at))) }

// An item is an edge that is to get a slot.
type item struct {
	hash, slot uint64
}

// node adds a node to an area, behind its marks. flags are those of the ref to it.
func (e *encoder) node(a area, flags ref, items []item) (ref, error) {
	first := e.count(a + 1)
	class, ok := e.packings[a].add(items, first)
	if !ok {
		return 0, errAlike
	}
	e.areas[a+1] = append(e.areas[a+1], make([]byte, 4<<class)...)
	return flags | nodeRef(class, first), nil
}

// place puts down the slots of an area, and the displacements.
func (e *encoder) place(a area) error {
	if n := e.count(a + 1); n > maxValues {
		return &limitError{"displacements", int(n), maxValues}
	}
	p := &e.packings[a]
	if len(p.buckets) == 0 {
		return nil
	}
	n := max(1, p.least, len(p.items)+len(p.items)/spare)
	displacements, ok := p.displacements(n)
	for ; !ok; displacements, ok = p.displacements(n) {
		n += n/spare + 1
	}
	if n > maxSlots {
		return &limitError{"bytes of nodes", 8 * n, 8 * maxSlots}
	}
	slots := make([]byte, 8*n)
	for i, b := range p.buckets {
		put32(e.areas[a+1][4*b.at:], displacements[i])
		for _, item := range p.items[b.first : b.first+b.count] {
			put64(slots[8*displaced(item.hash, displacements[i], uint32(n)):], item.slot)
		}
	}
	e.areas[a] = slots
	return nil
}

// A world is the areas that exact rules, or canonical ones, are in.
type world struct {
	nodes, tails, blockNodes area

	hashes []uint64 // of tokens, by their index
	tags   uint32   // which bits of an alternative are its tag
}

// graphs puts down all nodes, and what edges lead to.
func (e *encoder) graphs() error {
	d := e.draft
	e.put64(areaRows, 0)          // so that no index of a row is 0
	e.put64(areaDisplacements, 0) // what is read where there is no mark
	e.packings[areaNodes] = newPacking(len(d.Graph.Edges)+len(d.Programs), len(d.Graph.Nodes)+1)
	e.packings[areaFoldNodes] = newPacking(len(d.FoldGraph.Edges), len(d.FoldGraph.Nodes))
	placed, err := e.graph(&e.exact, &d.Graph)
	if err != nil {
		return err
	}
	placedFolded, err := e.graph(&e.folded, &d.FoldGraph)
	if err != nil {
		return err
	}
	tokens := make([]uint32, len(d.Programs))
	programs := make([]ref, len(d.Programs))
	for i := range d.Programs {
		p := &d.Programs[i]
		tokens[i] = p.Token
		if programs[i], err = e.program(p, &placed, &e.exact); err != nil {
			return err
		}
	}
	if e.root, err = e.index(areaNodes, &e.exact, tokens, programs); err != nil {
		return err
	}
	e.exactGroups = e.count(areaGroups)
	return e.spellings(&placedFolded)
}

// program returns the ref of a program's graph or group.
func (e *encoder) program(p *Program, at *places, w *world) (ref, error) {
	if p.Group == nil {
		return at.target(p.Graph), nil
	}
	group := e.count(areaGroups)
	return leafRef(kindGroup, group), e.group(p.Group, w)
}

// places is where nodes and tails of a graph are.
type places struct {
	nodes []ref
	tails []ref
}

// target returns the ref of a target.
func (p *places) target(t Target) ref {
	r := ref(t)
	switch {
	case !r.isLeaf():
		return p.nodes[r.value()]
	case r.kind() == kindTail:
		return p.tails[r.value()]
	case r.kind() == kindWeak:
		return leafRef(kindWeak, p.tails[r.value()].value())
	}
	return r
}

// graph puts down the nodes and the tails of a graph.
func (e *encoder) graph(w *world, g *Graph) (places, error) {
	at := places{make([]ref, len(g.Nodes)), e.tailsOf(w, g)}
	var items []item
	for i := range g.Nodes {
		n := &g.Nodes[i]
		flags := e.marks(w.nodes+1, n, g.Ends[n.Ends:n.Ends+n.EndCount])
		if n.Count == 0 {
			at.nodes[i] = flags | leafRef(kindMarks, e.count(w.nodes+1))
			continue
		}
		items = items[:0]
		for _, edge := range g.Edges[n.Edges : n.Edges+n.Count] {
			items = append(items, item{w.hashes[edge.Token], slotOf(edge.Token+1, at.target(edge.To))})
		}
		var err error
		if at.nodes[i], err = e.node(w.nodes, flags, items); err != nil {
			return places{}, err
		}
	}
	return at, nil
}

// marks puts down what stands before a node's displacements: the strictest rule
// behind, the rules that end there, and the answer. It returns the flags that say so.
func (e *encoder) marks(a area, n *Node, rules []uint32) (flags ref) {
	if !n.Final {
		flags |= refOn
		e.put64(a, uint64(leafRef(kindBehind+int(n.Behind.Decision), n.Behind.Rule)))
	}
	switch {
	case len(rules) > 1:
		flags |= refEnds
		e.put64(a, uint64(leafRef(kindEnds, e.count(areaEnds))))
		e.put32(areaEnds, endsHead|uint32(len(rules)))
		e.put32(areaEnds, rules...)
	case len(rules) == 1 && n.Decision == None:
		flags |= refEnds
		e.put64(a, uint64(leafRef(kindEnd, rules[0])))
	}
	if n.Decision != None {
		flags |= refAnswer
		e.put64(a, uint64(leafRef(int(n.Decision), n.Rule)))
	}
	return flags
}

// index puts down a node that leads from tokens, by their index, to refs.
func (e *encoder) index(a area, w *world, tokens []uint32, refs []ref) (ref, error) {
	items := make([]item, len(tokens))
	for i, t := range tokens {
		items[i] = item{w.hashes[t], slotOf(t+1, refs[i])}
	}
	return e.node(a, 0, items)
}
