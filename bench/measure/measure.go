// Package measure times work on a machine that has other things to do, so that
// two runs agree: within five in a hundred on a machine with a load of five on two
// cores, for what fits in its caches. How it got there:
//
//   - It counts the CPU time of the process instead of the time that passes.
//     Whether the system's own clock for it or getrusage is asked, of the process
//     or of the thread, makes no difference.
//   - The candidates take turns, so that a bad moment hits all of them. But a turn
//     begins with caches and branch predictors full of the others' data: the
//     first pass over 4,096 commands takes two to eight times as long as the fifth.
//     So a turn is as long again before it counts, and how many passes it
//     has is found out after the first.
//   - The garbage collector waits until a turn is over. It would take the heaps of
//     all candidates into the account of the one that happens to allocate, which
//     made the reference's algorithm look three times as slow with ten rules. What
//     allocations cost is in the numbers, what collecting them costs is not.
//   - The least of each but for one round in twenty is what the work costs when
//     nothing interferes. The very least of many rounds would be one that the
//     system counted too little for, as virtual machines do when they take back
//     what they think was stolen from them.
//
// What remains are neighbours that use the same memory: a policy of 100,000 rules
// lies in a cache that all cores share, maybe with other machines. What is compared
// within one run holds; nanoseconds of different runs differ by a third.
package measure

import (
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"time"
)

// CPU returns the CPU time that all threads of the process have used, in user
// and kernel mode together.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Faults returns the number of page faults of the process so far.
func Faults() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Minflt + u.Majflt
}

// A Row is one candidate.
type Row struct {
	Run   func() // the work
	Ops   int    // how many operations Run does
	After func() // clears away, uncounted, at the end of a turn; nil: nothing to
}

// Turns runs the rows by turns for the given number of rounds and returns the
// least CPU time per operation of each, but for one round in twenty, in
// nanoseconds. A turn repeats Run until it has taken at least the time of a sample,
// first uncounted, then counted. Rows of which one Run is much longer are run once
// a turn; the others get more rounds: they are the ones that neighbours disturb.
//
// There is no garbage collection during a turn.
func Turns(rounds int, sample time.Duration, rows []Row) []float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var heap garbage
	samples := make([][]float64, len(rows))
	repeat := make([]int, len(rows))
	for i, row := range rows {
		repeat[i] = repeats(row, sample)
	}
	for round := range extra * rounds {
		for i, row := range rows {
			heap.collect()
			switch {
			case repeat[i] > 0:
				once(row, repeat[i]+3)
				samples[i] = append(samples[i], once(row, repeat[i])/float64(repeat[i]*row.Ops))
			case round < rounds:
				samples[i] = append(samples[i], once(row, 1)/float64(row.Ops))
			}
			if row.After != nil {
				row.After()
			}
		}
	}
	least := make([]float64, len(rows))
	for i := range samples {
		least[i] = Least(samples[i])
	}
	return least
}

// Least returns the least of the samples but for one in twenty.
func Least(samples []float64) float64 {
	slices.Sort(samples)
	return samples[len(samples)/20]
}

// extra is how many times more rounds short rows get.
const extra = 6

// repeats returns how many times Run takes as long as a sample, 0 if once is
// much longer.
func repeats(row Row, sample time.Duration) int {
	if once(row, 1) > 4*float64(sample) {
		return 0
	}
	for n := 1; ; n *= 2 {
		if once(row, n) >= float64(sample) {
			return n
		}
	}
}

func once(row Row, repeat int) float64 {
	start := CPU()
	for range repeat {
		row.Run()
	}
	return float64(CPU() - start)
}

// garbage is what has been made since the last collection.
type garbage struct{ kept uint64 }

// collect collects it if there is more of it than stays in a cache.
func (g *garbage) collect() {
	const enough = 64 << 20
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapAlloc < g.kept+enough {
		return
	}
	runtime.GC()
	runtime.ReadMemStats(&m)
	g.kept = m.HeapAlloc
}
