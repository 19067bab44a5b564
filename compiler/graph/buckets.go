package graph

// Buckets find things by a hash of what they are: a table with open addressing. Things
// are counted from 1, on and on, so that all that came before one of them can be
// forgotten without a pass over the table, which may have been large once.
type buckets struct {
	slots []bucket // a power of two of them, at most half of them live
	live  int
	dead  int // things up to this one are forgotten
}

type bucket struct {
	hash  uint64
	thing int
}

// find returns the thing with a hash for which is says yes; if there is none, it
// puts down next, which has not come before, and returns that.
func (b *buckets) find(hash uint64, next int, is func(thing int) bool) int {
	if 2*b.live >= len(b.slots) {
		b.grow()
	}
	i := b.home(hash)
	for ; b.slots[i].thing > b.dead; i = b.after(i) {
		if b.slots[i].hash == hash && is(b.slots[i].thing) {
			return b.slots[i].thing
		}
	}
	b.slots[i] = bucket{hash, next}
	b.live++
	return next
}

// forget forgets what has come so far, up to the given thing.
func (b *buckets) forget(thing int) { b.dead, b.live = thing, 0 }

func (b *buckets) grow() {
	old := b.slots
	b.slots = make([]bucket, max(64, 2*len(old)))
	for _, moved := range old {
		if moved.thing > b.dead {
			i := b.home(moved.hash)
			for b.slots[i].thing != 0 {
				i = b.after(i)
			}
			b.slots[i] = moved
		}
	}
}

// home returns where the search for a hash begins. Of a product the high bits are
// the ones that all bits of the factors have a part in.
func (b *buckets) home(hash uint64) int { return int(hash*0x9e3779b97f4a7c15>>32) & (len(b.slots) - 1) }

func (b *buckets) after(i int) int { return (i + 1) & (len(b.slots) - 1) }
