package artifactfile

// A Memory is a block of bytes outside the Go heap, where the platform has such
// memory: the garbage collector does not look into it and does not count it.
// Nobody writes to it once it is sealed. Whoever owns it releases or recycles it,
// once, when nobody reads it any more. The zero value is a memory of no bytes.
//
// The functions that ask the system are in files for platforms: mapFile,
// allocateBlock, populate, populateRead, sealBlock and releaseBlock.
type Memory struct {
	// Bytes stay where they are, and stay valid, until the Memory is released or recycled.
	Bytes []byte

	block    []byte // what the system gave; nil if the bytes are on the Go heap
	readOnly bool   // it has been from the beginning
	spare    *spare // that has the block; nil if it was none so far
}

// Allocate returns a memory of zero bytes of the given size.
func Allocate(size int) Memory {
	block, err := allocateBlock(size)
	if err != nil {
		// The Go heap does as well. It is how platforms without other memory
		// work; it just cannot be sealed.
		return Memory{Bytes: make([]byte, size)}
	}
	populate(block, size)
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
// policy.
func (m Memory) Seal() {
	if m.block != nil && !m.readOnly {
		sealBlock(m.block)
	}
}

// Release gives the memory back to the system. Reading its bytes after that ends
// the program.
func (m Memory) Release() {
	if m.block != nil {
		releaseBlock(m.block)
	}
}
