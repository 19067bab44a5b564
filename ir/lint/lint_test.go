package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/ir/lint"
)

// policy reads lines such as
//
//	user  git push|fetch = prompt why
//	user  host git /usr/bin/git
//	user  net example.com https = allow
//
// the first word is the layer, the line's number its place.
func policy(text string) *ir.Policy {
	p := &ir.Policy{}
	number := 0
	for l := range strings.Lines(text) {
		words := strings.Fields(l)
		if len(words) == 0 {
			continue
		}
		number++
		source := ir.Source{Layer: words[0], Position: ir.Position{File: words[0] + ".rules", Line: number, Col: 1}}
		words = words[1:]
		at := slices.Index(words, "=")
		var decision ir.Decision
		reason := ""
		if at >= 0 {
			decision, _ = ir.ParseDecision(words[at+1])
			reason = strings.Join(words[at+2:], " ")
			words = words[:at]
		}
		switch words[0] {
		case "host":
			p.Hosts = append(p.Hosts, ir.HostExecutable{Name: words[1], Paths: words[2:], Source: source})
		case "net":
			p.Networks = append(p.Networks, ir.NetworkRule{Host: words[1], Protocol: ir.Protocol(words[2]), Decision: decision, Source: source})
		default:
			for program := range strings.SplitSeq(words[0], "|") {
				rule := ir.PrefixRule{Pattern: ir.Literal(strings.ReplaceAll(program, "~", " ")), Decision: decision, Justification: reason, Source: source}
				for _, w := range words[1:] {
					rule.Pattern = append(rule.Pattern, strings.Split(strings.ReplaceAll(w, "~", " "), "|"))
				}
				p.Rules = append(p.Rules, rule)
			}
		}
	}
	return p
}

func TestFindings(t *testing.T) {
	tests := []struct {
		name, policy string
		want         []string // "line code severity witness"
	}{
		{"nothing to say", "u git status|log = allow\nu git push = prompt", nil},
		{"covered by a shorter one", "u git = prompt\nu git push = prompt", []string{"2 RS001 warning"}},
		{"covered by a stricter one", "u git log = allow\nu git = prompt", []string{"1 RS001 warning"}},
		{"covered by several", "u a b = prompt\nu a c = prompt\nu a b|c x = prompt", []string{"3 RS001 warning"}},
		{"names the reason", "u git = prompt this\nu git push = prompt that", []string{"2 RS001 note"}},
		{"names the same reason", "u git = prompt this\nu git push = prompt this", []string{"2 RS001 warning"}},
		{"less strict, so never the reason", "u git = prompt this\nu git log = allow that", []string{"2 RS001 warning"}},
		{"said twice", "u x a|b = allow\nu x b|a = allow", []string{"2 RS002 warning"}},
		{"said twice, with another reason", "u x a = allow this\nu x a = allow that", []string{"2 RS001 note"}},
		{"an alternative twice", "u x a|a = allow", []string{"1 RS003 warning"}},
		{"an alternative covered", "u git stash drop|pop = prompt\nu git stash drop = forbidden why", []string{"1 RS003 warning", "2 RS013 note git -C . stash drop", "2 RS013 note env 'X=1' git stash drop"}},
		{"some programs of a call", "u x = prompt\nu x|y|z a = prompt", []string{"2 RS001 warning"}},
		{"overridden by a higher layer", "u x a = allow\nmanaged x = forbidden why", []string{"1 RS004 warning", "2 RS013 note env 'X=1' x"}},
		{"stricter in the same layer", "u x a = allow\nu x = prompt", []string{"1 RS001 warning"}},
		{"tangled", "u /x/g a = allow\nu /x/g a|b = prompt\nu /x/g a|c = prompt\nu g = prompt", []string{"1 RS001 warning", "2 RS005 note", "3 RS001 warning"}},

		{"an interpreter", "u python3 = allow", []string{"1 RS010 warning python3 -c pass"}},
		{"by path and version", "u /usr/bin/python3.12 = allow", []string{"1 RS010 warning /usr/bin/python3.12 -c pass"}},
		{"of which the table's examples ask", "u awk = allow\nu awk BEGIN{system(\"id\")} = prompt", nil},
		{"a module of it", "u python3 -m pytest = allow", nil},
		{"its version", "u python3 --version = allow\nu node -v = prompt", nil},
		{"any module of it", "u python3 -m = allow", []string{"1 RS010 warning python3 -m pip"}},
		{"a shell script", "u bash -lc = allow", []string{"1 RS010 warning bash -lc x"}},
		{"one of several", "u ls|bash -c|-l = allow", []string{"1 RS010 warning bash -c id"}},
		{"a wrapper", "u env = allow", []string{"1 RS010 warning env id"}},
		{"a wrapper of an interpreter", "u sudo -u root env X=1 python3 = allow", []string{"1 RS010 warning sudo -u root env 'X=1' python3 -c pass"}},
		{"a wrapper of one program", "u nice -n 5 make test = allow", nil},
		{"a runner", "u npm run = allow", []string{"1 RS010 warning npm run deploy"}},
		{"one script", "u npm run test = allow", nil},
		{"a runner of an interpreter", "u uv run python = allow", []string{"1 RS010 warning uv run python -c pass"}},
		{"another machine", "u ssh prod = allow", []string{"1 RS010 warning ssh prod host id"}},
		{"it asks", "u python3 = prompt", nil},
		{"a whole tool", "u git = allow", []string{"1 RS011 warning git push --force"}},
		{"a tool whose worst part asks", "u git = allow\nu git push = prompt", []string{"1 RS011 warning git reset --hard", "2 RS012 warning git -C . push"}},
		{"a search that runs commands", "u rg -n = allow", []string{"1 RS011 warning rg -n --pre rm x"}},

		{"an option before the subcommand", "u git log = allow\nu git -C = allow\nu git push = forbidden why", []string{"2 RS011 warning git -C . push --force", "3 RS012 warning git -C . push", "3 RS013 note git -c 'a.b=c' push", "3 RS013 note env 'X=1' git push"}},
		{"the option behind", "u git push = allow\nu git push --force = forbidden why", []string{"2 RS012 warning git push origin --force", "2 RS013 note git -C . push --force", "2 RS013 note env 'X=1' git push --force"}},
		{"options apart", "u rm = allow\nu rm -rf = forbidden why", []string{"2 RS012 warning rm x -rf", "2 RS012 warning rm -fr", "2 RS013 note env 'X=1' rm -rf"}},
		{"a list that leaves usual paths out", "u x a = forbidden why\nu host x /usr/bin/x", []string{"1 RS013 note /bin/x a", "1 RS013 note env 'X=1' x a"}},
		{"a path in the same file", "u /usr/bin/x = allow\nu x a = prompt", []string{"2 RS012 warning /usr/bin/x a"}},
		{"forbidden by path alone", "u /usr/bin/x = forbidden why", []string{"1 RS013 note x", "1 RS013 note env 'X=1' /usr/bin/x"}},
		{"wrappers ask", "u env|sudo|command|nohup|timeout|xargs|sh|bash = prompt\nu x = forbidden why", nil},

		{"a path hides a managed rule", "u /opt/tool = allow\nmanaged tool push = prompt", []string{"1 RS014 warning /opt/tool push"}},
		{"a list hides a managed rule", "u host tool /opt/tool\nmanaged tool push = prompt", []string{"1 RS014 warning /usr/bin/tool push"}},
		{"two layers hide it", "u /opt/tool = allow\nv /opt/tool = allow\nmanaged tool push = prompt", []string{"2 RS002 warning", "2 RS014 warning /opt/tool push"}},
		{"nothing hidden that is weaker", "u /opt/tool = forbidden why\nmanaged tool push = prompt", []string{"1 RS013 note tool", "1 RS013 note env 'X=1' /opt/tool"}},

		{"words in a token", "u git~push = prompt\nu git push~--force = prompt\nu x -n~default = prompt", []string{"1 RS020 warning", "2 RS020 warning", "3 RS020 warning"}},
		{"texts and scripts", "u git commit -m a~b = prompt\nu bash -lc ls~-l = prompt\nu /Users/x/My~App/bin = prompt\nu gh pr create --title fix~it = prompt", nil},
		{"globs", "u npm run * = prompt\nu npm test.* = prompt\nu cat *.md = prompt", []string{"1 RS021 warning", "2 RS021 warning", "3 RS021 warning"}},
		{"no globs", "u find . -name *.go = prompt\nu rg a.*b = prompt\nu git log --grep a* = prompt\nu curl https://x/?a=*b = prompt", nil},
		{"no reason", "u env|sudo|command|nohup|timeout|xargs|sh|bash = prompt\nu x = forbidden", []string{"2 RS030 note"}},

		{"lists", "u host nosuch\nu git status = prompt\nu host git /a/git\nv host git /b/git", []string{"1 RS040 warning", "4 RS014 warning /a/git status", "4 RS041 warning"}},
		{"a list of another spelling", "u K = prompt\nu host k /x/k", []string{"2 RS040 warning"}},
		{"networks", "u net a.example https = allow\nu net a.example http = forbidden\nu net b..c http = allow\nu net 1.2.3 http = allow\nu net ::1 http = allow\nu net 10.0.0.1 http = allow\nu net -a.b http = allow\nu net a_b.c http = allow", []string{"1 RS051 warning", "3 RS050 warning", "4 RS050 warning", "7 RS050 warning"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := policy(test.policy)
			report, err := lint.Check(p, lint.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range report.Findings {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", f.Source.Line, f.Code, f.Severity, line(f.Witness))))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
				for _, f := range report.Findings {
					t.Logf("%+v", f)
				}
			}
		})
	}
}

func line(command []string) string {
	words := slices.Clone(command)
	for i, w := range words {
		if strings.ContainsAny(w, "= ") {
			words[i] = "'" + w + "'"
		}
	}
	return strings.Join(words, " ")
}

func TestCodes(t *testing.T) {
	last := ""
	for _, c := range lint.Codes {
		if c.ID <= last || len(c.ID) != 5 {
			t.Errorf("code %s after %s", c.ID, last)
		}
		last = c.ID
		if c.Title == "" || len(c.Text) < 100 || c.Severity != diag.Note && c.Severity != diag.Warning && c.Severity != diag.Error {
			t.Errorf("%s is not explained", c.ID)
		}
		for l := range strings.Lines(c.Text) {
			if len(l) > 90 {
				t.Errorf("%s: a line is longer than 90 bytes: %s", c.ID, l)
			}
		}
		if got, ok := lint.Lookup(strings.ToLower(c.ID)); !ok || got != c {
			t.Errorf("Lookup(%s) is %v", c.ID, got)
		}
	}
}

func TestIgnore(t *testing.T) {
	for comment, want := range map[string]string{
		"# rulesc:ignore RS010: why":                "RS010|why|",
		"#rulesc:ignore rs010,RS011 : why: because": "RS010 RS011|why: because|",
		"# rulesc:ignore RS010":                     "RS010||it gives no reason",
		"# rulesc:ignore RS010:  ":                  "RS010||it gives no reason",
		"# rulesc:ignore : why":                     "|why|it names no code",
		"# rulesc:ignore RS999: why":                "|why|there is no code RS999",
		"# rulesc:ignored":                          "no",
		"# see rulesc:ignore RS010: why":            "no",
	} {
		got := "no"
		if i, ok := lint.ParseIgnore(comment, ir.Source{}); ok {
			got = strings.Join(i.Codes, " ") + "|" + i.Reason + "|" + i.Problem
		}
		if got != want {
			t.Errorf("%s: %q, want %q", comment, got, want)
		}
	}
	i, _ := lint.ParseIgnore("# rulesc:ignore RS010, RS011: why", ir.Source{})
	if !i.Suppresses(&lint.Finding{Code: "RS010"}) || i.Suppresses(&lint.Finding{Code: "RS012"}) {
		t.Error("RS010 alone is suppressed")
	}
	if list := i.Findings(); len(list) != 1 || list[0].Code != "RS091" || !strings.Contains(list[0].Message, "RS011") {
		t.Errorf("unused: %v", list)
	}
}

func TestIsBroad(t *testing.T) {
	for prefix, want := range map[string]string{
		"git":                   "also throws work away, rewrites what others have, and runs commands",
		"/usr/bin/git":          "also throws work away, rewrites what others have, and runs commands",
		"git status":            "",
		"python3.12":            "runs any code",
		"sudo systemctl":        "also stops what runs",
		"sudo systemctl status": "",
		"rm -rf":                "deletes anything",
		"rm -rf build":          "",
		"ls":                    "",
		"":                      "",
	} {
		why, yes := lint.IsBroad(strings.Fields(prefix))
		if why != want || yes != (want != "") {
			t.Errorf("%s: %q, %v; want %q", prefix, why, yes, want)
		}
	}
}

// Where a bound cuts in, a finding says so.
func TestBounds(t *testing.T) {
	var many strings.Builder
	for i := range 2100 {
		fmt.Fprintf(&many, "u x a%d = prompt\n", i)
	}
	overlap := policy("u y = prompt\nu y a = prompt")
	const k = 40
	for i := range k {
		pattern := ir.Pattern{{"x"}}
		for j := range k {
			position := []string{fmt.Sprintf("t%d", j)}
			if i != j {
				position = append(position, fmt.Sprintf("u%d", j))
			}
			pattern = append(pattern, position)
		}
		overlap.Rules = append(overlap.Rules, ir.PrefixRule{Pattern: append(pattern, []string{fmt.Sprintf("end%d", i)}), Decision: ir.Prompt})
	}
	for _, test := range []struct {
		p    *ir.Policy
		want string
	}{
		{policy(many.String()), "2100 rules on x forbid or ask; only the first 2000 were tried with other spellings"},
		{overlap, "40 rules, such as this one, overlap too much to say which of them decide: they were not looked at for dead rules"},
	} {
		report, err := lint.Check(test.p, lint.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		dead := 0
		for _, f := range report.Findings {
			if f.Code == "RS099" {
				got = append(got, f.Message)
			}
			if f.Code == "RS001" {
				dead++
			}
		}
		if diff := cmp.Diff([]string{test.want}, got); diff != "" {
			t.Error(diff)
		}
		if test.p == overlap && dead != 1 {
			t.Errorf("%d dead rules on y, want 1", dead)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		p := &ir.Policy{}
		for i := range n {
			p.Rules = append(p.Rules, ir.PrefixRule{
				Pattern:  ir.Pattern{{fmt.Sprintf("tool%d", i%(n/20+1))}, {fmt.Sprintf("sub%d", i%31), fmt.Sprintf("sub%d", i%37)}, {fmt.Sprintf("--opt%d", i%7)}},
				Decision: []ir.Decision{ir.Allow, ir.Allow, ir.Prompt, ir.Forbidden}[i%4],
				Source:   ir.Source{Position: ir.Position{File: "a.rules", Line: i + 1, Col: 1}},
			})
		}
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, err := lint.Check(p, lint.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(report.Findings)), "findings")
			}
		})
	}
}
