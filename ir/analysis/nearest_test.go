package analysis_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

func TestNearest(t *testing.T) {
	p := &ir.Policy{Rules: []ir.PrefixRule{
		{Pattern: ir.Literal("git", "status"), Decision: ir.Allow},
		{Pattern: ir.Pattern{{"git"}, {"remote"}, {"show", "get-url"}}, Decision: ir.Allow},
		{Pattern: ir.Literal("git", "push"), Decision: ir.Prompt},
		{Pattern: ir.Literal("CARGO", "build"), Decision: ir.Allow, Canonical: true},
		{Pattern: ir.Literal("kubectl"), Decision: ir.Forbidden},
	}}
	tests := []struct {
		name, command string
		want          []analysis.Near
	}{
		{"longest agreement first, then the last defined", "git remote add", []analysis.Near{
			{Rule: 1, Agree: 2, Got: "add"}, {Rule: 2, Agree: 1, Got: "remote"}, {Rule: 0, Agree: 1, Got: "remote"},
		}},
		{"the command ended", "git", []analysis.Near{
			{Rule: 2, Agree: 1, Ended: true}, {Rule: 1, Agree: 1, Ended: true}, {Rule: 0, Agree: 1, Ended: true},
		}},
		{"a misspelt token before others", "git psuh", []analysis.Near{
			{Rule: 2, Agree: 1, Got: "psuh"}, {Rule: 1, Agree: 1, Got: "psuh"}, {Rule: 0, Agree: 1, Got: "psuh"},
		}},
		{"a misspelt token of an earlier rule", "git statsu", []analysis.Near{
			{Rule: 0, Agree: 1, Got: "statsu"}, {Rule: 2, Agree: 1, Got: "statsu"}, {Rule: 1, Agree: 1, Got: "statsu"},
		}},
		{"all but the path", "/opt/git push", []analysis.Near{
			{Rule: 2, Got: "/opt/git", ByName: true}, {Rule: 1, Agree: 1, Got: "push"}, {Rule: 0, Agree: 1, Got: "push"},
		}},
		{"by the last path component", "/opt/git pull", []analysis.Near{
			{Rule: 2, Agree: 1, Got: "pull"}, {Rule: 1, Agree: 1, Got: "pull"}, {Rule: 0, Agree: 1, Got: "pull"},
		}},
		{"canonical", "cargo test", []analysis.Near{{Rule: 3, Agree: 1, Got: "test"}}},
		{"misspelt", "kubeclt get", []analysis.Near{{Rule: 4, Got: "kubeclt"}}},
		{"nothing like it", "terraform", nil},
		{"no command", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := analysis.Nearest(p, strings.Fields(test.command), 3)
			if len(got) == 0 {
				got = nil
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"git", "git", 0},
		{"git", "gti", 1},
		{"git", "gitk", 1},
		{"push", "pull", 2},
		{"a", "", 1},
		{"é", "e", 1},
		{"abcd", "badc", 2},
		{"a", strings.Repeat("a", 99), 99},
	} {
		if got := analysis.Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
		if got := analysis.Distance(test.b, test.a); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.b, test.a, got, test.want)
		}
	}
}
