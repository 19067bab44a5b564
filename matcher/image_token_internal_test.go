package matcher

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// hashByTheBook computes the token hash as FORMAT.md says, with numbers of any
// size.
func hashByTheBook(token string, seed, reach uint64) uint64 {
	two64 := new(big.Int).Lsh(big.NewInt(1), 64)
	fold := func(a, b uint64) uint64 {
		product := new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
		high, low := new(big.Int).DivMod(product, two64, new(big.Int))
		return high.Uint64() ^ low.Uint64()
	}
	number := func(b string) (n uint64) {
		for i := len(b) - 1; i >= 0; i-- {
			n = n<<8 | uint64(b[i])
		}
		return n
	}
	n := len(token)
	first := number(token[:min(n, 8)])
	rest := token[min(n, 8):]
	var last uint64
	if n <= 15 {
		last = number(rest + strings.Repeat("\x00", 7-len(rest)) + string([]byte{byte(n)}))
	} else {
		last = number(string([]byte{byte(n)}) + token[n-7:])
	}
	s := seed * 0xd1342543de82ef95
	h := fold(first^(0x9e3779b97f4a7c15+s), last^(0x243f6a8885a308d3+s))
	if n > 15 {
		for i := 0; i < int(reach) && 16+8*i <= n; i++ {
			h = fold(h^number(token[8+8*i:16+8*i]), 0xb7e151628aed2a6b)
		}
	}
	return h
}

func TestHash(t *testing.T) {
	text := "\xffThe quick brown fox jumps over the lazy dog, \xff\x00 and then some more"
	for n := range len(text) + 1 {
		for _, h := range []hashing{newHashing(0, 0), newHashing(1, 0), newHashing(0, 1), newHashing(3, 2), newHashing(0, 100)} {
			if got, want := hashOf(h, text[:n]), hashByTheBook(text[:n], uint64(h.seed), uint64(h.reach)); got != want {
				t.Errorf("%+v of %q: %#x, want %#x", h, text[:n], got, want)
			}
		}
	}
}

// TestChosenHashingTellsTokensApart: tokens that differ only in the middle, and
// tokens that were made to collide under seed 0.
func TestChosenHashingTellsTokensApart(t *testing.T) {
	var middle, made []string
	for i := range 200 {
		middle = append(middle, fmt.Sprintf("--config=/etc/%s-%04d-%s.yaml", strings.Repeat("x", 30), i, strings.Repeat("y", 20)))
		// The product is 0 whatever the second half says.
		factor := uint64(hashFirst)
		var token string
		for range 8 {
			token += string([]byte{byte(factor)})
			factor >>= 8
		}
		made = append(made, token+fmt.Sprint(1000000 + i)[:7])
	}
	if h := newHashing(0, 0); hashOf(h, made[0]) != 0 || hashOf(h, made[1]) != 0 {
		t.Fatal("the tokens do not collide")
	}
	for _, tokens := range [][]string{middle, made} {
		h, ok := chooseHashing(tokens, 0)
		if !ok || h.collides(tokens, make(map[uint64]struct{})) {
			t.Errorf("%+v does not tell tokens like %q apart", h, tokens[0])
		}
	}
	if h, ok := chooseHashing([]string{"git", "a-token-of-more-than-16-bytes"}, 0); !ok || h != newHashing(0, 0) {
		t.Errorf("%+v for tokens that need nothing", h)
	}
}

// TestLongLength: a length of 2^28 bytes and more is that of no record, whose text
// would be read so far.
func TestLongLength(t *testing.T) {
	for _, n := range []int{1 << 28, 1<<28 + 20, 1<<31 - 1} {
		if word := longLength(n); word < 1<<(64-tokenLenBit) {
			t.Errorf("a length of %d is like %#x in a record", n, word)
		}
	}
	if word := longLength(20)<<tokenLenBit | 7; word>>keyLength != tokenLong {
		t.Errorf("%#x is no second word of a long token", word)
	}
}

func hashOf(h hashing, token string) uint64 { return h.key(token).hash }

// TestKeySaysAllOfAShortToken: equal keys are equal tokens up to maxInline bytes,
// zeros among them included.
func TestKeySaysAllOfAShortToken(t *testing.T) {
	h := newHashing(0, 0)
	known := make(map[[2]uint64]string)
	var grow func(string)
	grow = func(s string) {
		k := h.key(s)
		if other, ok := known[[2]uint64{k.first, k.last}]; ok && other != s {
			t.Fatalf("%q and %q have one key", s, other)
		}
		known[[2]uint64{k.first, k.last}] = s
		if len(s) < maxInline {
			grow(s + "\x00")
			grow(s + "a")
		}
	}
	grow("")
	if len(known) != 1<<(maxInline+1)-1 {
		t.Errorf("%d keys", len(known))
	}
}
