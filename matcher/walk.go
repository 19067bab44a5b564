package matcher

import "github.com/rulesc/rulesc/internal/caseless"

// An answer is a rule that matched and could be the deciding one.
type answer struct {
	rule   ref    // leaf, 0 if no rule matched
	tokens uint32 // of the rule's pattern
	other  bool   // matched only caselessly by its first token: such rules count as defined after all others
}

// beats reports whether a decides against b.
func (a answer) beats(b answer) bool {
	switch {
	case a.rule.decision() != b.rule.decision():
		return a.rule.decision() > b.rule.decision()
	case a.tokens != b.tokens:
		return a.tokens > b.tokens
	case a.other != b.other:
		return a.other
	}
	return a.rule.index() > b.rule.index()
}

// find returns the slot of a node that is for the token with key k, 0 if none
// is.
func (m *Image) find(a area, node ref, k *key) uint64 {
	nodes := m.areas[a]
	at := int(node.unit()) * 8
	class := node.class()
	slot := slotOf(k.hash, class, node.window())
	for range probe(le32(nodes, at+4), class) {
		value := le64(nodes, at+8+8*int(slot))
		if value == 0 {
			return 0
		}
		if value>>slotTag&0xff == k.hash>>tagShift && m.is(uint32(value&(maxNumber-1)), k) {
			return value
		}
		slot = (slot + 1) & (1<<class - 1)
	}
	return 0
}

// findFolded is find in a node of folded tokens. hash is the token's, folded.
func (m *Image) findFolded(a area, node ref, token string, hash uint64) uint64 {
	nodes := m.areas[a]
	at := int(node.unit()) * 8
	class := node.class()
	slot := slotOf(hash, class, node.window())
	for range probe(le32(nodes, at+4), class) {
		value := le64(nodes, at+8+8*int(slot))
		if value == 0 {
			return 0
		}
		if value>>slotTag&0xff == hash>>tagShift && caseless.Equal(m.fold(uint32(value&(maxNumber-1))), token) {
			return value
		}
		slot = (slot + 1) & (1<<class - 1)
	}
	return 0
}

func (m *Image) foldHash(token string) uint64 { return caseless.Hash(token, uint64(m.hash.seed)) }

// walk returns the answer that the program's graph at to has for a command
// with the given tail.
func (m *Image) walk(to ref, tail []string) answer {
	if to.isGroup() {
		return m.first(to.program(), tail, m.holds)
	}
	var k key
	for depth := 0; ; depth++ {
		if to.isLeaf() || depth == len(tail) {
			return m.stop(areaNodes, to, depth)
		}
		k = m.hash.key(tail[depth])
		slot := m.find(areaNodes, to, &k)
		if slot == 0 {
			return m.stop(areaNodes, to, depth)
		}
		to = ref(slot >> slotRef)
	}
}

// walkFolded is walk for a graph of folded tokens.
func (m *Image) walkFolded(to ref, tail []string) answer {
	if to.isGroup() {
		return m.first(to.program(), tail, m.holdsFolded)
	}
	for depth := 0; ; depth++ {
		if to.isLeaf() || depth == len(tail) {
			return m.stop(areaFoldNodes, to, depth)
		}
		slot := m.findFolded(areaFoldNodes, to, tail[depth], m.foldHash(tail[depth]))
		if slot == 0 {
			return m.stop(areaFoldNodes, to, depth)
		}
		to = ref(slot >> slotRef)
	}
}

// stop returns the answer where a walk ends, depth edges behind the program's
// name. A forged image could claim a longer pattern than the walk has seen.
func (m *Image) stop(a area, to ref, depth int) answer {
	if to.isLeaf() {
		return answer{rule: to, tokens: uint32(depth + 1)}
	}
	nodes := m.areas[a]
	at := int(to.unit()) * 8
	tokens := min(le32(nodes, at+4)&MaxPattern, uint32(depth+1))
	return answer{rule: ref(le32(nodes, at)), tokens: tokens}
}

// first returns the first rule of a group, in order of precedence, that a
// command with the given tail matches.
func (m *Image) first(program uint32, tail []string, holds func(spot uint32, token string) bool) answer {
	r := m.record(areaPrograms, program)
	rules, order := le32(r, programRules), le32(r, programOrder)
	for i := range le32(r, programCount) {
		rule := m.record(areaRules, rules+le32(m.record(areaOrder, order+i), 0))
		if m.matches(rule, tail, holds) {
			shape := le32(rule, ruleShape)
			return answer{
				rule:   leafRef(Decision(shape>>decisionByte), le32(rule, ruleID)),
				tokens: shape & MaxPattern,
			}
		}
	}
	return answer{}
}

// matches reports whether each spot of a rule holds the token of the tail that
// is in its place.
func (m *Image) matches(rule []byte, tail []string, holds func(spot uint32, token string) bool) bool {
	n := int(le32(rule, ruleShape)&MaxPattern) - 1
	if len(tail) < n {
		return false
	}
	spots := le32(rule, ruleSpots)
	for i, token := range tail[:n] {
		if !holds(le32(m.record(areaSpots, spots+uint32(i)), 0), token) {
			return false
		}
	}
	return true
}

// holds reports whether a spot of an exact rule holds a token.
func (m *Image) holds(spot uint32, token string) bool {
	k := m.hash.key(token)
	if spot&spotSet == 0 {
		return m.is(spot, &k)
	}
	i, end := m.search(spot&^spotSet, k.hash)
	for ; i < end; i++ {
		member := le64(m.record(areaSets, i), 0)
		if member>>32 != k.hash>>32 {
			return false
		}
		if m.is(uint32(member), &k) {
			return true
		}
	}
	return false
}

// holdsFolded reports whether a spot of a canonical rule holds a token.
func (m *Image) holdsFolded(spot uint32, token string) bool {
	if spot&spotSet == 0 {
		return caseless.Equal(m.fold(spot), token)
	}
	hash := m.foldHash(token)
	i, end := m.search(spot&^spotSet, hash)
	for ; i < end; i++ {
		member := le64(m.record(areaSets, i), 0)
		if member>>32 != hash>>32 {
			return false
		}
		if caseless.Equal(m.fold(uint32(member)), token) {
			return true
		}
	}
	return false
}

// search returns the first member of a set whose hash begins as hash does, and
// the end of the set.
func (m *Image) search(set uint32, hash uint64) (low, end uint32) {
	low = set + 1
	end = low + uint32(le64(m.record(areaSets, set), 0))
	for high := end; low < high; {
		middle := low + (high-low)/2
		if le64(m.record(areaSets, middle), 0)>>32 < hash>>32 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, end
}
