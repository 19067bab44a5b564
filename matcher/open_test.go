package matcher_test

import (
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

func TestDecideOpen(t *testing.T) {
	const rules = `
		git = allow
		git push = prompt
		git push -f|--force = forbidden
		git fetch = allow
		git status -s = allow
		rm -rf / = forbidden
		rm -i = allow
		~Tar -x = prompt
		host rm /bin/rm
		/opt/git clone = prompt`
	allow := func(rule, tokens int) matcher.Verdict {
		return matcher.Verdict{Decision: matcher.Allow, Rule: rule, Tokens: tokens}
	}
	prompt := func(rule, tokens int) matcher.Verdict {
		return matcher.Verdict{Decision: matcher.Prompt, Rule: rule, Tokens: tokens}
	}
	forbidden := func(rule, tokens int) matcher.Verdict {
		return matcher.Verdict{Decision: matcher.Forbidden, Rule: rule, Tokens: tokens}
	}
	byName := func(v matcher.Verdict) matcher.Verdict { v.ByName = true; return v }
	none := matcher.Verdict{Rule: -1}
	tests := []struct {
		name   string
		prefix string
		want   matcher.Verdict
	}{
		{"any command", "", forbidden(5, 0)},
		{"something behind is forbidden", "git", forbidden(2, 1)},
		{"more so than what is there", "git push", forbidden(2, 2)},
		{"it is there already", "git push -f", forbidden(2, 3)},
		{"it cannot be reached any more", "git push origin", prompt(1, 2)},
		{"all is allowed", "git fetch", allow(3, 2)},
		{"no rule goes on so", "git clone", allow(0, 1)},
		{"in the middle of the rest of a pattern", "rm -rf", forbidden(5, 2)},
		{"behind the middle of it", "rm -rf x", none},
		{"some commands are allowed", "rm", forbidden(5, 1)},
		{"all commands are allowed", "rm -i", allow(6, 2)},
		{"no rules", "cat", none},
		{"caseless", "tAR", prompt(7, 1)},
		{"by name", "/usr/bin/git push", byName(forbidden(2, 2))},
		{"by name, listed", "/bin/rm", byName(forbidden(5, 1))},
		{"by name, not listed", "/x/rm", none},
		{"as written or by name", "/opt/git", byName(forbidden(2, 1))},
		{"as written", "/opt/git clone", prompt(8, 2)},
		{"not as written", "/opt/git fetch", byName(allow(3, 2))},
	}
	m := openImage(t, compileText(t, rules))
	at := matcher.NewPlace("/home/ann", "/home/ann")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := m.DecideOpen(strings.Fields(test.prefix), at); got != test.want {
				t.Errorf("DecideOpen(%q) = %+v, want %+v", test.prefix, got, test.want)
			}
		})
	}
	if got := m.DecideOpen([]string{"/bin/rm"}, nil); got != none {
		t.Errorf("without resolution: %+v", got)
	}
	if got := openImage(t, compileText(t, "")).DecideOpen(nil, at); got != none {
		t.Errorf("without rules: %+v", got)
	}
	if got := openImage(t, compileText(t, "ls = allow")).DecideOpen(nil, at); got != none {
		t.Errorf("any command: %+v", got)
	}
}
