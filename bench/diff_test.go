package bench_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/workload"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/matcher"
)

// What diff costs is told beside what loading the two policies costs, from rule
// files and from artifacts: the three have one number of rules.

var diffSizes = []int{1_000, 10_000, 100_000}

// ruleFile returns the workload of n rules as a rule file.
func ruleFile(n int) []byte {
	decisions := map[workload.Decision]string{workload.Allow: "allow", workload.Prompt: "prompt", workload.Forbidden: "forbidden"}
	var b bytes.Buffer
	for _, r := range workload.Rules(n) {
		b.WriteString("prefix_rule(pattern = [")
		for i, alternatives := range r.Pattern {
			if i > 0 {
				b.WriteString(", ")
			}
			quoted := make([]string, len(alternatives))
			for k, token := range alternatives {
				quoted[k] = fmt.Sprintf("%q", token)
			}
			if text := strings.Join(quoted, ", "); len(quoted) == 1 {
				b.WriteString(text)
			} else {
				b.WriteString("[" + text + "]")
			}
		}
		fmt.Fprintf(&b, "], decision = %q)\n", decisions[r.Decision])
	}
	return b.Bytes()
}

func load(b *testing.B, text []byte) *ir.Policy {
	b.Helper()
	p, err := compiler.Evaluate(context.Background(), []compiler.File{{Name: "a.rules", Text: text}}, compiler.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// changed returns p with ten rules changed: some stricter, some gone, some
// longer.
func changed(p *ir.Policy) *ir.Policy {
	const edits = 10
	q := &ir.Policy{Rules: append([]ir.PrefixRule(nil), p.Rules...), Hosts: p.Hosts}
	for i := range edits {
		at := len(q.Rules) / (edits + 1) * (i + 1)
		switch rule := &q.Rules[at]; i % 3 {
		case 0:
			rule.Decision = ir.Forbidden
		case 1:
			q.Rules = append(q.Rules[:at:at], q.Rules[at+1:]...)
		default:
			rule.Pattern = append(append(ir.Pattern{}, rule.Pattern...), []string{"--changed"})
		}
	}
	return q
}

func BenchmarkDiff(b *testing.B) {
	for _, n := range diffSizes {
		text := ruleFile(n)
		old := load(b, text)
		young := changed(old)
		artifact, err := compiler.Compile(old, matcher.Meta{})
		if err != nil {
			b.Fatal(err)
		}
		file, err := artifact.Encode(matcher.CodecZstd)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("rules=%d/load=files", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				load(b, text)
				load(b, text)
			}
		})
		b.Run(fmt.Sprintf("rules=%d/load=artifacts", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for range 2 {
					if _, _, err := compiler.Decompile(file); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(fmt.Sprintf("rules=%d/diff", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d, err := analysis.Diff(old, young, analysis.Options{})
				if err != nil || len(d.Regions) == 0 {
					b.Fatal(err)
				}
				analysis.Compare(old, young)
			}
		})
		b.Run(fmt.Sprintf("rules=%d/everything-changed", n), func(b *testing.B) {
			stricter := &ir.Policy{Rules: append([]ir.PrefixRule(nil), old.Rules...)}
			for i := range stricter.Rules {
				if stricter.Rules[i].Decision == ir.Allow {
					stricter.Rules[i].Decision = ir.Prompt
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := analysis.Diff(old, stricter, analysis.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("rules=%d/semantic-digest", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := analysis.SemanticDigest(old, analysis.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDiffOverlap compares rules whose alternatives overlap pairwise at
// every depth: after any tokens another set of rules is alive. It is exact or
// says that it stopped.
func BenchmarkDiffOverlap(b *testing.B) {
	for _, k := range []int{4, 8, 12, 16, 32, 64} {
		old := &ir.Policy{}
		for _, pattern := range workload.Overlapping(k) {
			old.Rules = append(old.Rules, ir.PrefixRule{Pattern: pattern, Decision: ir.Allow})
		}
		young := &ir.Policy{Rules: append([]ir.PrefixRule(nil), old.Rules...)}
		for i := range young.Rules {
			young.Rules[i].Decision = ir.Forbidden
		}
		b.Run(fmt.Sprintf("rules=%d", k), func(b *testing.B) {
			b.ReportAllocs()
			exact := 0.0
			for b.Loop() {
				if _, err := analysis.Diff(old, young, analysis.Options{}); err == nil {
					exact = 1
				} else if err != analysis.ErrOverlap {
					b.Fatal(err)
				}
			}
			b.ReportMetric(exact, "exact")
		})
	}
}
