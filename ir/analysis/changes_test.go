package analysis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

func TestCompare(t *testing.T) {
	rule := func(file, why string, words ...string) ir.PrefixRule {
		return ir.PrefixRule{
			Pattern: ir.Literal(words...), Decision: ir.Allow, Justification: why,
			Source: ir.Source{Layer: "user", Position: ir.Position{File: file}},
		}
	}
	old := &ir.Policy{
		Rules: []ir.PrefixRule{
			rule("a", "", "one"), rule("a", "", "two"), rule("a", "", "three"), rule("a", "why", "four"),
			rule("a", "", "five"), rule("a", "", "same"), rule("a", "", "same"),
		},
		Hosts:    []ir.HostExecutable{{Name: "git", Paths: []string{"/a", "/b"}}, {Name: "ls"}, {Name: "gone", Paths: []string{"/x"}}},
		Networks: []ir.NetworkRule{{Host: "h", Decision: ir.Allow}, {Host: "k", Decision: ir.Allow}},
	}
	young := &ir.Policy{
		Rules: []ir.PrefixRule{
			rule("a", "", "two"), rule("a", "", "three"), rule("a", "", "one"), rule("a", "because", "four"),
			rule("b", "", "five"), rule("a", "", "six"), rule("a", "", "same"),
		},
		Hosts:    []ir.HostExecutable{{Name: "git", Paths: []string{"/b", "/a"}}, {Name: "ls", Paths: []string{"/bin/ls"}}},
		Networks: []ir.NetworkRule{{Host: "k", Decision: ir.Allow}, {Host: "h", Decision: ir.Allow}, {Host: "h", Decision: ir.Forbidden}},
	}
	want := &analysis.Changes{
		Added:    []int{5},                // six
		Removed:  []int{6},                // the second of "same"
		Reworded: []analysis.Pair{{3, 3}}, // four
		Moved:    []analysis.Pair{{0, 2}, {4, 4}},
		Hosts:    []analysis.HostChange{{Name: "ls", Old: []string{}, New: []string{"/bin/ls"}}, {Name: "gone", Old: []string{"/x"}}},
		Networks: []analysis.NetworkChange{{Host: "h", Old: ir.Allow, New: ir.Forbidden}},
	}
	if diff := cmp.Diff(want, analysis.Compare(old, young)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if c := analysis.Compare(old, old); !c.None() {
		t.Errorf("a policy differs from itself: %+v", c)
	}
}
