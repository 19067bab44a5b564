// Package measure times work on a machine that has other things to do. It
// counts the CPU time of the process instead of the time that passes, lets the
// candidates take turns so that a bad moment hits all of them, and keeps the
// least of each but for one round in twenty: what the work costs when nothing
// interferes. The very least of many rounds would be one that the system counted
// too little for, as virtual machines do when they take back what they think was
// stolen from them.
//
// What is compared within one run holds; nanoseconds of different runs differ.
package measure

import (
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
	Run func() // the work
	Ops int    // how many operations Run does
}

// Turns runs the rows by turns for the given number of rounds and returns the
// least CPU time per operation of each, but for one round in twenty, in
// nanoseconds. A sample repeats Run until it has taken at least the given time. Rows of which one Run is
// not much longer than that get more rounds: they are the ones that others disturb.
func Turns(rounds int, sample time.Duration, rows []Row) []float64 {
	samples := make([][]float64, len(rows))
	repeat := make([]int, len(rows))
	keep := func(i int, took time.Duration) {
		samples[i] = append(samples[i], float64(took)/float64(repeat[i]*rows[i].Ops))
	}
	for i, row := range rows {
		for repeat[i] = 1; ; repeat[i] *= 2 {
			took := once(row, repeat[i])
			if took >= sample {
				keep(i, took) // which is the first round
				break
			} else if took > sample/64 {
				repeat[i] = int(float64(repeat[i])*float64(sample)/float64(took)) + 1
				break
			}
		}
	}
	for round := range extra * rounds {
		for i, row := range rows {
			long := repeat[i] == 1 && len(samples[i]) > 0 && slices.Min(samples[i])*float64(row.Ops) > 4*float64(sample)
			if round >= rounds && long || round == 0 && len(samples[i]) > 0 {
				continue
			}
			keep(i, once(row, repeat[i]))
		}
	}
	least := make([]float64, len(rows))
	for i := range samples {
		slices.Sort(samples[i])
		least[i] = samples[i][len(samples[i])/20]
	}
	return least
}

// extra is how many times more rounds short rows get.
const extra = 6

func once(row Row, repeat int) time.Duration {
	start := CPU()
	for range repeat {
		row.Run()
	}
	return CPU() - start
}
