// Package caseless compares tokens as a rule with canonical_matching does: under Unicode canonical caseless matching.
//
// [Equal] compares, [Hash] puts equal tokens into the same bucket, [Fold] writes the text that both stand for. Equal and
// Hash allocate nothing, whatever they are given, and nothing here is computed at start. All functions are safe for
// concurrent use.
//
// # The relation
//
// Two tokens are equal when their keys are, and key(x) = NFD(casefold(NFD(x))) (definition D145 of the Unicode Standard,
// full folding: statuses C and F of CaseFolding.txt). So git equals GIT, ß equals SS, é equals e with U+0301, and the
// Kelvin sign equals k; but nothing is mapped for compatibility (fullwidth A differs from A), for a language (Turkish i),
// or away (joiners, soft hyphens). As in the reference, whose folding and normalising libraries differ in age, the folding
// is that of Unicode 16.0.0 and the normalisation that of Unicode 17.0.0.
//
// A token may be any bytes. A byte that is not part of valid UTF-8 (surrogates and overlong forms are not valid) stands
// for itself: it is equal to the same byte only, it does not fold, and marks do not move over it.
//
// # The hash
//
// Hashes may be stored: they are the same on every machine and in every version that has the same tables. Take the key's
// bytes (UTF-8, invalid bytes as they are), cut into words of 8 bytes, little-endian, the last one padded with zero bytes
// and left out if it holds none. With all arithmetic modulo 2^64:
//
//	h = seed
//	for each word w:  h = (h xor w) * 0x9e3779b97f4a7c15; h = h xor (h >> 32)
//	h = h xor the number of bytes in the key
//	h = (h xor (h >> 33)) * 0xff51afd7ed558ccd
//	h = (h xor (h >> 33)) * 0xc4ceb9fe1a85ec53
//	h = h xor (h >> 33)
//
// For instance Hash("Git", 0) = 0x063ea396974e3fa8 and Hash("", 0) = 0. Different keys may have the same hash, and somebody
// who wants to can find such keys for any seed: whoever looks a token up must still compare.
//
// # Cost
//
// Time is linear in the input. ASCII in front of other text is read without the tables. The worst input is one
// long run of combining marks in disorder: such a run is read once, and then once more for each combining class that it
// holds. There are 55 classes, so a megabyte costs at most 56 megabytes of decoding, and no memory.
package caseless

// Equal reports whether a and b are canonical caseless equals.
func Equal(a, b string) bool {
	if a == b {
		return true
	}
	// Equal ASCII in front can be left out of both: letters are never reordered, so the key of the rest is the rest of
	// the key. Different ASCII at the same place of the keys decides.
	for len(a) >= 8 && len(b) >= 8 {
		wa, wb := firstWord(a), firstWord(b)
		if (wa|wb)&highBits != 0 {
			break
		}
		if lowerWord(wa) != lowerWord(wb) {
			return false
		}
		a, b = a[8:], b[8:]
	}
	for len(a) > 0 && len(b) > 0 && a[0]|b[0] < 0x80 {
		if lower(a[0]) != lower(b[0]) {
			return false
		}
		a, b = a[1:], b[1:]
	}
	if a == b {
		return true
	}
	ra, rb := keyReader{raw: decoder{text: a}}, keyReader{raw: decoder{text: b}}
	for {
		ca, cb := ra.next(), rb.next()
		if ca != cb {
			return false
		}
		if ca == end {
			return true
		}
	}
}

// Fold returns the key of s: Equal(a, b) holds exactly if Fold(a) == Fold(b). The key has at most three times the bytes of s.
// It is s itself, not a copy, if s is lower-case ASCII.
func Fold(s string) string {
	n := 0
	for n < len(s) && s[n] < 0x80 && s[n] == lower(s[n]) {
		n++
	}
	if n == len(s) {
		return s
	}
	key := make([]byte, n, len(s)+16)
	copy(key, s)
	r := keyReader{raw: decoder{text: s[n:]}}
	for c := r.next(); c != end; c = r.next() {
		key = appendSymbol(key, c)
	}
	return string(key)
}

// Hash returns a hash of the key of s: equal tokens have equal hashes. The package comment defines its value.
func Hash(s string, seed uint64) uint64 {
	h := hasher{state: seed}
	for len(s) >= 8 {
		w := firstWord(s)
		if w&highBits != 0 {
			break
		}
		h.word(lowerWord(w))
		h.length += 8
		s = s[8:]
	}
	for len(s) > 0 && s[0] < 0x80 {
		h.byte(lower(s[0]))
		s = s[1:]
	}
	if s == "" {
		return h.sum()
	}
	r := keyReader{raw: decoder{text: s}}
	for c := r.next(); c != end; c = r.next() {
		h.symbol(c)
	}
	return h.sum()
}

type hasher struct {
	state   uint64
	length  uint64 // bytes hashed, those in partial included
	partial uint64 // the length%8 bytes that do not make a word yet
}

func (h *hasher) word(w uint64) {
	h.state = (h.state ^ w) * 0x9e3779b97f4a7c15
	h.state ^= h.state >> 32
}

func (h *hasher) symbol(c symbol) {
	if c < 0x80 {
		h.byte(byte(c))
		return
	}
	var utf8 [4]byte
	for _, b := range appendSymbol(utf8[:0], c) {
		h.byte(b)
	}
}

func (h *hasher) byte(b byte) {
	h.partial = h.partial>>8 | uint64(b)<<56
	h.length++
	if h.length%8 == 0 {
		h.word(h.partial)
		h.partial = 0
	}
}

func (h *hasher) sum() uint64 {
	if n := h.length % 8; n != 0 {
		h.word(h.partial >> (64 - 8*n))
	}
	x := h.state ^ h.length
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x80 * lowBits
)

// firstWord returns the first 8 bytes of s, the first one lowest.
func firstWord(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// lowerWord is lower for 8 ASCII bytes at once.
func lowerWord(w uint64) uint64 {
	notBelowA := w + (0x80-'A')*lowBits     // high bit: byte >= 'A'
	aboveZ := w + (0x80-'Z'-1)*lowBits      // high bit: byte > 'Z'
	upper := notBelowA &^ aboveZ & highBits // no byte carries into the next, as both sums are below 0x100
	return w | upper>>2
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}
