package artifactfile

import (
	"bytes"
	"os"
	"runtime/debug"
	"sync"
	"testing"
)

// writable writes to a memory that may be out of bounds for writers, and survives.
func writable(m Memory) (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	m.Bytes[7]++
	return true
}

func TestSealedMemoryCannotBeWritten(t *testing.T) {
	m := Allocate(100)
	defer m.Release()
	m.Bytes[7] = 1
	m.Seal()
	if writable(m) || m.Bytes[7] != 1 {
		t.Errorf("sealed memory was written, the byte is %d", m.Bytes[7])
	}
}

const partSize = hugePage/3 - shareBetween // that three of fit into a huge page, and no four

// Memories of a third of a huge page are in one, and as soon as nobody has to write to
// any of them, nobody can.
func TestSharedPage(t *testing.T) {
	sharing.newest = nil
	var all []Memory
	allocate := func() Memory {
		m := Allocate(partSize)
		if i := bytes.IndexFunc(m.Bytes, func(r rune) bool { return r != 0 }); len(m.Bytes) != partSize || cap(m.Bytes) < partSize || i >= 0 {
			t.Fatalf("%d bytes, the one at %d is not 0", len(m.Bytes), i)
		}
		m.Bytes[0], m.Bytes[partSize-1] = 1, 2
		all = append(all, m)
		return m
	}
	allSealed := func(when string, want bool) {
		t.Helper()
		for i, m := range all {
			if writable(m) == want {
				t.Errorf("%s: memory %d is sealed: %v", when, i, !want)
			}
		}
	}
	first, second := allocate(), allocate()
	page := first.page
	if page == nil || second.page != page || &second.Bytes[0] != &page.block[page.used/2] {
		t.Fatalf("two memories are not beside each other")
	}
	second.Seal()
	allSealed("one is open", false)
	first.Seal()
	allSealed("none is open", true)
	third := allocate()
	allSealed("a third came", false)
	third.Release() // which somebody does who found out that its bytes are wrong
	all = all[:2]
	allSealed("the third went", true)
	fourth := allocate()
	if fourth.page == page {
		t.Errorf("four memories share a page")
	}
	fourth.Seal()
	allSealed("another page", true)
	first.Release()
	if all = all[1:]; sharing.newest != fourth.page {
		t.Errorf("who releases a memory takes a page from others")
	}
	allSealed("the first went", true)
	second.Release()
	fourth.Release()
	if sharing.newest != nil {
		t.Errorf("there is a page that nobody holds")
	}
}

func TestSharedPageByMany(t *testing.T) {
	var wait sync.WaitGroup
	for i := range byte(8) {
		wait.Go(func() {
			for range 50 {
				m := Allocate(partSize + int(i)*1000)
				for at := 0; at < len(m.Bytes); at += 1 << 10 {
					m.Bytes[at] = i + 1
				}
				if i > 1 {
					m.Seal()
				}
				for at := 0; at < len(m.Bytes); at += 1 << 10 {
					if m.Bytes[at] != i+1 {
						t.Errorf("byte %d of memory %d is %d", at, i, m.Bytes[at])
						break
					}
				}
				m.Release()
			}
		})
	}
	wait.Wait()
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
