package graph_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/rulesc/rulesc/compiler/graph"
	"github.com/rulesc/rulesc/matcher"
)

func TestCompileRefuses(t *testing.T) {
	good := graph.Rule{Pattern: [][]string{{"a"}}, Decision: matcher.Allow}
	tests := []struct {
		rule graph.Rule
		want string
	}{
		{graph.Rule{Decision: matcher.Allow}, "rule 1: its pattern is empty"},
		{graph.Rule{Pattern: [][]string{{}}, Decision: matcher.Allow}, "rule 1: its pattern has 0 first tokens, not one"},
		{graph.Rule{Pattern: [][]string{{"a", "b"}}, Decision: matcher.Allow}, "rule 1: its pattern has 2 first tokens, not one"},
		{graph.Rule{Pattern: [][]string{{"a"}, {}}, Decision: matcher.Allow}, "rule 1: a position of its pattern has no alternatives"},
		{graph.Rule{Pattern: [][]string{{"a"}}}, "rule 1: its decision is none"},
		{graph.Rule{Pattern: [][]string{{"a"}}, Decision: 5}, "rule 1: its decision is Decision(5)"},
		{graph.Rule{Pattern: make([][]string, matcher.MaxPattern+1), Decision: matcher.Allow}, "rule 1: its pattern has 2097152 tokens, the limit is 2097151"},
	}
	for _, test := range tests {
		if _, err := graph.Compile([]graph.Rule{good, test.rule}, nil); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

// TestSameRulesSameBytes: no order of a map gets into the image.
func TestSameRulesSameBytes(t *testing.T) {
	var rules []graph.Rule
	var hosts []graph.Host
	for i := range 500 {
		rules = append(rules, graph.Rule{
			Pattern:   [][]string{{fmt.Sprint("p", i%40)}, {fmt.Sprint("a", i%7), fmt.Sprint("b", i%11)}, {fmt.Sprint("c", i)}},
			Decision:  matcher.Decision(1 + i%4),
			Canonical: i%3 == 0,
		})
		hosts = append(hosts, graph.Host{Name: fmt.Sprint("p", i%50), Paths: []string{fmt.Sprintf("/%d/p%d", i, i%50)}})
	}
	first, err := graph.Compile(rules, hosts)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := graph.Compile(rules, hosts)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("the images differ")
		}
	}
}
