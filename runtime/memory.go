package runtime

import goruntime "runtime"

// A memory is a block of bytes that the garbage collector does not look into
// and that nobody writes to once it is sealed.
//
// Who frees it: nobody by hand. A cleanup gives the block back to the system
// when the memory is unreachable, which it is not while a call keeps alive the
// view that refers to it. That is what lets a policy be closed, or replaced,
// while other goroutines read it, without a lock or a count in Decide.
//
// The functions that ask the system are in one file a platform: mapFile,
// allocateBlock, sealBlock and releaseBlock.
type memory struct {
	bytes []byte

	block []byte  // what the system gave; nil if it is on the Go heap, or is whole's
	whole *memory // the memory that this is a part of, nil if of none
}

// allocate returns a block of zero bytes of the given size.
func allocate(size int) *memory {
	block, err := allocateBlock(size)
	if err != nil {
		// The Go heap does as well. It is how platforms without other memory
		// work; it just cannot be sealed.
		return &memory{bytes: make([]byte, size)}
	}
	return newMemory(block, size)
}

// newMemory takes over a block that the system gave.
func newMemory(block []byte, size int) *memory {
	m := &memory{bytes: block[:size:size], block: block}
	goruntime.AddCleanup(m, releaseBlock, block)
	return m
}

// part returns a memory for a slice of m's bytes. It keeps m.
func (m *memory) part(b []byte) *memory { return &memory{bytes: b, whole: m} }

// seal makes the memory read-only, where the platform can: whoever writes to it
// from now on, by whatever mistake, ends the program instead of changing the
// policy.
func (m *memory) seal() {
	if m.block != nil {
		sealBlock(m.block)
	}
}
