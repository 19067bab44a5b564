package matcher

import "github.com/rulesc/rulesc/internal/caseless"

// An answer is a rule that matched and could be the deciding one.
type answer struct {
	decision Decision // None if no rule matched
	other    bool     // matched only caselessly by its first token: such rules count as defined after all others
	rule     uint32
	tokens   uint32 // of the rule's pattern
}

// beats reports whether a decides against b.
func (a answer) beats(b answer) bool {
	switch {
	case a.decision != b.decision:
		return a.decision > b.decision
	case a.tokens != b.tokens:
		return a.tokens > b.tokens
	case a.other != b.other:
		return a.other
	}
	return a.rule > b.rule
}

func (a answer) verdict() Verdict {
	if a.decision == None {
		return noVerdict
	}
	return Verdict{Decision: a.decision, Rule: int32(a.rule), Tokens: int32(a.tokens)}
}

// walk returns the answer of the exact rules for a command that begins with
// name.
func (m *Image) walk(name string, command []string) answer {
	to := m.root
	var last ref // the last node with an answer, and how many tokens led to it
	var lastAt int
	token := name
	for depth := 1; ; depth++ {
		k := m.hash.key(token)
		slot := m.find(areaNodes, to, &k)
		if slot == 0 {
			break
		}
		to = ref(slot >> slotRef)
		if to&refAnswer != 0 {
			last, lastAt = to, depth
		}
		if to.inPlace() {
			if a := m.leaf(to, command, depth); a.decision != None {
				return a
			}
			break
		}
		if to&refStop != 0 || depth >= len(command) {
			break
		}
		token = command[depth]
	}
	if last == 0 {
		return answer{}
	}
	rule := ref(le64(m.areas[areaNodes], int(8*last.unit()-8)) >> slotRef)
	return answer{decision: Decision(rule.kind()), rule: rule.value(), tokens: uint32(lastAt)}
}

// leaf returns the answer of a leaf of the exact rules that depth tokens led
// to, if it can have one.
func (m *Image) leaf(to ref, command []string, depth int) answer {
	switch kind := to.kind(); kind {
	case kindRule, kindWeak:
		return answer{}
	case kindTail:
		head, tokens, ok := m.tail(to.value(), command[depth:])
		if !ok {
			return answer{}
		}
		return answer{decision: Decision(head >> headDecision & 7), rule: head & (maxRules - 1), tokens: uint32(depth + tokens)}
	case kindGroup:
		g := groupWalk{image: m, tokens: command[depth:]}
		return g.decide(to.value())
	default:
		return answer{decision: Decision(kind), rule: to.value(), tokens: uint32(depth)}
	}
}

// find returns the slot of a node that is for the token with key k, 0 if none
// is.
func (m *Image) find(a area, node ref, k *key) uint64 {
	nodes := m.areas[a]
	for at := 8 * int(node.home(k.hash)); ; at += 8 {
		slot := le64(nodes, at)
		if tagged(slot, k.hash) && m.is(uint32(slot%maxNumber), k) {
			return slot
		}
		if slot&slotMore == 0 {
			return 0
		}
	}
}

// walkFolded is walk for the canonical rules of a spelling, whose graph is at
// to.
func (m *Image) walkFolded(to ref, command []string) (best answer) {
	for depth := 1; ; depth++ {
		if to&refAnswer != 0 {
			rule := ref(le64(m.areas[areaFoldNodes], int(8*to.unit()-8)) >> slotRef)
			best = answer{decision: Decision(rule.kind()), rule: rule.value(), tokens: uint32(depth)}
		}
		if to.inPlace() {
			if a := m.leafFolded(to, command, depth); a.decision != None {
				return a
			}
			return best
		}
		if to&refStop != 0 || depth >= len(command) {
			return best
		}
		slot := m.findFolded(areaFoldNodes, to, command[depth], m.foldHash(command[depth]))
		if slot == 0 {
			return best
		}
		to = ref(slot >> slotRef)
	}
}

// leafFolded is leaf for canonical rules.
func (m *Image) leafFolded(to ref, command []string, depth int) answer {
	switch to.kind() {
	case kindTail:
		head, tokens, ok := m.tailFolded(to.value(), command[depth:])
		if !ok {
			return answer{}
		}
		return answer{decision: Decision(head >> headDecision & 7), rule: head & (maxRules - 1), tokens: uint32(depth + tokens)}
	case kindGroup:
		g := groupWalk{image: m, tokens: command[depth:], folded: true}
		return g.decide(to.value())
	}
	return m.leaf(to, command, depth)
}

// findFolded is find in a node of folded tokens. hash is the token's, folded.
func (m *Image) findFolded(a area, node ref, token string, hash uint64) uint64 {
	nodes := m.areas[a]
	for at := 8 * int(node.home(hash)); ; at += 8 {
		slot := le64(nodes, at)
		// Token 0 is an empty text, but no token of a node.
		if tagged(slot, hash) && slot%maxNumber != 0 && caseless.Equal(m.fold(uint32(slot%maxNumber)), token) {
			return slot
		}
		if slot&slotMore == 0 {
			return 0
		}
	}
}

func (m *Image) foldHash(token string) uint64 { return caseless.Hash(token, uint64(m.hash.seed)) }
