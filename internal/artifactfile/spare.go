package artifactfile

import (
	"runtime"
	"sync"
)

// The file of a compressed artifact and the columns in it are needed until the image is
// restored. Those of the next one are where these were: new pages cost more than what is
// read into them.

// A spare is a block that nobody uses. A finalizer gives it back if that stays so.
type spare struct{ block []byte }

// spares has as many as there were in use at once. The garbage collector takes those
// that nobody used for a while.
var spares sync.Pool

// maxSpare bounds the size of a spare. It is above the size of any policy in use.
const maxSpare = 16 << 20

// AllocateSpare returns a memory of the given size, of bytes that are as somebody left
// them. It is to be recycled.
func AllocateSpare(size int) Memory {
	s, _ := spares.Get().(*spare)
	if s == nil {
		return allocateAlone(size)
	}
	runtime.SetFinalizer(s, nil)
	if size > len(s.block) {
		releaseBlock(s.block)
		return allocateAlone(size)
	}
	m := newMemory(s.block, size)
	m.spare = s
	return m
}

// Recycle is [Memory.Release] of memory that was not sealed: the next file may be read
// there, instead of in new memory.
func (m Memory) Recycle() {
	if m.block == nil || m.page != nil || m.readOnly || len(m.block) > maxSpare {
		m.Release()
		return
	}
	s := m.spare
	if s == nil {
		s = &spare{m.block}
	}
	// A finalizer that waits for the system would hold up all others of the program.
	runtime.SetFinalizer(s, func(s *spare) { go releaseBlock(s.block) })
	spares.Put(s)
}
