// Package topk counts how often keys occur, in bounded memory.
//
// A [Table] keeps a number of keys, with the algorithm Space-Saving (Metwally,
// Agrawal, El Abbadi 2005). As long as they fit, all counts are exact. A key
// that finds the table full takes the place of the rarest one and inherits its
// count, which is then too large by at most that much. So every key that occurs
// more often than Total divided by the capacity is in the table, and no count is
// too small.
package topk

import (
	"cmp"
	"slices"
)

// A Table counts keys. Make it with [New].
type Table[V any] struct {
	capacity int
	byKey    map[string]*Entry[V]
	heap     []*Entry[V] // by count, the rarest first; a heap only once it is full
	total    int64
	replaced int64
}

// An Entry is a key and its count.
type Entry[V any] struct {
	Key   string
	Count int64 // of occurrences, at least as many as there were
	Over  int64 // by how much Count may be too large
	Value V
	at    int // in the heap
}

// New returns a table for so many keys, at least one.
func New[V any](capacity int) *Table[V] {
	return &Table[V]{capacity: max(1, capacity), byKey: make(map[string]*Entry[V])}
}

// Add counts an occurrence of key. value makes the value of a key that is new to
// the table; only then is anything allocated.
func (t *Table[V]) Add(key []byte, value func() V) {
	t.total++
	if e := t.byKey[string(key)]; e != nil {
		e.Count++
		if len(t.heap) == t.capacity {
			t.down(e.at)
		}
		return
	}
	if len(t.heap) < t.capacity {
		e := &Entry[V]{Key: string(key), Count: 1, Value: value(), at: len(t.heap)}
		t.byKey[e.Key] = e
		t.heap = append(t.heap, e)
		if len(t.heap) == t.capacity {
			for at := len(t.heap)/2 - 1; at >= 0; at-- {
				t.down(at)
			}
		}
		return
	}
	t.replaced++
	e := t.heap[0]
	delete(t.byKey, e.Key)
	*e = Entry[V]{Key: string(key), Count: e.Count + 1, Over: e.Count, Value: value()}
	t.byKey[e.Key] = e
	t.down(0)
}

// down moves an entry to where its count belongs.
func (t *Table[V]) down(at int) {
	e := t.heap[at]
	for {
		child := 2*at + 1
		if child >= len(t.heap) {
			break
		}
		if right := child + 1; right < len(t.heap) && t.heap[right].Count < t.heap[child].Count {
			child = right
		}
		if t.heap[child].Count >= e.Count {
			break
		}
		t.heap[at] = t.heap[child]
		t.heap[at].at = at
		at = child
	}
	t.heap[at] = e
	e.at = at
}

// Total returns how many occurrences were counted.
func (t *Table[V]) Total() int64 { return t.total }

// Len returns how many keys the table holds.
func (t *Table[V]) Len() int { return len(t.heap) }

// Exact reports whether all keys fitted, so that all counts are exact.
func (t *Table[V]) Exact() bool { return t.replaced == 0 }

// Sorted returns the entries, the most frequent first, of equals by key. They
// belong to the table.
func (t *Table[V]) Sorted() []*Entry[V] {
	return slices.SortedFunc(slices.Values(t.heap), func(a, b *Entry[V]) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key))
	})
}
