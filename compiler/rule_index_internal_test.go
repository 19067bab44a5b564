package compiler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
)

// The index finds what the plain evaluator finds that looks at every rule.
func TestRuleIndexAgainstEvaluator(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"a", "A", "b", "B", "ß", "SS", "ss", "c", "d", "e", "f", "g", "h", "i", "j", "/bin/a", "/bin/A", "./b", "~/ss", "/", "x/..", "é", "É", "e\u0301"}
	word := func() string { return words[r.IntN(len(words))] }
	some := func(most int) []string {
		list := make([]string, 1+r.IntN(most))
		for i := range list {
			list[i] = word()
		}
		return list
	}
	places := []*ir.Place{nil, {}, {Home: "/home"}, {Home: "/bin", Dir: "/bin"}}
	found := 0
	for range 20_000 {
		pattern := make(ir.Pattern, 1+r.IntN(3))
		for i := range pattern {
			pattern[i] = some(1 + r.IntN(3*few))
		}
		var rules []ir.PrefixRule
		canonical := r.IntN(2) == 0
		for i := range pattern[0] {
			rules = append(rules, ir.PrefixRule{Pattern: append(ir.Pattern{pattern[0][i : i+1]}, pattern[1:]...), Decision: ir.Allow, Canonical: canonical})
		}
		known := make(hostTable)
		var hosts []ir.HostExecutable
		for range r.IntN(6) {
			hosts = append(hosts, ir.HostExecutable{Name: word(), Paths: some(4)})
		}
		known.add(hosts)
		left := int64(math.MaxInt64)
		index := indexRules(rules, &hostIndex{exact: known}, &left)
		plain := ir.Policy{Rules: rules, Hosts: hosts}
		for range 5 {
			command := some(4)
			place := places[r.IntN(len(places))]
			got, ok := index.first(command, place)
			all := plain.Evaluate(command, place).Matches
			if ok != (len(all) > 0) {
				t.Fatalf("%q on %v with %v at %v: %v, want %v", command, rules, hosts, place, got, all)
			}
			if !ok {
				continue
			}
			found++
			if diff := cmp.Diff(all[0], got); diff != "" {
				t.Fatalf("%q on %v with %v at %v (-want +got):\n%s", command, rules, hosts, place, diff)
			}
		}
	}
	if found < 10_000 {
		t.Errorf("only %d commands match", found)
	}
}

// Calls with many programs, alternatives and examples take no more comparisons
// than the examples are long.
func TestExamplesTakeLinearTime(t *testing.T) {
	const n = 20_000
	var programs, alternatives, match, notMatch strings.Builder
	for i := range n {
		fmt.Fprintf(&programs, "'p%d', ", i)
		fmt.Fprintf(&alternatives, "'a%d', ", i)
		fmt.Fprintf(&match, "'p%d a%d', '/bin/p%d a%d', ", i, n-1-i, i, n-1-i)
		fmt.Fprintf(&notMatch, "'p%d b%d', '/usr/bin/p%d a%d', ", i, i, i, i)
	}
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "host_executable('p%d', ['/bin/p%d'])\n", i, i)
	}
	for _, canonical := range []string{"False", "True"} {
		fmt.Fprintf(&text, "prefix_rule([[%s], [%s]], match = [%s], not_match = [%s], canonical_matching = %s)\n", &programs, &alternatives, &match, &notMatch, canonical)
	}
	file := File{Name: "a.rules", Text: []byte(text.String())}
	if _, err := Evaluate(t.Context(), []File{file}, Options{Limits: Limits{Comparisons: 2 * 4 * n * 5}}); err != nil {
		t.Fatal(err)
	}
}
