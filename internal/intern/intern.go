// Package intern numbers strings.
//
// Compiling a policy looks up each token of each rule, and large policies
// spend most of that time waiting for memory. A [Table] finds a string of up to
// 16 bytes, as nearly all tokens are, with one access to its memory, where a
// map of the standard library takes three: the slot holds the string itself.
package intern

import (
	"math/bits"
	"math/rand/v2"
	"slices"
)

// A Table numbers strings from 0 in the order in which they first come. The zero
// value is empty. It keeps the strings that it is given, and it is not safe for
// concurrent use.
type Table struct {
	list  []string
	slots []slot    // a power of two of them, at most two thirds in use
	keys  [2]uint64 // of the hash, which nobody can foresee
}

// A slot holds a string's ends, length and number. Strings of up to 16 bytes are
// the same if their ends and lengths are.
type slot struct {
	ends
	length uint32
	number uint32 // plus one; 0 in an empty slot
}

const short = 16

// ends are the first and the last eight bytes of a string, which overlap if it
// is shorter than 16 bytes; all of it and 0 if it is shorter than eight.
type ends struct{ first, last uint64 }

// Number returns the number of s, a new one if s has not come before. There
// may be 1<<32 - 2 strings, none of them longer than 1<<32 - 1 bytes.
func (t *Table) Number(s string) uint32 {
	if 3*(len(t.list)+1) > 2*len(t.slots) {
		t.grow()
	}
	e := endsOf(s)
	mask := uint64(len(t.slots) - 1)
	for i := t.hash(s, e) & mask; ; i = (i + 1) & mask {
		found := &t.slots[i]
		if found.number == 0 {
			t.list = append(t.list, s)
			*found = slot{e, uint32(len(s)), uint32(len(t.list))}
			return uint32(len(t.list) - 1)
		}
		if found.ends == e && found.length == uint32(len(s)) && (len(s) <= short || t.list[found.number-1] == s) {
			return found.number - 1
		}
	}
}

// Len returns how many strings there are.
func (t *Table) Len() int { return len(t.list) }

// Strings returns all strings in order. The result is the table's own, and to
// be read only.
func (t *Table) Strings() []string { return t.list }

func (t *Table) grow() {
	if t.slots == nil {
		t.keys = [2]uint64{rand.Uint64(), rand.Uint64()}
	}
	old := t.slots
	t.slots = make([]slot, max(16, 2*len(old)))
	mask := uint64(len(t.slots) - 1)
	for _, moved := range old {
		if moved.number == 0 {
			continue
		}
		i := t.hash(t.list[moved.number-1], moved.ends) & mask
		for t.slots[i].number != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = moved
	}
	t.list = slices.Grow(t.list, len(t.slots)*2/3-len(t.list))
}

// hash takes 16 bytes at a time, and in the end the ends, which are the last 16.
func (t *Table) hash(s string, e ends) uint64 {
	h := t.keys[0]
	for rest := s; len(rest) > short; rest = rest[short:] {
		h = t.keys[0] ^ mix(eight(rest)^h, eight(rest[8:])^t.keys[1])
	}
	return mix(e.first^h, e.last^t.keys[1]^uint64(len(s)))
}

func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

func endsOf(s string) ends {
	if n := len(s); n >= 8 {
		return ends{eight(s), eight(s[n-8:])}
	}
	var e ends
	for i := range len(s) {
		e.first |= uint64(s[i]) << (8 * i)
	}
	return e
}

func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
