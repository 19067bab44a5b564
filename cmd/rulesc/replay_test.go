package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/topk"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/runtime/shell"
)

// TestReplayCounts holds the numbers of replay against the definition.
func TestReplayCounts(t *testing.T) {
	words := []string{"git", "push", "log", "-f", "/usr/bin/git", "ls"}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		word := func() string { return words[r.IntN(len(words))] }
		policy := func() *ir.Policy {
			p := &ir.Policy{}
			for range 1 + r.IntN(6) {
				pattern := ir.Pattern{{word()}}
				for range r.IntN(3) {
					pattern = append(pattern, []string{word(), word()})
				}
				p.Rules = append(p.Rules, ir.PrefixRule{Pattern: pattern, Decision: ir.Allow + ir.Decision(r.IntN(4))})
			}
			return p
		}
		old, young := policy(), policy()
		var log strings.Builder
		var argvs [][]string
		for range 300 {
			var argv []string
			for range 1 + r.IntN(3) {
				argv = append(argv, word())
			}
			if r.IntN(3) == 0 {
				argv = []string{"bash", "-lc", strings.Join(argv, " ") + " && " + word() + " " + word()}
			}
			line, err := json.Marshal(argv)
			if err != nil {
				t.Fatal(err)
			}
			log.Write(append(line, '\n'))
			argvs = append(argvs, argv)
		}
		name := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(name, []byte(log.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		for _, reading := range []shellReading{shellOff, shellReference, shellFull} {
			run := &replay{shell: reading, changed: topk.New[changedCommand](commandsKept), groups: make(map[change]int64)}
			sel := &selection{}
			for _, p := range []*ir.Policy{old, young} {
				side, err := sel.replaySide("p", p, func(ir.Source) string { return "" }, false)
				if err != nil {
					t.Fatal(err)
				}
				run.sides = append(run.sides, side)
			}
			logs := &logReading{format: "auto"}
			if err := logs.read(t.Context(), []string{name}, sel.inDir, run.command); err != nil {
				t.Fatal(err)
			}
			changes, different := make(map[string]int64), make(map[string]int64)
			for _, argv := range argvs {
				before, after := defined(old, argv, reading), defined(young, argv, reading)
				if before.decision != after.decision {
					changes[fmt.Sprint(before, after)]++
					different[fmt.Sprint(before, after, shellLine(argv))]++
				}
			}
			for i, p := range []*ir.Policy{old, young} {
				var decisions [ir.Forbidden + 1]int64
				decided := make([]int64, len(p.Rules))
				for _, argv := range argvs {
					a := defined(p, argv, reading)
					decisions[a.decision]++
					if a.rule >= 0 {
						decided[a.rule]++
					}
				}
				if got := run.sides[i]; decisions != got.decisions || fmt.Sprint(decided) != fmt.Sprint(got.decided) {
					t.Fatalf("%s: %v and %v, want %v and %v", reading, got.decisions, got.decided, decisions, decided)
				}
			}
			groups := run.sorted()
			if len(groups) != len(changes) {
				t.Fatalf("%s: %d groups, want %d", reading, len(groups), len(changes))
			}
			for _, g := range groups {
				if n := changes[fmt.Sprint(g.old, g.young)]; n != g.count {
					t.Errorf("%s: %v: %d, want %d", reading, g.change, g.count, n)
				}
				for _, e := range g.commands {
					if n := different[fmt.Sprint(g.old, g.young, shownKey(e.Key, e.Value.cut))]; n != e.Count || e.Over != 0 {
						t.Errorf("%s: %s: %d, want %d", reading, shownKey(e.Key, e.Value.cut), e.Count, n)
					}
				}
			}
		}
	}
}

// defined is the answer of the definition. The full reading is the one that
// explain shows.
func defined(p *ir.Policy, argv []string, reading shellReading) answer {
	if reading == shellFull {
		s := &subject{policy: p, place: &ir.Place{}, shell: shellFull}
		r, err := s.read(argv)
		if err != nil || r.Deciding < 0 {
			return answer{r.Decision, -1}
		}
		return answer{r.Decision, int32(r.Matches[r.Deciding].Rule)}
	}
	commands := [][]string{argv}
	if reading == shellReference {
		commands, _ = shell.Reference(argv)
	}
	result := p.EvaluateAll(commands, &ir.Place{})
	if result.Deciding < 0 {
		return answer{result.Decision, -1}
	}
	return answer{result.Decision, int32(result.Matches[result.Deciding].Rule)}
}

// What is kept of a command is bounded, and long commands are told apart.
func TestCommandKey(t *testing.T) {
	for _, argv := range [][]string{{"git", "a b"}, {""}, {"", ""}, {"a\x00b", "é"}} {
		key := string(commandKey(nil, argv))
		if got := keyTokens(key); !slices.Equal(got, argv) {
			t.Errorf("%q comes back as %q", argv, got)
		}
	}
	long := strings.Repeat("é", keptBytes)
	a, b := []string{"x", long + "a"}, []string{"x", long + "b"}
	key := string(commandKey(nil, a))
	if key == string(commandKey(nil, b)) || len(key) > keptBytes || keyTokens(key) != nil || keyTokens("") != nil {
		t.Errorf("key %q", key)
	}
	if cut := cutLong(a); len(cut) > keptBytes+40 || !strings.HasSuffix(cut, "é… (1029 bytes)") || shownKey(key, cut) != cut {
		t.Errorf("got %q", cut)
	}
	if got := shownKey(string(commandKey(nil, []string{"git", "a b"})), cutLong([]string{"git", "a b"})); got != "git 'a b'" {
		t.Errorf("got %q", got)
	}
}
