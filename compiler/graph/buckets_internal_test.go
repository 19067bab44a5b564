package graph

import (
	"math/rand/v2"
	"testing"
)

// A map finds the same, if it is cleared whenever buckets forget.
func TestBucketsAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var b buckets
	keys := []int{0} // by thing
	known := make(map[int]int)
	for range 200_000 {
		if r.IntN(1000) == 0 {
			b.forget(len(keys) - 1)
			clear(known)
		}
		key := r.IntN(1 + r.IntN(3000))
		want, ok := known[key]
		if !ok {
			want = len(keys)
			known[key] = want
			keys = append(keys, key)
		}
		// Few hashes, so that many things have one.
		got := b.find(uint64(key%500), want, func(thing int) bool { return keys[thing] == key })
		if got != want {
			t.Fatalf("found %d, want %d", got, want)
		}
	}
	if len(b.slots) > 1<<13 {
		t.Errorf("%d slots for what is live of 3000 things", len(b.slots))
	}
}
