package matcher

// Fields of a spelling: the canonical rules on one spelling of a first token.
const (
	spellingGraph   = 0  // ref, 8 bytes
	spellingHost    = 8  // 1 + index of the host list under the same name, 0 if there is none
	spellingText    = 12 // where the name is in the text
	spellingTextLen = 16 // 4 bytes of zeros follow
)

// spellings puts down the programs of canonical rules and the classes, each
// the spellings of one first token.
func (e *encoder) spellings(at *places) error {
	d := e.draft
	hosts := make(map[string]uint32, len(d.Hosts))
	for i, h := range d.Hosts {
		hosts[d.Tokens[h.Name]] = uint32(i) + 1
	}
	var tokens []uint32
	var classes []ref
	for i := 0; i < len(d.Spellings); {
		fold := d.Spellings[i].Fold
		first := i
		for ; i < len(d.Spellings) && d.Spellings[i].Fold == fold; i++ {
			s := &d.Spellings[i]
			to, err := e.program(&s.Program, at, &e.folded)
			if err != nil {
				return err
			}
			e.put64(areaSpellings, uint64(to))
			e.put32(areaSpellings, hosts[s.Name], e.putText(areaText, s.Name), uint32(len(s.Name)), 0)
		}
		tokens = append(tokens, fold)
		classes = append(classes, leafRef(0, e.count(areaClasses)))
		e.put32(areaClasses, uint32(first), uint32(i-first))
	}
	var err error
	e.classes, err = e.index(areaClassNodes, &e.folded, tokens, classes)
	return err
}

// spellings checks all of them but their graphs, which is left to graphs.
func (v *validator) spellings() error {
	m := v.m
	n := m.count(areaSpellings)
	folding := le32(m.bytes, imgFolding)
	if n == 0 && folding != 0 || n > 0 && folding != foldingTables {
		return v.bad(imgFolding, "canonical rules under folding tables %#x, this version has %#x", folding, foldingTables)
	}
	for i := range n {
		r := m.record(areaSpellings, i)
		switch {
		case le32(r, spellingHost) > m.count(areaHosts):
			return v.badRecord(areaSpellings, i, "there is no host list %d", le32(r, spellingHost)-1)
		case !within(le32(r, spellingText), le32(r, spellingTextLen), len(m.areas[areaText])):
			return v.badRecord(areaSpellings, i, "its name is not within the text")
		case le32(r, spellingTextLen+4) != 0:
			return v.badRecord(areaSpellings, i, "a field that is not used is not zero")
		}
	}
	next := uint32(0)
	for i := range m.count(areaClasses) {
		r := m.record(areaClasses, i)
		if le32(r, 0) != next || le32(r, 4) == 0 || !within(next, le32(r, 4), int(n)) {
			return v.badRecord(areaClasses, i, "its spellings do not follow those before")
		}
		next += le32(r, 4)
	}
	if next != n {
		return v.bad(imgAreas+8*int(areaClasses), "spellings of no class")
	}
	return nil
}

// spellings returns the programs of canonical rules on spellings of a name.
func (m *Image) spellings(name string) (first, end uint32) {
	slot := m.findFolded(areaClassNodes, m.classes, name, m.foldHash(name))
	if slot == 0 {
		return 0, 0
	}
	r := m.record(areaClasses, refOf(slot).value())
	return le32(r, 0), le32(r, 0) + le32(r, 4)
}

// spellingName returns the name that a spelling is.
func (m *Image) spellingName(spelling []byte) []byte {
	text := le32(spelling, spellingText)
	return m.areas[areaText][text : text+le32(spelling, spellingTextLen)]
}

// admitsSpelling reports whether a path, if there is one, may stand for the
// name that a spelling is.
func (m *Image) admitsSpelling(spelling []byte, p *path) bool {
	host := le32(spelling, spellingHost)
	return p == nil || host == 0 || m.listed(host-1, *p)
}
