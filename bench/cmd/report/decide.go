package main

import (
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/rulesc/rulesc/bench/engine"
	"github.com/rulesc/rulesc/bench/measure"
)

// decided is what the engines took for a command, by name and size.
type decided struct {
	ns     map[string][]float64 // by size as in sizes, NaN if not measured
	allocs map[string][]float64
	held   map[string][]float64 // bytes of Go heap that the engine holds
	fst    []float64            // bytes of the transducer

	matchNS     map[string][]float64 // to list all matches
	matchAllocs []float64            // of rulesc, for a pass over the stream
	perCommand  []float64            // matches
}

// fast are the engines that are quick to make and to ask with any number of
// rules.
var fast = map[string]bool{"limit": true, "rulesc, stored": true, "rulesc, zstd": true, "Go maps": true, "the reference's algorithm": true}

func (r *report) decide() error {
	r.ns, r.allocs, r.held, r.matchNS = unmeasured(), unmeasured(), unmeasured(), unmeasured()
	r.fst = []float64{none, none, none, none}
	r.matchAllocs, r.perCommand = make([]float64, len(sizes)), make([]float64, len(sizes))
	for s, n := range sizes {
		if err := r.decideSize(s, n); err != nil {
			return fmt.Errorf("%d rules: %w", n, err)
		}
		runtime.GC()
	}

	r.section("Decide", `One command against all rules. First, how far rulesc is from the limit; then, how
many times longer the others take than rulesc with a stored artifact.`)
	t := bySize("times the limit", sizes)
	for _, name := range []string{"rulesc, stored", "rulesc, zstd"} {
		t.row(name, numbers(divide(r.ns[name], r.ns["limit"]))...)
	}
	t.row("*limit, ns a command*", numbers(r.ns["limit"])...)
	r.add(t)

	t = bySize("times rulesc", sizes)
	t.head = append(t.head, "allocations at 1k", "what it does")
	for _, kind := range engine.Kinds[2:] {
		cells := numbers(divide(r.ns[kind.Name], r.ns["rulesc, stored"]))
		t.row(kind.Name, append(cells, number(r.allocs[kind.Name][1]), kind.About)...)
	}
	t.row("*rulesc, stored, ns a command*", append(numbers(r.ns["rulesc, stored"]), number(r.allocs["rulesc, stored"][1]), engine.Kinds[1].About)...)
	r.add(t)

	r.atMost("Decide, times the limit", []float64{1.5, 1.5, 2.2, 3.0}, divide(r.ns["rulesc, stored"], r.ns["limit"]))
	r.atLeast("Decide, times faster than the reference's algorithm", []float64{5, 25, 120, 1500}, divide(r.ns["the reference's algorithm"], r.ns["rulesc, stored"]))
	r.atLeast("Decide, times faster than Go maps", []float64{2.5, 3, 4, 5}, divide(r.ns["Go maps"], r.ns["rulesc, stored"]))
	r.atMost("Decide, allocations", []float64{0, 0, 0, 0}, r.allocs["rulesc, stored"])
	return nil
}

func unmeasured() map[string][]float64 {
	m := make(map[string][]float64)
	for _, kind := range engine.Kinds {
		m[kind.Name] = []float64{none, none, none, none}
	}
	return m
}

// decideSize measures all engines with sizes[s] rules.
func (r *report) decideSize(s, n int) error {
	w := r.work(n)
	var rows []measure.Row
	var columns [][]float64
	for _, kind := range engine.Kinds {
		if n > kind.Most || n > r.others && !fast[kind.Name] {
			continue
		}
		before := heap()
		e, err := kind.New(w, r.dir)
		if err != nil {
			return fmt.Errorf("%s: %w", kind.Name, err)
		}
		r.held[kind.Name][s] = max(0, heap()-before)
		if sized, ok := e.(interface{ Size() int }); ok {
			r.fst[s] = float64(sized.Size())
		}
		// Slow engines are checked on, and asked, the beginning of the stream.
		part := w.Part(r.affordable(e, w))
		if err := engine.Check(e, part); err != nil {
			return fmt.Errorf("%s: %w", kind.Name, err)
		}
		commands := part.Commands
		r.allocs[kind.Name][s] = allocations(func() { e.Run(commands) }) / float64(len(commands))
		columns = append(columns, r.ns[kind.Name])
		rows = append(rows, measure.Row{Run: func() { e.Run(commands) }, Ops: len(commands)})
		if lister, ok := e.(engine.Lister); ok {
			r.perCommand[s] = float64(lister.RunMatches(commands)) / float64(len(commands)) // and makes room
			columns = append(columns, r.matchNS[kind.Name])
			rows = append(rows, measure.Row{Run: func() { lister.RunMatches(commands) }, Ops: len(commands)})
			if kind.Name == "rulesc, stored" {
				r.matchAllocs[s] = allocations(func() { lister.RunMatches(commands) })
			}
		}
	}
	for i, ns := range measure.Turns(r.rounds, r.sample, rows) {
		columns[i][s] = ns
	}
	return nil
}

// affordable returns how many commands of the stream the engine gets.
func (r *report) affordable(e engine.Engine, w *engine.Work) int {
	const least = 64
	start := time.Now()
	e.Run(w.Commands[:least])
	each := time.Since(start) / least
	return min(len(w.Commands), max(least, int(r.stream/max(each, 1))))
}

// heap returns the bytes of the Go heap that are in use.
func heap() float64 {
	runtime.GC()
	runtime.GC() // what has finalizers goes the second time
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// allocations returns the least number of allocations of five calls: others of
// the process may fall into one, and a collection takes what is kept between
// calls.
func allocations(f func()) float64 {
	least := math.Inf(1)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, float64(after.Mallocs-before.Mallocs))
	}
	return least
}
