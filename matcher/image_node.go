package matcher

import (
	"encoding/binary"
	"math/bits"
)

// A table is the hash table of a node: where each of its edges goes.
type table struct {
	class, window int
	run           int   // longest probe run
	place         []int // slot of each edge
}

// How long a probe run may be before a node gets another window or twice the
// slots. Short runs matter most in small nodes, which are most of them.
func maxRun(edges int) int {
	if edges <= 16 {
		return 2
	}
	return 6
}

// arrange finds a table for edges with the given hashes: the smallest with
// short runs of at most three sizes, or else the one with the shortest.
func arrange(hashes []uint64) table {
	var best table
	smallest := bits.Len(uint(max(len(hashes), 1) - 1))
	if len(hashes) > 16 && len(hashes)*4 > 3<<smallest {
		smallest++ // large tables more than three quarters full make long runs
	}
	smallest = min(smallest, maxClass)
	for class := smallest; class <= min(smallest+2, maxClass); class++ {
		for window := range numWindows {
			t := place(hashes, class, window)
			if best.place == nil || t.run < best.run {
				best = t
			}
			if len(hashes) > 1<<12 && window == 0 && t.run <= 15 {
				return t // windows of a large table are alike
			}
		}
		if best.run <= maxRun(len(hashes)) {
			break
		}
	}
	return best
}

// place puts edges into the slots of a table in turn, each into the first free
// one from the slot on that its hash names.
func place(hashes []uint64, class, window int) table {
	t := table{class: class, window: window, place: make([]int, len(hashes))}
	taken := make([]bool, 1<<class)
	for i, h := range hashes {
		slot := slotOf(h, uint32(class), uint32(window))
		run := 1
		for ; taken[slot]; run++ {
			slot = (slot + 1) & (1<<class - 1)
		}
		taken[slot] = true
		t.place[i] = int(slot)
		t.run = max(t.run, run)
	}
	return t
}

// slotOf returns the slot at which the probe for a hash begins.
func slotOf(hash uint64, class, window uint32) uint32 {
	return uint32(hash>>(window*windowStep)) & (1<<class - 1)
}

// probe returns how many slots have to be looked at in a node.
func probe(shape, class uint32) uint32 {
	if run := shape >> shapeProbe; run != 0 {
		return run
	}
	return 1 << class
}

// node appends a node: its header and its slots.
func (e *encoder) node(a area, answer ref, tokens uint32, numbers []uint32, hashes []uint64, refs []ref) (ref, error) {
	t := arrange(hashes)
	unit := e.count(a)
	if uint64(unit)+1+1<<t.class > maxUnits {
		return 0, &limitError{"bytes of nodes", int(unit)*8 + 8<<t.class, maxUnits * 8}
	}
	run := uint32(t.run)
	if run > 15 {
		run = 0
	}
	e.put32(a, uint32(answer), run<<shapeProbe|uint32(t.window)<<shapeWindow|uint32(t.class)<<shapeClass|tokens)
	slots := len(e.areas[a])
	e.areas[a] = append(e.areas[a], make([]byte, 8<<t.class)...)
	for i, slot := range t.place {
		value := uint64(refs[i])<<slotRef | hashes[i]>>tagShift<<slotTag | uint64(numbers[i])
		binary.LittleEndian.PutUint64(e.areas[a][slots+8*slot:], value)
	}
	return nodeRef(t.class, t.window, int(unit)), nil
}

// graphs puts down all nodes, and the programs, which edges lead to.
func (e *encoder) graphs() error {
	d := e.draft
	for _, a := range []area{areaNodes, areaFoldNodes, areaClassNodes, areaHostNodes, areaBlockNodes, areaFoldBlockNodes, areaRows} {
		e.put64(a, 0) // so that no ref to a node, or index of a row, is 0
	}
	nodes, err := e.graph(areaNodes, &d.Graph, e.tokenHash)
	if err != nil {
		return err
	}
	foldNodes, err := e.graph(areaFoldNodes, &d.FoldGraph, e.foldHash)
	if err != nil {
		return err
	}
	programs := make([]ref, 0, len(d.Programs))
	for i := range d.Programs {
		to := target(d.Programs[i].Graph, nodes, i)
		programs = append(programs, to)
		if err := e.program(&d.Programs[i], to, e.tokenHash, Spelling{}, 0); err != nil {
			return err
		}
	}
	if e.root, err = e.index(areaNodes, iota32(len(programs)), e.tokenHash, programs); err != nil {
		return err
	}
	return e.spellings(foldNodes)
}

// graph puts down the nodes of a graph and returns where they are.
func (e *encoder) graph(a area, g *Graph, hashes []uint64) ([]ref, error) {
	refs := make([]ref, len(g.Nodes))
	var numbers []uint32
	var edgeHashes []uint64
	var to []ref
	for i := range g.Nodes {
		n := &g.Nodes[i]
		numbers, edgeHashes, to = numbers[:0], edgeHashes[:0], to[:0]
		for _, edge := range g.Edges[n.Edges : n.Edges+n.Count] {
			numbers = append(numbers, edge.Token+1)
			edgeHashes = append(edgeHashes, hashes[edge.Token])
			to = append(to, target(edge.To, refs, 0))
		}
		var answer ref
		if n.Decision != None {
			answer = leafRef(n.Decision, n.Rule)
		}
		var err error
		if refs[i], err = e.node(a, answer, n.Tokens, numbers, edgeHashes, to); err != nil {
			return nil, err
		}
	}
	return refs, nil
}

// index puts down a node without an answer that leads from tokens, by their
// index, to refs.
func (e *encoder) index(a area, tokens []uint32, hashes []uint64, refs []ref) (ref, error) {
	numbers := make([]uint32, len(tokens))
	edgeHashes := make([]uint64, len(tokens))
	for i, t := range tokens {
		numbers[i], edgeHashes[i] = t+1, hashes[t]
	}
	return e.node(a, 0, 0, numbers, edgeHashes, refs)
}

// iota32 returns the numbers below n.
func iota32(n int) []uint32 {
	list := make([]uint32, n)
	for i := range list {
		list[i] = uint32(i)
	}
	return list
}

// target returns the ref of a target, refs being the nodes' and program the
// one whose group is meant.
func target(t Target, refs []ref, program int) ref {
	switch {
	case t == Group:
		return groupRef(program)
	case ref(t).isLeaf():
		return ref(t)
	}
	return refs[t]
}

// A nodeCheck checks the nodes of one area. Nodes lie one behind the other, so
// that each header is found from the one before and edges can be held to lead
// to places where a header is.
type nodeCheck struct {
	*validator
	area    area
	numbers uint32   // token numbers are below this
	leaf    Decision // strictest decision of leaves; None: they hold an index
	limit   uint32   // of rule ids or indexes in leaves
	index   bitSet   // if not nil, the indexes that leaves may hold
	starts  bitSet   // the units where headers are
}

func (v *validator) graphs() error {
	m := v.m
	for _, c := range []struct {
		nodeCheck
		root  ref
		field int
	}{
		{nodeCheck{v, areaNodes, m.count(areaTokens), Forbidden, m.rules, nil, nil}, m.root, imgRoot},
		{nodeCheck{v, areaFoldNodes, m.count(areaFolds), Forbidden, m.rules, nil, nil}, 0, 0},
		{nodeCheck{v, areaClassNodes, m.count(areaFolds), None, m.count(areaClasses), nil, nil}, m.classes, imgClassRoot},
		{nodeCheck{v, areaHostNodes, m.count(areaTokens), None, m.count(areaHosts), nil, nil}, m.hosts, imgHostRoot},
		{nodeCheck{v, areaBlockNodes, m.count(areaTokens), None, m.count(areaRows), v.rows, nil}, 0, 0},
		{nodeCheck{v, areaFoldBlockNodes, m.count(areaFolds), None, m.count(areaRows), v.rows, nil}, 0, 0},
	} {
		if err := c.nodes(); err != nil {
			return err
		}
		if c.field != 0 && !c.isNode(c.root) {
			return v.bad(c.field, "%#x is no node of the %s", uint32(c.root), areaShape[c.area].name)
		}
		// Programs lead to nodes of their own area.
		first, last := uint32(0), uint32(0)
		switch c.area {
		case areaNodes:
			last = m.exact
		case areaFoldNodes:
			first, last = m.exact, m.count(areaPrograms)
		case areaBlockNodes:
			if err := v.positions(&c.nodeCheck, 0, m.exact); err != nil {
				return err
			}
		case areaFoldBlockNodes:
			if err := v.positions(&c.nodeCheck, m.exact, m.count(areaPrograms)); err != nil {
				return err
			}
		}
		for i := first; i < last; i++ {
			to := ref(le32(m.record(areaPrograms, i), programGraph))
			if to.isGroup() && to.program() == i {
				continue // programs has seen to its blocks
			}
			if !to.isLeaf() && !c.isNode(to) || to.isLeaf() && !c.isAnswer(to) {
				return v.badRecord(areaPrograms, i, "program %d: %#x is no node, leaf or group of its own", i, uint32(to))
			}
		}
	}
	return v.root()
}

// root checks that the names of exact programs lead to just these.
func (v *validator) root() error {
	m := v.m
	node := m.areas[areaNodes][8*m.root.unit():]
	for i := range uint32(1) << m.root.class() {
		slot := le64(node, 8+8*int(i))
		if number := uint32(slot & (maxNumber - 1)); number > m.exact {
			return v.badRecord(areaNodes, m.root.unit()+1+i, "token %d is not the name of a program", number)
		} else if to := ref(slot >> slotRef); slot != 0 && uint32(to) != le32(m.record(areaPrograms, number-1), programGraph) {
			return v.badRecord(areaNodes, m.root.unit()+1+i, "program %d is not where its name leads", number-1)
		}
	}
	return nil
}

// isNode reports whether r is a ref to a node that has been checked: an edge can
// only lead to one before.
func (c *nodeCheck) isNode(r ref) bool {
	if r.isLeaf() || r.isGroup() {
		return false
	}
	unit := r.unit()
	if !c.starts.has(unit) {
		return false
	}
	shape := le32(c.m.areas[c.area], int(8*unit+4))
	return shape>>shapeClass&31 == r.class() && shape>>shapeWindow&(numWindows-1) == r.window()
}

// isAnswer reports whether r is a leaf as the area has them.
func (c *nodeCheck) isAnswer(r ref) bool {
	return r.isLeaf() && r.index() < c.limit && (c.index == nil || c.index.has(r.index())) && r.decision() <= c.leaf && (r.decision() == None) == (c.leaf == None)
}

func (c *nodeCheck) nodes() error {
	nodes := c.m.areas[c.area]
	units := c.m.count(c.area)
	if units == 0 || units > maxUnits || le64(nodes, 0) != 0 {
		return c.bad(imgAreas+8*int(c.area), "%s: the first unit is not zero, or they are too many", areaShape[c.area].name)
	}
	c.starts = newBitSet(units)
	for unit := uint32(1); unit < units; {
		answer, shape := ref(le32(nodes, int(8*unit))), le32(nodes, int(8*unit+4))
		class := shape >> shapeClass & 31
		if class > maxClass || !within(unit+1, 1<<class, int(units)) {
			return c.badRecord(c.area, unit, "a node of %d slots does not fit", 1<<class)
		}
		if answer != 0 && !c.isAnswer(answer) || (answer != 0) != (shape&MaxPattern != 0) {
			return c.badRecord(c.area, unit, "%#x of %d tokens is no answer", uint32(answer), shape&MaxPattern)
		}
		if err := c.slots(unit, class); err != nil {
			return err
		}
		c.starts.add(unit)
		unit += 1 + 1<<class
	}
	return nil
}

func (c *nodeCheck) slots(unit, class uint32) error {
	slots := c.m.areas[c.area][8*(unit+1) : 8*(unit+1+1<<class)]
	for i := range uint32(1) << class {
		slot := le64(slots, int(8*i))
		if slot == 0 {
			continue
		}
		number, to := uint32(slot&(maxNumber-1)), ref(slot>>slotRef)
		if number == 0 || number >= c.numbers {
			return c.badRecord(c.area, unit+1+i, "there is no token %d", number)
		}
		switch {
		case to.isLeaf():
			if !c.isAnswer(to) {
				return c.badRecord(c.area, unit+1+i, "%#x is no answer", uint32(to))
			}
		case to.isGroup():
			// Only in the node of program names; see root, and programs for
			// whether the program is a group.
			if c.area != areaNodes || unit != c.m.root.unit() {
				return c.badRecord(c.area, unit+1+i, "a group behind more than a program's name")
			}
		case !c.isNode(to):
			return c.badRecord(c.area, unit+1+i, "%#x is no node before this one", uint32(to))
		}
	}
	return nil
}
