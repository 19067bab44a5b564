package matcher

// Everything in an area of nodes has the form of a slot, so that one pass over
// the units proves that whatever a walk may read there can be followed: it does
// not matter where a node begins, and a ref into the middle of another one
// would give wrong answers but leave the image as little as any other. A walk
// ends because each step takes a token.

// A nodeCheck checks the units of one area.
type nodeCheck struct {
	*validator
	area    area
	tails   area   // where tails are, for graphs
	numbers uint32 // token numbers are below this
	groups  [2]uint32
}

func (v *validator) graphs() error {
	m := v.m
	exact := nodeCheck{v, areaNodes, areaTails, m.count(areaTokens), [2]uint32{0, m.exactGroups}}
	folded := nodeCheck{v, areaFoldNodes, areaFoldTails, m.count(areaFolds), [2]uint32{m.exactGroups, m.count(areaGroups)}}
	for _, c := range []nodeCheck{exact, folded} {
		if err := c.graph(); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		area    area
		numbers uint32
		indexes uint32 // leaves hold an index below this
	}{
		{areaClassNodes, folded.numbers, m.count(areaClasses)},
		{areaHostNodes, exact.numbers, m.count(areaHosts)},
		{areaBlockNodes, exact.numbers, m.count(areaRows)},
		{areaFoldBlockNodes, folded.numbers, m.count(areaRows)},
	} {
		if err := v.index(c.area, c.numbers, c.indexes); err != nil {
			return err
		}
	}
	if m.count(areaNodes) == 0 || le64(m.areas[areaNodes], 0) != 0 {
		return v.bad(imgAreas+8*int(areaNodes)+4, "nodes: the first unit is not zero")
	}
	for _, root := range []struct {
		area  area
		to    ref
		field int
	}{{areaNodes, m.root, imgRoot}, {areaClassNodes, m.classes, imgClassRoot}, {areaHostNodes, m.hosts, imgHostRoot}} {
		if !v.isIndex(root.area, root.to) {
			return v.bad(root.field, "%#x is no node of the %s", uint64(root.to), areaShape[root.area].name)
		}
	}
	for i := range m.count(areaSpellings) {
		if to := ref(le64(m.record(areaSpellings, i), spellingGraph)); !folded.leads(to) {
			return v.badRecord(areaSpellings, i, "%#x is no ref", uint64(to))
		}
	}
	return v.positions()
}

// isIndex reports whether r is a ref to a node of an area, and nothing else.
func (v *validator) isIndex(a area, r ref) bool {
	return r == nodeRef(r.class(), int(r.unit())) && v.hasSlots(a, r)
}

// hasSlots reports whether the slots of a node are in an area.
func (v *validator) hasSlots(a area, r ref) bool {
	return r.class() <= maxClass && within(r.unit(), 1<<r.class(), int(v.m.count(a)))
}

// index checks the units of an area whose nodes lead to indexes.
func (v *validator) index(a area, numbers, indexes uint32) error {
	if err := v.turns(a); err != nil {
		return err
	}
	for i := range v.m.count(a) {
		slot := le64(v.m.areas[a], int(8*i))
		if slot == 0 {
			continue
		}
		to := refOf(slot)
		if number := tokenOf(slot); number == 0 || number >= numbers {
			return v.badRecord(a, i, "there is no token %d", number)
		}
		if uint32(to) != kindRule || to.value() >= indexes || v.hasRows(a) && !v.rows.has(to.value()) {
			return v.badRecord(a, i, "%#x is no index", uint64(to))
		}
	}
	return nil
}

// turns checks that there are turns for all units of an area.
func (v *validator) turns(a area) error {
	if units := v.m.count(a); units > maxUnits || v.m.count(a+1) != (units+turnSlots-1)/turnSlots {
		return v.bad(imgAreas+8*int(a+1), "%d %s for %d units", v.m.count(a+1), areaShape[a+1].name, units)
	}
	return nil
}

func (v *validator) hasRows(a area) bool { return a == areaBlockNodes || a == areaFoldBlockNodes }

// graph checks the units of an area with the graphs of programs.
func (c *nodeCheck) graph() error {
	if err := c.turns(c.area); err != nil {
		return err
	}
	nodes := c.m.areas[c.area]
	for at := 0; at < len(nodes); at += 8 {
		slot := le64(nodes, at)
		if slot == 0 {
			continue
		}
		number := tokenOf(slot)
		if number == 0 {
			if !c.isHeader(slot) {
				return c.badRecord(c.area, uint32(at/8), "%#x is no slot, answer, ends or rule behind", slot)
			}
			continue
		}
		if number >= c.numbers {
			return c.badRecord(c.area, uint32(at/8), "there is no token %d", number)
		}
		if !c.leads(refOf(slot)) {
			return c.badRecord(c.area, uint32(at/8), "%#x is no ref", uint64(refOf(slot)))
		}
	}
	return nil
}

// isHeader reports whether a unit has the form of what stands before nodes.
func (c *nodeCheck) isHeader(slot uint64) bool {
	r := ref(slot)
	if r != leafRef(r.kind(), r.value()) {
		return false
	}
	switch d := r.kind() &^ kindBehind; {
	case r.kind() == kindEnds:
		return c.m.hasHead(areaEnds, r.value())
	case r.kind() == kindEnd, int(Allow) <= d && d <= int(Forbidden):
		return r.value() < c.m.rules
	}
	return false
}

// leads reports whether a ref leads somewhere.
func (c *nodeCheck) leads(to ref) bool {
	value := to.value()
	switch {
	case to&tokenBits != 0:
		return false
	case to.inPlace():
		switch kind := to.kind(); {
		case to != leafRef(kind, value):
			return false
		case kind == kindTail || kind == kindWeak:
			return c.m.hasHead(c.tails, value)
		case kind == kindGroup:
			return c.groups[0] <= value && value < c.groups[1]
		default:
			return kind < kindTail && value < c.m.rules
		}
	case to.isLeaf():
		if to&^(refAnswer|refEnds) != leafRef(kindUnit, value) || to&(refAnswer|refEnds) == 0 {
			return false
		}
	case to&refRest != 0 || !c.hasSlots(c.area, to):
		return false
	}
	units := c.m.count(c.area)
	first := to.unit()
	if to&refAnswer != 0 {
		if first--; first >= units || !c.holds(first, int(Allow), int(Forbidden)) {
			return false
		}
	}
	if to&refEnds != 0 {
		if first--; first >= units || !c.holds(first, kindEnds, kindEnd) {
			return false
		}
	}
	if to&refOn != 0 {
		if first--; first >= units || !c.holds(first, kindBehind+int(Allow), kindBehind+int(Forbidden)) {
			return false
		}
	}
	return true
}

// holds reports whether a unit is one that stands before nodes, of one of the given
// kinds.
func (c *nodeCheck) holds(unit uint32, from, to int) bool {
	slot := le64(c.m.areas[c.area], int(8*unit))
	kind := ref(slot).kind()
	return c.isHeader(slot) && from <= kind && kind <= to
}
