//go:build purego || race || msan || asan || !(amd64 || arm64)

package matcher

// Decide says what the rules say of a command, argv being its tokens. at turns
// host resolution on: a command that no rule matches is tried again by the name
// of the program that its first token is a path of. An empty argv matches
// nothing.
//
// Decide does not allocate, lock or panic, whatever argv and the image hold.
//
// What a short token takes is all in it, wordsOf as well, which the compiler does not
// inline: each call would be a tenth more.
func (m *Image) Decide(argv []string, at *Place) Verdict {
	if m.canonical || len(argv) == 0 {
		return m.decide(argv, at)
	}
	slot, depth := uint64(m.root), 0 // what so many tokens led to; 0 if they led nowhere
	answered, tokens := uint64(0), 0 // the last slot with an answer
	for {
		token := argv[depth]
		n := len(token)
		if n > maxInline {
			slot = m.followChecked(ref(slot), token)
		} else {
			var first, last uint64
			switch {
			case n > 8:
				first, last = word64(token, 0), word64(token, n-8)>>(8*uint(16-n)&63)
			case n >= 4:
				first = word32(token, 0) | word32(token, n-4)<<(8*uint(n-4)&63)
			case n > 0:
				first = uint64(token[0]) | uint64(token[n/2])<<(8*uint(n/2)&63) | uint64(token[n-1])<<(8*uint(n-1)&63)
			}
			last |= uint64(n) << keyLength
			hash := fold64(first^m.hash.a, last^m.hash.b)
			d := le32(m.areas[areaDisplacements], 4*int(ref(slot).bucket(hash)))
			slot = le64(m.areas[areaNodes], 8*int(displaced(hash, d, m.slots)))
			records, record := m.areas[areaTokens], tokenSize*int(tokenOf(slot))
			if le64(records, record+tokenFirst) != first || le64(records, record+tokenLast) != last {
				slot = 0
			}
		}
		depth++
		if slot&uint64(refAnswer) != 0 {
			answered, tokens = slot, depth
		}
		if slot&uint64(refOn) == 0 || depth >= len(argv) {
			break
		}
	}
	if slot&uint64(refRest) != 0 {
		if a := m.leaf(refOf(slot), argv, depth); a.decision != None {
			return a.verdict()
		}
	}
	if answered == 0 {
		return m.decideNone(argv, at)
	}
	return m.answer(areaNodes, refOf(answered), tokens).verdict()
}

// follow returns the slot of the edge that a token has in a node of exact rules, 0 if
// it has none.
func (m *Image) follow(to ref, token string) uint64 { return m.followChecked(to, token) }

// through returns how many tokens of a command a tail of exact rules and the depth
// tokens before it cover, 0 if the tail does not match.
func (m *Image) through(tail uint32, command []string, depth int) int {
	return m.throughChecked(tail, command, depth)
}
