package artifactfile

import (
	"runtime/debug"
	"testing"
)

// TestSealedMemoryCannotBeWritten writes to memory that is out of bounds for
// writers and survives, because it asked to.
func TestSealedMemoryCannotBeWritten(t *testing.T) {
	m := Allocate(100)
	defer m.Release()
	m.Bytes[7] = 1
	m.Seal()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() == nil {
			t.Error("sealed memory was written")
		}
		if m.Bytes[7] != 1 {
			t.Errorf("the byte is %d", m.Bytes[7])
		}
	}()
	m.Bytes[7] = 2
}

// What is discarded are whole pages within the range, and nothing beside it.
func TestDiscard(t *testing.T) {
	const page = 1 << 16 // at least one of any system, and a multiple of it
	m := Allocate(3 * page)
	defer m.Release()
	for i := range m.Bytes {
		m.Bytes[i] = 1
	}
	m.Discard(page-1, 2*page+1)
	for _, i := range []int{0, page - 1, 2 * page, 3*page - 1} {
		if m.Bytes[i] != 1 {
			t.Errorf("byte %d was discarded", i)
		}
	}
	for _, i := range []int{page, 2*page - 1} {
		if m.Bytes[i] != 0 {
			t.Errorf("byte %d was kept", i)
		}
	}
	m.Discard(5, 6)
	if m.Bytes[5] != 1 {
		t.Error("a part of a page was discarded")
	}
}
