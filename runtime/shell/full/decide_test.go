package full_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

// rules are a policy that is not compiled.
type rules struct{ policy *ir.Policy }

func (r rules) Decide(argv []string) runtime.Verdict { return verdict(r.policy.Evaluate(argv, nil)) }

func (r rules) DecideOpen(prefix []string) runtime.Verdict {
	return verdict(r.policy.EvaluateOpen(prefix, nil))
}

func verdict(r ir.Result) runtime.Verdict {
	v := runtime.Verdict{Decision: runtime.Decision(r.Decision), Rule: -1}
	if r.Deciding >= 0 {
		m := r.Matches[r.Deciding]
		v.Rule, v.Tokens, v.ByName = m.Rule, len(m.Prefix), m.Resolved != ""
	}
	return v
}

// rulesOf reads lines such as "git push = prompt".
func rulesOf(text string) rules {
	p := new(ir.Policy)
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if n := len(words) - 2; n > 0 {
			decision, ok := ir.ParseDecision(words[n+1])
			if !ok {
				panic(line)
			}
			p.Rules = append(p.Rules, ir.PrefixRule{Pattern: ir.Literal(words[:n]...), Decision: decision})
		}
	}
	return rules{p}
}

func TestDecide(t *testing.T) {
	policy := rulesOf(`
		cd = allow
		git = allow
		git push = prompt
		git push -f = forbidden
		ls = allow
		sudo = allow
		env = allow
		export = allow
		read = allow
		printf = allow
		bash = prompt
		sh = allow
	`)
	for _, test := range []struct {
		script   string
		decision runtime.Decision
		decides  string // the text of the deciding part
	}{
		{"", runtime.None, ""},
		{"# nothing", runtime.None, ""},
		{"git log", runtime.Allow, "git log"},
		{"cd x && git log", runtime.Allow, "git log"}, // of equals the last
		{"git log && cd", runtime.Allow, "cd"},
		{"git log; make", runtime.None, ""},
		{"git log; git push; ls", runtime.Prompt, "git push"},
		{"make; git push -f", runtime.Forbidden, "git push -f"},
		{"git push -f; git push -f x", runtime.Forbidden, "git push -f x"},

		// Open-ended commands.
		{"ls $x", runtime.Allow, "ls $x"},
		{"git $x", runtime.Forbidden, "git $x"},
		{"git push $x", runtime.Forbidden, "git push $x"},
		{"git push origin $x", runtime.Prompt, "git push origin $x"},
		{"make $x", runtime.None, ""},

		// What is opaque is not allowed, and then rules on the shell count.
		{"$x", runtime.Prompt, "$x"},
		{"ls; eval $x", runtime.Prompt, "ls; eval $x"},
		{"git push -f; $x", runtime.Forbidden, "git push -f"},

		// Wrappers and nested shells are judged with what they run.
		{"sudo ls", runtime.Allow, "ls"},
		{"sudo make", runtime.None, ""},
		{"sudo git push -f", runtime.Forbidden, "git push -f"},
		{"ls $(git push -f)", runtime.Forbidden, "git push -f"},
		{"sh -c 'git push -f'", runtime.Forbidden, "git push -f"},
		{"bash -c ls", runtime.Prompt, "bash -c ls"},

		// Files.
		{"ls > /dev/null 2>&1", runtime.Allow, "ls"},
		{"ls > f", runtime.None, ""},
		{"ls > $f", runtime.None, ""},
		{"ls < f", runtime.None, ""},
		{"{ ls; } >> f", runtime.None, ""},
		{"ls <<< x", runtime.Allow, "ls"},
		{"git push > f", runtime.Prompt, "git push"},
		{"> f", runtime.None, ""},

		// Variables.
		{"x=1; ls $x", runtime.Allow, "ls $x"},
		{"for f in a b; do ls $f; done", runtime.Allow, "ls $f"},
		{"read line && ls", runtime.Allow, "ls"},
		{"x=1 ls", runtime.None, ""},
		{"env x=1 ls", runtime.None, ""},
		{"sudo x=1 ls", runtime.None, ""},
		{"PATH=/tmp; ls", runtime.None, ""},
		{"export x=1; ls", runtime.None, ""},
		{"export PATH; ls", runtime.None, ""},
		{"for PATH in /tmp; do ls; done", runtime.None, ""},
		{"read PATH; ls", runtime.None, ""},
		{"read -r -a PATH; ls", runtime.None, ""},
		{"read -raPATH; ls", runtime.None, ""},
		{"printf -v PATH /tmp; ls", runtime.None, ""},
		{"printf -vPATH /tmp; ls", runtime.None, ""},
		{"printf PATH; ls", runtime.Allow, "ls"},
		{"ls ${PATH:=/tmp}", runtime.None, ""},
		{"((PATH=1)); ls", runtime.None, ""},
		{"ls {PATH}>/dev/null", runtime.None, ""},
		{"PATH=/tmp git push", runtime.Prompt, "git push"},
	} {
		s := full.Read([]string{"bash", "-lc", test.script})
		a := full.Decide(policy, s)
		decides := ""
		if a.Deciding >= 0 {
			span := a.Parts[a.Deciding].Span
			decides = s.Text[span.Start:span.End]
		}
		if a.Decision != test.decision || decides != test.decides {
			t.Errorf("%s: got %v by %q, want %v by %q", test.script, a.Decision, decides, test.decision, test.decides)
		}
		if !slices.IsSortedFunc(a.Parts, func(x, y full.Part) int { return x.Span.Start - y.Span.Start }) {
			t.Errorf("%s: parts are out of order", test.script)
		}
	}
}

// Names that are not known may be any, and parts of values are kept.
func TestVariables(t *testing.T) {
	for _, test := range []struct {
		script string
		want   []string
	}{
		{"A=1 b", []string{"exported A=1"}},
		{"A=1; b", []string{"A=1"}},
		{"A+=x$y", []string{"A=x…"}},
		{"env A=1 b", []string{"exported A=1"}},
		{"export A=1 B=$x C $D", []string{"exported A=1", "exported B=…", "exported C=…", "exported =…"}},
		{"declare -x A=1; declare B=2 C", []string{"exported A=1", "B=2"}},
		{"local A=(1 2); declare B[1]=x", []string{"A=…", "B=…"}},
		{"command export A+=1", []string{"exported A=1"}},
		{"readonly A=1", []string{"A=1"}},
		{"for A in 1; do :; done; select B in 1; do :; done", []string{"A=…", "B=…"}},
		{"for ((A=1; A<3; A++)); do :; done", []string{"A=…", "A=…"}},
		{"read -r A B", []string{"A=…", "B=…"}},
		{"mapfile -t A", []string{"A=…"}},
		{"getopts ab A", []string{"ab=…", "A=…"}},
		{"wait -p A; wait B", []string{"A=…"}},
		{"printf -v A %s x", []string{"A=…"}},
		{"printf '%s' A", nil},
		{"unset A", []string{"A=…"}},
		{": ${A:=1} ${B=2} ${C:-3}", []string{"A=…", "B=…"}},
		{"((A[1]=2, B+=3)); let C=4", []string{"B=…", "A=…", "C=…"}},
		{"exec {A}>&1", []string{"A=…"}},
		{"coproc A { b; }", []string{"A=…"}},
	} {
		var got []string
		for a := range full.Parse(test.script).Variables() {
			line := a.Name + "=" + a.Value
			if a.Exported {
				line = "exported " + line
			}
			if !a.Known {
				line += "…"
			}
			got = append(got, line)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s\n got %q\nwant %q", test.script, got, test.want)
		}
	}
}

// A relative path means another file behind cd.
func TestDecideAfterMoving(t *testing.T) {
	policy := resolving{rulesOf("cd = allow\ngit = allow\nenv = allow\n./ls = allow\nmake = prompt").policy}
	for script, want := range map[string]runtime.Decision{
		"./git log":                   runtime.Allow,
		"./git log $x":                runtime.Allow,
		"cd /tmp; ./git log":          runtime.None,
		"cd /tmp; ./git log $x":       runtime.None,
		"env -C /tmp ./git log":       runtime.None,
		"cd /tmp; /work/git log":      runtime.Allow,
		"cd /tmp; git log":            runtime.Allow,
		"cd /tmp; ./ls":               runtime.None, // the rule means another one
		"./ls":                        runtime.Allow,
		"cd /tmp; ./make":             runtime.Prompt,
		"command cd /tmp; ./git log":  runtime.None,
		"f() { cd /tmp; }; ./git log": runtime.None,
	} {
		if got := full.Decide(policy, full.Parse(script)).Decision; got != want {
			t.Errorf("%s: got %v, want %v", script, got, want)
		}
	}
}

// resolving are rules that are tried by the program's name, from /work.
type resolving struct{ policy *ir.Policy }

func (r resolving) at() *ir.Place { return &ir.Place{Dir: "/work"} }

func (r resolving) Decide(argv []string) runtime.Verdict {
	return verdict(r.policy.Evaluate(argv, r.at()))
}

func (r resolving) DecideOpen(prefix []string) runtime.Verdict {
	return verdict(r.policy.EvaluateOpen(prefix, r.at()))
}

// A caller who knows what a file is for says so.
func TestSettle(t *testing.T) {
	policy := rulesOf("make = allow")
	a := full.Decide(policy, full.Parse("make > log"))
	if a.Decision != runtime.None || a.Parts[1].Kind != full.File || a.Parts[1].File.Target != "log" {
		t.Fatalf("%+v", a)
	}
	a.Parts[1].Verdict.Decision = runtime.Allow
	a.Settle()
	if a.Decision != runtime.Allow || a.Deciding != 0 {
		t.Errorf("%+v", a)
	}
	a.Parts[1].Verdict.Decision = runtime.Forbidden
	a.Settle()
	if a.Decision != runtime.Forbidden || a.Deciding != 1 {
		t.Errorf("%+v", a)
	}
}

// TestDecideCorpus holds that no part of a script is lost in the answer.
func TestDecideCorpus(t *testing.T) {
	policy := rulesOf("a = allow\nb = allow\nb c = prompt\nc = prompt\nd = forbidden\nx = allow\necho = allow\nbash = allow")
	counts := make(map[runtime.Decision]int)
	for _, s := range corpus(t) {
		script := read(s)
		a := full.Decide(policy, script)
		counts[a.Decision]++
		if a.Decision == runtime.Allow && len(script.Opaque) > 0 {
			t.Errorf("%s: allowed, though something is opaque", s.text)
		}
		for _, c := range script.Commands {
			if v := policy.Decide(c.Words); v.Decision > runtime.Allow && v.Decision > a.Decision {
				t.Errorf("%s: %v, though %q is %v", s.text, a.Decision, c.Words, v.Decision)
			} else if v.Decision == runtime.None && a.Decision == runtime.Allow {
				t.Errorf("%s: allowed, though %q has no rule", s.text, c.Words)
			}
		}
	}
	t.Log(counts)
}

// What runs another program than those with a rule is never allowed.
func TestDecideOverlooksNothing(t *testing.T) {
	policy := rulesOf("trap = allow\necho = allow\nxargs = allow\nbash = allow\ncat = allow\nlinux64 = allow\nsetarch = allow\nsg = allow\n" +
		"parallel = allow\nssh = allow\nset = allow\nls = allow\ncurl = allow\nenv = allow\n")
	for _, script := range []string{
		"trap -- '-x;evil' EXIT",
		"echo evil | xargs xargs",
		"echo evil | xargs xargs -n1",
		"x=echo; xargs \"--replace=$x\" echo <<< evil",
		"bash -verbose -c evil <<< echo",
		"cat <<EOF\nEO\\\nF\nevil\nEOF\n",
		"cat <<EOF\n\\\nEOF\nevil\nEOF\n",
		"cat <<-EOF\n\tx\\\n\n\tEO\\\nF\nevil\nEOF\n",
		"echo \"$\\\n(evil)\"",
		"cat <<EOF\n$\\\n(evil)\nEOF\n",
		"echo ${x-<(evil)}",
		"echo ${x/a/>(evil)}",
		"echo evil | linux64",
		"echo evil | setarch -R",
		"echo evil | sg staff",
		"echo evil | parallel",
		"echo evil | ssh host",
		"ssh -F evil host",
		"set -oe errexit -k; ls PATH=evil",
		"set -a; x=evil; ls",
		"bash -ac 'x=evil; ls'",
		"set -o allexport; x=evil; ls",
		"https_proxy=evil; curl x",
		"env -S 'ls\u2003x'",
	} {
		if a := full.Decide(policy, full.Read([]string{"bash", "-c", script})); a.Decision != runtime.None {
			t.Errorf("%q: %v", script, a.Decision)
		}
	}
	// None of this makes the plain forms opaque.
	for _, script := range []string{
		"trap - EXIT",
		"trap -- - EXIT",
		"echo x | xargs ls",
		"bash -v -c ls",
		"cat <<EOF\ncurl \\\n  -x\nEOF\nls",
		"cat <<-'EOF'\n\tEO\\\nF\n\tEOF\nls",
		"cat <<-EOF\n\ta \\\n\tb\n\tEOF\nls",
		"cat <<EOF | ls\n\\\\\nEOF\nls",
		"set -eo pipefail; ls",
		"x_y=1; ls",
	} {
		if a := full.Decide(policy, full.Read([]string{"bash", "-c", script})); a.Decision != runtime.Allow {
			t.Errorf("%q: %v", script, a.Decision)
		}
	}
}
