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

// A tail is the tokens of a command behind the first, as rules of one kind see
// them. Trying many rules looks at few tokens often, so the keys of the first
// few are kept.
type tail struct {
	image  *Image
	tokens []string
	folded bool // for canonical rules
	kept   uint // bit set of the keys that are kept
	keys   [8]key
	other  key
}

// key returns the key of token i. Of a folded token just the hash is of use.
func (t *tail) key(i int) *key {
	k := &t.other
	if i < len(t.keys) {
		k = &t.keys[i]
		if t.kept>>i&1 != 0 {
			return k
		}
		t.kept |= 1 << i
	}
	if t.folded {
		k.hash = t.image.foldHash(t.tokens[i])
	} else {
		*k = t.image.hash.key(t.tokens[i])
	}
	return k
}

// find returns the slot of a block's node that is for token i, 0 if none is.
func (t *tail) find(node ref, i int) uint64 {
	if t.folded {
		return t.image.findFolded(areaFoldBlockNodes, node, t.tokens[i], t.key(i).hash)
	}
	return t.image.find(areaBlockNodes, node, t.key(i))
}

// is reports whether token i has the given number.
func (t *tail) is(number uint32, i int) bool {
	if t.folded {
		return caseless.Equal(t.image.fold(number), t.tokens[i])
	}
	return t.image.is(number, t.key(i))
}

// holds reports whether a spot of a rule holds token i.
func (t *tail) holds(spot uint32, i int) bool {
	if spot&spotSet == 0 {
		return t.is(spot, i)
	}
	hash := t.key(i).hash
	low, end := t.image.search(spot&^spotSet, hash)
	for ; low < end; low++ {
		member := le64(t.image.record(areaSets, low), 0)
		if member>>32 != hash>>32 {
			return false
		}
		if t.is(uint32(member), i) {
			return true
		}
	}
	return false
}

// matches reports whether each spot of a rule holds the token in its place.
func (t *tail) matches(rule []byte) bool {
	n := int(le32(rule, ruleShape)&MaxPattern) - 1
	if len(t.tokens) < n {
		return false
	}
	spots := le32(rule, ruleSpots)
	for i := range n {
		if !t.holds(le32(t.image.record(areaSpots, spots+uint32(i)), 0), i) {
			return false
		}
	}
	return true
}

// walk returns the answer that the program's graph at to has for a command
// with the given tail.
func (m *Image) walk(to ref, tokens []string) answer {
	if to.isGroup() {
		t := tail{image: m, tokens: tokens}
		return m.decideGroup(to.program(), &t)
	}
	for depth := 0; ; depth++ {
		if to.isLeaf() || depth == len(tokens) {
			return m.stop(areaNodes, to, depth)
		}
		k := m.hash.key(tokens[depth])
		slot := m.find(areaNodes, to, &k)
		if slot == 0 {
			return m.stop(areaNodes, to, depth)
		}
		to = ref(slot >> slotRef)
	}
}

// walkFolded is walk for a graph of folded tokens.
func (m *Image) walkFolded(to ref, tokens []string) answer {
	if to.isGroup() {
		t := tail{image: m, tokens: tokens, folded: true}
		return m.decideGroup(to.program(), &t)
	}
	for depth := 0; ; depth++ {
		if to.isLeaf() || depth == len(tokens) {
			return m.stop(areaFoldNodes, to, depth)
		}
		slot := m.findFolded(areaFoldNodes, to, tokens[depth], m.foldHash(tokens[depth]))
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
