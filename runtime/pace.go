package runtime

import (
	goruntime "runtime"
	"sync/atomic"
)

// The garbage collector gives policies back, but does not see their memory: a
// program that opens one policy after the other, and makes no other garbage,
// would hold all of them. So opening starts a collection when the memory outside
// the heap has doubled since the last one, as the heap does by itself.
//
// A program that holds its policies pays for few collections: one each time
// that their number doubles.

const (
	// leastOutside is how much memory is not worth a collection, in bytes.
	leastOutside = 64 << 20
	// blockCost is what a policy counts for beside its size: the number of
	// mappings of a process is bounded too.
	blockCost = 64 << 10
)

var outside struct {
	bytes     atomic.Int64 // held now
	threshold atomic.Int64 // start a collection at this many; 0: at leastOutside
}

// held counts a policy of the given size as it is opened.
func held(size int) {
	now := outside.bytes.Add(int64(size + blockCost))
	threshold := outside.threshold.Load()
	if now < max(threshold, leastOutside) || !outside.threshold.CompareAndSwap(threshold, 2*now) {
		return
	}
	go goruntime.GC()
}

// released counts a policy that was given back, and has the next collection
// come the sooner for it.
func released(size int) {
	now := outside.bytes.Add(-int64(size + blockCost))
	threshold := outside.threshold.Load()
	if lower := max(2*now, leastOutside); lower < threshold {
		// If somebody else changed it, this release or that one is behind the
		// other by one policy.
		outside.threshold.CompareAndSwap(threshold, lower)
	}
}
