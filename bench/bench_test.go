package bench_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/rulesc/rulesc/bench/engine"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/matcher"
	rulesrt "github.com/rulesc/rulesc/runtime"
)

var sizes = []int{10, 1_000, 10_000}

// eachEngine runs a benchmark with every engine. Slow ones get the beginning of
// the stream only.
func eachEngine(b *testing.B, run func(b *testing.B, e engine.Engine, commands [][]string)) {
	for _, n := range sizes {
		w := engine.NewWork(n)
		for _, kind := range engine.Kinds {
			if n > kind.Most {
				continue
			}
			b.Run(fmt.Sprintf("rules=%d/engine=%s", n, kind.Name), func(b *testing.B) {
				e, err := kind.New(w, b.TempDir())
				if err != nil {
					b.Fatal(err)
				}
				part := w
				if start := time.Now(); e.Run(w.Commands[:64]) >= 0 && time.Since(start) > time.Millisecond {
					part = w.Part(128)
				}
				if err := engine.Check(e, part); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				run(b, e, part.Commands)
				b.ReportMetric(float64(b.Elapsed())/float64(b.N*len(part.Commands)), "ns/command")
			})
		}
	}
}

// BenchmarkDecideTheStream is one pass over the commands.
func BenchmarkDecideTheStream(b *testing.B) {
	eachEngine(b, func(b *testing.B, e engine.Engine, commands [][]string) {
		for b.Loop() {
			e.Run(commands)
		}
	})
}

// BenchmarkListMatchesOfTheStream is the same for all rules that match.
func BenchmarkListMatchesOfTheStream(b *testing.B) {
	eachEngine(b, func(b *testing.B, e engine.Engine, commands [][]string) {
		lister, ok := e.(engine.Lister)
		if !ok {
			b.Skip("does not list matches")
		}
		for b.Loop() {
			lister.RunMatches(commands)
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range sizes {
		w := engine.NewWork(n)
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := compiler.Compile(w.Policy, matcher.Meta{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpenAndDecideOnce(b *testing.B) {
	for _, n := range sizes {
		w := engine.NewWork(n)
		a, err := compiler.Compile(w.Policy, matcher.Meta{})
		if err != nil {
			b.Fatal(err)
		}
		for _, codec := range []matcher.Codec{matcher.CodecStored, matcher.CodecZstd} {
			path := filepath.Join(b.TempDir(), "policy.rulesc")
			if err := a.Write(path, codec); err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("rules=%d/codec=%s", n, codec), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					p, err := rulesrt.Open(path)
					if err != nil {
						b.Fatal(err)
					}
					p.Decide(w.Commands[0])
					_ = p.Close()
				}
			})
		}
	}
}
