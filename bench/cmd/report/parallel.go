package main

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"

	"github.com/rulesc/rulesc/bench/measure"
	"github.com/rulesc/rulesc/matcher"
	rulesrt "github.com/rulesc/rulesc/runtime"
)

// parallel measures one policy that several cores ask at once, and what it
// costs to follow a file.
func (r *report) parallel() error {
	const rules = 10_000
	path, err := r.artifact(rules, matcher.CodecStored)
	if err != nil {
		return err
	}
	policy, err := rulesrt.Open(path)
	if err != nil {
		return err
	}
	defer policy.Close()
	live, err := rulesrt.Follow(path)
	if err != nil {
		return err
	}
	defer live.Close()
	commands := r.work(rules).Commands
	viaPolicy := func() {
		for _, argv := range commands {
			policy.Decide(argv)
		}
	}
	viaLive := func() {
		for _, argv := range commands {
			live.Decide(argv)
		}
	}

	cores := []int{1}
	for c := 2; c <= runtime.NumCPU(); c *= 2 {
		cores = append(cores, c)
	}
	t := newTable(fmt.Sprintf("%s rules", count(rules)))
	for _, c := range cores {
		t.head = append(t.head, fmt.Sprintf("GOMAXPROCS=%d", c))
	}
	for _, candidate := range []struct {
		name string
		pass func()
	}{{"Policy.Decide", viaPolicy}, {"Live.Decide", viaLive}} {
		rate, cost := r.scaling(cores, candidate.pass)
		t.row(candidate.name+", decisions a second, times those of one core", numbers(scale(rate, 1/rate[0]))...)
		t.row(candidate.name+", CPU time a decision, times that on one core", numbers(scale(cost, 1/cost[0]))...)
	}
	r.section("Parallel", `One policy, asked by as many goroutines as there are cores. Other work on the
machine takes from the first row; it cannot take from the second, which grows
where cores wait for each other's memory.`)
	r.add(t)

	took := measure.Turns(r.rounds, r.sample, []measure.Row{
		{Run: viaPolicy, Ops: len(commands)},
		{Run: viaLive, Ops: len(commands)},
	})
	t = newTable("Live", "")
	t.row("Live.Decide, times Policy.Decide", number(took[1]/took[0]))
	t.row("*Live.Decide beyond Policy.Decide, ns*", number(max(0, took[1]-took[0])))
	r.add(t)
	r.atMost("Live.Decide beyond Policy.Decide, ns", []float64{none, none, 5, none}, []float64{none, none, max(0, took[1]-took[0]), none})
	return nil
}

// scaling returns the decisions a second and the CPU time of passes with the
// given numbers of cores.
func (r *report) scaling(cores []int, pass func()) (rate, cost []float64) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rate, cost = make([]float64, len(cores)), make([]float64, len(cores))
	for i := range cost {
		cost[i] = math.Inf(1)
	}
	const passes = 50
	for range r.rounds {
		for i, c := range cores {
			runtime.GOMAXPROCS(c)
			start, cpu := time.Now(), measure.CPU()
			var all sync.WaitGroup
			for range c {
				all.Go(func() {
					for range passes {
						pass()
					}
				})
			}
			all.Wait()
			rate[i] = max(rate[i], float64(c*passes)/float64(time.Since(start)))
			cost[i] = min(cost[i], float64(measure.CPU()-cpu)/float64(c*passes))
		}
	}
	return rate, cost
}
