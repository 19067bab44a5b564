//go:build unix

package matcher_test

import (
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rulesc/rulesc/internal/workload"
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

// TestWalksAgree: the walk that is proved by comment and the one that is checked
// say the same of a whole workload.
func TestWalksAgree(t *testing.T) {
	rules := workload.Rules(3000)
	m := openImage(t, compile(t, toGraph(rules), nil))
	decisions := make(map[matcher.Decision]int)
	for _, argv := range workload.Commands(rules) {
		got, want := m.Decide(argv, nil), matcher.DecideSafely(m, argv, nil)
		if got != want {
			t.Fatalf("%q: %+v, want %+v", argv, got, want)
		}
		decisions[got.Decision]++
	}
	if len(decisions) < 4 {
		t.Errorf("the commands try too little: %v", decisions)
	}
}

// FuzzWalksAgree holds the two together on changed images and commands of any
// bytes.
func FuzzWalksAgree(f *testing.F) {
	images := sampleImages(f)
	f.Add(uint8(1), []byte{}, "git\x00push\x00--force-with-lease=refs/heads/main")
	f.Add(uint8(1), []byte{200, 1, 0, 255, 255, 255, 255}, "git\x00status\x00-s\x00x")
	f.Add(uint8(2), []byte{44, 2, 0, 1, 0, 0, 0}, "overlap\x00t0\x00\x00t1")
	r := rand.New(rand.NewPCG(5, 5))
	for range 8 {
		changes := make([]byte, 7)
		for i := range changes {
			changes[i] = byte(r.Uint32())
		}
		f.Add(uint8(r.IntN(3)), changes, "git\x00push\x00-f")
	}
	f.Fuzz(func(t *testing.T, which uint8, changes []byte, command string) {
		b := changed(images[int(which)%len(images)], changes)
		m, err := matcher.OpenImage(b)
		if err != nil {
			return
		}
		argv := strings.Split(command, "\x00")
		for _, at := range []*matcher.Place{nil, matcher.NewPlace("/home/ann", "/work")} {
			if got, want := m.Decide(argv, at), matcher.DecideSafely(m, argv, at); got != want {
				t.Fatalf("%q: %+v, want %+v", argv, got, want)
			}
		}
	})
}
