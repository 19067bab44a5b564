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
	var first, last uint64
	switch {
	case n >= 8:
		first, last = number(token[:8]), number(token[n-8:])
	case n >= 4:
		first = number(token[:4] + token[n-4:])
	case n > 0:
		first = number(string([]byte{token[0], token[n/2], token[n-1]}))
	}
	s := seed * 0xd1342543de82ef95
	h := fold(first^(0x9e3779b97f4a7c15+s), last^(0x243f6a8885a308d3+s+uint64(n)*0xb7e151628aed2a6b))
	if n > 16 {
		for i := 0; i < int(reach) && 8+8*i < n-8; i++ {
			h = fold(h^number(token[8+8*i:16+8*i]), 0xb7e151628aed2a6b)
		}
	}
	return h
}

func TestHash(t *testing.T) {
	text := "The quick brown fox jumps over the lazy dog, \xff\x00 and then some more"
	for n := range len(text) + 1 {
		for _, h := range []hashing{{}, {seed: 1}, {reach: 1}, {seed: 3, reach: 2}, {reach: 100}} {
			if got, want := h.key(text[:n]).hash, hashByTheBook(text[:n], uint64(h.seed), uint64(h.reach)); got != want {
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
		// The product is 0 whatever the first half says.
		length, factor := uint64(16), uint64(hashLast)
		factor += length * hashLength
		token := fmt.Sprintf("%08d", i)
		for range 8 {
			token += string([]byte{byte(factor)})
			factor >>= 8
		}
		made = append(made, token)
	}
	if (hashing{}).key(made[0]).hash != 0 || (hashing{}).key(made[1]).hash != 0 {
		t.Fatal("the tokens do not collide")
	}
	for _, tokens := range [][]string{middle, made} {
		h := chooseHashing(tokens)
		if h.collides(tokens, make(map[uint64]uint8)) {
			t.Errorf("%+v does not tell tokens like %q apart", h, tokens[0])
		}
	}
	if h := chooseHashing([]string{"git", "a-token-of-more-than-16-bytes"}); h != (hashing{}) {
		t.Errorf("%+v for tokens that need nothing", h)
	}
}
