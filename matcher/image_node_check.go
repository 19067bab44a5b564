package matcher

// Every slot of an area may be read for any node of it, and any word is a
// displacement, under which all slots are in the area. So one pass over the slots
// proves that whatever a walk may read there can be followed, and that there are the
// marks that refs speak of: what is in the wrong place gives wrong answers, but
// leaves the image as little as what is in the right one. A walk ends because each
// step takes a token.

// A nodeCheck checks the slots of an area with the graphs of programs.
type nodeCheck struct {
	*validator
	area    area
	tails   []byte // its tails
	numbers uint32 // token numbers are below this
	leaves  [kindMask + 1]leafForm
}

// A leafForm is what leaves of a kind look like. It is a table since no processor
// can guess of which kind the next one is.
type leafForm struct {
	low          uint32 // the low half of the ref
	first, count uint32 // its values
	tails        uint32 // all ones if they are tails, else 0
}

// newNodeCheck returns a check of refs that may lead to groups from first up to end.
func newNodeCheck(v *validator, nodes, tails, tokens area, first, end uint32) nodeCheck {
	c := nodeCheck{validator: v, area: nodes, tails: v.m.areas[tails], numbers: v.m.count(tokens)}
	form := func(kind int, first, end, tails uint32) {
		c.leaves[kind] = leafForm{uint32(leafRef(kind, 0)), first, end - first, tails}
	}
	end0 := v.m.count(tails) - 1 // the last head is of no tail
	form(kindRule, 0, v.m.rules, 0)
	form(kindWeak, 0, end0, ^uint32(0))
	form(kindGroup, first, end, 0)
	for d := int(Allow); d <= int(Forbidden); d++ {
		form(d, 0, v.m.rules, 0)
		form(kindTail+d, 0, end0, ^uint32(0))
	}
	return c
}

func (v *validator) graphs() error {
	m := v.m
	exact := newNodeCheck(v, areaNodes, areaTails, areaTokens, 0, m.exactGroups)
	folded := newNodeCheck(v, areaFoldNodes, areaFoldTails, areaFolds, m.exactGroups, m.count(areaGroups))
	if err := exact.graph(); err != nil {
		return err
	}
	if err := folded.graph(); err != nil {
		return err
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
	if m.count(areaDisplacements) < markWords {
		return v.bad(imgAreas+8*int(areaDisplacements)+4, "fewer displacements than a mark takes")
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
	return r == nodeRef(r.class(), r.value()) && v.hasBuckets(a, r)
}

// hasBuckets reports whether there are slots, and displacements for all buckets of a
// node.
func (v *validator) hasBuckets(a area, r ref) bool {
	return v.m.count(a) > 0 && minClass <= r.class() && r.class() <= maxClass && within(r.value(), 1<<r.class(), int(v.m.count(a+1)))
}

// index checks the slots of an area whose nodes lead to indexes.
func (v *validator) index(a area, numbers, indexes uint32) error {
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

func (v *validator) hasRows(a area) bool { return a == areaBlockNodes || a == areaFoldBlockNodes }

// graph checks the slots.
func (c *nodeCheck) graph() error {
	nodes := c.m.areas[c.area]
	for at := 0; at < len(nodes); at += 8 {
		slot := le64(nodes, at)
		if slot == 0 {
			continue
		}
		if number := tokenOf(slot); number == 0 || number >= c.numbers {
			return c.badRecord(c.area, uint32(at/8), "there is no token %d", tokenOf(slot))
		}
		// Nearly all are leaves in place.
		if to := refOf(slot); !(to.inPlace() && c.leadsInPlace(to) || c.leads(to)) {
			return c.badRecord(c.area, uint32(at/8), "%#x is no ref", uint64(to))
		}
	}
	return nil
}

// isMark reports whether a ref has the form of a mark.
func (c *nodeCheck) isMark(r ref) bool {
	if r != leafRef(r.kind(), r.value()) {
		return false
	}
	switch d := r.kind() &^ kindBehind; {
	case r.kind() == kindEnds:
		return c.m.hasEnds(r.value())
	case r.kind() == kindEnd, int(Allow) <= d && d <= int(Forbidden):
		return r.value() < c.m.rules
	}
	return false
}

// leadsInPlace reports whether a leaf in place leads somewhere. Where it leads to no
// tail, it is the first word of tails that is looked at, which is a head.
func (c *nodeCheck) leadsInPlace(to ref) bool {
	f := &c.leaves[to.kind()]
	value := to.value()
	return uint32(to) == f.low && value-f.first < f.count && isHead(c.tails, value&f.tails)
}

// leads reports whether a ref leads somewhere.
func (c *nodeCheck) leads(to ref) bool {
	value := to.value()
	switch {
	case to&tokenBits != 0:
		return false
	case to.inPlace():
		return c.leadsInPlace(to)
	case to.isLeaf():
		if to&^(refAnswer|refEnds) != leafRef(kindMarks, value) || to&(refAnswer|refEnds) == 0 {
			return false
		}
	case to&refRest != 0 || !c.hasBuckets(c.area, to):
		return false
	}
	return (to&refAnswer == 0 || c.marked(to.answerAt(), int(Allow), int(Forbidden))) &&
		(to&refEnds == 0 || c.marked(to.endsAt(), kindEnds, kindEnd)) &&
		(to&refOn == 0 || c.marked(to.behindAt(), kindBehind+int(Allow), kindBehind+int(Forbidden)))
}

// marked reports whether two words are a mark of one of the given kinds.
func (c *nodeCheck) marked(at uint32, from, through int) bool {
	if !within(at, markWords, int(c.m.count(c.area+1))) {
		return false
	}
	r := c.m.mark(c.area, at)
	return c.isMark(r) && from <= r.kind() && r.kind() <= through
}
