package topk_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rulesc/rulesc/internal/topk"
)

func none() struct{} { return struct{}{} }

func Example() {
	t := topk.New[struct{}](2)
	for _, key := range []string{"b", "a", "b", "c", "b"} {
		t.Add([]byte(key), none)
	}
	for _, e := range t.Sorted() {
		fmt.Println(e.Key, e.Count, e.Over)
	}
	fmt.Println(t.Total(), t.Exact())
	// Output:
	// b 3 0
	// c 2 1
	// 5 false
}

// TestBounds holds what the package promises against exact counts.
func TestBounds(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		capacity, keys := 1+r.IntN(40), 1+r.IntN(80)
		table := topk.New[string](capacity)
		exact := make(map[string]int64)
		total := int64(0)
		for range r.IntN(3000) {
			key := fmt.Sprint(min(r.IntN(keys), r.IntN(keys), r.IntN(keys)))
			exact[key]++
			total++
			table.Add([]byte(key), func() string { return "of " + key })
		}
		kept := make(map[string]bool)
		last := int64(1 << 62)
		for _, e := range table.Sorted() {
			kept[e.Key] = true
			if e.Count < exact[e.Key] || e.Count-e.Over > exact[e.Key] || e.Count > last || e.Value != "of "+e.Key {
				t.Fatalf("%+v after %d, but there were %d", e, last, exact[e.Key])
			}
			if table.Exact() && e.Over > 0 {
				t.Fatalf("%+v is said to be exact", e)
			}
			last = e.Count
		}
		if table.Total() != total || table.Len() != len(kept) || table.Len() > capacity || table.Exact() != (len(exact) <= capacity) {
			t.Fatalf("%d of %d, %d keys of %d in %d, exact %v", table.Total(), total, table.Len(), len(exact), capacity, table.Exact())
		}
		for key, n := range exact {
			if n > total/int64(capacity) && !kept[key] {
				t.Fatalf("%q occurs %d times of %d and is not among %d", key, n, total, capacity)
			}
		}
	}
}
