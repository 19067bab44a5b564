package matcher

import (
	"cmp"
	"slices"
)

// AppendMatches appends all rules that a command matches to dst: those on the
// command's own first token, then canonical rules on other spellings of it,
// both by rule id. It answers as Decide does about host resolution, and
// allocates only what dst has no room for.
func (m *Image) AppendMatches(dst []Match, argv []string, at *Place) []Match {
	if len(argv) == 0 {
		return dst
	}
	before := len(dst)
	dst = m.appendMatches(dst, argv[0], argv, nil)
	if len(dst) > before || at == nil || !at.on {
		return dst
	}
	p, name, ok := at.resolve(argv[0])
	if !ok || !m.admits(name, p) {
		return dst
	}
	dst = m.appendMatches(dst, name, argv, &p)
	for i := range dst[before:] {
		dst[before+i].ByName = true
	}
	return dst
}

func (m *Image) appendMatches(dst []Match, name string, command []string, p *path) []Match {
	before := len(dst)
	most := before + int(m.rules)
	dst = m.appendExact(dst, most, name, command)
	if !m.canonical {
		sortByRule(dst[before:])
		return dst
	}
	first, end := m.spellings(name)
	for i := first; i < end && len(dst) < most; i++ {
		if r := m.record(areaSpellings, i); string(m.spellingName(r)) == name {
			dst = m.appendFolded(dst, most, ref(le64(r, spellingGraph)), command)
		}
	}
	sortByRule(dst[before:])
	before = len(dst)
	for i := first; i < end && len(dst) < most; i++ {
		if r := m.record(areaSpellings, i); string(m.spellingName(r)) != name && m.admitsSpelling(r, p) {
			dst = m.appendFolded(dst, most, ref(le64(r, spellingGraph)), command)
		}
	}
	sortByRule(dst[before:])
	return dst
}

// sortByRule sorts matches by rule. They are few, and nearly sorted.
func sortByRule(matches []Match) {
	if len(matches) > 32 {
		slices.SortFunc(matches, func(a, b Match) int { return cmp.Compare(a.Rule, b.Rule) })
		return
	}
	for i := 1; i < len(matches); i++ {
		for j := i; j > 0 && matches[j].Rule < matches[j-1].Rule; j-- {
			matches[j], matches[j-1] = matches[j-1], matches[j]
		}
	}
}

// appendExact appends the exact rules that a command which begins with name
// matches, until dst has most matches or more.
func (m *Image) appendExact(dst []Match, most int, name string, command []string) []Match {
	to := m.root
	token := name
	for depth := 1; ; depth++ {
		slot := m.follow(to, token)
		if slot == 0 {
			return dst
		}
		to = refOf(slot)
		if to.inPlace() {
			switch kind := to.kind(); {
			case isTail(kind), kind == kindWeak:
				if tokens := m.through(to.value(), command, depth); tokens > 0 {
					dst = append(dst, Match{Rule: int32(m.tailRule(areaTails, to.value())), Tokens: int32(tokens)})
				}
			case kind == kindGroup:
				g := groupWalk{image: m, tokens: command[depth:]}
				dst = g.appendMatches(dst, most, to.value())
			default:
				dst = append(dst, Match{Rule: int32(to.value()), Tokens: int32(depth)})
			}
			return dst
		}
		dst = m.appendEnds(dst, areaNodes, to, depth)
		if to.isLeaf() || depth >= len(command) || len(dst) >= most {
			return dst
		}
		token = command[depth]
	}
}

// appendFolded is appendExact for the canonical rules of a spelling, whose
// graph is at to.
func (m *Image) appendFolded(dst []Match, most int, to ref, command []string) []Match {
	for depth := 1; ; depth++ {
		if to.inPlace() {
			switch kind := to.kind(); {
			case isTail(kind), kind == kindWeak:
				if tokens, whole := m.tailFolded(to.value(), command, depth); whole {
					dst = append(dst, Match{Rule: int32(m.tailRule(areaFoldTails, to.value())), Tokens: int32(tokens)})
				}
			case kind == kindGroup:
				g := groupWalk{image: m, tokens: command[depth:], folded: true}
				dst = g.appendMatches(dst, most, to.value())
			default:
				dst = append(dst, Match{Rule: int32(to.value()), Tokens: int32(depth)})
			}
			return dst
		}
		dst = m.appendEnds(dst, areaFoldNodes, to, depth)
		if to.isLeaf() || depth >= len(command) || len(dst) >= most {
			return dst
		}
		slot := m.findFolded(areaFoldNodes, to, command[depth], m.foldHash(command[depth]))
		if slot == 0 {
			return dst
		}
		to = refOf(slot)
	}
}

// appendEnds appends the rules that end in a node that depth tokens led to.
func (m *Image) appendEnds(dst []Match, a area, to ref, depth int) []Match {
	mark := to.answerAt()
	switch {
	case to&refEnds != 0:
		mark = to.endsAt()
	case to&refAnswer == 0:
		return dst
	}
	ends := m.mark(a, mark)
	if ends.kind() != kindEnds {
		return append(dst, Match{Rule: int32(ends.value()), Tokens: int32(depth)})
	}
	list := m.areas[areaEnds][4*ends.value():]
	for i := range le32(list, 0) &^ endsHead {
		dst = append(dst, Match{Rule: int32(le32(list, int(4*i+4))), Tokens: int32(depth)})
	}
	return dst
}
