package analysis_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// reshape returns a policy that decides as p does and is written otherwise.
func reshape(c choice, p *ir.Policy) *ir.Policy {
	q := &ir.Policy{Hosts: p.Hosts}
	for _, r := range p.Rules {
		switch at := c(len(r.Pattern)); {
		case at > 0 && !r.Canonical && c(2) == 0: // one rule for each alternative
			for _, token := range r.Pattern[at] {
				one := r
				one.Pattern = slices.Clone(r.Pattern)
				one.Pattern[at] = []string{token}
				q.Rules = append(q.Rules, one)
			}
		case r.Canonical && c(2) == 0 && plainTail(r) && len(p.Hosts) == 0: // every spelling one by one
			one := r
			one.Canonical = false
			one.Pattern = slices.Clone(r.Pattern)
			for i := 1; i < len(one.Pattern); i++ {
				var spellings []string
				for _, token := range one.Pattern[i] {
					spellings = append(spellings, spell(token)...)
				}
				one.Pattern[i] = spellings
			}
			for _, name := range spell(r.Pattern.Program()) {
				named := one
				named.Pattern = slices.Clone(one.Pattern)
				named.Pattern[0] = []string{name}
				q.Rules = append(q.Rules, named)
			}
		case c(4) == 0: // longer rules that say the same
			longer := r
			longer.Pattern = append(slices.Clone(r.Pattern), []string{pick(c, ruleWords)})
			q.Rules = append(q.Rules, longer, r)
		default:
			q.Rules = append(q.Rules, r)
		}
	}
	for i := len(q.Rules) - 1; i > 0; i-- {
		j := c(i + 1)
		q.Rules[i], q.Rules[j] = q.Rules[j], q.Rules[i]
	}
	return q
}

func plainTail(r ir.PrefixRule) bool { return spell(r.Pattern.Program()) != nil }

func spell(token string) []string {
	switch token {
	case "k", "K":
		return []string{"k", "K", kelvin}
	case "-":
		return []string{"-"}
	case "b":
		return []string{"b", "B"}
	case "/1/k", "/1/K":
		return []string{"/1/k", "/1/K", "/1/" + kelvin}
	}
	return nil
}

// checkDigests holds digests against differences, for all pairs.
func checkDigests(t *testing.T, policies []*ir.Policy, o analysis.Options) (equal, different int) {
	t.Helper()
	digests := make([]analysis.Digest, len(policies))
	for i, p := range policies {
		var err error
		if digests[i], err = analysis.SemanticDigest(p, o); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range policies {
		for j, q := range policies[:i] {
			d, err := analysis.Diff(p, q, o)
			if err != nil {
				t.Fatal(err)
			}
			same := len(d.Regions) == 0
			if same {
				equal++
			} else {
				different++
			}
			if same != (digests[i] == digests[j]) {
				first := ""
				if !same {
					first = d.Regions[0].String()
				}
				t.Fatalf("options %+v: digests equal: %v, first difference: %q\nold\n%s\nnew\n%s", o, digests[i] == digests[j], first, show(p), show(q))
			}
		}
	}
	return equal, different
}

func TestDigestIsExact(t *testing.T) {
	equal, different := 0, 0
	for seed := range uint64(1500) {
		c := randomly(rand.New(rand.NewPCG(seed, 2)))
		p := randomPolicy(c, 3)
		policies := []*ir.Policy{p, reshape(c, p), reshape(c, p), vary(c, p, 3), reshape(c, vary(c, p, 3)), randomPolicy(c, 1), randomPolicy(c, 2)}
		e, d := checkDigests(t, policies, analysis.Options{AsWritten: c(4) == 0})
		equal += e
		different += d
	}
	if equal < 500 || different < 1000 {
		t.Errorf("%d pairs are equal, %d different", equal, different)
	}
	t.Log(equal, different)
}

func FuzzDigest(f *testing.F) {
	f.Add([]byte("the quick brown fox jumps over the lazy dog"), false)
	f.Add([]byte{6, 0, 1, 2, 1, 1, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9}, true)
	f.Fuzz(func(t *testing.T, data []byte, asWritten bool) {
		if len(data) > 400 {
			t.Skip()
		}
		c := fromBytes(data)
		p := randomPolicy(c, 3)
		checkDigests(t, []*ir.Policy{p, reshape(c, p), vary(c, p, 3)}, analysis.Options{AsWritten: asWritten})
	})
}

func BenchmarkSemanticDigest(b *testing.B) {
	p := realistic(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := analysis.SemanticDigest(p, analysis.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
