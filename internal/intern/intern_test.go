package intern_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/intern"
)

func Example() {
	var t intern.Table
	fmt.Println(t.Number("git"), t.Number("push"), t.Number("git"), t.Strings())
	// Output: 0 1 0 [git push]
}

// A map numbers strings in the same way.
func TestAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var table intern.Table
	numbers := make(map[string]uint32)
	for range 200_000 {
		s := fmt.Sprint(r.IntN(1 + r.IntN(50_000)))
		switch r.IntN(10) {
		case 0:
			s = strings.Repeat("x", r.IntN(40)) // the same ends, other lengths
		case 1:
			s = "the same begin" + s + "and the same end"
		case 2:
			s = string(make([]byte, r.IntN(20))) + s[:r.IntN(2)]
		}
		want, known := numbers[s]
		if !known {
			want = uint32(len(numbers))
			numbers[s] = want
		}
		if got := table.Number(s); got != want {
			t.Fatalf("%q has number %d, want %d", s, got, want)
		}
	}
	if len(table.Strings()) != len(numbers) {
		t.Fatalf("%d strings, want %d", len(table.Strings()), len(numbers))
	}
	for n, s := range table.Strings() {
		if numbers[s] != uint32(n) {
			t.Fatalf("%q stands at %d, want %d", s, n, numbers[s])
		}
	}
}

func BenchmarkNumber(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		r := rand.New(rand.NewPCG(1, 2))
		var text strings.Builder // as in a rule file
		for range 4 * n {
			fmt.Fprintf(&text, "token%d ", r.IntN(n))
		}
		words := strings.Fields(text.String())
		b.Run(fmt.Sprintf("table/strings=%d", n), func(b *testing.B) {
			for b.Loop() {
				var t intern.Table
				for _, w := range words {
					t.Number(w)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(words)), "ns/lookup")
		})
		b.Run(fmt.Sprintf("map/strings=%d", n), func(b *testing.B) {
			for b.Loop() {
				m := make(map[string]uint32)
				for _, w := range words {
					if _, known := m[w]; !known {
						m[w] = uint32(len(m))
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(words)), "ns/lookup")
		})
	}
}
