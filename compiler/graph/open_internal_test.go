package graph

import (
	"math/rand/v2"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

// completed returns the shortest command that begins with prefix and that rule r
// could match.
func completed(r ir.PrefixRule, prefix []string) []string {
	command := append([]string(nil), prefix...)
	for i := len(prefix); i < len(r.Pattern); i++ {
		command = append(command, r.Pattern[i][0])
	}
	return command
}

// reachable returns how rule r matches some command that begins with prefix, as
// if there were no other rules; nil if it matches none.
func reachable(p *ir.Policy, r int, prefix []string, at *ir.Place) *ir.Match {
	alone := ir.Policy{Rules: p.Rules[r : r+1], Hosts: p.Hosts}
	if matches := alone.Evaluate(completed(p.Rules[r], prefix), at).Matches; len(matches) > 0 {
		return &matches[0]
	}
	return nil
}

// agreeOpen checks what the image says of all commands that begin with prefix.
func agreeOpen(t testing.TB, c choices, p *ir.Policy, m *matcher.Image, prefix []string, at *ir.Place) {
	t.Helper()
	var place *matcher.Place
	if at != nil {
		place = matcher.NewPlace(at.Home, at.Dir)
	}
	got := m.DecideOpen(prefix, place)
	own := p.Evaluate(prefix, at)
	worlds := at
	if len(prefix) > 0 && p.Evaluate(prefix, nil).Decision != ir.None {
		worlds = nil // everything that begins so matches as written
	}
	strictest := ir.None
	for r := range p.Rules {
		if reachable(p, r, prefix, worlds) != nil {
			strictest = max(strictest, p.Rules[r].Decision)
		}
	}
	want := strictest
	if strictest == ir.Allow && own.Decision != ir.Allow {
		want = ir.None
	}
	if ir.Decision(got.Decision) != want {
		t.Errorf("DecideOpen = %+v, want %v%s", got, want, about(p, prefix, at))
		return
	}
	if want == ir.None {
		if got != (matcher.Verdict{Rule: -1}) {
			t.Errorf("DecideOpen = %+v of no rule%s", got, about(p, prefix, at))
		}
	} else if own.Decision == want {
		if one := m.Decide(prefix, place); got != one {
			t.Errorf("DecideOpen = %+v, want %+v, which Decide says%s", got, one, about(p, prefix, at))
		}
	} else {
		by := reachable(p, got.Rule, prefix, worlds)
		if by == nil || p.Rules[got.Rule].Decision != want || got.Tokens != len(prefix) || got.ByName != (by.Resolved != "") {
			t.Errorf("DecideOpen = %+v, but %+v%s", got, by, about(p, prefix, at))
		} else if decision := p.Evaluate(completed(p.Rules[got.Rule], prefix), nil).Decision; worlds == nil && decision != want {
			t.Errorf("DecideOpen = %+v, but nothing gets more than %v%s", got, decision, about(p, prefix, at))
		}
	}
	for range 4 {
		command := append([]string(nil), prefix...)
		if len(p.Rules) > 0 && c.below(2) == 0 {
			command = completed(pick(c, p.Rules), prefix)
		}
		for range c.below(4) {
			command = append(command, pick(c, words))
		}
		if len(command) == 0 {
			continue
		}
		switch d := p.Evaluate(command, at).Decision; {
		case want == ir.Allow && d != ir.Allow, want != ir.Allow && d > max(want, ir.Allow):
			t.Errorf("DecideOpen = %+v, but %q gets %v%s", got, command, d, about(p, prefix, at))
		}
	}
}

func agreeOpenOnAll(t testing.TB, c choices, commands int) {
	t.Helper()
	p := makePolicy(c)
	rules, hosts := fromIR(p)
	graphs := mustOpen(t, rules, hosts, defaultBudget)
	groups := mustOpen(t, rules, hosts, allGroups)
	for range commands {
		command := makeCommand(c, p)
		command = command[:c.below(len(command)+1)]
		at := pick(c, places)
		agreeOpen(t, c, p, graphs, command, at)
		agreeOpen(t, c, p, groups, command, at)
	}
}

func TestOpenAgreesWithTheDefinition(t *testing.T) {
	rounds := 5000
	if testing.Short() {
		rounds = 1000
	}
	for seed := range uint64(rounds) {
		agreeOpenOnAll(t, randomChoices{rand.New(rand.NewPCG(seed, 5))}, 8)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzOpenAgreesWithTheDefinition(f *testing.F) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 6))
		b := make([]byte, 40+10*seed)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		f.Add(b)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		agreeOpenOnAll(t, &byteChoices{rest: b}, 4)
	})
}
