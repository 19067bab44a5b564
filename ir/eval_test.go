package ir_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
)

// rules reads lines such as "git status|log = allow", "~git = prompt" (canonical).
func rules(text string) []ir.PrefixRule {
	var list []ir.PrefixRule
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		n := len(words)
		decision, ok := ir.ParseDecision(words[n-1])
		if !ok || words[n-2] != "=" {
			panic("bad line " + line)
		}
		rule := ir.PrefixRule{Decision: decision}
		for _, w := range words[:n-2] {
			if rest, found := strings.CutPrefix(w, "~"); found {
				rule.Canonical, w = true, rest
			}
			rule.Pattern = append(rule.Pattern, strings.Split(w, "|"))
		}
		list = append(list, rule)
	}
	return list
}

func TestEvaluate(t *testing.T) {
	const git = `
		git = allow
		git push = prompt
		git push --force|-f = forbidden
		git push origin = prompt
	`
	tests := []struct {
		name, rules, command string
		decision             ir.Decision
		matched              []int
		deciding             int // rule
	}{
		{"empty policy", "", "ls", ir.None, nil, -1},
		{"no such program", git, "gitk", ir.None, nil, -1},
		{"whole tokens only", git, "git pushy", ir.Allow, []int{0}, 0},
		{"strictest of all", git, "git push -f x", ir.Forbidden, []int{0, 1, 2}, 2},
		{"longest decides among the strictest", git, "git push origin", ir.Prompt, []int{0, 1, 3}, 3},
		{"of equals the last", "a b = prompt\na b|c = prompt\n", "a b", ir.Prompt, []int{0, 1}, 1},
		{"shorter but stricter", "a = forbidden\na b = allow\n", "a b", ir.Forbidden, []int{0, 1}, 0},
		{"command shorter than the pattern", "a b = allow\n", "a", ir.None, nil, -1},
		{"prompt-user beats prompt", "a b = prompt\na = prompt-user\n", "a b", ir.PromptUser, []int{0, 1}, 1},
		{"forbidden beats prompt-user", "a = forbidden\na = prompt-user\n", "a", ir.Forbidden, []int{0, 1}, 0},
		{"an exact rule keeps case", "git = allow\n", "GIT", ir.None, nil, -1},
		{"a canonical one does not", "~git ~status = allow\n", "GIT Status", ir.Allow, []int{0}, 0},
		// REFERENCE.md §3: rules under other spellings come after the exact ones.
		{"other spellings come last", "~GIT = allow\ngit = allow\n~Git = allow\n~git = allow\n", "git", ir.Allow, []int{1, 3, 0, 2}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := &ir.Policy{Rules: rules(test.rules)}
			got := p.Evaluate(strings.Fields(test.command), nil)
			var matched []int
			for _, m := range got.Matches {
				matched = append(matched, m.Rule)
			}
			if got.Decision != test.decision || !cmp.Equal(matched, test.matched) {
				t.Errorf("%s: got %v by rules %v, want %v by %v", test.command, got.Decision, matched, test.decision, test.matched)
			}
			deciding := -1
			if got.Deciding >= 0 {
				deciding = got.Matches[got.Deciding].Rule
			}
			if deciding != test.deciding {
				t.Errorf("%s: rule %d decides, want %d", test.command, deciding, test.deciding)
			}
		})
	}
}

func TestEvaluateResolvesHostExecutables(t *testing.T) {
	hosts := []ir.HostExecutable{
		{Name: "git", Paths: []string{"/opt/git"}},
		{Name: "git", Paths: []string{"/usr/bin/git", "/work/git"}}, // the last entry wins
		{Name: "rm"},
	}
	p := &ir.Policy{Hosts: hosts, Rules: rules(`
		git status = allow
		ls = allow
		rm = forbidden
		/opt/ls = forbidden
		/opt/rm x = prompt
		~GIT = prompt
	`)}
	check := &ir.Place{Home: "/home/u", Dir: "/work"}
	live := &ir.Place{}
	tests := []struct {
		name     string
		at       *ir.Place
		command  string
		decision ir.Decision
		resolved string
	}{
		{"off", nil, "/bin/ls", ir.None, ""},
		{"no entry admits any path", check, "/bin/ls", ir.Allow, "/bin/ls"},
		{"listed", check, "/usr/bin/git status", ir.Prompt, "/usr/bin/git"},
		{"listed, spelt otherwise", check, "/usr//lib/../bin/./git status", ir.Prompt, "/usr/bin/git"},
		{"not listed", check, "/opt/git status", ir.None, ""},
		{"an empty list admits none", check, "/bin/rm", ir.None, ""},
		{"a full match as written hides the name", check, "/opt/ls", ir.Forbidden, ""},
		{"half a match does not", check, "/opt/rm y", ir.None, ""},
		{"relative", check, "./ls", ir.Allow, "/work/ls"},
		{"relative and listed", check, "./git status", ir.Prompt, "/work/git"},
		{"home", check, "~/bin/ls", ir.Allow, "/home/u/bin/ls"},
		{"another's home is a folder's name", check, "~v/ls", ir.Allow, "/work/~v/ls"},
		{"root", check, "/", ir.None, ""},
		{"dots above the root", check, "/../../ls", ir.Allow, "/ls"},
		{"no folder: relative without a list", live, "bin/ls", ir.Allow, "bin/ls"},
		{"no folder: relative is in no list", live, "./git status", ir.None, ""},
		{"no folder: a trailing slash does not count", live, "bin/ls/", ir.Allow, "bin/ls"},
		{"no folder: dots that nothing takes away", live, "../..", ir.None, ""},
		{"no folder: dots before a name", live, "../bin/ls", ir.Allow, "../bin/ls"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := p.Evaluate(strings.Fields(test.command), test.at)
			resolved := ""
			if len(got.Matches) > 0 {
				resolved = got.Matches[0].Resolved
			}
			if got.Decision != test.decision || resolved != test.resolved {
				t.Errorf("%s: got %v for %q, want %v for %q", test.command, got.Decision, resolved, test.decision, test.resolved)
			}
		})
	}
}

// A list under another spelling of the name gates the canonical rules that are
// written in that spelling.
func TestEvaluateGatesOtherSpellings(t *testing.T) {
	p := &ir.Policy{
		Rules: rules("~tool = prompt\n~TOOL = forbidden\n"),
		Hosts: []ir.HostExecutable{{Name: "TOOL", Paths: []string{"/x/TOOL"}}},
	}
	for command, want := range map[string]ir.Decision{"/x/tool": ir.Prompt, "/x/TOOL": ir.Forbidden, "/y/TOOL": ir.None} {
		if got := p.Evaluate([]string{command}, &ir.Place{}).Decision; got != want {
			t.Errorf("%s: got %v, want %v", command, got, want)
		}
	}
}

func TestEvaluateAll(t *testing.T) {
	p := &ir.Policy{Rules: rules("a = allow\nb x = forbidden\nc = forbidden\n")}
	got := p.EvaluateAll([][]string{{"a"}, {"b", "x"}, {"nosuch"}, {"c"}, {}}, nil)
	want := ir.Result{
		Decision: ir.Forbidden,
		Matches: []ir.Match{
			{Command: 0, Rule: 0, Prefix: []string{"a"}},
			{Command: 1, Rule: 1, Prefix: []string{"b", "x"}},
			{Command: 3, Rule: 2, Prefix: []string{"c"}},
		},
		Deciding:  1,
		Unmatched: []int{2, 4},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What is allowed in part is not allowed.
func TestEvaluateAllAllowsOnlyWholes(t *testing.T) {
	p := &ir.Policy{Rules: rules("a = allow\nb = allow\np = prompt\n")}
	tests := []struct {
		commands [][]string
		want     ir.Decision
		deciding int
	}{
		{[][]string{{"a"}, {"b"}}, ir.Allow, 1},
		{[][]string{{"a"}, {"nosuch"}}, ir.None, -1},
		{[][]string{{"nosuch"}, {"p"}}, ir.Prompt, 0},
		{nil, ir.None, -1},
	}
	for _, test := range tests {
		got := p.EvaluateAll(test.commands, nil)
		if got.Decision != test.want || got.Deciding != test.deciding {
			t.Errorf("%q: got %v by %d, want %v by %d", test.commands, got.Decision, got.Deciding, test.want, test.deciding)
		}
	}
}

func TestOverlay(t *testing.T) {
	base := &ir.Policy{Rules: rules("a = allow\n")}
	merged, err := ir.Overlay(base, rules("a = prompt-user\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(base.Rules) != 1 {
		t.Error("the base policy changed")
	}
	if got := merged.Evaluate([]string{"a"}, nil).Decision; got != ir.PromptUser {
		t.Errorf("got %v, want prompt-user", got)
	}
	if _, err := ir.Overlay(base, rules("a = allow\n")); err == nil {
		t.Error("a managed rule that allows was accepted")
	}
}

func TestNetworkLists(t *testing.T) {
	p := &ir.Policy{Networks: []ir.NetworkRule{
		{Host: "a", Decision: ir.Allow},
		{Host: "b", Decision: ir.Allow},
		{Host: "c", Decision: ir.Forbidden},
		{Host: "a", Decision: ir.Forbidden},
		{Host: "d", Decision: ir.Allow},
		{Host: "b", Decision: ir.Prompt},
		{Host: "e", Decision: ir.Prompt},
		{Host: "e", Decision: ir.Allow},
	}}
	allowed, denied := p.NetworkLists()
	if diff := cmp.Diff([]string{"d", "e"}, allowed); diff != "" {
		t.Error("allowed", diff)
	}
	if diff := cmp.Diff([]string{"c", "a"}, denied); diff != "" {
		t.Error("denied", diff)
	}
}
