package matcher

import (
	"math/bits"

	"github.com/rulesc/rulesc/internal/caseless"
)

// A key is what tokens are told apart by, two little endian words. For a token b of
// n bytes they are
//
//	        n <= 15                        n > 15
//	first   b[0:8]                         b[0:8]
//	last    b[8:n], but byte 7 is n        b[n-8:n], but byte 0 is n modulo 256
//
// with zeros for bytes that b does not have. Up to maxInline bytes this says all of
// the token.
type key struct {
	first, last, hash uint64
	text              string
}

// maxInline is the length up to which a token is its key.
const maxInline = 15

// keyLength is where the length is in the last word of a short token's key.
const keyLength = 56

// keyMasks are what belongs to a token of n bytes, in row n, of the two words that begin
// where it does.
var keyMasks = [maxInline + 1]struct{ first, last uint64 }{
	{1<<0 - 1, 0},
	{1<<8 - 1, 0},
	{1<<16 - 1, 0},
	{1<<24 - 1, 0},
	{1<<32 - 1, 0},
	{1<<40 - 1, 0},
	{1<<48 - 1, 0},
	{1<<56 - 1, 0},
	{1<<64 - 1, 0},
	{1<<64 - 1, 1<<8 - 1},
	{1<<64 - 1, 1<<16 - 1},
	{1<<64 - 1, 1<<24 - 1},
	{1<<64 - 1, 1<<32 - 1},
	{1<<64 - 1, 1<<40 - 1},
	{1<<64 - 1, 1<<48 - 1},
	{1<<64 - 1, 1<<56 - 1},
}

// A hashing is the parameters of the token hash. They are part of the image
// because the tokens that must be told apart are known when it is made: reach
// is raised until those that differ only in their middle are, and seed is
// there for sets of tokens that were chosen to collide.
type hashing struct {
	a, b  uint64 // follow from seed
	seed  uint32
	reach uint32 // how many words from b[8] on are hashed of long tokens
}

// Odd constants without a pattern: digits of the golden ratio, pi and e.
const (
	hashFirst = 0x9e3779b97f4a7c15
	hashLast  = 0x243f6a8885a308d3
	hashWord  = 0xb7e151628aed2a6b
	hashSeed  = 0xd1342543de82ef95
)

func newHashing(seed, reach uint32) hashing {
	s := uint64(seed) * hashSeed
	return hashing{a: hashFirst + s, b: hashLast + s, seed: seed, reach: reach}
}

// key returns the key of a token.
func (h *hashing) key(s string) key {
	first, last := wordsOf(s)
	hash := h.of(first, last)
	if h.reach > 0 {
		hash = h.middle(hash, s)
	}
	return key{first, last, hash, s}
}

// of returns the hash of a short token whose key has the given words.
func (h *hashing) of(first, last uint64) uint64 { return fold64(first^h.a, last^h.b) }

// ofLong returns the hash of a long token.
func (h *hashing) ofLong(text []byte) uint64 {
	n := len(text)
	hash := h.of(le64(text, 0), le64(text, n-8)&^0xff|uint64(n)&0xff)
	if h.reach > 0 {
		hash = h.middle(hash, string(text))
	}
	return hash
}

// wordsOf returns the words of a token's key.
func wordsOf(s string) (first, last uint64) {
	n := len(s)
	switch {
	case n > maxInline:
		return word64(s, 0), word64(s, n-8)&^0xff | uint64(n)&0xff
	case n > 8:
		return word64(s, 0), word64(s, n-8)>>(8*uint(16-n)&63) | uint64(n)<<keyLength
	case n >= 4:
		first = word32(s, 0) | word32(s, n-4)<<(8*uint(n-4)&63)
	case n > 0:
		first = uint64(s[0]) | uint64(s[n/2])<<(8*uint(n/2)&63) | uint64(s[n-1])<<(8*uint(n-1)&63)
	}
	return first, uint64(n) << keyLength
}

// middle adds to the hash of a token what reach wants of its middle, which short ones
// do not have.
func (h *hashing) middle(hash uint64, s string) uint64 {
	for i, words := 8, h.reach; i+8 <= len(s) && words > 0; i, words = i+8, words-1 {
		hash = fold64(hash^word64(s, i), hashWord)
	}
	return hash
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

// Choosing a hashing: no two tokens may have one hash, since an edge's place in
// its node follows from it. Each word of reach costs every command's long
// tokens a multiplication, so it is the last resort behind a few seeds, and
// doubled only when the seeds do not help.
const (
	maxReach = 1 << 25 // words of the longest token that fits an image
	numSeeds = 4
)

// chooseHashing returns a hashing for the tokens, with one of the seeds from the given
// one on; ok is false if they were made to collide under everything that is tried.
func chooseHashing(tokens []string, seeds uint32) (h hashing, ok bool) {
	longest := 0
	for _, t := range tokens {
		longest = max(longest, len(t))
	}
	seen := make(map[uint64]struct{}, len(tokens))
	for reach := 0; ; reach = max(1, 2*reach) {
		for seed := range uint32(numSeeds) {
			h = newHashing(seeds+seed, uint32(reach))
			if !h.collides(tokens, seen) {
				return h, true
			}
		}
		if 8*reach >= longest || reach >= maxReach {
			return h, false
		}
	}
}

// collides reports whether any two tokens have one hash. seen is scratch space.
func (h *hashing) collides(tokens []string, seen map[uint64]struct{}) bool {
	clear(seen)
	for _, t := range tokens {
		k := h.key(t)
		if _, ok := seen[k.hash]; ok {
			return true
		}
		seen[k.hash] = struct{}{}
	}
	return false
}

// A token's record is 16 bytes, so that one cache line has four. A short
// token's is its key; a long one's is the first word, and a word that no short
// token has:
//
//	63-56   tokenLong    55-28   its length    27-0   where its text is
const (
	tokenFirst = 0
	tokenLast  = 8
	tokenSize  = 16

	tokenLong   = 0xff
	tokenLenBit = 28
	tokenNone   = 0xfe // of record 0
)

// longLength returns the second word of a long token's record, but for where its
// text is, shifted by tokenLenBit. Of no length that a record cannot have is it like
// that of a record.
func longLength(n int) uint64 { return tokenLong<<(keyLength-tokenLenBit) + uint64(n) }

// long takes the second word of a long token's record apart.
func long(word uint64) (text, n uint32) {
	return uint32(word) % (1 << tokenLenBit), uint32(word>>tokenLenBit) % (1 << tokenLenBit)
}

func (e *encoder) tokens() error {
	var ok bool
	if e.hash, ok = chooseHashing(e.draft.Tokens, e.hash.seed); !ok {
		return &limitError{"tokens made to have one hash, and more", 2, 1}
	}
	e.put64(areaTokens, 0, tokenNone<<keyLength)
	for _, t := range e.draft.Tokens {
		k := e.hash.key(t)
		e.exact.hashes = append(e.exact.hashes, k.hash)
		if len(t) > maxInline {
			k.last = longLength(len(t))<<tokenLenBit | uint64(e.putText(areaText, t))
		}
		e.put64(areaTokens, k.first, k.last)
	}
	return nil
}

// Records of folded tokens are text alone.
const (
	foldText = 0
	foldLen  = 4
)

func (e *encoder) folds() {
	e.put64(areaFolds, 0)
	for _, t := range e.draft.Folds {
		e.folded.hashes = append(e.folded.hashes, caseless.Hash(t, uint64(e.hash.seed)))
		e.put32(areaFolds, e.putText(areaFoldText, t), uint32(len(t)))
	}
}

func (v *validator) tokens() error {
	tokens := v.m.areas[areaTokens]
	if n := len(tokens) / tokenSize; n == 0 || n > maxNumber || le64(tokens, 0) != 0 || le64(tokens, 8) != tokenNone<<keyLength {
		return v.bad(imgAreas+8*int(areaTokens)+4, "%d tokens, expected up to %d behind one that is none", n, maxNumber-1)
	}
	texts := uint64(len(v.m.areas[areaText]))
	for at := tokenLast; at < len(tokens); at += tokenSize {
		word := le64(tokens, at)
		if length := word >> keyLength; length == tokenLong {
			if text, n := long(word); n <= maxInline || uint64(text)+uint64(n) > texts {
				return v.badRecord(areaTokens, uint32(at/tokenSize), "its text is not within the text")
			}
		} else if length > maxInline && at != tokenLast {
			return v.badRecord(areaTokens, uint32(at/tokenSize), "%#x is no length of a short token", length)
		}
	}
	return nil
}

func (v *validator) folds() error {
	m := v.m
	n := m.count(areaFolds)
	if n == 0 || n > maxNumber {
		return v.bad(imgAreas+8*int(areaFolds)+4, "%d folded tokens, expected 1 to %d", n, maxNumber)
	}
	for i := range n {
		r := m.record(areaFolds, i)
		if !within(le32(r, foldText), le32(r, foldLen), len(m.areas[areaFoldText])) {
			return v.badRecord(areaFolds, i, "its text is not within the folded text")
		}
	}
	return nil
}

// has reports whether token number i is the given one, whose key has the given
// words. Those of a long token say nothing by themselves: they may be like the words of
// a short one.
func (m *Image) has(i uint32, first, last uint64, token string) bool {
	if len(token) > maxInline {
		return m.hasLong(i, token)
	}
	r := m.tokenRecord(i)
	return le64(r, tokenFirst) == first && le64(r, tokenLast) == last
}

// hasLong is has for a long token.
func (m *Image) hasLong(i uint32, token string) bool {
	r, n := m.tokenRecord(i), len(token)
	last := le64(r, tokenLast)
	if le64(r, tokenFirst) != word64(token, 0) || last>>tokenLenBit != longLength(n) {
		return false
	}
	at := int(last % (1 << tokenLenBit))
	text := m.areas[areaText][at : at+n : at+n]
	for i := 8; i < n-8; i += 8 {
		if word64(token, i) != le64(text, i) {
			return false
		}
	}
	return word64(token, n-8) == le64(text, n-8)
}

// tokenRecord returns the record of token number i, which is cut such that its words are
// read without further comparisons of bounds.
func (m *Image) tokenRecord(i uint32) []byte {
	records, at := m.areas[areaTokens], tokenSize*int(i)
	return records[at : at+tokenSize : at+tokenSize]
}

// tokenText returns the text of a long token, given the second word of its
// record.
func (m *Image) tokenText(word uint64) []byte {
	text, n := long(word)
	return m.areas[areaText][text : text+n]
}

// token returns the text of token number i, for those who print it.
func (m *Image) token(i uint32) string {
	r := m.record(areaTokens, i)
	n := r[tokenSize-1]
	if n > maxInline {
		return string(m.tokenText(le64(r, tokenLast)))
	}
	return string(r[:n])
}

// fold returns the text of folded token number i.
func (m *Image) fold(i uint32) string {
	r := m.record(areaFolds, i)
	text := le32(r, foldText)
	return m.foldText[text : text+le32(r, foldLen)]
}
