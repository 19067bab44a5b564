package main

import (
	"fmt"
	"runtime"

	"github.com/rulesc/rulesc/bench/engine"
	"github.com/rulesc/rulesc/bench/measure"
	"github.com/rulesc/rulesc/matcher"
	rulesrt "github.com/rulesc/rulesc/runtime"
)

// open1000 measures what many open policies mean to the garbage collector.
func (r *report) open1000() error {
	const rules = 10_000
	t := newTable(fmt.Sprintf("open policies of %s rules", count(rules)), "bytes of Go heap each", "objects each", "CPU of a collection, µs each")
	for _, codec := range codecs {
		path, err := r.artifact(rules, codec)
		if err != nil {
			return err
		}
		open := 1_000
		if codec == matcher.CodecZstd {
			open = 50 // each has memory of its own, outside the heap
		}
		policies := make([]*rulesrt.Policy, open)
		if err := r.holding(t, fmt.Sprintf("%s, codec %s", count(open), codec), open, func() error {
			for i := range policies {
				if policies[i], err = rulesrt.Open(path); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		runtime.KeepAlive(policies)
	}
	w := r.work(rules)
	for _, kind := range engine.Kinds {
		if kind.Name != "Go maps" && kind.Name != "the reference's algorithm" {
			continue
		}
		var e engine.Engine
		if err := r.holding(t, "1, "+kind.Name, 1, func() (err error) {
			e, err = kind.New(w, r.dir)
			return err
		}); err != nil {
			return err
		}
		runtime.KeepAlive(e)
	}
	r.section("Heap", "What open policies leave to the garbage collector.")
	r.add(t)
	return nil
}

// holding adds a row with what make leaves behind.
func (r *report) holding(t *table, name string, open int, get func() error) error {
	collect := func() float64 {
		return measure.Turns(5, 0, []measure.Row{{Run: runtime.GC, Ops: 1}})[0]
	}
	var before, after runtime.MemStats
	heapBefore, costBefore := heap(), collect()
	runtime.ReadMemStats(&before)
	if err := get(); err != nil {
		return err
	}
	heapAfter, costAfter := heap(), collect()
	runtime.ReadMemStats(&after)
	each := 1 / float64(open)
	t.row(name, numbers([]float64{
		max(0, heapAfter-heapBefore) * each,
		max(0, float64(after.HeapObjects)-float64(before.HeapObjects)) * each,
		max(0, costAfter-costBefore) * each / 1e3,
	})...)
	return nil
}
