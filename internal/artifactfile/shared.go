package artifactfile

import "sync"

// A memory of more than a quarter of a huge page, but at most half of one, would leave
// most of its page to nobody, and clearing the page is what takes long. So such memories
// share huge pages.
//
// A huge page is sealed as a whole: to seal a part would break it into small ones, which
// takes longer than all else that opening a policy does. So as long as one memory of a
// page is not sealed, nor are the others.

// A sharedPage is a huge page, or as much memory where there are none.
type sharedPage struct {
	block []byte
	used  int // so many bytes, from the beginning, are or were somebody's
	given int // to how many memories

	// Bit i is of the memory that was given as number i.
	held uint8 // it was not released
	open uint8 // it was neither sealed nor released
}

// sharing guards all shared pages.
var sharing struct {
	sync.Mutex
	newest *sharedPage // what there may be room in; nil if there is none
}

// shareBetween is what the places of memories in a page are multiples of. It is one of
// all sizes of small pages.
const shareBetween = 64 << 10

// allocateShared returns a memory of zero bytes that is a part of a page. ok is false if
// the system gives none.
func allocateShared(size int) (m Memory, ok bool) {
	room := (size + shareBetween - 1) &^ (shareBetween - 1)
	sharing.Lock()
	defer sharing.Unlock()
	p := sharing.newest
	if p == nil || len(p.block)-p.used < room || p.open == 0 && !unsealBlock(p.block) {
		block, err := allocateBlock(sharedSize)
		if err != nil {
			return Memory{}, false
		}
		p = &sharedPage{block: block}
		sharing.newest = p
	}
	populate(p.block, p.used, size)
	m = newMemory(p.block[p.used:][:room:room], size)
	m.page, m.number = p, p.given
	p.held |= 1 << p.given
	p.open |= 1 << p.given
	p.given++
	p.used += room
	return m, true
}

// seal is [Memory.Seal] for a memory of the page.
func (p *sharedPage) seal(number int) {
	sharing.Lock()
	defer sharing.Unlock()
	p.close(number)
}

// close says that nobody writes to a memory any more.
func (p *sharedPage) close(number int) {
	was := p.open
	p.open &^= 1 << number
	if was != 0 && p.open == 0 {
		sealBlock(p.block)
	}
}

// release is [Memory.Release] for a memory of the page.
func (p *sharedPage) release(number int) {
	sharing.Lock()
	defer sharing.Unlock()
	p.held &^= 1 << number
	if p.held != 0 {
		p.close(number)
		return
	}
	if p == sharing.newest {
		sharing.newest = nil
	}
	releaseBlock(p.block)
}
