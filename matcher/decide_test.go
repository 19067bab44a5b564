package matcher_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler/graph"
	"github.com/rulesc/rulesc/matcher"
)

func TestDecide(t *testing.T) {
	const git = `
		git = allow
		git push|fetch = prompt
		git push -f = forbidden
		git fetch origin = allow
	`
	const hosts = `
		git = allow
		/opt/git x = forbidden
		ls = prompt
		host git /usr/bin/git
		host ls
	`
	tests := []struct {
		name, rules, command string
		want                 matcher.Verdict
		matched              []int32
	}{
		{"no rules", "", "git", matcher.Verdict{Rule: -1}, nil},
		{"no such program", git, "gitk push", matcher.Verdict{Rule: -1}, nil},
		{"short", git, "git", matcher.Verdict{Decision: matcher.Allow, Rule: 0, Tokens: 1}, []int32{0}},
		{"an unknown argument", git, "git stash push", matcher.Verdict{Decision: matcher.Allow, Rule: 0, Tokens: 1}, []int32{0}},
		{"strictest", git, "git push -f x", matcher.Verdict{Decision: matcher.Forbidden, Rule: 2, Tokens: 3}, []int32{0, 1, 2}},
		{"a longer rule that is not stricter", git, "git fetch origin", matcher.Verdict{Decision: matcher.Prompt, Rule: 1, Tokens: 2}, []int32{0, 1, 3}},
		{"of equals the last", "a b = allow\n a b|c = allow\n a = allow", "a b", matcher.Verdict{Decision: matcher.Allow, Rule: 1, Tokens: 2}, []int32{0, 1, 2}},
		{"a caseless match counts as the last", "~A b = allow\n a b = allow", "a B", matcher.Verdict{Decision: matcher.Allow, Rule: 0, Tokens: 2}, []int32{0}},
		{"exact before caseless", "~A b = allow\n a b = allow\n ~a b = allow", "a b", matcher.Verdict{Decision: matcher.Allow, Rule: 0, Tokens: 2}, []int32{1, 2, 0}},
		{"by name", hosts, "/usr/bin/git y", matcher.Verdict{Decision: matcher.Allow, Rule: 0, Tokens: 1, ByName: true}, []int32{0}},
		{"by name, not listed", hosts, "/usr/local/bin/git", matcher.Verdict{Rule: -1}, nil},
		{"by name, relative", hosts, "../../usr/bin/git", matcher.Verdict{Decision: matcher.Allow, Rule: 0, Tokens: 1, ByName: true}, []int32{0}},
		{"the last list counts", hosts + "host git /opt/git", "/usr/bin/git", matcher.Verdict{Rule: -1}, nil},
		{"by name, empty list", hosts, "/bin/ls", matcher.Verdict{Rule: -1}, nil},
		{"a path rule hides the name rule", hosts, "/opt/git x", matcher.Verdict{Decision: matcher.Forbidden, Rule: 1, Tokens: 2}, []int32{1}},
		{"a path rule that does not match", hosts + "host git /opt/git", "/opt/git y", matcher.Verdict{Decision: matcher.Allow, Rule: 0, Tokens: 1, ByName: true}, []int32{0}},
		{
			"lists of both spellings", "~tool = prompt\nhost tool /x/TOOL\nhost TOOL /x/TOOL", "/x/TOOL",
			matcher.Verdict{Decision: matcher.Prompt, Rule: 0, Tokens: 1, ByName: true},
			[]int32{0},
		},
		{"list of the rule's spelling", "~tool = prompt\nhost tool /x/tool\n", "/x/TOOL", matcher.Verdict{Rule: -1}, nil},
	}
	place := matcher.NewPlace("/home/ann", "/home/ann")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := openImage(t, compileText(t, test.rules))
			argv := strings.Fields(test.command)
			if got := m.Decide(argv, place); got != test.want {
				t.Errorf("Decide = %+v, want %+v", got, test.want)
			}
			var matched []int32
			for _, match := range m.AppendMatches(nil, argv, place) {
				matched = append(matched, match.Rule)
			}
			if !slices.Equal(matched, test.matched) {
				t.Errorf("AppendMatches has %v, want %v", matched, test.matched)
			}
		})
	}
}

func compileText(t testing.TB, text string) []byte {
	rules, hosts := rulesOf(text)
	return compile(t, rules, hosts)
}

func TestResolutionOff(t *testing.T) {
	m := openImage(t, compileText(t, "git = allow"))
	for _, at := range []*matcher.Place{nil, {}} {
		if v := m.Decide([]string{"/bin/git"}, at); v.Decision != matcher.None {
			t.Errorf("Decide at %v = %+v", at, v)
		}
		if got := m.AppendMatches(nil, []string{"/bin/git"}, at); got != nil {
			t.Errorf("AppendMatches at %v = %v", at, got)
		}
	}
}

func TestNoImageForbids(t *testing.T) {
	var none *matcher.Image
	for _, argv := range [][]string{nil, {"git"}} {
		if v, want := none.Decide(argv, nil), (matcher.Verdict{Decision: matcher.Forbidden, Rule: -1}); v != want {
			t.Errorf("%q: %+v, want %+v", argv, v, want)
		}
	}
}

func TestDecideAll(t *testing.T) {
	m := openImage(t, compileText(t, "a = allow\nb = prompt\nb c = prompt\nd = prompt"))
	tests := []struct {
		commands           string
		want               matcher.Verdict
		command, unmatched int
	}{
		{"", matcher.Verdict{Rule: -1}, 0, 0},
		{"x", matcher.Verdict{Rule: -1}, 0, 1},
		{"a", matcher.Verdict{Decision: matcher.Allow, Tokens: 1}, 0, 0},
		{"a;x;a", matcher.Verdict{Rule: -1}, 0, 1}, // what is allowed in part is not allowed
		{"a;a", matcher.Verdict{Decision: matcher.Allow, Tokens: 1}, 1, 0},
		{"a;b c;d;x", matcher.Verdict{Decision: matcher.Prompt, Rule: 2, Tokens: 2}, 1, 1},
		{"b;d;a", matcher.Verdict{Decision: matcher.Prompt, Rule: 3, Tokens: 1}, 1, 0},
	}
	for _, test := range tests {
		var commands [][]string
		for c := range strings.SplitSeq(test.commands, ";") {
			if test.commands != "" {
				commands = append(commands, strings.Fields(c))
			}
		}
		v, command, unmatched := m.DecideAll(commands, nil)
		if v != test.want || command != test.command || unmatched != test.unmatched {
			t.Errorf("%q: %+v of %d, %d unmatched; want %+v of %d, %d",
				test.commands, v, command, unmatched, test.want, test.command, test.unmatched)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	long := strings.Repeat("x", 1000)
	rules, hosts := rulesOf(sampleText)
	rules = append(rules, graph.Rule{Pattern: [][]string{{"deep"}, {long}, {long + "y"}, {"z"}}, Decision: matcher.Prompt})
	m := openImage(t, compile(t, append(rules, overlap(40)...), hosts))
	empty := openImage(t, compile(t, nil, nil))
	at := matcher.NewPlace("/home/ann", "/usr/bin")
	tests := []struct {
		name string
		m    *matcher.Image
		argv []string
		want matcher.Decision
	}{
		{"empty policy", empty, []string{"git", "push"}, matcher.None},
		{"empty command", m, nil, matcher.None},
		{"miss", m, []string{"cat", "x"}, matcher.None},
		{"hit", m, []string{"git", "stash"}, matcher.Allow},
		{"deep hit", m, []string{"git", "push", "--force-with-lease=refs/heads/main"}, matcher.Forbidden},
		{"long tokens", m, []string{"deep", long, long + "y", "z"}, matcher.Prompt},
		{"by name, listed", m, []string{"/usr/bin/../bin//git", "push"}, matcher.Prompt},
		{"by name, not listed", m, []string{"/tmp/git"}, matcher.None},
		{"by name, relative", m, []string{"./x/../git", "fetch"}, matcher.Prompt},
		{"by name, home", m, []string{"~/bin/ls"}, matcher.Allow},
		{"by name, long path", m, []string{strings.Repeat("/a/..", 1000) + "/ls"}, matcher.Allow},
		{"canonical", m, []string{"tar", "--extract"}, matcher.Prompt},
		{"canonical, another spelling", m, []string{"Tar", "-x"}, matcher.Prompt},
		{"canonical, both spellings", m, []string{"TAR", "-X", "--DANGEROUSLY-absolute-names-of-files"}, matcher.Forbidden},
		{"canonical, not ASCII", m, []string{"STRAẞE", "E\u0301"}, matcher.PromptUser},
		{"group", m, append([]string{"overlap"}, tails(100)...), matcher.Allow},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if v := test.m.Decide(test.argv, at); v.Decision != test.want {
				t.Errorf("Decide = %+v, want %v", v, test.want)
			}
			if n := testing.AllocsPerRun(100, func() { test.m.Decide(test.argv, at) }); n != 0 {
				t.Errorf("Decide allocates %v times", n)
			}
			for known := range len(test.argv) {
				if n := testing.AllocsPerRun(10, func() { test.m.DecideOpen(test.argv[:known], at) }); n != 0 {
					t.Errorf("DecideOpen allocates %v times for %d tokens", n, known)
				}
			}
			matches := make([]matcher.Match, 0, 64)
			if got := test.m.AppendMatches(matches, test.argv, at); (len(got) == 0) != (test.want == matcher.None) {
				t.Errorf("AppendMatches = %v, the decision is %v", got, test.want)
			}
			if n := testing.AllocsPerRun(100, func() { test.m.AppendMatches(matches, test.argv, at) }); n != 0 {
				t.Errorf("AppendMatches allocates %v times", n)
			}
		})
	}
}

// tails returns the arguments that all rules of overlap match.
func tails(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = "t" + string(rune('0'+i%64))
	}
	return list
}
