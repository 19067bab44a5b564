package measure_test

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/rulesc/rulesc/bench/measure"
)

// TestTurns holds that the result is per operation, not per call.
func TestTurns(t *testing.T) {
	var calls [2]int
	sink := 0
	work := func(i, n int) func() {
		return func() {
			calls[i]++
			for j := range n {
				sink += j ^ sink
			}
		}
	}
	got := measure.Turns(5, time.Millisecond, []measure.Row{
		{Run: work(0, 100_000), Ops: 100_000},
		{Run: work(1, 200_000), Ops: 200_000},
	})
	for i, ns := range got {
		if ns <= 0 || ns > 1000 {
			t.Errorf("row %d: %v ns for one addition", i, ns)
		}
		if calls[i] < 6 {
			t.Errorf("row %d: ran %d times, want each round and once before", i, calls[i])
		}
	}
}

// TestNoCollectionInATurn holds that turns are not interrupted by the collector,
// and that their garbage goes nevertheless.
func TestNoCollectionInATurn(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	var collections, most uint64
	var m runtime.MemStats
	measure.Turns(3, 0, []measure.Row{{Ops: 1, Run: func() {
		runtime.ReadMemStats(&m)
		collected := m.NumGC
		garbage = make([]byte, 32<<20)
		runtime.ReadMemStats(&m)
		collections += uint64(m.NumGC - collected)
		most = max(most, m.HeapAlloc)
	}}})
	if collections > 0 {
		t.Errorf("%d collections while a row ran", collections)
	}
	if most > 512<<20 {
		t.Errorf("%d bytes of heap", most)
	}
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("the collector's percentage is %d afterwards", got)
	}
}

var garbage []byte
