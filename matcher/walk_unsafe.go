//go:build !(purego || race || msan || asan) && (amd64 || arm64)

package matcher

import (
	"math/bits"
	"unsafe"
)

// Why no load here leaves what may be read. The image's bytes have been checked by
// OpenImage, and do not change.
//
//   - Slots and turns. slot begins as the root, which isIndex has found to be a
//     node, and then is one that was read here and has no stop: no leaf, since
//     leads wants that of leaves. hasSlots holds that a node's unit and the
//     2^class behind it are in the area. Both hash>>size and hash<<turn>>size are
//     below 2^class, as size is 64-class. validator.turns holds that there is a
//     turn for each four units.
//   - Answers. A ref with an answer is a leaf that is one, or has a unit before its
//     own (leads, holds).
//   - Token records. nodeCheck.graph holds that each slot's token number is below
//     their count, and so does tailsIn for tails; 0 is the number of a record, too.
//   - Texts. validator.tokens holds that a long token's text of n bytes is in the
//     text, and it is read up to n, when n is also the command's token's length.
//   - Tails. A ref to a tail is one to a head (leads, hasHead). Behind it are words
//     up to the next head, of which the last word of the area is one; a set's
//     members are not heads, and end before the area does (tailsIn).
//   - A command's token of n bytes at p: its first word is b[0:8] and its last one
//     b[n-8:n]. If n is less than 8 both are the word at p, which reaches beyond
//     the token; but not beyond the 4096 bytes that p is in, or else the walk is
//     left for the one that needs no proof. Memory is mapped by pages of at least
//     as many bytes, so the rest of the word can be read as well as its first
//     byte, of which there is one, as n is not 0. What it is does not matter: it
//     is masked. (Package internal/bytealg of the Go runtime does the same.)
//
// The processors named above are little endian and load words at any address.

const pageSize = 4096

func load64(p unsafe.Pointer, at int) uint64 { return *(*uint64)(unsafe.Add(p, at)) }
func load32(p unsafe.Pointer, at int) uint32 { return *(*uint32)(unsafe.Add(p, at)) }

// unreadable reports whether the word at the beginning of a token of n bytes
// may reach into memory that cannot be read.
func unreadable(p unsafe.Pointer, n int) bool {
	return n == 0 || uintptr(p)%pageSize > pageSize-8
}

// words returns the first and the last word of a token's key, without a branch
// on its length: those of commands have no order that could be foretold.
func words(p unsafe.Pointer, n int) (first, last uint64) {
	d := n - 8
	missing := d & (d >> 63) // minus the bytes that a short token lacks
	shift := uint(-8*missing) & 63
	return load64(p, 0) << shift, load64(p, d-missing)<<shift&^0xff | uint64(n)&0xff
}

// sameText reports whether the text of a long token, given the second word of its
// record, is that of the n bytes at p, of which the first word is known to be.
func sameText(texts, p unsafe.Pointer, n int, word uint64) bool {
	if word&(1<<tokenText-1) != uint64(n)<<tokenLenBit|tokenLong {
		return false
	}
	text := unsafe.Add(texts, word>>tokenText)
	for i := 8; i < n-8; i += 8 {
		if load64(p, i) != load64(text, i) {
			return false
		}
	}
	return load64(p, n-8) == load64(text, n-8)
}

// Decide says what the rules say of a command, argv being its tokens. at turns
// host resolution on: a command that no rule matches is tried again by the name
// of the program that its first token is a path of. An empty argv matches
// nothing.
//
// Decide does not allocate, lock or panic, whatever argv and the image hold.
func (m *Image) Decide(argv []string, at *Place) (v Verdict) {
	if !m.plain {
		return m.decide(argv, at)
	}
	slot := uint64(m.root) << slotRef
	depth := 0
	answered := uint64(0) // the last slot with an answer, and how many tokens led to it
	tokens := 0
	for depth < len(argv) {
		p, n := unsafe.Pointer(unsafe.StringData(argv[depth])), len(argv[depth])
		if unreadable(p, n) {
			return m.decide(argv, at)
		}
		first, last := words(p, n)
		high, low := bits.Mul64(first^m.hash.a, last^m.hash.b)
		hash := high ^ low

		unit, size := slot>>(slotRef+valueBit), slot>>slotRef&sizeMask
		turn := *(*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(m.areas[areaTurns])), (unit+hash>>size)/turnSlots))
		next := *(*uint64)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(m.areas[areaNodes])), (unit+hash<<(turn&63)>>size)*8))
		if uint8(next) != uint8(hash) {
			break
		}
		record := unsafe.Add(unsafe.Pointer(unsafe.SliceData(m.areas[areaTokens])), next>>slotToken%(2*maxNumber)*tokenSize)
		if load64(record, tokenFirst) != first {
			break
		}
		if word := load64(record, tokenLast); n <= maxInline {
			if word != last {
				break
			}
		} else {
			if word&(1<<tokenText-1) != uint64(n)<<tokenLenBit|tokenLong {
				break
			}
			text := unsafe.Add(unsafe.Pointer(unsafe.SliceData(m.areas[areaText])), word>>tokenText)
			i := 8
			for i < n-8 && load64(p, i) == load64(text, i) {
				i += 8
			}
			if i < n-8 || load64(p, n-8) != load64(text, n-8) {
				break
			}
		}
		depth++
		slot = next
		if next&uint64(refAnswer<<slotRef) != 0 {
			answered, tokens = next, depth
		}
		if next&uint64(refStop<<slotRef) != 0 {
			break
		}
	}
	if to := ref(slot >> slotRef); to&(refNode|kindMask) >= kindTail && to.isLeaf() {
		switch to.kind() {
		case kindTail:
			if n := m.fastTail(to.value(), argv, depth); n > 0 {
				head := le32(m.areas[areaTails], int(4*to.value()))
				v.Decision, v.Rule, v.Tokens = Decision(head>>headDecision&7), int32(head&(maxRules-1)), int32(n)
				return v
			}
		case kindGroup:
			return m.decide(argv, at)
		}
	}
	if answered != 0 {
		to := ref(answered >> slotRef)
		if !to.inPlace() {
			to = ref(load64(unsafe.Pointer(unsafe.SliceData(m.areas[areaNodes])), int(to.unit())*8-8) >> slotRef)
		}
		v.Decision, v.Rule, v.Tokens = Decision(to.kind()), int32(to.value()), int32(tokens)
		return v
	}
	v.Rule = -1
	if at != nil && at.on && len(argv) > 0 {
		return m.decideByName(argv, at)
	}
	return v
}

// fastTail is Image.tail, returning how many tokens the tail and the depth
// tokens before it cover, and 0 if it does not match.
func (m *Image) fastTail(index uint32, argv []string, depth int) int {
	tail := unsafe.Add(unsafe.Pointer(unsafe.SliceData(m.areas[areaTails])), 4*uintptr(index))
	tokens := unsafe.Pointer(unsafe.SliceData(m.areas[areaTokens]))
	texts := unsafe.Pointer(unsafe.SliceData(m.areas[areaText]))
	for at := depth; ; at++ {
		tail = unsafe.Add(tail, 4)
		word := load32(tail, 0)
		if word&wordHead != 0 {
			return at
		}
		if at >= len(argv) {
			return 0
		}
		p, n := unsafe.Pointer(unsafe.StringData(argv[at])), len(argv[at])
		if unreadable(p, n) {
			if _, rest, ok := m.tail(index, argv[depth:]); ok {
				return depth + rest
			}
			return 0
		}
		first, last := words(p, n)
		if word&wordSet == 0 {
			record := unsafe.Add(tokens, uintptr(word)*tokenSize)
			if !same(record, texts, p, n, first, last) {
				return 0
			}
			continue
		}
		members := tail
		tail = unsafe.Add(tail, 4*uintptr(word&^wordSet))
		high, low := bits.Mul64(first^m.hash.a, last^m.hash.b)
		tag := uint32((high ^ low) & memberTags)
		for {
			if members == tail {
				return 0
			}
			members = unsafe.Add(members, 4)
			member := load32(members, 0)
			if member>>memberTag == tag && same(unsafe.Add(tokens, uintptr(member%maxNumber)*tokenSize), texts, p, n, first, last) {
				break
			}
		}
	}
}

// same reports whether a token's record is that of the n bytes at p, whose key
// has the given words.
func same(record, texts, p unsafe.Pointer, n int, first, last uint64) bool {
	if load64(record, tokenFirst) != first {
		return false
	}
	word := load64(record, tokenLast)
	if n <= maxInline {
		return word == last
	}
	return sameText(texts, p, n, word)
}
