//go:build linux || darwin

package matcher_test

import (
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rulesc/rulesc/matcher"
)

// TestBesideUnreadableMemory: no token is read beyond where memory ends, and
// none before where it begins.
func TestBesideUnreadableMemory(t *testing.T) {
	page := syscall.Getpagesize()
	b, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip(err)
	}
	defer syscall.Munmap(b)
	for _, edge := range [][]byte{b[:page], b[2*page:]} {
		if err := syscall.Mprotect(edge, syscall.PROT_NONE); err != nil {
			t.Skip(err)
		}
	}
	middle := b[page : 2*page]
	var rules strings.Builder
	tokens := []string{"x", "ls", "git", "push", "fetch", "status", "rebase-", "checkout", "a-bit-longer", "of-fifteen-byte", "of-sixteen-bytes", "a-token-that-is-rather-long"}
	for _, token := range tokens {
		rules.WriteString(token + " " + token + " end = allow\n" + token + " y " + token + " end = prompt\n")
	}
	m := openImage(t, compileText(t, rules.String()))
	for _, token := range tokens {
		for at := range 40 {
			for _, offset := range []int{at, page - len(token) - at} {
				copy(middle[offset:], token)
				s := unsafe.String(&middle[offset], len(token))
				if v := m.Decide([]string{s, s, "end"}, nil); v.Decision != matcher.Allow {
					t.Fatalf("%q at %d: %+v", s, offset, v)
				}
				if v := m.Decide([]string{s, "y", s, "end"}, nil); v.Decision != matcher.Prompt {
					t.Fatalf("%q in a tail at %d: %+v", s, offset, v)
				}
				if v := m.Decide([]string{s, s[:0], s}, nil); v.Decision != matcher.None {
					t.Fatalf("%q and nothing at %d: %+v", s, offset, v)
				}
			}
		}
	}
}
