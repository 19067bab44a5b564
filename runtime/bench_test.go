package runtime_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// manyRules returns a policy of n rules, the same each time: programs of which
// few are common, one to five tokens, alternatives at a quarter of the
// positions.
func manyRules(n int) *ir.Policy {
	r := rand.New(rand.NewPCG(1, 2))
	programs := rand.NewZipf(r, 1.2, 1, uint64(n/5+5))
	word := func(kind string, i uint64) string { return fmt.Sprintf("%s%x", kind, i*2654435761%(1<<32)) }
	p := new(ir.Policy)
	for line := 1; len(p.Rules) < n; line += 1 + r.IntN(4) {
		pattern := ir.Literal(word("p", programs.Uint64()))
		for range r.IntN(5) {
			var alternatives []string
			for range 1 + max(0, r.IntN(32)-24) {
				alternatives = append(alternatives, word("a", r.Uint64N(3000)))
			}
			pattern = append(pattern, alternatives)
		}
		p.Rules = append(p.Rules, ir.PrefixRule{
			Pattern:       pattern,
			Decision:      ir.Allow,
			Justification: word("because of ", r.Uint64N(500)),
			Source:        source("default.rules", line),
		})
	}
	return p
}

// eachOpening runs a benchmark for artifacts of several sizes, opened in each way.
func eachOpening(b *testing.B, run func(b *testing.B, open func() *runtime.Policy)) {
	cache := runtime.WithCache(b.TempDir() + "/cache")
	for _, n := range []int{10, 1000, 10000, 100000} {
		policy := manyRules(n)
		for _, way := range []struct {
			name    string
			codec   matcher.Codec
			options []runtime.Option
		}{
			{"none", matcher.CodecStored, nil},
			{"zstd", matcher.CodecZstd, nil},
			{"zstd,cached", matcher.CodecZstd, []runtime.Option{cache}},
		} {
			path := write(b, policy, way.codec)
			b.Run(fmt.Sprintf("codec=%s/rules=%d", way.name, n), func(b *testing.B) {
				run(b, func() *runtime.Policy {
					p, err := runtime.Open(path, way.options...)
					if err != nil {
						b.Fatal(err)
					}
					return p
				})
			})
		}
	}
}

// BenchmarkOpen is opening alone, verification included.
func BenchmarkOpen(b *testing.B) {
	eachOpening(b, func(b *testing.B, open func() *runtime.Policy) {
		b.ReportAllocs()
		for b.Loop() {
			_ = open().Close()
		}
	})
}

// BenchmarkFirstDecide is the first decision of a policy that was just opened, as
// ns/first; ns/op is opening it as well.
func BenchmarkFirstDecide(b *testing.B) {
	eachOpening(b, func(b *testing.B, open func() *runtime.Policy) {
		var first time.Duration
		for b.Loop() {
			p := open()
			start := time.Now()
			p.Decide([]string{"git", "status"})
			first += time.Since(start)
			_ = p.Close()
		}
		b.ReportMetric(float64(first)/float64(b.N), "ns/first")
	})
}

// BenchmarkNextDecide is a decision like the one before it.
func BenchmarkNextDecide(b *testing.B) {
	eachOpening(b, func(b *testing.B, open func() *runtime.Policy) {
		p := open()
		for b.Loop() {
			p.Decide([]string{"git", "status"})
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	for _, codec := range codecs {
		p := open(b, encode(b, samplePolicy(), codec))
		for _, command := range []struct {
			name string
			argv []string
		}{
			{"hit", []string{"git", "status"}},
			{"miss", []string{"wget", "x"}},
			{"by name", []string{"/usr/bin/git", "push"}},
		} {
			b.Run(codec.String()+"/"+command.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					p.Decide(command.argv)
				}
			})
		}
	}
}

// BenchmarkRule is the first question for a rule, which decodes all of them,
// and one after it.
func BenchmarkRule(b *testing.B) {
	bytes := encode(b, manyRules(10000), codecs[1])
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			p := open(b, bytes)
			b.StartTimer()
			if _, err := p.Rule(5000); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("next", func(b *testing.B) {
		p := open(b, bytes)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.Rule(5000); err != nil {
				b.Fatal(err)
			}
		}
	})
}
