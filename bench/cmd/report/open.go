package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/rulesc/rulesc/bench/measure"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/matcher"
	rulesrt "github.com/rulesc/rulesc/runtime"
)

var codecs = []matcher.Codec{matcher.CodecStored, matcher.CodecZstd}

// artifact returns the path of the artifact with n rules, made when it is first
// asked for.
func (r *report) artifact(n int, codec matcher.Codec) (string, error) {
	path := filepath.Join(r.dir, fmt.Sprintf("%d-%s.rulesc", n, codec))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	a, err := compiler.Compile(r.work(n).Policy, matcher.Meta{})
	if err != nil {
		return "", err
	}
	for _, c := range codecs {
		if err := a.Write(filepath.Join(r.dir, fmt.Sprintf("%d-%s.rulesc", n, c)), c); err != nil {
			return "", err
		}
	}
	return path, nil
}

// open measures opening, the first decision and later ones apart.
func (r *report) open() error {
	r.section("Open", `Opening an artifact, which verifies all of its image, and the first decision
after it; apart from the later ones. Page faults are those that the system
counts: pages that it provides ahead, many in one call, are among them.`)
	for _, codec := range codecs {
		var opens, reads, firsts, laters, faults, allocs, speeds []float64
		for _, n := range sizes {
			path, err := r.artifact(n, codec)
			if err != nil {
				return err
			}
			file, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			header, err := matcher.ParseHeader(file)
			if err != nil {
				return err
			}
			commands := r.work(n).Commands
			runtime.GC() // gives back what was mapped
			took := measure.Turns(r.rounds, r.sample, []measure.Row{
				{Ops: 1, Run: func() {
					p, err := rulesrt.Open(path)
					if err != nil {
						panic(err) // it was opened before
					}
					_ = p.Close()
				}},
				{Ops: 1, Run: func() { _, _ = os.ReadFile(path) }},
			})
			first, later, fault := math.Inf(1), math.Inf(1), math.Inf(1)
			var policies []*rulesrt.Policy
			alloc := allocations(func() {
				p, err := rulesrt.Open(path)
				if err != nil {
					panic(err)
				}
				policies = append(policies[:0], p)
			})
			for i := range 4 * r.rounds {
				before := measure.Faults()
				p, err := rulesrt.Open(path)
				if err != nil {
					return err
				}
				argv := commands[i%len(commands)]
				start := time.Now()
				p.Decide(argv)
				first = min(first, float64(time.Since(start)))
				fault = min(fault, float64(measure.Faults()-before))
				start = time.Now()
				for _, argv := range commands {
					p.Decide(argv)
				}
				later = min(later, float64(time.Since(start))/float64(len(commands)))
				_ = p.Close()
			}
			opens, reads = append(opens, took[0]), append(reads, took[1])
			firsts, laters = append(firsts, first), append(laters, later)
			faults, allocs = append(faults, fault), append(allocs, alloc)
			speeds = append(speeds, float64(header.DecodedSize(matcher.SectionHot))/took[0]*1e3)
		}
		t := bySize("codec "+codec.String(), sizes)
		t.row("open, times reading the file", numbers(divide(opens, reads))...)
		t.row("first decision, times a later one", numbers(divide(firsts, laters))...)
		t.row("allocations of opening", numbers(allocs)...)
		t.row("page faults to the first answer", numbers(faults)...)
		t.row("image, MB a second", numbers(speeds)...)
		t.row("*open, µs*", numbers(scale(opens, 1e-3))...)
		t.row("*first decision, ns, clock included*", numbers(firsts)...)
		r.add(t)
		if codec == matcher.CodecStored {
			r.atMost("Open stored, allocations", []float64{4, 4, 4, 4}, allocs)
			r.atMost("Open stored, page faults to the first answer", []float64{3, 3, 3, 3}, faults)
		} else {
			r.atMost("Open zstd, allocations", []float64{6, 6, 6, 6}, allocs)
			r.atLeast("Open zstd, MB a second", []float64{none, none, 750, 750}, speeds)
		}
	}
	return nil
}

func scale(list []float64, by float64) []float64 {
	scaled := make([]float64, len(list))
	for i, x := range list {
		scaled[i] = x * by
	}
	return scaled
}
