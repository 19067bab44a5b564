package artifactfile

import (
	"os"
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

// A file is read where the last one was, if it fits there.
func TestRecycle(t *testing.T) {
	again := func(first, second int) bool {
		m := AllocateSpare(first)
		place := &m.Bytes[0]
		m.Recycle()
		m = AllocateSpare(second)
		defer m.Recycle()
		if len(m.Bytes) != second || cap(m.Bytes) != second {
			t.Fatalf("%d bytes with room for %d, want %d", len(m.Bytes), cap(m.Bytes), second)
		}
		m.Bytes[0], m.Bytes[second-1] = 1, 2
		return &m.Bytes[0] == place
	}
	often := 0
	for range 1000 { // the garbage collector may come between
		if again(100_000, 50_000) && again(100_000, 100_000) {
			often++
		}
	}
	if often == 0 {
		t.Error("it was never used again")
	}
	again(10_000, 300_000)
}

// No file is read into one that is mapped.
func TestRecycleGivesBackWhatCannotBeWritten(t *testing.T) {
	f, err := os.Open("memory_linux_test.go")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mapFile(f, 100)
	if err != nil {
		t.Skip("the file system cannot map: ", err)
	}
	m.Recycle()
	m = AllocateSpare(100)
	m.Bytes[0] = 1
	m.Release()
}
