package runtime_test

import (
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

func TestRule(t *testing.T) {
	eachWay(t, func(t *testing.T, p *runtime.Policy) {
		want := runtime.Rule{
			Pattern:       [][]string{{"git"}, {"push"}},
			Decision:      runtime.Forbidden,
			Justification: "ask a colleague",
			Source:        runtime.Source{Layer: "user", Position: runtime.Position{File: "default.rules", Line: 2, Col: 1}},
		}
		got, err := p.Rule(1)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("rule 1: %v\n%s", err, diff)
		}
		for _, id := range []int{-1, 7, math.MaxInt} {
			if _, err := p.Rule(id); err == nil {
				t.Errorf("there is a rule %d", id)
			}
		}
		if _, err := p.Rule(7); err.Error() != "no rule has id 7, there are 7" {
			t.Error(err)
		}
	})
}

func TestRules(t *testing.T) {
	eachWay(t, func(t *testing.T, p *runtime.Policy) {
		id := 0
		for r, err := range p.Rules() {
			if err != nil {
				t.Fatal(err)
			}
			if single, err := p.Rule(id); err != nil || !reflect.DeepEqual(single, r) {
				t.Errorf("rule %d: %v on its own, %v among all (%v)", id, single, r, err)
			}
			if r.Source.Line != id+1 {
				t.Errorf("rule %d is on line %d", id, r.Source.Line)
			}
			id++
		}
		if id != 7 {
			t.Errorf("%d rules", id)
		}
		for range p.Rules() {
			break // a caller may stop
		}
	})
}

func TestHostsAndNetworks(t *testing.T) {
	eachWay(t, func(t *testing.T, p *runtime.Policy) {
		hosts, err := p.Hosts()
		if err != nil || len(hosts) != 2 || hosts[0].Name != "git" || !slices.Equal(hosts[0].Paths, []string{"/usr/bin/git", "/home/ann/git"}) ||
			hosts[1].Name != "ls" || hosts[1].Paths != nil || hosts[1].Source.Line != 11 {
			t.Errorf("hosts %v, %v", hosts, err)
		}
		networks, err := p.Networks()
		if err != nil || len(networks) != 6 || networks[4].Host != "b.example" || networks[4].Protocol != "http" ||
			networks[4].Decision != runtime.Forbidden || networks[4].Justification != "moved" || networks[4].Source.Line != 24 {
			t.Errorf("networks %v, %v", networks, err)
		}
		allowed, denied, err := p.NetworkLists()
		if err != nil || !slices.Equal(allowed, []string{"a.example"}) || !slices.Equal(denied, []string{"c.example", "b.example"}) {
			t.Errorf("allowed %v, denied %v, %v", allowed, denied, err)
		}
	})
}

func TestMetaAndDigest(t *testing.T) {
	want := compile(t, samplePolicy()).Digest()
	eachWay(t, func(t *testing.T, p *runtime.Policy) {
		meta, err := p.Meta()
		if diff := cmp.Diff(sampleMeta, meta); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		if got := p.Digest(); got != want {
			t.Errorf("digest %v, want %v", got, want)
		}
		if err := p.Verify(); err != nil {
			t.Error(err)
		}
	})
}

func TestColdSectionsFromManyGoroutines(t *testing.T) {
	for range 20 {
		p := open(t, encode(t, samplePolicy(), matcher.CodecZstd))
		var callers sync.WaitGroup
		for i := range 8 {
			callers.Go(func() {
				if r, err := p.Rule(i % 7); err != nil || r.Source.Line != i%7+1 {
					t.Errorf("rule %d: %v, %v", i%7, r, err)
				}
				if _, _, err := p.NetworkLists(); err != nil {
					t.Error(err)
				}
				if err := p.Verify(); err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
	}
}
