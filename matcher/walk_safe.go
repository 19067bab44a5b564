//go:build purego || race || msan || asan || !(amd64 || arm64)

package matcher

// Decide says what the rules say of a command, argv being its tokens. at turns
// host resolution on: a command that no rule matches is tried again by the name
// of the program that its first token is a path of. An empty argv matches
// nothing.
//
// Decide does not allocate, lock or panic, whatever argv and the image hold. A nil Image
// forbids every command. Until Decide has returned the Image is reachable, so that a
// finalizer of it may give back the bytes that it aliases.
//
// What a short token takes is all in its loop, wordsOf as well, which the compiler does
// not inline, and what is rare is called last: a call in the loop, of whatever, is a tenth
// more, since nothing is in registers after it.
func (m *Image) Decide(argv []string, at *Place) Verdict {
	if m == nil {
		return noImage
	}
	if m.canonical {
		return m.kept(m.decide(argv, at))
	}
	argv = argv[:len(argv):len(argv)]
	slot := uint64(m.root)
	answer, tokens, depth := uint64(0), 0, 0
	for depth < len(argv) {
		token := argv[depth]
		n := len(token)
		var first, last uint64
		switch {
		case n > maxInline:
			return m.kept(m.decideOn(argv, at, step{slot, answer, depth, tokens}))
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
		if r := m.tokenRecord(tokenOf(slot)); le64(r, tokenFirst) != first || le64(r, tokenLast) != last {
			slot = 0
			break
		}
		depth++
		if slot&uint64(refAnswer) != 0 {
			answer, tokens = slot, depth
		}
		if slot&uint64(refOn) == 0 {
			break
		}
	}
	s := step{slot, answer, depth, tokens}
	if slot&uint64(refRest) != 0 {
		return m.kept(m.decideRest(argv, at, s))
	}
	if answer == 0 {
		return m.kept(m.decideNone(argv, at))
	}
	return m.kept(m.verdictOf(s))
}

// decideOn is Decide from a step on, before a token that is not short.
func (m *Image) decideOn(argv []string, at *Place, s step) Verdict {
	s = m.walkOn(s, argv[s.depth], argv)
	switch {
	case s.slot&uint64(refRest) != 0:
		return m.decideRest(argv, at, s)
	case s.answer == 0:
		return m.decideNone(argv, at)
	}
	return m.verdictOf(s)
}

// follow returns the slot of the edge that a token has in a node of exact rules, 0 if
// it has none.
func (m *Image) follow(to ref, token string) uint64 { return m.followChecked(to, token) }

// fastTail is through, without being unsure of anything.
func (m *Image) fastTail(tail uint32, command []string, depth int) int {
	if tokens, whole := m.tail(tail, command, depth); whole {
		return tokens
	}
	return 0
}

// areaWord32 and areaWord64 return the words at a byte of an area.
func (m *Image) areaWord32(a area, at int) uint32 { return le32(m.areas[a], at) }
func (m *Image) areaWord64(a area, at int) uint64 { return le64(m.areas[a], at) }
