package matcher

import (
	"encoding/binary"
	"math/bits"

	"github.com/rulesc/rulesc/internal/caseless"
)

// A key is what tokens are told apart by: three words that say all of a token
// of up to maxInline bytes, given its length, and its hash.
//
//	length    first                         mid           last
//	0         0                             0             0
//	1-3       b[0] | b[n/2]<<8 | b[n-1]<<16 0             0
//	4-7       b[0:4] | b[n-4:n]<<32         0             0
//	8-16      b[0:8]                        0             b[n-8:n]
//	17-       b[0:8]                        b[8:16]       b[n-8:n]
type key struct {
	first, mid, last uint64
	hash             uint64
	text             string
}

// maxInline is the length up to which a token record needs no text.
const maxInline = 24

// A hashing is the parameters of the token hash. They are part of the image
// because the tokens that must be told apart are known when it is made: reach
// is raised until those that differ only in their middle are, and seed is
// there for sets of tokens that were chosen to collide.
type hashing struct {
	seed  uint32
	reach uint32 // how many words from b[8] on are hashed of tokens longer than 16
}

// Odd constants without a pattern: digits of the golden ratio, pi and e.
const (
	hashFirst  = 0x9e3779b97f4a7c15
	hashLast   = 0x243f6a8885a308d3
	hashLength = 0xb7e151628aed2a6b
	hashSeed   = 0xd1342543de82ef95
)

// key returns the key of a token.
func (h hashing) key(s string) key {
	k := key{text: s}
	n := len(s)
	switch {
	case n >= 8:
		k.first, k.last = word64(s, 0), word64(s, n-8)
		if n > 16 {
			k.mid = word64(s, 8)
		}
	case n >= 4:
		k.first = word32(s, 0) | word32(s, n-4)<<32
	case n > 0:
		k.first = uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	}
	seed := uint64(h.seed) * hashSeed
	k.hash = fold64(k.first^(hashFirst+seed), k.last^(hashLast+seed+uint64(n)*hashLength))
	if n > 16 {
		for i, words := 8, h.reach; i < n-8 && words > 0; i, words = i+8, words-1 {
			k.hash = fold64(k.hash^word64(s, i), hashLength)
		}
	}
	return k
}

// fold64 multiplies and takes both halves of the product together.
func fold64(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func word64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func word32(s string, i int) uint64 {
	s = s[i : i+4]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// Choosing a hashing: at most maxAlike tokens may have one hash. Each word of
// reach costs every command's long tokens a multiplication, so it is the last
// resort behind a few seeds, and doubled only when the seeds do not help.
const (
	maxAlike = 4
	maxReach = 1 << 20
	numSeeds = 4
)

func chooseHashing(tokens []string) hashing {
	var h hashing
	longest := 0
	for _, t := range tokens {
		longest = max(longest, len(t))
	}
	seen := make(map[uint64]uint8, len(tokens))
	for h.reach = 0; ; h.reach = max(1, 2*h.reach) {
		for h.seed = range uint32(numSeeds) {
			if !h.collides(tokens, seen) {
				return h
			}
		}
		if 8*int(h.reach) >= longest || h.reach >= maxReach {
			h.seed = 0
			return h // tokens made to collide under every seed: slow, but right
		}
	}
}

// collides reports whether more tokens than maxAlike have one hash. seen is
// scratch space.
func (h hashing) collides(tokens []string, seen map[uint64]uint8) bool {
	clear(seen)
	for _, t := range tokens {
		x := h.key(t).hash
		if seen[x]++; seen[x] > maxAlike {
			return true
		}
	}
	return false
}

// Token records. Those of exact rules hold the key, so that most tokens are
// compared without their text; those of canonical rules are text alone.

func (e *encoder) tokens() {
	e.hash = chooseHashing(e.draft.Tokens)
	e.put64(areaTokens, 0, 0, 0, 0)
	for _, t := range e.draft.Tokens {
		k := e.hash.key(t)
		e.tokenHash = append(e.tokenHash, k.hash)
		var text uint32
		if len(t) > maxInline {
			text = e.putText(areaText, t)
		}
		e.put64(areaTokens, k.first, k.last, k.mid)
		e.put32(areaTokens, uint32(len(t)), text)
	}
}

func (e *encoder) folds() {
	e.put64(areaFolds, 0)
	for _, t := range e.draft.Folds {
		e.foldHash = append(e.foldHash, caseless.Hash(t, uint64(e.hash.seed)))
		e.put32(areaFolds, e.putText(areaFoldText, t), uint32(len(t)))
	}
}

func (v *validator) tokens() error {
	m := v.m
	n := m.count(areaTokens)
	if n == 0 || n >= maxNumber {
		return v.bad(imgAreas+8*int(areaTokens)+4, "%d tokens, expected 1 to %d", n, maxNumber-1)
	}
	for i := range n {
		r := m.record(areaTokens, i)
		length, text := le32(r, tokenLen), le32(r, tokenText)
		if length > maxInline && !within(text, length, len(m.areas[areaText])) {
			return v.badRecord(areaTokens, i, "token %d: its text is not within the text", i)
		}
	}
	return nil
}

func (v *validator) folds() error {
	m := v.m
	n := m.count(areaFolds)
	if n == 0 || n >= maxNumber {
		return v.bad(imgAreas+8*int(areaFolds)+4, "%d folded tokens, expected 1 to %d", n, maxNumber-1)
	}
	for i := range n {
		r := m.record(areaFolds, i)
		if !within(le32(r, foldText), le32(r, foldLen), len(m.areas[areaFoldText])) {
			return v.badRecord(areaFolds, i, "token %d: its text is not within the folded text", i)
		}
	}
	return nil
}

// is reports whether token number i is the one with key k.
func (m *Image) is(i uint32, k *key) bool {
	r := m.record(areaTokens, i)
	if le32(r, tokenLen) != uint32(len(k.text)) || le64(r, tokenFirst) != k.first ||
		le64(r, tokenLast) != k.last || le64(r, tokenMid) != k.mid {
		return false
	}
	return len(k.text) <= maxInline || string(m.tokenText(r)) == k.text
}

// tokenText returns the text of a token longer than maxInline.
func (m *Image) tokenText(record []byte) []byte {
	text := le32(record, tokenText)
	return m.areas[areaText][text : text+le32(record, tokenLen)]
}

// token returns the text of token number i, for those who print it.
func (m *Image) token(i uint32) string {
	r := m.record(areaTokens, i)
	n := int(le32(r, tokenLen))
	if n > maxInline {
		return string(m.tokenText(r))
	}
	text := make([]byte, n)
	first := binary.LittleEndian.AppendUint64(nil, le64(r, tokenFirst))
	last := binary.LittleEndian.AppendUint64(nil, le64(r, tokenLast))
	mid := binary.LittleEndian.AppendUint64(nil, le64(r, tokenMid))
	switch {
	case n >= 8:
		copy(text, first)
		if n > 16 {
			copy(text[8:], mid)
		}
		copy(text[n-8:], last)
	case n >= 4:
		copy(text, first[:4])
		copy(text[n-4:], first[4:])
	case n > 0:
		text[n-1], text[n/2], text[0] = first[2], first[1], first[0]
	}
	return string(text)
}

// fold returns the text of folded token number i.
func (m *Image) fold(i uint32) string {
	r := m.record(areaFolds, i)
	text := le32(r, foldText)
	return m.foldText[text : text+le32(r, foldLen)]
}
