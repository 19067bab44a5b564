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
	return r&refNode != 0 && r&(refAnswer|refEnds|refStop) == 0 && v.hasSlots(a, r)
}

// hasSlots reports whether the slots of a node are in an area.
func (v *validator) hasSlots(a area, r ref) bool {
	return r < 1<<refBits && r.class() <= maxClass && within(r.unit(), 1<<r.class(), int(v.m.count(a)))
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
		to := ref(slot >> slotRef)
		if number := tokenOf(slot); number == 0 || number >= numbers {
			return v.badRecord(a, i, "there is no token %d", number)
		}
		if to%(1<<valueBit) != refStop || to.value() >= indexes || v.hasRows(a) && !v.rows.has(to.value()) {
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
		if !c.leads(ref(slot >> slotRef)) {
			return c.badRecord(c.area, uint32(at/8), "%#x is no ref", slot>>slotRef)
		}
	}
	return nil
}

// isHeader reports whether a unit has the form of what stands before nodes.
func (c *nodeCheck) isHeader(slot uint64) bool {
	to := ref(slot >> slotRef)
	if slot%(1<<slotRef) != 0 || to != leafRef(to.kind(), to.value()) {
		return false
	}
	if to.kind() == kindGroup {
		return c.m.hasHead(areaEnds, to.value())
	}
	d := to.kind() &^ kindBehind
	return d <= int(Forbidden) && to.kind() != kindBehind && to.value() < c.m.rules
}

// leads reports whether a ref leads somewhere.
func (c *nodeCheck) leads(to ref) bool {
	if to.isLeaf() && (to.kind() > kindUnit || to&^(refAnswer|refEnds) != leafRef(to.kind(), to.value())&^refAnswer) {
		return false
	}
	if to.inPlace() {
		if to != leafRef(to.kind(), to.value()) {
			return false
		}
		switch value := to.value(); to.kind() {
		case kindTail, kindWeak:
			return c.m.hasHead(c.tails, value)
		case kindGroup:
			return c.groups[0] <= value && value < c.groups[1]
		default:
			return value < c.m.rules
		}
	}
	units := c.m.count(c.area)
	first := to.unit()
	if to&refAnswer != 0 {
		if first--; first >= units || !c.holds(first, int(Allow), int(Forbidden)) {
			return false
		}
	}
	if to&refEnds != 0 {
		if first--; first >= units || !c.holds(first, kindRule, kindRule) && !c.holds(first, kindGroup, kindGroup) {
			return false
		}
	}
	if to&refStop == 0 {
		if first--; first >= units || !c.holds(first, kindBehind+int(Allow), kindBehind+int(Forbidden)) {
			return false
		}
	}
	return to.isLeaf() && to&(refAnswer|refEnds) != 0 || !to.isLeaf() && c.hasSlots(c.area, to)
}

// holds reports whether a unit is one that stands before nodes, of one of the given
// kinds.
func (c *nodeCheck) holds(unit uint32, from, to int) bool {
	slot := le64(c.m.areas[c.area], int(8*unit))
	kind := ref(slot >> slotRef).kind()
	return tokenOf(slot) == 0 && slot != 0 && c.isHeader(slot) && from <= kind && kind <= to
}
