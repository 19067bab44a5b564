package dialect_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
)

func Example() {
	rule := starlark.NewBuiltin("rule", func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		pos, calls := dialect.CallSite(thread)
		fmt.Printf("%d:%d: %v, called by %v\n", pos.Line, pos.Col, args, calls)
		if len(args) == 0 {
			return nil, errors.New("a rule needs a name")
		}
		return starlark.None, nil
	})
	src := `
def both(name: str):
    rule(name)
    rule(f"{name}-x")

both("git")
rule()
`
	err := dialect.Exec(context.Background(), "a.rules", src, starlark.StringDict{"rule": rule}, dialect.Limits{})
	fmt.Println(err)
	// Output:
	// 3:5: ("git",), called by [{both 6 1}]
	// 4:5: ("git-x",), called by [{both 6 1}]
	// 7:1: (), called by []
	// a.rules:7:1: a rule needs a name
}

var errRefused = errors.New("refused")

// sites is a builtin that remembers where it was called from.
type sites []string

func (s *sites) call(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	pos, calls := dialect.CallSite(thread)
	line := fmt.Sprintf("%s %d:%d", pos.Name, pos.Line, pos.Col)
	for _, c := range calls {
		line += fmt.Sprintf(" < %s %d:%d", c.Name, c.Line, c.Col)
	}
	*s = append(*s, line)
	if len(args) > 0 && args[0] == starlark.String("bad") {
		return nil, errRefused
	}
	return starlark.None, nil
}

func (s *sites) env() starlark.StringDict {
	return starlark.StringDict{"rule": starlark.NewBuiltin("rule", s.call)}
}

func TestCallSite(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"rule()", "rule 1:1"},
		{"x = [ rule (\n) ]", "rule 1:7"},
		{"é = 1", ""},
		{"x = 'é'; rule()", "rule 1:10"},
		{"if True:\n\t# tab\n    (rule)()", "rule 3:6"},
		{"def f(a):\n  rule(a)\ndef g(): return f(1)\nif 1: g()", "rule 2:3 < f 3:17 < g 4:7"},
		{"(lambda: rule())()", "rule 1:10 < lambda 1:2"},
		{"x = [rule(i) for i in range(1)]", "rule 1:6"},
		{"sorted([2, 1], key = lambda x: rule() or x)", "rule 1:32 < lambda 1:1 < sorted 1:1"},
		{"max([2], key = rule)", "rule 1:1 < max 1:1"},
		{"def f(x = rule()): pass", "rule 1:11"},
		{"x = f'{rule()}'", "rule 1:8"},
		{"x = {}\nx['a'] = rule()", "rule 2:10"},
		{"rule\n\n\n\n(rule(\n\n\n))", "rule 5:2"},
	} {
		var got sites
		err := dialect.Exec(t.Context(), "a.rules", test.src, got.env(), dialect.Limits{})
		if test.want == "" {
			if err == nil {
				t.Errorf("%q: no error", test.src)
			}
			continue
		}
		if err != nil || len(got) == 0 || got[0] != test.want {
			t.Errorf("%q: got %q, %v; want %q", test.src, got, err, test.want)
		}
	}
	if pos, calls := dialect.CallSite(new(starlark.Thread)); pos != (dialect.Frame{}) || calls != nil {
		t.Errorf("a thread of others has the site %v, %v", pos, calls)
	}
}

// TestErrors tells what is reported of a file: every line of want is an error.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name, src string
		want      []string
	}{
		{"all lexical errors", "a = $\nb = 07\nc =\t1\n", []string{
			"parse 1:5 Parse error: invalid input `$`",
			"parse 2:5 Parse error: integer cannot have leading 0, got `07`",
			"parse 3:4 Parse error: tabs are not allowed",
		}},
		{"no guesses after an open string", "a = 'x\nb = $\n", []string{"parse 1:5 Parse error: unfinished string literal"}},
		{"syntax before lexical errors", "a = = 1\nb = $", []string{
			"parse 1:5 Parse error: unexpected symbol '=', expected expression",
			"parse 2:5 Parse error: invalid input `$`",
		}},
		{"all unknown names", "a = zed\ndef f(): return [lenn for x in q]\n", []string{
			"eval 1:5 Variable `zed` not found, did you mean `len`?",
			"eval 2:18 Variable `lenn` not found, did you mean `len`?",
			"eval 2:32 Variable `q` not found, did you mean `a`?",
		}},
		{"a variable of a function is no type", "def f():\n  int = str\n  def g(a: int): pass", []string{
			"eval 3:12 Identifiers in type expressions can only refer globals or builtins: `int`",
		}},
		{"all misuses", "break\nf(a=1, a=2)\nreturn 1", []string{
			"eval 1:1 `break` cannot be used outside of a `for` loop",
			"eval 2:8 repeated named argument",
			"eval 3:1 `return` cannot be used outside of a `def` function",
		}},
		{"the first part that is no target", "[a, (b), [c, d[0], e.f, 1, 2], 3] = x", []string{
			"eval 1:25 left-hand-side of assignment must take the form `a`, `a.b` or `a[b]`",
		}},
		{"a list without targets", "for a in []: ['x', b] = a", []string{
			"eval 1:15 left-hand-side of assignment must take the form `a`, `a.b` or `a[b]`",
		}},
		{"a call among the targets of a comprehension", "[0 for [a, [b, f()]] in x]", []string{
			"eval 1:16 left-hand-side of assignment must take the form `a`, `a.b` or `a[b]`",
		}},
		{"wide characters count once", "x = '😀é' + zed", []string{"eval 1:12 Variable `zed` not found, did you mean `len`?"}},
		{"argument of a call is the caller's", "def f(a: int): pass\nf(1)\nf('x')", []string{
			"eval 3:1 Value `x` of type `string` does not match the type annotation `int` for argument `a`",
		}},
		{"too few arguments are the caller's", "def f(a): pass\ndef g():\n  f()\ng()", []string{
			"eval 3:3 Missing parameter `a` for call to `f` < g 4:1",
		}},
		{"stack", "def f(n): return 1 // n\ndef g(n): return f(n)\ng(0)", []string{
			"eval 1:18 Floor division by zero: 1 // 0 < f 2:18 < g 3:1",
		}},
		{"callback", "def f(n): return 1 // n\nsorted([0], key = f)", []string{
			"eval 1:18 Floor division by zero: 1 // 0 < f 2:1 < sorted 2:1",
		}},
		{"builtin", "def f(x): rule(x)\nf('ok')\nf('bad')", []string{"eval 1:11 refused < f 3:1"}},
		{"load", "load('x', 'a')", []string{"eval 1:1 No imports are available, you tried `x`: every rule file stands alone"}},
		{"not text", "x = 1\ny = '\xff'", []string{"parse 2:6 Parse error: source is not UTF-8"}},
		{"invisible", "x\u200b = 1", []string{"parse 1:2 Parse error: invalid input `\\u200b`"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := dialect.Exec(t.Context(), "a.rules", test.src, new(sites).env(), dialect.Limits{})
			var errs dialect.Errors
			if !errors.As(err, &errs) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, e := range errs {
				line := fmt.Sprintf("%v %d:%d %s", e.Kind, e.Line, e.Col, e.Msg)
				for _, c := range e.Calls {
					line += fmt.Sprintf(" < %s %d:%d", c.Name, c.Line, c.Col)
				}
				got = append(got, line)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestBuiltinError(t *testing.T) {
	for _, src := range []string{"rule('bad')", "max(['bad'], key = rule)", "def f(): rule('bad')\nf()"} {
		err := dialect.Exec(t.Context(), "a.rules", src, new(sites).env(), dialect.Limits{})
		if !errors.Is(err, errRefused) {
			t.Errorf("%q: %v is not the builtin's error", src, err)
		}
	}
	panics := func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		panic("oops")
	}
	env := starlark.StringDict{"rule": starlark.NewBuiltin("rule", panics)}
	err := dialect.Exec(t.Context(), "a.rules", "rule()", env, dialect.Limits{})
	if err == nil || !strings.Contains(err.Error(), "internal error") {
		t.Errorf("a builtin that panics: %v", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stop := func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		cancel()
		return starlark.None, nil
	}
	env := starlark.StringDict{"stop": starlark.NewBuiltin("stop", stop)}
	limits := dialect.Limits{Steps: 1 << 60}
	for _, src := range []string{
		"stop()\nfor i in range(2000000000): pass",
		"stop()\nall(range(1, 2000000000))",
		"stop()\nfor i in range(2000000000): sorted([2, 1])",
		"pass", // the context is at its end before it starts
	} {
		if err := dialect.Exec(ctx, "a.rules", src, env, limits); !errors.Is(err, context.Canceled) {
			t.Errorf("%q: got %v", src, err)
		}
		if src != "pass" && ctx.Err() == nil {
			t.Fatal("not cancelled")
		}
	}
}

func TestLimits(t *testing.T) {
	for _, test := range []struct {
		src    string
		limits dialect.Limits
		ok     bool
	}{
		{"x = 1", dialect.Limits{Source: 5}, true},
		{"x = 1", dialect.Limits{Source: 4}, false},
		{"for i in range(100): pass", dialect.Limits{Steps: 1000}, true},
		{"for i in range(1000): pass", dialect.Limits{Steps: 1000}, false},
		{"x = 'a' * 100", dialect.Limits{Memory: 100}, true},
		{"x = 'a' * 101", dialect.Limits{Memory: 100}, false},
		{"x = list(range(10))", dialect.Limits{Memory: 160}, true},
		{"x = list(range(11))", dialect.Limits{Memory: 160}, false},
		{"def f(n): return 0 if n == 0 else f(n - 1)\nf(48)", dialect.Limits{}, true},
		{"def f(n): return 0 if n == 0 else f(n - 1)\nf(49)", dialect.Limits{}, false},
		{"def f(n):\n  if n: f(n - 1)\n  else: rule()\nf(47)", dialect.Limits{}, true},
		{"def f(n):\n  if n: f(n - 1)\n  else: rule()\nf(48)", dialect.Limits{}, false},
	} {
		err := dialect.Exec(t.Context(), "a.rules", test.src, new(sites).env(), test.limits)
		if (err == nil) != test.ok {
			t.Errorf("%q with %+v: %v", test.src, test.limits, err)
		}
	}
}

// TestSeparateRuns runs the same text twice, at the same time: nothing is kept
// or shared.
func TestSeparateRuns(t *testing.T) {
	src := "x = []\nx.append(len(x))\nrule() if x == [0] else fail(x)\nlen = 5\n"
	done := make(chan error)
	for range 4 {
		go func() { done <- dialect.Exec(context.Background(), "a.rules", src, new(sites).env(), dialect.Limits{}) }()
	}
	for range 4 {
		if err := <-done; err == nil {
			t.Error("len is used before it is set, but this passed")
		}
	}
}

// TestManyArguments has calls with more arguments than go.starlark.net takes.
func TestManyArguments(t *testing.T) {
	const n = 300
	list := func(format string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(format, i))
		}
		return strings.Join(all, ", ")
	}
	const setup = `
order = []
def e(x):
    order.append(x)
    return x
def f(*args, **kwargs):
    return (args, kwargs)
def same(got, want):
    if got != want:
        fail(repr(got))
`
	for _, test := range []struct{ src, want string }{
		{"args, kwargs = f(" + list("e(%[1]d)") + ", a = e('a'), b = e('b'), *e(['s', 't']), **e({'d': 'e'}))\n" +
			"same(args, tuple(list(range(300)) + ['s', 't']))\nsame(kwargs, {'a': 'a', 'b': 'b', 'd': 'e'})\n" +
			"same(order, list(range(300)) + ['a', 'b', ['s', 't'], {'d': 'e'}])", ""},
		{"args, kwargs = f(e('x'), " + list("a%[1]d = e(%[1]d)") + ", *e(('s',)))\n" +
			"same(args, ('x', 's'))\nsame(kwargs, {'a%d' % i: i for i in range(300)})\nsame(order, ['x'] + list(range(300)) + [('s',)])", ""},
		{"args, kwargs = f(" + list("%[1]d") + ", f(" + list("a%[1]d = %[1]d") + "), b = f(" + list("%[1]d") + "))\n" +
			"same(args[300][1], {'a%d' % i: i for i in range(300)})\nsame(kwargs['b'][0], tuple(range(300)))", ""},
		{"same(max(" + list("%[1]d") + "), 299)\nsame(len('{}'.format(" + list("%[1]d") + ")), 1)", ""},
		{"def g(" + list("a%[1]d") + "): return a299\nsame(g(" + list("%[1]d") + "), 299)", ""},
		{"f(" + list("a%[1]d = 1") + ", **{'a7': 1})", "eval 12:1 Argument `a7` occurs more than once"},
		{"e(" + list("%[1]d") + ")", "eval 12:1 function e accepts 1 positional argument (300 given)"},
		{"f(" + list("%[1]d") + ", e())", "eval 12:"},
	} {
		err := dialect.Exec(t.Context(), "a.rules", setup+"\n"+test.src, nil, dialect.Limits{})
		got := ""
		var errs dialect.Errors
		if errors.As(err, &errs) {
			got = fmt.Sprintf("%v %d:%d %s", errs[0].Kind, errs[0].Line, errs[0].Col, errs[0].Msg)
		}
		if got != test.want && !(strings.HasSuffix(test.want, ":") && strings.HasPrefix(got, test.want)) {
			t.Errorf("%.60s…: got %s, want %s", test.src, got, test.want)
		}
	}
}
