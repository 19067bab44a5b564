package runtime

import (
	goruntime "runtime"
	"runtime/debug"
	"testing"
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
		p, err := Open("testdata/v1-zstd.rulesc")
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
