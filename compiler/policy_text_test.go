package compiler_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
)

// A policy's canonical text evaluates to that policy, provenance included.
func TestCanonicalText(t *testing.T) {
	for seed := range uint64(300) {
		p := randomPolicy(rand.New(rand.NewPCG(seed, 1)))
		text := p.Text()
		got, err := compiler.Evaluate(t.Context(), []compiler.File{file("p.rules", text)}, compiler.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if diff := cmp.Diff(p, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("seed %d: (-want +got)\n%s\n%s", seed, diff, text)
		}
		if again := got.Text(); again != text {
			t.Fatalf("seed %d: another text:\n%s\nwant:\n%s", seed, again, text)
		}
	}
}

var oddStrings = []string{
	"git", "", " ", "a b", "'", `"`, `\`, "\\n", "\n", "\r\n", "\t", "\x00", "\x01", "\x7f", "\u0080", "\u00a0", "é", "e\u0301",
	"\u200b", "\u2028", "\ufeff", "\ufffd", "\uffff", "\U0001f600", "\U0010ffff", "# sources", "\n# sources\n", "{x}", "%s", "$(x)", "ᏸ", "Ꭰ",
	"# rulesc policy 1\n", strings.Repeat("long", 500),
}

func randomPolicy(r *rand.Rand) *ir.Policy {
	pick := func() string { return oddStrings[r.IntN(len(oddStrings))] }
	source := func() ir.Source {
		s := ir.Source{Layer: pick(), Position: ir.Position{File: pick(), Line: r.IntN(100), Col: r.IntN(100)}}
		for range r.IntN(3) {
			s.Calls = append(s.Calls, ir.Frame{Func: pick(), Position: ir.Position{File: pick(), Line: r.IntN(100), Col: r.IntN(100)}})
		}
		return s
	}
	reason := func() string {
		if s := pick(); strings.TrimSpace(s) != "" {
			return s
		}
		return ""
	}
	p := new(ir.Policy)
	for range r.IntN(8) {
		pattern := ir.Pattern{{pick()}}
		for range r.IntN(4) {
			var alternatives []string
			for range 1 + r.IntN(3) {
				alternatives = append(alternatives, pick())
			}
			pattern = append(pattern, alternatives)
		}
		p.Rules = append(p.Rules, ir.PrefixRule{
			Pattern:       pattern,
			Decision:      ir.Allow + ir.Decision(r.IntN(4)),
			Justification: reason(),
			Canonical:     r.IntN(2) == 0,
			Source:        source(),
		})
	}
	for range r.IntN(4) {
		host := ir.HostExecutable{Name: pick(), Source: source()}
		if host.Name == "" || strings.Contains(host.Name, "/") {
			host.Name = "git"
		}
		for i := range r.IntN(3) {
			host.Paths = append(host.Paths, fmt.Sprintf("/p%d/%s", i, host.Name))
		}
		p.Hosts = append(p.Hosts, host)
	}
	hosts := []string{"example.com", "::1", "1.2.3.4", "a:b:c", "[", "xn--é", "host:", "a]b", "x:1", "[a]:1"}
	protocols := []ir.Protocol{ir.HTTP, ir.HTTPS, ir.SOCKS5TCP, ir.SOCKS5UDP}
	decisions := []ir.Decision{ir.Allow, ir.Prompt, ir.Forbidden}
	for range r.IntN(4) {
		p.Networks = append(p.Networks, ir.NetworkRule{
			Host:          hosts[r.IntN(7)],
			Protocol:      protocols[r.IntN(4)],
			Decision:      decisions[r.IntN(3)],
			Justification: reason(),
			Source:        source(),
		})
	}
	return p
}

// Only a file that was named by hand may say where its rules come from, or
// prompt-user: a project must not pass its rules off as those of others.
func TestCanonicalTextOfALayer(t *testing.T) {
	p := &ir.Policy{Rules: []ir.PrefixRule{{
		Pattern:  ir.Literal("a"),
		Decision: ir.Prompt,
		Source:   ir.Source{Layer: "managed", Position: ir.Position{File: "requirements.toml", Line: 3, Col: 1}},
	}}}
	got := mustEvaluate(t, compiler.File{Layer: "project", Name: "x.rules", Text: []byte(p.Text())})
	want := ir.Source{Layer: "project", Position: ir.Position{File: "x.rules", Line: 2, Col: 1}}
	if diff := cmp.Diff(want, got.Rules[0].Source); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	p.Rules[0].Decision = ir.PromptUser
	problems := problemsOf(t, compiler.File{Layer: "project", Name: "x.rules", Text: []byte(p.Text())})
	if problems[0].Code != "decision" {
		t.Errorf("got %v", problems)
	}
}

func TestDamagedCanonicalText(t *testing.T) {
	for _, text := range []string{"# rulesc policy 1\n", "# rulesc policy 1\nprefix_rule(['a'])\n\n# sources\n# x\n"} {
		problems := problemsOf(t, file("p.rules", text))
		if problems[0].Code != "other" || problems[0].Hint == "" {
			t.Errorf("got %v", problems)
		}
	}
}
