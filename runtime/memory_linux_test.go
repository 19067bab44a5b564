package runtime

import (
	"os"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// TestSealedMemoryCannotBeWritten writes to memory that is out of bounds for
// writers and survives, because it asked to.
func TestSealedMemoryCannotBeWritten(t *testing.T) {
	m := allocate(100)
	m.bytes[7] = 1
	m.seal()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() == nil {
			t.Error("sealed memory was written")
		}
		if m.bytes[7] != 1 {
			t.Errorf("the byte is %d", m.bytes[7])
		}
	}()
	m.bytes[7] = 2
}

// TestPoliciesAreReadOnly writes to the image of a policy, opened in every way,
// and to a cold section of it.
func TestPoliciesAreReadOnly(t *testing.T) {
	tests := map[string]struct {
		path    string
		options []Option
	}{
		"compressed": {path: "testdata/v1-zstd.rulesc"},
		"mapped":     {path: "testdata/v1-none.rulesc"},
		"read":       {path: "testdata/v1-none.rulesc", options: []Option{WithoutMapping()}},
	}
	for name, test := range tests {
		p, err := Open(test.path, test.options...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Rule(0); err != nil {
			t.Fatal(err)
		}
		v := p.load()
		if !faults(v.hot.bytes) {
			t.Errorf("%s: the image can be written", name)
		}
		if !faults(v.rules.memory.bytes) {
			t.Errorf("%s: the rules can be written", name)
		}
	}
}

// faults reports whether writing to b is an error.
func faults(b []byte) (faulted bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { faulted = recover() != nil }()
	b[0]++
	b[0]--
	return false
}

// mappings counts the mappings of a file in this process.
func mappings(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip("no /proc:", err)
	}
	return strings.Count(string(b), path)
}

func TestMemoryIsGivenBackWhenNobodyReadsIt(t *testing.T) {
	path := t.TempDir() + "/block"
	if err := os.WriteFile(path, make([]byte, 1<<16), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mapFile(f, 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	part := m.part(m.bytes[100:200])
	m = nil
	goruntime.GC()
	goruntime.GC()
	if n := mappings(t, path); n != 1 {
		t.Fatalf("%d mappings while a part is in use", n)
	}
	if part.bytes[0] != 0 {
		t.Error("not what is in the file")
	}
	goruntime.KeepAlive(part)
	part = nil
	// A cleanup runs some time after the collection that found it due.
	for range 1000 {
		if mappings(t, path) == 0 {
			return
		}
		goruntime.GC()
	}
	t.Error("the file is still mapped")
}
