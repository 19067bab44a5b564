package format_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/compiler/format"
	"github.com/rulesc/rulesc/ir/diag"
)

func TestSource(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"blank", " \n\n  \n", ""},
		{"blanks", "prefix_rule( pattern=['ls' ,'-l'],decision = \"allow\" )", "prefix_rule(pattern = [\"ls\", \"-l\"], decision = \"allow\")\n"},
		{"lines", "prefix_rule(\n  pattern=[\"ls\"],\n  decision=\"allow\")\n", "prefix_rule(\n    pattern = [\"ls\"],\n    decision = \"allow\",\n)\n"},
		{"blank lines", "x = 1\n\n\n\ny = 2\nz = 3\n", "x = 1\n\ny = 2\nz = 3\n"},
		{"semicolons", "x = 1; y = 2;\n", "x = 1\ny = 2\n"},
		{"comments", "#a\nx = [ # b\n#c\n1, #d\n  # e\n]   #f\n# g", "#a\nx = [\n    # b\n    #c\n    1,  #d\n    # e\n]  #f\n# g\n"},
		{"quotes", `x = ['a', 'a"b', "a'b", 'a\'b', r'\d', '''a''', r'''b''', '', "\x41"]`, `x = ["a", 'a"b', "a'b", "a\'b", r"\d", """a""", r"""b""", "", "\x41"]` + "\n"},
		{"text that is not ASCII", "x = 'é\U0001f600'\n", "x = \"é\U0001f600\"\n"},
		{"escapes that Bazel quotes again", `prefix_rule(pattern = ["\a\0"])` + "\n", ""},
		{"def", "def f( x ) :\n  prefix_rule([x])\nf('a')\n", "def f(x):\n    prefix_rule([x])\n\nf(\"a\")\n"},
		{"continued", "x = 1 + \\\n  2\n", "x = 1 + \\\n    2\n"},
		{"windows", "x  = 1\r\ny = 'a'\r\n", "x = 1\r\ny = \"a\"\r\n"},
		{"order", "prefix_rule(decision = 'prompt', pattern = ['b', 'a', 'b'])\n", "prefix_rule(decision = \"prompt\", pattern = [\"b\", \"a\", \"b\"])\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := format.Source(t.Context(), "a.rules", []byte(c.in))
			if c.want == "" && c.in != "" && strings.TrimSpace(c.in) != "" {
				if err == nil && string(got) != c.in {
					t.Errorf("got %q, want it unchanged", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// What the printer cannot read, or must not touch, is left.
func TestLeft(t *testing.T) {
	for _, c := range []struct{ in, why string }{
		{"x = 'a'\ny  = f'{x}'\n", "a.rules:2:12: left as it is: the formatter cannot read it: syntax error near"},
		{"# rulesc policy 1\nprefix_rule(pattern = [\"a\"], decision = \"allow\")\n\n# sources\n", "a policy that rulesc wrote"},
	} {
		_, err := format.Source(t.Context(), "a.rules", []byte(c.in))
		var left *format.LeftError
		if !errors.As(err, &left) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: %v", c.in, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, in := range []string{"prefix_rule(", "prefix_rule([])", "prefix_rule(['a'], match = ['b'])", "\xff", "x = 'a' 'b'"} {
		got, err := format.Source(t.Context(), "a.rules", []byte(in))
		var list diag.List
		if !errors.As(err, &list) || got != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

// Depth costs stack, and a stack that is used up cannot be caught.
func TestDeep(t *testing.T) {
	const n = 200_000
	for name, in := range map[string]string{
		"sum":      "x = 1" + strings.Repeat(" + 1", n),
		"brackets": "x = " + strings.Repeat("[", n) + strings.Repeat("]", n),
		"not":      "x = " + strings.Repeat("not ", n) + "1",
		"calls":    "x = 1" + strings.Repeat(".a", n),
		"comments": "x = [\n" + strings.Repeat("# a\n", n) + "]\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := format.Source(t.Context(), "a.rules", []byte(in))
			if err == nil && len(got) == 0 {
				t.Error("neither text nor error")
			}
		})
	}
}

// Formatted text is what it was in all that counts, and stays as it is.
func FuzzSource(f *testing.F) {
	for _, seed := range []string{
		"",
		"prefix_rule(['a',['b','c']],'prompt',match=['a b'],not_match=[['a','d']],justification='x')#c",
		"#a\n\n#b\nprefix_rule(\n#c\n[#d\n'a'#e\n,#f\n'b']#g\n)#h\n#i\n",
		"def f(x): # a\n  # b\n  prefix_rule([x],match=[x]) # c\n  # d\n# e\n[f(x) for x in ['a','b'] if x] # f\n",
		"if 1:\n  x=1\nelse:\n  if 2:\n    y=2 # z\n  else:\n    pass\n",
		"x={1:2,'a':[3,],}\ny=x if not x else(lambda a,*b:a)\n",
		"x=\"\"\"a\n  b\"\"\"\r\ny='''\\''''\n",
		"host_executable('git',['/usr/bin/git'])\r\nnetwork_rule('a','https','deny')\r\n",
		"x=-(-1);y=(1,);z=()\nfor i in 1,2:pass\n",
		"x = 'é' + r'\\d'\\\n + \"\\u00e9\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := format.Source(t.Context(), "a.rules", text)
		var left *format.LeftError
		var list diag.List
		if errors.As(err, &left) || errors.As(err, &list) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := format.Source(t.Context(), "a.rules", got)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("again: %v\n%q\n%q", err, got, again)
		}
		if a, b := decided(t, text), decided(t, got); a != b {
			t.Fatalf("policy\n%s\nbecame\n%s", a, b)
		}
	})
}

// decided lists what a text defines.
func decided(t *testing.T, text []byte) string {
	t.Helper()
	p, err := compiler.Evaluate(t.Context(), []compiler.File{{Name: "a.rules", Text: text}}, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := range p.Rules {
		fmt.Fprintln(&b, &p.Rules[i])
	}
	for i := range p.Hosts {
		fmt.Fprintln(&b, &p.Hosts[i])
	}
	for i := range p.Networks {
		fmt.Fprintln(&b, &p.Networks[i])
	}
	return b.String()
}

func ExampleSource() {
	text, err := format.Source(context.Background(), "team.rules", []byte("prefix_rule(pattern=['git','push'],decision='prompt')"))
	fmt.Printf("%s%v\n", text, err)
	// Output:
	// prefix_rule(pattern = ["git", "push"], decision = "prompt")
	// <nil>
}
