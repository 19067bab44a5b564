package analysis_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rulesc/rulesc/internal/workload"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// realistic returns n rules as people write them: programs that are used often
// have many, a quarter of the positions have alternatives.
func realistic(n int) *ir.Policy {
	r := rand.New(rand.NewPCG(7, 7))
	zipf := rand.NewZipf(r, 1.2, 4, uint64(n/20+1))
	decisions := []ir.Decision{ir.Allow, ir.Allow, ir.Allow, ir.Prompt, ir.Forbidden}
	p := &ir.Policy{}
	for i := range n {
		pattern := ir.Pattern{{fmt.Sprintf("tool%d", zipf.Uint64())}}
		for range 1 + r.IntN(4) {
			var position []string
			for range 1 + max(0, r.IntN(4)-2)*r.IntN(8) {
				position = append(position, fmt.Sprintf("word%d", r.IntN(5000)))
			}
			pattern = append(pattern, position)
		}
		p.Rules = append(p.Rules, ir.PrefixRule{Pattern: pattern, Decision: decisions[r.IntN(len(decisions))], Source: ir.Source{Position: ir.Position{Line: i}}})
	}
	return p
}

// edited returns p with changes at n rules.
func edited(p *ir.Policy, n int) *ir.Policy {
	r := rand.New(rand.NewPCG(8, 8))
	q := &ir.Policy{Rules: append([]ir.PrefixRule(nil), p.Rules...), Hosts: p.Hosts}
	for i := range n {
		at := r.IntN(len(q.Rules))
		switch i % 3 {
		case 0:
			q.Rules[at].Decision = ir.Forbidden
		case 1:
			q.Rules = append(q.Rules[:at:at], q.Rules[at+1:]...)
		default:
			q.Rules[at].Pattern = append(append(ir.Pattern{}, q.Rules[at].Pattern...), []string{"--new"})
		}
	}
	return q
}

func BenchmarkDiff(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		p := realistic(n)
		q := edited(p, 10)
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d, err := analysis.Diff(p, q, analysis.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(d.Regions)), "regions")
			}
		})
	}
}

// overlapping returns k rules that overlap in every way: after any tokens, the
// rules that are alive are another set.
func overlapping(k int) *ir.Policy {
	p := &ir.Policy{}
	for _, pattern := range workload.Overlapping(k) {
		p.Rules = append(p.Rules, ir.PrefixRule{Pattern: pattern, Decision: ir.Allow})
	}
	return p
}

func TestOverlapStops(t *testing.T) {
	p := overlapping(40)
	q := &ir.Policy{Rules: append([]ir.PrefixRule{{Pattern: ir.Literal("x"), Decision: ir.Prompt}}, p.Rules...)}
	for i := range q.Rules[1:] {
		q.Rules[i+1].Decision = ir.Forbidden
	}
	if d, err := analysis.Diff(p, q, analysis.Options{}); !errors.Is(err, analysis.ErrOverlap) || d != nil {
		t.Errorf("got %v, %v; want ErrOverlap", d, err)
	}
	if _, err := analysis.SemanticDigest(p, analysis.Options{}); !errors.Is(err, analysis.ErrOverlap) {
		t.Errorf("digest: got %v, want ErrOverlap", err)
	}
	beside := &ir.Policy{Rules: append([]ir.PrefixRule{{Pattern: ir.Literal("y"), Decision: ir.Prompt}, {Pattern: ir.Literal("y"), Decision: ir.Allow}}, p.Rules...)}
	if found, err := analysis.Dead(beside, analysis.Options{}); err != nil || len(found.Unknown) != len(p.Rules) || len(found.Dead) != 1 || len(found.Live) != 1 {
		t.Errorf("dead: got %+v, %v; want all of x unknown, and y known", found, err)
	}
	if d, err := analysis.Diff(p, p, analysis.Options{}); err != nil || len(d.Regions) > 0 {
		t.Errorf("of a policy with itself: %v, %v", d, err)
	}
}
