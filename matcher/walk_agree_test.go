package matcher_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/workload"
	"github.com/rulesc/rulesc/matcher"
)

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
	f.Add(uint8(1), []byte{}, alike("git")+"\x00push")
	f.Add(uint8(1), []byte{}, "git\x00"+alike("push"))
	f.Add(uint8(2), []byte{44, 2, 0, 1, 0, 0, 0}, "overlap\x00t0\x00\x00t1")
	f.Add(uint8(3), []byte{44, 2, 0, 1, 0, 0, 0}, "git\x00push\x00-f\x00x")
	r := rand.New(rand.NewPCG(5, 5))
	for range 8 {
		changes := make([]byte, 7)
		for i := range changes {
			changes[i] = byte(r.Uint32())
		}
		f.Add(uint8(r.IntN(4)), changes, "git\x00push\x00-f")
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
