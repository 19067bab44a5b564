package ir_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
)

func TestEvaluateOpen(t *testing.T) {
	const git = `
		git = allow
		git log --all = allow
		git push = prompt
		git push --force|-f = forbidden
		git push origin = prompt
		ls -l = allow
		~Rm ~-R = forbidden
		rm -R|-f = forbidden
		/opt/git = forbidden
	`
	for _, test := range []struct {
		name, rules, prefix string
		decision            ir.Decision
		matched             []int
		deciding            int // rule
	}{
		{"empty policy", "", "ls", ir.None, nil, -1},
		{"no such program", git, "gitk", ir.None, nil, -1},
		{"every completion is allowed, by the rule that allows the empty one", git, "git log", ir.Allow, []int{0, 1}, 0},
		{"some completion is allowed", git, "ls", ir.None, []int{5}, -1},
		{"what may follow is stricter", git, "git push", ir.Forbidden, []int{0, 2, 3, 4}, 3},
		{"further ahead", git, "git", ir.Forbidden, []int{0, 1, 2, 3, 4}, 3},
		{"nothing stricter may follow", git, "git push origin", ir.Prompt, []int{0, 2, 4}, 4},
		{"it stands there already", git, "git push -f", ir.Forbidden, []int{0, 2, 3}, 3},
		{"a rule that matches goes before a longer one that may", "a = prompt\na b = prompt\n", "a", ir.Prompt, []int{0, 1}, 0},
		{"of those that may the longest", "a b c = prompt\na b = prompt\n", "a", ir.Prompt, []int{0, 1}, 0},
		{"of equals the last", "a b = prompt\na c = prompt\n", "a", ir.Prompt, []int{0, 1}, 1},
		{"caselessly", git, "RM", ir.Forbidden, []int{6}, 6},
		{"an exact rule comes first", git, "rm", ir.Forbidden, []int{7, 6}, 6},
		{"longer than all rules", git, "ls -l x y", ir.Allow, []int{5}, 5},
		{"no token is known", git, "", ir.Forbidden, []int{0, 1, 2, 3, 4, 5, 6, 7, 8}, 3},
		{"no token is known, and all rules allow", "a = allow\nb = allow\n", "", ir.None, []int{0, 1}, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &ir.Policy{Rules: rules(test.rules)}
			got := p.EvaluateOpen(strings.Fields(test.prefix), nil)
			var matched []int
			for _, m := range got.Matches {
				matched = append(matched, m.Rule)
			}
			deciding := -1
			if got.Deciding >= 0 {
				deciding = got.Matches[got.Deciding].Rule
			}
			if got.Decision != test.decision || deciding != test.deciding || !cmp.Equal(matched, test.matched) {
				t.Errorf("%s: got %v by rule %d of %v, want %v by %d of %v", test.prefix, got.Decision, deciding, matched, test.decision, test.deciding, test.matched)
			}
		})
	}
}

func TestEvaluateOpenResolvesHostExecutables(t *testing.T) {
	p := &ir.Policy{
		Hosts: []ir.HostExecutable{{Name: "git", Paths: []string{"/usr/bin/git", "/opt/git", "/x/git"}}},
		Rules: rules(`
			git = prompt
			git push = forbidden
			/opt/git = allow
			/x/git log = allow
			/x/git log -p = prompt
			ls = allow
		`),
	}
	at := &ir.Place{}
	for _, test := range []struct {
		name, prefix string
		at           *ir.Place
		decision     ir.Decision
		matched      []string // by what name
	}{
		{"off", "/usr/bin/git", nil, ir.None, nil},
		{"by name", "/usr/bin/git", at, ir.Forbidden, []string{"git", "git"}},
		{"by name, with a token", "/usr/bin/git log", at, ir.Prompt, []string{"git"}},
		{"a rule on the path takes all", "/opt/git", at, ir.Allow, []string{"/opt/git"}},
		{"a rule on the path takes some", "/x/git", at, ir.Forbidden, []string{"/x/git", "/x/git", "git", "git"}},
		{"a rule on the path takes the rest", "/x/git log", at, ir.Prompt, []string{"/x/git", "/x/git"}},
		{"not listed", "/y/git", at, ir.None, nil},
		{"no list", "/bin/ls", at, ir.Allow, []string{"ls"}},
		{"no program", "/", at, ir.None, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := p.EvaluateOpen(strings.Fields(test.prefix), test.at)
			var matched []string
			for _, m := range got.Matches {
				matched = append(matched, m.Prefix[0])
			}
			if got.Decision != test.decision || !cmp.Equal(matched, test.matched) {
				t.Errorf("%s: got %v by %q, want %v by %q", test.prefix, got.Decision, matched, test.decision, test.matched)
			}
		})
	}
}

// TestEvaluateOpenIsAllCompletions compares the definition with what it
// abbreviates: all completions by tokens that rules know and one that they do
// not, as long as the longest rule.
func TestEvaluateOpenIsAllCompletions(t *testing.T) {
	programs := []string{"a", "A", "/x/a", "/x/A", "b"}
	words := []string{"a", "A", "b"}
	vocabulary := append([]string{"unknown"}, programs...)
	r := rand.New(rand.NewPCG(5, 0))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	answers := make(map[ir.Decision]int)
	stricter := 0
	for range 3000 {
		p := new(ir.Policy)
		for range r.IntN(6) {
			rule := ir.PrefixRule{Pattern: ir.Literal(pick(programs)), Decision: ir.Decision(1 + r.IntN(4)), Canonical: r.IntN(3) == 0}
			if r.IntN(2) == 0 {
				rule.Decision = ir.Allow
			}
			for range r.IntN(3) {
				rule.Pattern = append(rule.Pattern, words[r.IntN(2):2+r.IntN(2)])
			}
			p.Rules = append(p.Rules, rule)
		}
		for range r.IntN(2) {
			p.Hosts = append(p.Hosts, ir.HostExecutable{Name: pick(programs[:2]), Paths: programs[2 : 2+r.IntN(3)]})
		}
		at := []*ir.Place{nil, {}}[r.IntN(2)]
		var prefix []string
		for range r.IntN(3) {
			prefix = append(prefix, pick(vocabulary))
		}

		strictest, all := ir.None, true
		var judge func(command []string)
		judge = func(command []string) {
			if len(command) > 0 {
				d := p.Evaluate(command, at).Decision
				strictest = max(strictest, d)
				all = all && d != ir.None
			}
			if len(command) < 3 {
				for _, token := range vocabulary {
					judge(append(slices.Clip(command), token))
				}
			}
		}
		judge(prefix)
		want := strictest
		if strictest == ir.Allow && !all {
			want = ir.None
		}

		got := p.EvaluateOpen(prefix, at)
		answers[got.Decision]++
		onPath := at != nil && len(prefix) > 0 && slices.ContainsFunc(p.Rules, func(r ir.PrefixRule) bool {
			return len(r.Pattern) > len(prefix) && r.Pattern.Program()[0] == '/'
		})
		switch {
		case got.Decision == want:
		case onPath && got.Decision > want:
			stricter++ // the case that the definition names
		default:
			t.Fatalf("%q\nof %v\nhosts %v, at %v\ngot %v, want %v", prefix, p.Rules, p.Hosts, at, got.Decision, want)
		}
		if (len(got.Unmatched) > 0) != !all {
			t.Fatalf("%q of %v: unmatched %v, all completions matched %v", prefix, p.Rules, got.Unmatched, all)
		}
		if (got.Deciding >= 0) != (got.Decision != ir.None) || got.Deciding >= 0 && p.Rules[got.Matches[got.Deciding].Rule].Decision != got.Decision {
			t.Fatalf("%q of %v: %v decided by %d of %v", prefix, p.Rules, got.Decision, got.Deciding, got.Matches)
		}
	}
	t.Log(answers, "of these stricter than the completions", stricter)
}
