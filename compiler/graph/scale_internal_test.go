package graph

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

// sourceSize is about how long the rules are as text.
func sourceSize(rules []Rule) int {
	n := 0
	for _, r := range rules {
		n += len("prefix_rule(pattern=[],decision='allow')\n")
		for _, alternatives := range r.Pattern {
			for _, token := range alternatives {
				n += len(`"",`) + len(token)
			}
			if len(alternatives) > 1 {
				n += len("[]")
			}
		}
	}
	return n
}

func numbered(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(prefix, i)
	}
	return list
}

// missing makes k rules over the tokens t_j and u_j for each position j; rule i
// has no u_i. Its graph has about 2^k states.
func missing(k int, decision matcher.Decision) []Rule {
	rules := make([]Rule, k)
	for i := range rules {
		pattern := [][]string{{"p"}}
		for j := range k {
			position := []string{fmt.Sprint("t", j), fmt.Sprint("u", j)}
			if j == i {
				position = position[:1]
			}
			pattern = append(pattern, position)
		}
		rules[i] = Rule{Pattern: pattern, Decision: decision}
	}
	return rules
}

// realistic makes rules as people write them: programs by Zipf's law, up to five
// tokens, alternatives in a quarter of the positions.
func realistic(n int) []Rule {
	r := rand.New(rand.NewPCG(7, 7))
	zipf := rand.NewZipf(r, 1.3, 8, uint64(n/10+5))
	word := func(k int) string { return fmt.Sprintf("%s-%d", strings.Repeat("x", k%9), r.IntN(n/2+20)) }
	rules := make([]Rule, n)
	for i := range rules {
		pattern := [][]string{{fmt.Sprint("prog", zipf.Uint64())}}
		for k := range r.IntN(5) {
			position := []string{word(k)}
			if r.IntN(4) == 0 {
				for range 1 + r.IntN(7) {
					position = append(position, word(k))
				}
			}
			pattern = append(pattern, position)
		}
		decision := matcher.Allow
		switch x := r.IntN(100); {
		case x >= 85:
			decision = matcher.Forbidden
		case x >= 60:
			decision = matcher.Prompt
		}
		rules[i] = Rule{Pattern: pattern, Decision: decision}
	}
	return rules
}

func canonical(rules []Rule) []Rule {
	for i := range rules {
		rules[i].Canonical = true
	}
	return rules
}

// TestSize holds the image to a multiple of the rules' text, whatever the rules
// are.
func TestSize(t *testing.T) {
	long := make([][]string, 10000)
	for i := range long {
		long[i] = []string{fmt.Sprint("token", i)}
	}
	wide := [][]string{{"p"}, numbered("alternative", 300000)}
	spread := make([]Rule, 2000)
	for i := range spread {
		spread[i] = Rule{Pattern: [][]string{{"p"}, {"a", "b", "c", "d"}, {fmt.Sprint("x", i)}}, Decision: matcher.Allow}
	}
	tests := []struct {
		name  string
		rules []Rule
		most  float64 // bytes of image for a byte of rules
	}{
		{"no rules", nil, 0},
		{"realistic", realistic(20000), 4},
		{"canonical", canonical(realistic(20000)), 4},
		{"long patterns", []Rule{{Pattern: long, Decision: matcher.Allow}, {Pattern: long[:9000], Decision: matcher.Prompt}}, 8},
		{"many alternatives", []Rule{{Pattern: wide, Decision: matcher.Allow}}, 5},
		{"many alternatives twice", []Rule{{Pattern: append(wide, wide[1], []string{"x"}), Decision: matcher.Allow}}, 5},
		{"many programs", func() (rules []Rule) {
			for i := range 100000 {
				rules = append(rules, Rule{Pattern: [][]string{{fmt.Sprint("p", i)}}, Decision: matcher.Allow})
			}
			return rules
		}(), 3},
		{"shared alternatives", spread, 8},
		{"overlapping rules", missing(200, matcher.Allow), 8},
		{"overlapping canonical rules", canonical(missing(100, matcher.Allow)), 8},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			image, err := Compile(test.rules, nil)
			if err != nil {
				t.Fatal(err)
			}
			source := sourceSize(test.rules)
			if limit := int(test.most*float64(source)) + 1024; len(image) > limit {
				t.Errorf("%d bytes for %d bytes of rules, want at most %d", len(image), source, limit)
			}
			t.Logf("%d bytes for %d bytes of rules, %.2f", len(image), source, float64(len(image))/float64(source+1))
			if _, err := matcher.OpenImage(image); err != nil {
				t.Error(err)
			}
		})
	}
}
