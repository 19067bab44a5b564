package compiler_test

import (
	"errors"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/compiler/dialect"
	"github.com/rulesc/rulesc/ir/diag"
)

// Whatever the bytes are, there is a policy of valid rules that can be written
// down and read again, or a list of problems; never both, never neither.
func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{
		"",
		"prefix_rule(['a', ['b', 'c']], 'prompt', match = ['a b'], not_match = [['a', 'd']], justification = 'x')",
		"prefix_rule([['a', 'b']], match = ['c', \"it's\"], canonical_matching = True)",
		"host_executable('git', ['/usr/bin/git'])\nprefix_rule(['git'], match = ['/usr/bin/git', '~/git', './git'])",
		"network_rule('[::1]:443', 'https', 'deny')",
		"network_rule('[x:1]', 'socks5_udp', 'prompt', '\\n')",
		"def f(x):\n  prefix_rule([x], match = [x])\n[f(x) for x in ['a', 'b']]",
		"# rulesc policy 1\nprefix_rule(pattern = [\"a\"], decision = \"prompt-user\")\n\n# sources\n# 2 \"\" \"x\" 1 1 in \"f\" \"y\" 2 3\n",
		"x = []\nx.append(x)\nprefix_rule(x, x)",
		"prefix_rule(**{'pattern': ['a'], 'foo': 1})",
		"prefix_rule(['a'], match = [\n# '\n'b', [\"c\"], r'''d''', f'{1}'])",
		"prefix_rule(['\\ud800', 'a\\x00'], not_match = ['a\\x00b'])",
		"fail('x' * 1000222222)",
		"\xff", "\ufeff", "\x00", "(((((", "\t",
	} {
		f.Add([]byte(seed))
	}
	limits := compiler.Limits{
		Module:      dialect.Limits{Steps: 10_000, Source: 1 << 16, Memory: 1 << 20},
		Rules:       1000,
		Strings:     10_000,
		Comparisons: 10_000,
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		options := compiler.Options{Limits: limits}
		files := []compiler.File{{Name: "a.rules", Text: text}, file("b.rules", "prefix_rule(['git'], match = ['git'])")}
		p, err := compiler.Evaluate(t.Context(), files, options)
		sound, broken, soundErr := compiler.EvaluateSound(t.Context(), files, options)
		if soundErr != nil || (len(broken) > 0) != (err != nil) {
			t.Fatalf("broken: %v, error: %v, but Evaluate: %v", broken, soundErr, err)
		}
		if err != nil {
			var problems diag.List
			if !errors.As(err, &problems) || len(problems) == 0 || p != nil {
				t.Fatalf("policy %v, error %v", p, err)
			}
			for _, d := range problems {
				if d.Code == "internal" || d.Message == "" || d.Code == "" || d.File == "" {
					t.Fatalf("problem %+v", d)
				}
			}
			return
		}
		for i := range p.Rules {
			if err := p.Rules[i].Validate(); err != nil {
				t.Fatalf("rule %d: %v", i, err)
			}
		}
		if sound.Text() != p.Text() {
			t.Fatal("EvaluateSound has another policy")
		}
		written := p.Text()
		again, err := compiler.Evaluate(t.Context(), []compiler.File{file("p.rules", written)}, compiler.Options{})
		if err != nil {
			t.Fatalf("its text is refused: %v\n%s", err, written)
		}
		if again.Text() != written {
			t.Fatalf("its text reads as another policy:\n%s\n%s", written, again.Text())
		}
	})
}
