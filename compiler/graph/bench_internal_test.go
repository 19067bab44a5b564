package graph

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

// stream makes commands as a policy with these rules sees them: two fifths match
// the beginning of a rule, a fifth a whole one, a fifth has a program without
// rules, and a fifth a program with rules that do not match.
func stream(rules []Rule) [][]string {
	r := rand.New(rand.NewPCG(8, 8))
	commands := make([][]string, 4096)
	for i := range commands {
		pattern := rules[r.IntN(len(rules))].Pattern
		var argv []string
		for _, alternatives := range pattern {
			argv = append(argv, alternatives[r.IntN(len(alternatives))])
		}
		switch kind := r.IntN(5); {
		case kind < 2:
			argv = argv[:1+r.IntN(len(argv))]
		case kind == 3:
			argv[0] = fmt.Sprint("unknown", r.IntN(10000))
		case kind == 4:
			argv = append(argv[:1], fmt.Sprint("other", r.IntN(10000)))
		}
		for range 2 + r.IntN(15) {
			argv = append(argv, fmt.Sprint("argument", r.IntN(10000)))
		}
		commands[i] = argv
	}
	return commands
}

func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{10, 1000, 10000, 100000} {
		b.Run(fmt.Sprint("rules=", n), func(b *testing.B) {
			rules := realistic(n)
			m := mustOpen(b, rules, nil, defaultBudget)
			commands := stream(rules)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Decide(commands[i%len(commands)], nil)
				i++
			}
		})
	}
}

func BenchmarkAppendMatches(b *testing.B) {
	for _, n := range []int{10, 1000, 10000, 100000} {
		b.Run(fmt.Sprint("rules=", n), func(b *testing.B) {
			rules := realistic(n)
			m := mustOpen(b, rules, nil, defaultBudget)
			commands := stream(rules)
			var dst []matcher.Match
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				dst = m.AppendMatches(dst[:0], commands[i%len(commands)], nil)
				i++
			}
		})
	}
}

// BenchmarkDecide/overlap: rules that make a group, and a command that all but
// the last take nearly to the end.
func BenchmarkDecideOverlap(b *testing.B) {
	for _, k := range []int{16, 3000} {
		b.Run(fmt.Sprint("rules=", k), func(b *testing.B) {
			rules := missing(16, matcher.Allow)
			for len(rules) < k {
				rules = append(rules, missing(16, matcher.Allow)...)
			}
			m := mustOpen(b, rules, nil, allGroups)
			argv := []string{"p"}
			for j := range 16 {
				argv = append(argv, fmt.Sprint("t", j))
			}
			argv[16] = "x"
			b.ReportAllocs()
			for b.Loop() {
				m.Decide(argv, nil)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{1000, 100000} {
		b.Run(fmt.Sprint("rules=", n), func(b *testing.B) {
			rules := realistic(n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Compile(rules, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/rule")
		})
	}
}

func BenchmarkOpenImage(b *testing.B) {
	for _, n := range []int{10, 1000, 100000} {
		b.Run(fmt.Sprint("rules=", n), func(b *testing.B) {
			image, err := Compile(realistic(n), nil)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(image)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := matcher.OpenImage(image); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
