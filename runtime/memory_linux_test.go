package runtime

import (
	"bytes"
	"os"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

// TestPoliciesAreReadOnly writes to the image of a policy, opened in every way,
// and to a cold section of it.
func TestPoliciesAreReadOnly(t *testing.T) {
	tests := map[string]struct {
		path    string
		options []Option
	}{
		"compressed": {path: "testdata/v2-zstd.rulesc"},
		"mapped":     {path: "testdata/v2-none.rulesc"},
		"read":       {path: "testdata/v2-none.rulesc", options: []Option{WithoutMapping()}},
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
		image := v.memory.Bytes
		if v.container.Codec == matcher.CodecStored {
			image = image[matcher.HeaderSize:]
		}
		if !faults(image) {
			t.Errorf("%s: the image can be written", name)
		}
		if !faults(v.rules.bytes) {
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

// TestMemoryIsGivenBackWhenNobodyReadsIt closes a policy while somebody still
// reads it.
func TestMemoryIsGivenBackWhenNobodyReadsIt(t *testing.T) {
	b, err := os.ReadFile("testdata/v2-none.rulesc")
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/policy.rulesc"
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	reader := p.load()
	_ = p.Close()
	goruntime.GC()
	goruntime.GC()
	if n := mappings(t, path); n != 1 {
		t.Fatalf("%d mappings while somebody reads", n)
	}
	if !bytes.Equal(reader.memory.Bytes, b) {
		t.Error("not what is in the file")
	}
	goruntime.KeepAlive(reader)
	// A finalizer runs some time after the collection that found it due.
	for range 1000 {
		if mappings(t, path) == 0 {
			return
		}
		goruntime.GC()
	}
	t.Error("the file is still mapped")
}
