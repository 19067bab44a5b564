package matcher

import "slices"

// hostLists puts down the lists of paths, each in the order that admits
// searches it in, and the node that leads from names to them.
func (e *encoder) hostLists() error {
	d := e.draft
	tokens := make([]uint32, len(d.Hosts))
	lists := make([]ref, len(d.Hosts))
	for i, h := range d.Hosts {
		tokens[i], lists[i] = h.Name, leafRef(0, uint32(i))
		paths := slices.Clone(h.Paths)
		slices.SortFunc(paths, func(a, b string) int { return path{rest: a}.compare([]byte(b)) })
		paths = slices.Compact(paths)
		e.put32(areaHosts, e.count(areaPaths), uint32(len(paths)))
		for _, p := range paths {
			e.put32(areaPaths, e.putText(areaText, p), uint32(len(p)))
		}
	}
	var err error
	e.hosts, err = e.index(areaHostNodes, &e.exact, tokens, lists)
	return err
}

func (v *validator) hostLists() error {
	m := v.m
	next := uint32(0)
	for i := range m.count(areaHosts) {
		r := m.record(areaHosts, i)
		if le32(r, 0) != next || !within(next, le32(r, 4), int(m.count(areaPaths))) {
			return v.badRecord(areaHosts, i, "list %d: its paths do not follow those before", i)
		}
		next += le32(r, 4)
	}
	if next != m.count(areaPaths) {
		return v.bad(imgAreas+8*int(areaHosts), "paths of no list")
	}
	for i := range next {
		r := m.record(areaPaths, i)
		if !within(le32(r, 0), le32(r, 4), len(m.areas[areaText])) {
			return v.badRecord(areaPaths, i, "path %d: its text is not within the text", i)
		}
	}
	return nil
}

// listed reports whether list number i has the path.
func (m *Image) listed(i uint32, p path) bool {
	if !p.absolute {
		return false
	}
	list := m.record(areaHosts, i)
	low := le32(list, 0)
	high := low + le32(list, 4)
	for low < high {
		middle := low + (high-low)/2
		text := le32(m.record(areaPaths, middle), 0)
		c := p.compare(m.areas[areaText][text : text+le32(m.record(areaPaths, middle), 4)])
		switch {
		case c == 0:
			return true
		case c < 0:
			high = middle
		default:
			low = middle + 1
		}
	}
	return false
}

// admits reports whether the path may stand for the program name: whether
// there is no list under just this name, or one that has the path.
func (m *Image) admits(name string, p path) bool {
	k := m.hash.key(name)
	slot := m.find(areaHostNodes, m.hosts, &k)
	return slot == 0 || m.listed(refOf(slot).value(), p)
}
