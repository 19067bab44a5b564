package matcher

import (
	"encoding/binary"
	"math/bits"
)

// A node is its slots: 2^class for the hash to choose from, and where edges at
// the end of them had to give way, some more. A look-up begins at the slot that
// the hash names and goes on as long as a slot says that there is more. So the
// longest chain of such slots bounds every look-up, whatever tokens a command
// has; it is in the image's header.

// maxProbes bounds the probes of a look-up. Images that are made have at most
// 15 or so, and 1 in small nodes.
const maxProbes = 64

// A table is the hash table of a node: where each of its edges goes.
type table struct {
	class, window, slots int
	displaced            int // edges that are not where their hash says
	run                  int // longest probe run
	place                []int
}

// arrange finds a table for edges with the given hashes. Small nodes get one in
// which no edge is displaced, if there is one of at most four times as many
// slots; large ones the window with the fewest displaced.
func arrange(hashes []uint64) table {
	n := len(hashes)
	class := max(1, bits.Len(uint(max(n, 1)-1)))
	largest := class + 2
	if n > 16 {
		if n*8 > 7<<class {
			class++ // fuller tables make long runs
		}
		largest = class
	}
	var best table
	for ; ; class++ {
		for window := range numWindows {
			if class+window*windowStep > 59 && window > 0 {
				break
			}
			t := place(hashes, class, window)
			if best.place == nil || t.displaced < best.displaced {
				best = t
			}
			if best.displaced == 0 || n > 1<<10 {
				break
			}
		}
		if best.displaced == 0 || class >= largest && best.run <= 16 || class >= largest+4 || class >= maxClass {
			return best
		}
	}
}

// place puts edges into the slots of a table in turn, each into the first free
// one from the slot on that its hash names.
func place(hashes []uint64, class, window int) table {
	t := table{class: class, window: window, slots: 1 << class, run: 1, place: make([]int, len(hashes))}
	taken := make([]bool, t.slots+len(hashes))
	for i, h := range hashes {
		slot := int(nodeRef(class, window, 0).home(h))
		home := slot
		for taken[slot] {
			slot++
		}
		taken[slot] = true
		t.place[i] = slot
		t.slots = max(t.slots, slot+1)
		if slot != home {
			t.displaced++
		}
		t.run = max(t.run, slot-home+1)
	}
	return t
}

// slots appends the slots of a node to an area. flags are those of the ref to
// the node.
func (e *encoder) slots(a area, flags ref, numbers []uint32, hashes []uint64, refs []ref) (ref, error) {
	t := arrange(hashes)
	unit := int(e.count(a))
	if unit+t.slots > maxUnits {
		return 0, &limitError{"bytes of nodes", 8 * (unit + t.slots), 8 * maxUnits}
	}
	first := len(e.areas[a])
	e.areas[a] = append(e.areas[a], make([]byte, 8*t.slots)...)
	slots := e.areas[a][first:]
	node := nodeRef(t.class, t.window, unit)
	for i, at := range t.place {
		for home := int(node.home(hashes[i])) - unit; home < at; home++ {
			slots[8*home+3] |= slotMore >> 24
		}
		value := slotOf(numbers[i], hashes[i], refs[i]) | le64(slots, 8*at)&slotMore
		binary.LittleEndian.PutUint64(slots[8*at:], value)
	}
	probes := uint32(1)
	for at := 0; at < len(slots); at += 8 {
		if probes++; le64(slots, at)&slotMore == 0 {
			probes = 1
		}
		if e.probes = max(e.probes, probes); e.probes > maxProbes {
			return 0, &limitError{"tokens with like hashes in one place", int(probes), maxProbes}
		}
	}
	return flags | node, nil
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
	e.put64(areaRows, 0) // so that no index of a row is 0
	for _, w := range []world{exact, folded} {
		e.put64(w.nodes, 0) // so that no ref is 0
	}
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
		return p.nodes[r&^refNode]
	case r.kind() == kindTail || r.kind() == kindWeak:
		return r&^(maxRules-1) | ref(p.tails[r.value()])
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
		flags := e.ends(w.nodes, n, g.Ends[n.Ends:n.Ends+n.EndCount])
		if n.Final {
			flags |= refStop
		}
		if n.Count == 0 {
			at.nodes[i] = flags | refStop | ref(e.count(w.nodes))
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

// ends puts down what stands before a node's slots: the rules that end there
// and the answer. It returns the flags that say so.
func (e *encoder) ends(a area, n *Node, rules []uint32) (flags ref) {
	header := func(r ref) { e.put64(a, uint64(r)<<slotRef) }
	switch {
	case len(rules) > 1:
		flags |= refEnds
		header(leafRef(kindGroup, e.count(areaEnds)))
		e.put32(areaEnds, wordHead|uint32(len(rules)))
		e.put32(areaEnds, rules...)
	case len(rules) == 1 && n.Decision == None:
		flags |= refEnds
		header(leafRef(kindRule, rules[0]))
	}
	if n.Decision != None {
		flags |= refAnswer
		header(leafRef(int(n.Decision), n.Rule))
	}
	return flags
}

// index puts down a node that leads from tokens, by their index, to refs.
func (e *encoder) index(a area, tokens []uint32, hashes []uint64, refs []ref) (ref, error) {
	if e.count(a) == 0 {
		e.put64(a, 0)
	}
	numbers := make([]uint32, len(tokens))
	edgeHashes := make([]uint64, len(tokens))
	for i, t := range tokens {
		numbers[i], edgeHashes[i] = t+1, hashes[t]
	}
	return e.slots(a, 0, numbers, edgeHashes, refs)
}
