package matcher_test

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/rulesc/rulesc/compiler/graph"
	"github.com/rulesc/rulesc/internal/workload"
	"github.com/rulesc/rulesc/matcher"
)

var sizes = []int{10, 1000, 10000, 100000}

type measured struct {
	bytes    []byte
	image    *matcher.Image
	commands [][]string
	looked   []int
}

var workloads = sync.OnceValue(func() map[int]measured {
	all := make(map[int]measured)
	for _, n := range sizes {
		rules := workload.Rules(n)
		var m measured
		m.bytes, _ = graph.Compile(toGraph(rules), nil)
		m.image, _ = matcher.OpenImage(m.bytes)
		m.commands = workload.Commands(rules)
		m.looked = workload.Looked(rules, m.commands)
		all[n] = m
	}
	return all
})

func toGraph(rules []workload.Rule) []graph.Rule {
	list := make([]graph.Rule, len(rules))
	for i, r := range rules {
		list[i] = graph.Rule{Pattern: r.Pattern, Decision: matcher.Decision(r.Decision)}
	}
	return list
}

// forSizes runs a benchmark for each size; each gets one command at a time.
func forSizes(b *testing.B, run func(b *testing.B, m measured)) {
	for _, n := range sizes {
		b.Run(fmt.Sprint("rules=", n), func(b *testing.B) {
			m := workloads()[n]
			b.ReportAllocs()
			b.ResetTimer()
			run(b, m)
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	forSizes(b, func(b *testing.B, m measured) {
		for i := range b.N {
			m.image.Decide(m.commands[i%len(m.commands)], nil)
		}
	})
}

func BenchmarkMatches(b *testing.B) {
	forSizes(b, func(b *testing.B, m measured) {
		dst := make([]matcher.Match, 0, 256)
		for i := range b.N {
			m.image.AppendMatches(dst, m.commands[i%len(m.commands)], nil)
		}
	})
}

// BenchmarkOpenImage is what checking an image costs, and how large it is.
func BenchmarkOpenImage(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint("rules=", n), func(b *testing.B) {
			m := workloads()[n]
			b.SetBytes(int64(len(m.bytes)))
			b.ReportAllocs()
			b.ReportMetric(float64(len(m.bytes))/float64(n), "bytes/rule")
			for b.Loop() {
				if _, err := matcher.OpenImage(m.bytes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRatios says how many times what it costs to look at a command's
// tokens it costs to decide, and how many times that to list the matches. On a
// machine that others use too only such ratios mean something: each round takes
// the time of every row once, behind a pass that brings back to the caches what the
// others put out, and the fastest round of a row counts.
func BenchmarkRatios(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint("rules=", n), func(b *testing.B) {
			m := workloads()[n]
			limit := newLimitWork(m)
			dst := make([]matcher.Match, 0, 256)
			rows := []func(){
				func() { limit.run() },
				func() {
					for _, argv := range m.commands {
						m.image.Decide(argv, nil)
					}
				},
				func() {
					for _, argv := range m.commands {
						m.image.AppendMatches(dst, argv, nil)
					}
				},
			}
			fastest := []float64{math.Inf(1), math.Inf(1), math.Inf(1)}
			b.ResetTimer()
			for range b.N {
				for i, run := range rows {
					run()
					start := time.Now()
					run()
					fastest[i] = min(fastest[i], float64(time.Since(start).Nanoseconds())/float64(len(m.commands)))
				}
			}
			b.ReportMetric(fastest[0], "ns/limit")
			b.ReportMetric(fastest[1]/fastest[0], "decide/limit")
			b.ReportMetric(fastest[2]/fastest[1], "matches/decide")
		})
	}
}
