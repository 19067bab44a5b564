//go:build !(purego || race || msan || asan) && (amd64 || arm64)

package matcher

import (
	"math/bits"
	"unsafe"
)

// Decide says what the rules say of a command, argv being its tokens. at turns
// host resolution on: a command that no rule matches is tried again by the name
// of the program that its first token is a path of. An empty argv matches
// nothing.
//
// Decide does not allocate, lock or panic, whatever argv and the image hold. A nil Image
// forbids every command. Until Decide has returned the Image is reachable, so that a
// finalizer of it may give back the bytes that it aliases.
//
// What is rare is called last, wherever it comes up, so that nothing has to be kept
// for after a call.
func (m *Image) Decide(argv []string, at *Place) Verdict {
	if m == nil {
		return noImage
	}
	if !m.plain {
		return m.kept(m.decide(argv, at))
	}
	if len(argv) == 0 {
		return noVerdict
	}
	argv = argv[:len(argv):len(argv)] // so its capacity takes no register
	slot := uint64(m.root)
	answer, tokens, depth := uint64(0), 0, 0
	for {
		p, n := tokenAt(argv, depth)
		if uint(n-1) >= maxInline || !isReadable(p) {
			return m.kept(m.decideOn(argv, at, step{slot, answer, depth, tokens}))
		}
		first, last := shortWords(p, n)
		slot = m.edge(slot, m.hashWords(first, last))
		if !m.isShort(tokenOf(slot), first, last) {
			slot = 0
			break
		}
		depth++
		if slot&uint64(refAnswer) != 0 {
			answer, tokens = slot, depth
		}
		if slot&uint64(refOn) == 0 || depth >= len(argv) {
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
	for {
		p, n := tokenAt(argv, s.depth)
		switch {
		case n > maxInline:
			s.slot = m.longEdge(s.slot, p, n)
		case n > 0 && isReadable(p):
			first, last := shortWords(p, n)
			s.slot = m.edge(s.slot, m.hashWords(first, last))
			if !m.isShort(tokenOf(s.slot), first, last) {
				s.slot = 0
			}
		default:
			return m.decide(argv, at)
		}
		s.depth++
		if s.slot&uint64(refAnswer) != 0 {
			s.answer, s.tokens = s.slot, s.depth
		}
		if s.slot&uint64(refOn) == 0 || s.depth >= len(argv) {
			break
		}
	}
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
func (m *Image) follow(to ref, token string) uint64 {
	p, n := unsafe.Pointer(unsafe.StringData(token)), len(token)
	switch {
	case !m.plain:
	case n > maxInline:
		return m.longEdge(uint64(to), p, n)
	case n > 0 && isReadable(p):
		first, last := shortWords(p, n)
		if slot := m.edge(uint64(to), m.hashWords(first, last)); m.isShort(tokenOf(slot), first, last) {
			return slot
		}
		return 0
	}
	return m.followChecked(to, token)
}

// longEdge returns the slot of a token of n bytes at p, which is long, 0 if there is
// none.
func (m *Image) longEdge(slot uint64, p unsafe.Pointer, n int) uint64 {
	first, last := longWords(p, n)
	slot = m.edge(slot, m.hashWords(first, last))
	if !m.isLong(tokenOf(slot), p, n) {
		return 0
	}
	return slot
}

// fastTail is through for an image that is plain, or unsure.
func (m *Image) fastTail(index uint32, argv []string, depth int) int {
	tail := unsafe.Add(m.base(areaTails), tailWord*uintptr(index))
next:
	for at := depth; ; at++ {
		tail = unsafe.Add(tail, tailWord)
		word := load32(tail, 0)
		if word&tailHead != 0 {
			return at
		}
		if at >= len(argv) {
			return 0
		}
		p, n := tokenAt(argv, at)
		if n > maxInline {
			if tail = m.longAlternative(tail, p, n); tail == nil {
				return 0
			}
			continue
		}
		if uint(n-1) >= maxInline || !isReadable(p) {
			break
		}
		first, last := shortWords(p, n)
		if word&tailMore == 0 {
			if !m.isShort(word&tailNumber, first, last) {
				return 0
			}
			continue
		}
		tags := m.tags
		tag := uint32(m.hashWords(first, last)) & tags
		for {
			if word&tags == tag && m.isShort(word&tailNumber&^tags, first, last) {
				for word&tailMore != 0 {
					tail = unsafe.Add(tail, tailWord)
					word = load32(tail, 0)
				}
				continue next
			}
			if word&tailMore == 0 {
				return 0
			}
			tail = unsafe.Add(tail, tailWord)
			word = load32(tail, 0)
		}
	}
	// A token is empty, or isReadable was not sure.
	return unsure
}

// longAlternative returns where the last one is of the alternatives from a word of a tail
// on, nil if none of them is the token of n bytes at p, which is long.
func (m *Image) longAlternative(tail, p unsafe.Pointer, n int) unsafe.Pointer {
	word := load32(tail, 0)
	if word&tailMore == 0 {
		if !m.isLong(word&tailNumber, p, n) {
			return nil
		}
		return tail
	}
	tag := uint32(m.hashWords(longWords(p, n))) & m.tags
	found := false
	for {
		found = found || word&m.tags == tag && m.isLong(word&tailNumber&^m.tags, p, n)
		if word&tailMore == 0 {
			break
		}
		tail = unsafe.Add(tail, tailWord)
		word = load32(tail, 0)
	}
	if !found {
		return nil
	}
	return tail
}

// Why no load here, nor in decideRest and verdictOf, leaves what may be read. The image's bytes have been checked by
// OpenImage, and do not change: an image of which that is not so is not plain, and of
// one that is not plain nothing is read here.
//
//   - Displacements. A walk begins with the root, which isIndex has found to be a
//     node, and goes on with slots that were read here and lead to nodes: to decide,
//     those that have refOn, which leads does not let leaves have; to list matches,
//     those that are no leaves. hasBuckets holds that the 2^class displacements of a
//     node are in the area. hash>>(64-class) is below 2^class.
//   - Slots. A fraction of 2^32, whatever it is, of the number of slots is below
//     that number, which is not 0 (hasBuckets).
//   - Answers. A slot with refAnswer is a leaf that is an answer, or has a mark before
//     its displacements (leads, marked). For others the first two words are read,
//     which there are (graphs).
//   - Token records. nodeCheck.graph holds that each slot's token number is below
//     their count, and so does tailsIn for tails; 0 is the number of a record, too.
//   - Texts. validator.tokens holds that a long token's text of n bytes is in the
//     text, and it is read up to n, when n is also the command's token's length.
//   - Tails. A ref to a tail is one to a head (leads). Behind it are words
//     up to the next head, of which the last word of the area is one; that there is
//     more no word before a head says (tailsIn). A word is read with the byte behind
//     it, and behind the tails are other areas, of which that of rows is not empty
//     (rowsAt).
//   - A command's token of n bytes at p. Of one of more than 15 bytes nothing but
//     bytes of it is read. Of another one the 16 bytes at p are, some of them
//     beyond it; but none beyond the 4096 bytes that p is in, or else the walk is
//     left for the one that needs no proof (isReadable). Memory is mapped by pages
//     of at least as many bytes, so all of them can be read as well as the token's
//     first one, which there is, as n is not 0. What they are does not matter: they
//     are masked. (Package internal/bytealg of the Go runtime does the same.)
//
// The processors named above are little endian and load words at any address.

const pageSize = 4096

func load64(p unsafe.Pointer, at int) uint64 { return *(*uint64)(unsafe.Add(p, at)) }
func load32(p unsafe.Pointer, at int) uint32 { return *(*uint32)(unsafe.Add(p, at)) }

// tokenAt returns where token i of a command is, and its length.
func tokenAt(argv []string, i int) (unsafe.Pointer, int) {
	token := (*string)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(argv)), uintptr(i)*unsafe.Sizeof("")))
	return unsafe.Pointer(unsafe.StringData(*token)), len(*token)
}

// isReadable reports whether 16 bytes at p are within a page.
func isReadable(p unsafe.Pointer) bool { return uintptr(p)%pageSize <= pageSize-16 }

// shortWords returns the words of the key of a token of n bytes, up to maxInline.
func shortWords(p unsafe.Pointer, n int) (first, last uint64) {
	mask := &keyMasks[n&maxInline]
	return load64(p, 0) & mask.first, load64(p, 8)&mask.last | uint64(n)<<keyLength
}

// longWords returns the words of the key of a token of n bytes, more than maxInline.
func longWords(p unsafe.Pointer, n int) (first, last uint64) {
	return load64(p, 0), load64(p, n-8)&^0xff | uint64(n)&0xff
}

// hashWords returns the hash of a key, without what reach adds to it.
func (m *Image) hashWords(first, last uint64) uint64 {
	high, low := bits.Mul64(first^m.hash.a, last^m.hash.b)
	return high ^ low
}

// edge returns the slot that a token with a hash has in the node that a slot leads
// to.
func (m *Image) edge(slot, hash uint64) uint64 {
	d := load32(m.base(areaDisplacements), int(4*(slot>>valueBit+hash>>(slot&uint64(classMask)))))
	return load64(m.base(areaNodes), int(uint64(uint32(hash)+d)*uint64(m.slots)>>32*8))
}

// isShort reports whether a token's record is the given key of a short one.
func (m *Image) isShort(number uint32, first, last uint64) bool {
	record := unsafe.Add(m.base(areaTokens), uintptr(number)*tokenSize)
	return load64(record, tokenFirst) == first && load64(record, tokenLast) == last
}

// areaWord32 and areaWord64 return the word at a byte of an area, to decideRest and
// verdictOf.
func (m *Image) areaWord32(a area, at int) uint32 { return *(*uint32)(unsafe.Add(m.base(a), at)) }
func (m *Image) areaWord64(a area, at int) uint64 { return *(*uint64)(unsafe.Add(m.base(a), at)) }

// base returns where an area begins.
func (m *Image) base(a area) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(m.areas[a])) }

// isLong reports whether a token is that of n bytes at p, which is long.
func (m *Image) isLong(number uint32, p unsafe.Pointer, n int) bool {
	record := unsafe.Add(m.base(areaTokens), uintptr(number)*tokenSize)
	word := load64(record, tokenLast)
	if load64(record, tokenFirst) != load64(p, 0) || word>>tokenLenBit != longLength(n) {
		return false
	}
	text := unsafe.Add(m.base(areaText), word%(1<<tokenLenBit))
	for i := 8; i < n-8; i += 8 {
		if load64(p, i) != load64(text, i) {
			return false
		}
	}
	return load64(p, n-8) == load64(text, n-8)
}
