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
	return Verdict{Decision: a.decision, Rule: int(a.rule), Tokens: int(a.tokens)}
}

// A step is how far a walk of the exact rules has come.
type step struct {
	slot   uint64 // that the last token led to; 0 if it led nowhere
	answer uint64 // the last slot with an answer
	depth  int    // how many tokens led to slot
	tokens int    // how many tokens led to answer
}

// walk returns the answer of the exact rules for a command that begins with
// name.
func (m *Image) walk(name string, command []string) answer {
	s := m.walkOn(step{slot: uint64(m.root)}, name, command)
	if s.slot&uint64(refRest) != 0 {
		if a := m.leaf(refOf(s.slot), command, s.depth); a.decision != None {
			return a
		}
	}
	return m.answer(areaNodes, refOf(s.answer), s.tokens)
}

// walkOn is where a walk comes from a step on, by a token and by those of a command that
// are behind it.
func (m *Image) walkOn(s step, token string, command []string) step {
	for {
		s.slot = m.followChecked(ref(s.slot), token)
		s.depth++
		if s.slot&uint64(refAnswer) != 0 {
			s.answer, s.tokens = s.slot, s.depth
		}
		if s.slot&uint64(refOn) == 0 || s.depth >= len(command) {
			return s
		}
		token = command[s.depth]
	}
}

// answer returns the answer that a ref with one behind so many tokens has.
func (m *Image) answer(a area, to ref, tokens int) answer {
	if to == 0 {
		return answer{}
	}
	if !to.inPlace() {
		to = m.mark(a, to.answerAt())
	}
	return answer{decision: Decision(to.kind()), rule: to.value(), tokens: uint32(tokens)}
}

// tailAnswer returns the answer of a tail that matches so many tokens.
func (m *Image) tailAnswer(tails area, to ref, tokens int) answer {
	return answer{decision: Decision(to.kind() &^ kindTail), rule: m.tailRule(tails, to.value()), tokens: uint32(tokens)}
}

// leaf returns the answer of a tail or group of the exact rules that depth
// tokens led to.
func (m *Image) leaf(to ref, command []string, depth int) answer {
	switch kind := to.kind(); {
	case kind == kindGroup:
		g := groupWalk{image: m, tokens: command[depth:]}
		return g.decide(to.value())
	case !isTail(kind):
		return answer{}
	}
	tokens, whole := m.tail(to.value(), command, depth)
	if !whole {
		return answer{}
	}
	return m.tailAnswer(areaTails, to, tokens)
}

// followChecked is follow in code that needs no proof.
func (m *Image) followChecked(to ref, token string) uint64 {
	first, last := wordsOf(token)
	hash := fold64(first^m.hash.a, last^m.hash.b)
	if m.hash.reach > 0 {
		hash = m.hash.middle(hash, token)
	}
	d := le32(m.areas[areaDisplacements], 4*int(to.bucket(hash)))
	slot := le64(m.areas[areaNodes], 8*int(displaced(hash, d, m.slots)))
	if !m.has(tokenOf(slot), first, last, token) {
		return 0
	}
	return slot
}

// through returns how many tokens of a command a tail of exact rules and the depth
// tokens before it cover, 0 if the tail does not match.
func (m *Image) through(tail uint32, command []string, depth int) int {
	if m.plain {
		if n := m.fastTail(tail, command, depth); n != unsure {
			return n
		}
	}
	if tokens, whole := m.tail(tail, command, depth); whole {
		return tokens
	}
	return 0
}

// find returns the slot of a node that is for the token with key k, 0 if none
// is.
func (m *Image) find(a area, node ref, k *key) uint64 {
	slot := m.slot(a, node, k.hash)
	if !m.has(tokenOf(slot), k.first, k.last, k.text) {
		return 0
	}
	return slot
}

// walkFolded is walk for the canonical rules of a spelling, whose graph is at
// to.
func (m *Image) walkFolded(to ref, command []string) (best answer) {
	for depth := 1; ; depth++ {
		if to&refAnswer != 0 {
			best = m.answer(areaFoldNodes, to, depth)
		}
		if to.inPlace() {
			if a := m.leafFolded(to, command, depth); a.decision != None {
				return a
			}
			return best
		}
		if to&refOn == 0 || depth >= len(command) {
			return best
		}
		slot := m.findFolded(areaFoldNodes, to, command[depth], m.foldHash(command[depth]))
		if slot == 0 {
			return best
		}
		to = refOf(slot)
	}
}

// leafFolded is leaf for canonical rules.
func (m *Image) leafFolded(to ref, command []string, depth int) answer {
	switch kind := to.kind(); {
	case kind == kindGroup:
		g := groupWalk{image: m, tokens: command[depth:], folded: true}
		return g.decide(to.value())
	case !isTail(kind):
		return answer{}
	}
	tokens, whole := m.tailFolded(to.value(), command, depth)
	if !whole {
		return answer{}
	}
	return m.tailAnswer(areaFoldTails, to, tokens)
}

// findFolded is find in a node of folded tokens. hash is the token's, folded.
func (m *Image) findFolded(a area, node ref, token string, hash uint64) uint64 {
	slot := m.slot(a, node, hash)
	// Token 0 is an empty text, but no token of a node.
	if tokenOf(slot) == 0 || !caseless.Equal(m.fold(tokenOf(slot)), token) {
		return 0
	}
	return slot
}

func (m *Image) foldHash(token string) uint64 { return caseless.Hash(token, uint64(m.hash.seed)) }
