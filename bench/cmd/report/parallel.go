package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/rulesc/rulesc/bench/limit"
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
	w := r.work(rules)
	viaPolicy := func() {
		for _, argv := range w.Commands {
			policy.Decide(argv)
		}
	}
	viaLive := func() {
		for _, argv := range w.Commands {
			live.Decide(argv)
		}
	}

	t := newTable(fmt.Sprintf("%s rules", count(rules)))
	cores := []int{1}
	for c := 2; c <= runtime.NumCPU(); c *= 2 {
		cores = append(cores, c)
	}
	asked := []*together{{name: "limit"}, {name: "Policy.Decide"}, {name: "Live.Decide"}}
	for range cores[len(cores)-1] {
		own := limit.New(w.Commands, w.Looked)
		for i, pass := range []func(){func() { own.Read(0, len(w.Commands)) }, viaPolicy, viaLive} {
			asked[i].each = append(asked[i].each, pass)
		}
	}
	for _, c := range cores {
		t.head = append(t.head, fmt.Sprintf("on %d", c))
	}
	t.head[1] += " core"
	rates, costs := inParallel(6*r.rounds, 4*r.sample, cores, asked)
	for i, a := range asked {
		t.row(a.name+", decisions a second, times those on one core", numbers(scale(rates[i], 1/rates[i][0]))...)
	}
	for i, a := range asked {
		t.row(a.name+", CPU time a decision, times that on one core", numbers(scale(costs[i], 1/costs[i][0]))...)
	}
	r.section("Parallel", `One policy, asked by as many goroutines as there are cores, beside the limit, which
shares nothing but commands that all just read. Other work on the machine takes
from the decisions a second of all three. It does not take from the CPU time, which
grows where cores wait for each other's memory.`)
	r.add(t)
	grown := func(i int) float64 { return costs[i][len(cores)-1] / costs[i][0] }
	r.atMost("growth of a decision's CPU time from one core to all, times the limit's", []float64{none, none, 1.05, none}, []float64{none, none, grown(1) / grown(0), none})

	took := measure.Turns(r.rounds, r.sample, []measure.Row{
		{Run: viaPolicy, Ops: len(w.Commands)},
		{Run: viaLive, Ops: len(w.Commands)},
	})
	t = newTable("Live", "")
	t.row("Live.Decide, times Policy.Decide", number(took[1]/took[0]))
	t.row("*Live.Decide beyond Policy.Decide, ns*", number(max(0, took[1]-took[0])))
	r.add(t)
	r.atMost("Live.Decide beyond Policy.Decide, ns", []float64{none, none, 5, none}, []float64{none, none, max(0, took[1]-took[0]), none})
	return nil
}

// A together is what several goroutines run at once.
type together struct {
	name string
	each []func() // by goroutine
}

// inParallel returns passes a nanosecond, and CPU time a pass, of each of those
// that run by turns, for each number of cores.
func inParallel(rounds int, sample time.Duration, cores []int, all []*together) (rates, costs [][]float64) {
	walls, cpus := make([][][]float64, len(all)), make([][][]float64, len(all))
	passes := make([]int, len(all))
	for i, t := range all {
		walls[i], cpus[i] = make([][]float64, len(cores)), make([][]float64, len(cores))
		for passes[i] = 1; ; passes[i] *= 2 {
			if wall, _ := t.run(1, passes[i]); wall*float64(passes[i]) >= float64(sample) {
				break
			}
		}
	}
	for range rounds {
		for i, t := range all {
			for k, c := range cores {
				wall, cpu := t.run(c, passes[i])
				walls[i][k], cpus[i][k] = append(walls[i][k], wall), append(cpus[i][k], cpu)
			}
		}
	}
	rates, costs = make([][]float64, len(all)), make([][]float64, len(all))
	for i := range all {
		for k, c := range cores {
			rates[i] = append(rates[i], float64(c)/measure.Least(walls[i][k]))
			costs[i] = append(costs[i], measure.Least(cpus[i][k]))
		}
	}
	return rates, costs
}

// run returns what a pass takes when c goroutines run some at once: the time that
// goes by, and CPU time. They all run as many before, which are not counted.
func (t *together) run(c, passes int) (wall, cpu float64) {
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	ready.Add(c)
	for _, pass := range t.each[:c] {
		done.Go(func() {
			for range passes {
				pass()
			}
			ready.Done()
			<-begin
			for range passes {
				pass()
			}
		})
	}
	ready.Wait()
	start, used := time.Now(), measure.CPU()
	close(begin)
	done.Wait()
	return float64(time.Since(start)) / float64(passes), float64(measure.CPU()-used) / float64(c*passes)
}
