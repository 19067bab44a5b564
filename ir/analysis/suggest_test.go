package analysis_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

func ExampleSuggest() {
	commands := []analysis.Frequent{
		{Command: []string{"git", "diff"}, Count: 3},
		{Command: []string{"git", "diff", "--stat"}, Count: 2},
		{Command: []string{"git", "log", "--oneline"}, Count: 4},
		{Command: []string{"git", "log", "--oneline", "x"}, Count: 3},
		{Command: []string{"rm", "-rf", "build"}, Count: 1},
	}
	list, refused, rare := analysis.Suggest(&ir.Policy{}, commands, analysis.SuggestOptions{
		Refuse: func(prefix []string) bool { return len(prefix) == 1 && prefix[0] == "git" },
		Least:  2,
	})
	for _, s := range list {
		fmt.Println(s.Count, s.Prefix, s.Commands)
	}
	fmt.Println(refused, rare)
	// Output:
	// 7 [git log --oneline] [2 3]
	// 5 [git diff] [0 1]
	// [] [4]
}

func startsWith(command, prefix []string) bool {
	return len(command) >= len(prefix) && slices.Equal(command[:len(prefix)], prefix)
}

// TestSuggestionsAreTheFewest holds suggestions against all sets of prefixes.
func TestSuggestionsAreTheFewest(t *testing.T) {
	words := []string{"a", "b"}
	for seed := range uint64(300) {
		c := randomly(rand.New(rand.NewPCG(seed, 11)))
		const longest = 2
		var commands []analysis.Frequent
		for range 1 + c(8) {
			command := []string{pick(c, words)}
			for range c(3) {
				command = append(command, pick(c, words))
			}
			commands = append(commands, analysis.Frequent{Command: command, Count: int64(1 + c(3))})
		}
		refused := make(map[string]bool)
		var prefixes [][]string // that may be suggested
		for _, a := range words {
			list := [][]string{{a}, {a, "a"}, {a, "b"}}
			for _, prefix := range list {
				if refused[strings.Join(prefix, " ")] = c(3) == 0; !refused[strings.Join(prefix, " ")] {
					prefixes = append(prefixes, prefix)
				}
			}
		}
		list, none, rare := analysis.Suggest(&ir.Policy{}, commands, analysis.SuggestOptions{
			Refuse:  func(prefix []string) bool { return refused[strings.Join(prefix, " ")] },
			Longest: longest,
		})
		// Each command is covered once, or cannot be.
		covered := make([]int, len(commands))
		for _, s := range list {
			sum := int64(0)
			for i := range commands {
				if startsWith(commands[i].Command, s.Prefix) {
					covered[i]++
					sum += commands[i].Count
					if !slices.Contains(s.Commands, i) {
						t.Fatalf("%v: %+v misses %d", commands, s, i)
					}
				}
			}
			if sum != s.Count || refused[strings.Join(s.Prefix, " ")] || len(s.Prefix) > longest {
				t.Fatalf("%v: %+v covers %d", commands, s, sum)
			}
		}
		coverable := func(command []string) bool {
			return slices.ContainsFunc(prefixes, func(prefix []string) bool { return startsWith(command, prefix) })
		}
		for i := range commands {
			want := 0
			if coverable(commands[i].Command) {
				want = 1
			}
			if covered[i] != want || (want == 0) != slices.Contains(none, i) {
				t.Fatalf("%v: %v is covered %d times, want %d; refused %v", commands, commands[i], covered[i], want, none)
			}
		}
		fewest := len(prefixes)
		for set := range uint(1) << len(prefixes) {
			all := true
			for i := range commands {
				all = all && (!coverable(commands[i].Command) || slices.ContainsFunc(prefixes, func(prefix []string) bool {
					at := slices.IndexFunc(prefixes, func(p []string) bool { return slices.Equal(p, prefix) })
					return set&(1<<at) != 0 && startsWith(commands[i].Command, prefix)
				}))
			}
			if all {
				fewest = min(fewest, bits.OnesCount(set))
			}
		}
		if len(list) != fewest || len(rare) > 0 {
			t.Fatalf("%v: %d suggestions, %d are enough: %v", commands, len(list), fewest, list)
		}
	}
}

// A rule on a path would hide the rules on the name of the program.
func TestSuggestHidesNoRules(t *testing.T) {
	p := &ir.Policy{Rules: []ir.PrefixRule{rule(ir.Forbidden, one("git"), one("push"))}}
	list, refused, _ := analysis.Suggest(p, []analysis.Frequent{
		{Command: []string{"/usr/bin/git", "log"}, Count: 1},
		{Command: []string{"./x", "log"}, Count: 1},
	}, analysis.SuggestOptions{})
	if len(list) != 1 || list[0].Prefix[0] != "./x" || !slices.Equal(refused, []int{0}) {
		t.Errorf("got %v, %v", list, refused)
	}
}

// A rule would overrule others that start with it and are weaker.
func TestSuggestOverrulesNone(t *testing.T) {
	p := &ir.Policy{Rules: []ir.PrefixRule{rule(ir.Allow, one("ls"), []string{"-l", "-a"}), rule(ir.Forbidden, one("rm"), one("-rf"))}}
	commands := []analysis.Frequent{
		{Command: []string{"ls", "-x"}, Count: 1},
		{Command: []string{"ls"}, Count: 1},
		{Command: []string{"rm"}, Count: 1},
		{Command: []string{"rm", "x"}, Count: 1},
	}
	for d, want := range map[ir.Decision]string{
		ir.Allow:  "[[ls] [rm]] []",
		ir.Prompt: "[[rm] [ls -x]] [1]",
	} {
		list, refused, _ := analysis.Suggest(p, commands, analysis.SuggestOptions{Decision: d})
		var prefixes [][]string
		for _, s := range list {
			prefixes = append(prefixes, s.Prefix)
		}
		if got := fmt.Sprint(prefixes, refused); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

// TestSuggestionsAnswer holds that with the rules that are suggested all commands
// that they are for have an answer, and the others the one that they had.
func TestSuggestionsAnswer(t *testing.T) {
	answered := 0
	for seed := range uint64(200) {
		c := randomly(rand.New(rand.NewPCG(seed, 12)))
		p := randomPolicy(c, 2)
		d := ir.Allow + ir.Decision(c(2))
		var missing []analysis.Frequent
		eachCommand(2, func(command []string) {
			if c(4) == 0 && p.Evaluate(command, &ir.Place{}).Decision == ir.None {
				missing = append(missing, analysis.Frequent{Command: slices.Clone(command), Count: 1})
			}
		})
		list, _, _ := analysis.Suggest(p, missing, analysis.SuggestOptions{Decision: d, Least: 2})
		extended := &ir.Policy{Rules: slices.Clone(p.Rules), Hosts: p.Hosts}
		for _, s := range list {
			extended.Rules = append(extended.Rules, ir.PrefixRule{Pattern: ir.Literal(s.Prefix...), Decision: d})
		}
		for _, s := range list {
			for _, i := range s.Commands {
				answered++
				if got := extended.Evaluate(missing[i].Command, &ir.Place{}).Decision; got != d {
					t.Fatalf("%q gets %v\n%s", missing[i].Command, got, show(extended))
				}
			}
		}
		eachCommand(2, func(command []string) {
			before, after := p.Evaluate(command, &ir.Place{}).Decision, extended.Evaluate(command, &ir.Place{}).Decision
			if before != ir.None && before != after {
				t.Fatalf("%q: %v becomes %v\n%s", command, before, after, show(extended))
			}
		})
	}
	if answered == 0 {
		t.Error("nothing is answered")
	}
}
