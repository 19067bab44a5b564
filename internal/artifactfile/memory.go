package artifactfile

// A Memory is a block of bytes outside the Go heap, where the platform has such
// memory: the garbage collector does not look into it and does not count it.
// Nobody writes to it once it is sealed. Whoever owns it releases or recycles it,
// once, when nobody reads it any more. The zero value is a memory of no bytes.
//
// The functions that ask the system are in files for platforms: mapFile,
// allocateBlock, populate, populateRead, sealBlock, unsealBlock and releaseBlock.
type Memory struct {
	// Bytes stay where they are, and stay valid, until the Memory is released or recycled.
	Bytes []byte

	block    []byte // what the system gave; nil if the bytes are on the Go heap
	readOnly bool   // it has been from the beginning
	spare    *spare // that has the block; nil if it was none so far

	page   *sharedPage // that the block is a part of; nil if it is one by itself
	number int         // of the memory among those of the page
}

// Allocate returns a memory of zero bytes of the given size. It is to be sealed, soon.
func Allocate(size int) Memory {
	if sharesPage(size) {
		if m, ok := allocateShared(size); ok {
			return m
		}
	}
	return allocateAlone(size)
}

// allocateAlone is Allocate for who does not seal the memory.
func allocateAlone(size int) Memory {
	block, err := allocateBlock(size)
	if err != nil {
		// The Go heap does as well. It is how platforms without other memory
		// work; it just cannot be sealed.
		return Memory{Bytes: make([]byte, size)}
	}
	populate(block, 0, size)
	return newMemory(block, size)
}

// newMemory takes over a block that the system gave.
func newMemory(block []byte, size int) Memory {
	return Memory{Bytes: block[:size:size], block: block}
}

// Size returns how many bytes the memory takes, which may be more than there are in it.
func (m Memory) Size() int { return max(len(m.Bytes), len(m.block)) }

// Seal makes the memory read-only, where the platform can: whoever writes to it
// from now on, by whatever mistake, ends the program instead of changing the
// policy. It may be called once. A memory that shares a huge page with others is
// read-only whenever all of them are sealed, see [sharedPage].
func (m Memory) Seal() {
	switch {
	case m.page != nil:
		m.page.seal(m.number)
	case m.block != nil && !m.readOnly:
		sealBlock(m.block)
	}
}

// Release gives the memory back to the system. Reading its bytes after that ends
// the program, or will once nobody holds a part of the same huge page.
func (m Memory) Release() {
	switch {
	case m.page != nil:
		m.page.release(m.number)
	case m.block != nil:
		releaseBlock(m.block)
	}
}
