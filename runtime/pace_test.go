package runtime

import (
	goruntime "runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rulesc/rulesc/internal/artifactfile"
)

// TestManyPoliciesAreCollected opens and drops policies in a program that has no
// other reason for a collection. Without one of our own all of them would stay.
func TestManyPoliciesAreCollected(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	goruntime.GC()
	collections := func() uint32 {
		var stats goruntime.MemStats
		goruntime.ReadMemStats(&stats)
		return stats.NumGC
	}
	before := collections()
	for range 16 * leastOutside / blockCost {
		p, err := Open("testdata/v2-zstd.rulesc")
		if err != nil {
			t.Fatal(err)
		}
		_ = p.Close()
		// The collection runs beside us.
		if outside.threshold.Load() > leastOutside && collections() > before {
			return
		}
	}
	t.Error("policies that nobody uses were never collected")
}

// TestGivingBackKeepsUp gives policies back while many goroutines map memory and unmap
// it. They all wait for one lock, so policies that wait for it one after the other would
// be given back one a round.
func TestGivingBackKeepsUp(t *testing.T) {
	// Nothing is given back yet: a finalizer holds up all others.
	waits, on := make(chan bool), make(chan bool)
	goruntime.SetFinalizer(new([16]*int), func(*[16]*int) { close(waits); <-on })
	goruntime.GC()
	<-waits

	const policies = 2000
	before := outside.bytes.Load()
	for range policies {
		if _, err := Open("testdata/v2-zstd.rulesc"); err != nil {
			t.Fatal(err)
		}
	}
	all := outside.bytes.Load() - before
	goruntime.GC()

	var turns atomic.Int64
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			for turns.Add(1) < 2*policies {
				artifactfile.Allocate(4096).Release()
			}
		})
	}
	close(on)
	group.Wait()
	left := outside.bytes.Load() - before
	if left > all/2 {
		t.Errorf("%d of %d policies are left", policies*left/all, policies)
	}
}
