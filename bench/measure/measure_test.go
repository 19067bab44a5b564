package measure_test

import (
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
