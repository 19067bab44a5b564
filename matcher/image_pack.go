package matcher

import (
	"cmp"
	"math/bits"
	"slices"
)

// A packing is the nodes of an area before their edges have slots: buckets, each
// to get a displacement under which all of its items fall into free slots.
// Those with most items choose first, as long as nearly everything is free, and
// small ones fill the gaps.
type packing struct {
	least   int // how many slots there will be, or fewer
	items   []item
	buckets []bucket
}

// newPacking returns a packing with room for items of a number of nodes; there may be
// more of both.
func newPacking(items, nodes int) packing {
	return packing{least: items, items: make([]item, 0, items), buckets: make([]bucket, 0, nodes+items/bucketSize)}
}

// A bucket is items of a packing.
type bucket struct {
	first, count int
	at           uint32 // where its displacement is
}

const (
	// bucketSize is how many items buckets have on average at most. With more
	// displacements take long to find, with fewer they take many bytes.
	bucketSize = 9

	// spare is how many slots there are for one that stays empty, if all
	// displacements are found.
	spare = 64

	// enoughBytes is how many bytes a node may take for each of its items, and for
	// enoughMore items more.
	enoughBytes = 64
	enoughMore  = 256
)

// add adds the items of a node; at is where its first displacement is. ok is false if
// hashes are so much alike that the node would take too many bytes.
//
// Items of a bucket have to be a slot's width apart, so that they have different slots
// under every displacement. Where they are not, there have to be more buckets, or
// more slots, whatever takes fewer bytes.
func (p *packing) add(items []item, at uint32) (class int, ok bool) {
	slices.SortFunc(items, func(a, b item) int { return cmp.Compare(a.hash, b.hash) })
	for class = minClass; len(items) > bucketSize<<class; {
		class++
	}
	var buckets []bucket
	slots := max(2, p.least, len(items))
	for {
		if buckets, ok = split(buckets[:0], items, class, uint32(1<<32/uint64(slots))+1); ok {
			break
		}
		if class < maxClass && 4<<class < 8*slots {
			class++
		} else {
			slots += slots/4 + 1
		}
		if 4<<class+8*(slots-p.least) > enoughBytes*(len(items)+enoughMore) {
			return 0, false
		}
	}
	if slots > max(2, p.least, len(items)) {
		p.least = slots
	}
	for i, b := range buckets {
		p.buckets = append(p.buckets, bucket{len(p.items) + b.first, b.count, at + uint32(i)})
	}
	p.items = append(p.items, items...)
	return class, true
}

// split appends the 2^class buckets of items sorted by hash. It reports whether
// those of each are far enough apart.
func split(dst []bucket, items []item, class int, far uint32) ([]bucket, bool) {
	var places []uint32
	next := 0
	for i := range uint64(1) << class {
		b := bucket{first: next}
		places = places[:0]
		for ; next < len(items) && items[next].hash>>(64-class) == i; next++ {
			places = append(places, uint32(items[next].hash))
		}
		b.count = len(places)
		slices.Sort(places)
		for j, p := range places {
			if b.count > 1 && p-places[(j+b.count-1)%b.count] < far {
				return dst, false
			}
		}
		dst = append(dst, b)
	}
	return dst, true
}

// displacements returns those of all buckets for so many slots, if it finds them.
//
// All are multiples of a step that is not less than a slot, and none is taken
// twice. 0 is for buckets without items: they have no slots that others could
// be confused with.
func (p *packing) displacements(slots int) (displacements []uint32, ok bool) {
	f := newFitting(slots)
	displacements = make([]uint32, len(p.buckets))
	for _, i := range p.largestFirst() {
		b := p.buckets[i]
		if displacements[i], ok = f.fit(p.items[b.first : b.first+b.count]); !ok {
			return nil, false
		}
	}
	return displacements, true
}

// largestFirst returns the buckets that have items, those with most first.
func (p *packing) largestFirst() []int {
	var order []int
	for i, b := range p.buckets {
		if b.count > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p.buckets[j].count, p.buckets[i].count) })
	return order
}

// A fitting is an array of slots that fills.
type fitting struct {
	slots uint32
	step  uint64   // between displacements
	free  bitSet   // of slots; behind the last comes the first again
	used  bitSet   // of displacements, in steps
	word  uint32   // of free, where the last one fitted
	taken []uint32 // by the items that are being tried
}

func newFitting(slots int) *fitting {
	n := uint32(slots)
	f := &fitting{slots: n, step: (1<<32 + uint64(n) - 1) / uint64(n)}
	f.free = newBitSet(n + 128)
	f.used = newBitSet(n)
	f.used.add(0)
	for i := range n + 64 {
		f.free.add(i)
	}
	return f
}

// fit takes slots for items and returns their displacement.
func (f *fitting) fit(items []item) (displacement uint32, ok bool) {
	words := (f.slots + 63) / 64
	for range words {
		if d, ok := f.fitWord(f.word, items); ok {
			return d, true
		}
		f.word = (f.word + 1) % words
	}
	return 0, false
}

// fitWord is fit with a slot for the first item among the 64 of a word.
func (f *fitting) fitWord(word uint32, items []item) (displacement uint32, ok bool) {
	begin := 64 * word
	fits := f.free[word]
	if left := f.slots - begin; left < 64 {
		fits &= 1<<left - 1
	}
	if fits == 0 {
		return 0, false
	}
	// Where the first item's slot moves on by one, the others' do, but for
	// rounding: so 64 displacements are tried at once, and what fits is tried again.
	// Around displacement 0 it is not so.
	at := f.displacement(items[0].hash, begin)
	if ahead := displaced(items[0].hash, at, f.slots) - begin; ahead < 64 {
		for _, item := range items[1:] {
			if fits &= f.window(displaced(item.hash, at, f.slots) + f.slots - ahead); fits == 0 {
				return 0, false
			}
		}
	}
	for ; fits != 0; fits &= fits - 1 {
		slot := begin + uint32(bits.TrailingZeros64(fits))
		d := f.displacement(items[0].hash, slot)
		if step := uint32(uint64(d) / f.step); !f.used.has(step) && f.take(items, d) {
			f.used.add(step)
			return d, true
		}
	}
	return 0, false
}

// displacement returns the first one under which an item has a slot, or one
// behind it.
func (f *fitting) displacement(hash uint64, slot uint32) uint32 {
	begin := (uint64(slot)<<32 + uint64(f.slots) - 1) / uint64(f.slots)
	least := uint64(uint32(begin) - uint32(hash))
	d := (least + f.step - 1) / f.step * f.step
	if d+f.step > 1<<32 {
		return 0
	}
	return uint32(d)
}

// window returns which of 64 slots are free, from one on that is below twice
// their number.
func (f *fitting) window(slot uint32) uint64 {
	if slot >= f.slots {
		slot -= f.slots
	}
	w := f.free[slot/64] >> (slot % 64)
	return w | f.free[slot/64+1]<<1<<(63-slot%64)
}

// take takes the slots that items have under a displacement, if all are free.
func (f *fitting) take(items []item, displacement uint32) bool {
	f.taken = f.taken[:0]
	for _, item := range items {
		slot := displaced(item.hash, displacement, f.slots)
		if !f.free.has(slot) {
			for _, slot := range f.taken {
				f.set(slot, true)
			}
			return false
		}
		f.set(slot, false)
		f.taken = append(f.taken, slot)
	}
	return true
}

func (f *fitting) set(slot uint32, free bool) {
	for ; slot < f.slots+64; slot += f.slots {
		if free {
			f.free.add(slot)
		} else {
			f.free.remove(slot)
		}
	}
}
