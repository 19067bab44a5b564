package full_test

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

// hostile are scripts that cost a naive reader its stack, its memory or its
// patience.
func hostile() map[string]string {
	long := func(s string) string { return strings.Repeat(s, (full.MaxScript-1)/len(s)) }
	const n = 10_000
	all := map[string]string{
		"a line of 1 MB":         "a " + strings.Repeat("b", 1<<20),
		"words of 1 MB":          strings.Repeat("a ", 1<<19),
		"as long as can be":      "a " + strings.Repeat("b", full.MaxScript-3),
		"NUL":                    "a\x00b",
		"invalid UTF-8":          "a \xff\xfe; b",
		"overlong UTF-8":         "a \xc0\xaf",
		"here-document":          "cat <<E\ntext",
		"here-documents":         long("cat <<E\n"),
		"here-documents, 1 line": long("a <<E;"),
		"nested here-documents":  long("a $(b <<E\n"),
		"here-strings":           long("a <<<"),
		"unclosed ' ":            "a '" + strings.Repeat("b", 1<<16),
		"wrappers":               long("sudo "),
		"wrappers that multiply": long("find . -exec "),
		"xargs":                  long("xargs -I{} "),
		"env":                    long("env -S "),
		"evals":                  long("eval "),
		"else":                   "if a; then b; " + strings.Repeat("elif c; then d; ", 8000) + "fi",
		"commands":               long("a;"),
		"chain":                  long("a&&") + "a",
		"pipes":                  long("a|") + "a",
		"background":             long("a&"),
		"sum":                    "((" + strings.Repeat("1+", 60_000) + "1))",
		"sums":                   "((" + long("a=") + "1))",
		"minus":                  "((" + long("- ") + "1))",
		"ternary":                "((" + strings.Repeat("1?1:", 30_000) + "1))",
		"test chain":             "[[ a " + strings.Repeat("&& a ", 20_000) + "]]",
		"test not":               "[[ " + long("! ") + "a ]]",
		"variables":              chained(8_000),
		"functions":              long("f()"),
		"functions, groups":      long("f(){ ") + "a",
		"case":                   long("case x in x) "),
		"backquotes":             long("`"),
		"backslashes":            "`" + long("\\"),
		"redirections":           long(">f "),
		"assignments":            long("A=1 "),
		"braces":                 "a " + strings.Repeat("{a,b}", 20_000),
		"braces in braces":       "a " + strings.Repeat("{a,", 20_000) + strings.Repeat("}", 20_000),
		"sequence":               "a {1..999999999}{1..999999999}",
		"dollars":                long("$"),
		"quotes":                 long(`"$(`),
		"sh in sh":               nestedShells("sh", 40),
		"bash in bash":           nestedShells("bash", 40),
		"aliases":                long("alias a='alias b=c'\n"),
		"!":                      long("! "),
		"time":                   long("time "),
		"coproc":                 long("coproc "),
	}
	for _, pair := range [][2]string{
		{"(", ")"},
		{"{ ", ";}"},
		{"$(", ")"},
		{`"$(`, `)"`},
		{"<(", ")"},
		{"((", "))"},
		{"$((", "))"},
		{"${x:-", "}"},
		{"[[ ( ", " ) ]]"},
		{"a[", "]"},
		{"if ", ";then b;fi"},
		{"while ", ";do b;done"},
		{"for x in a;do ", ";done"},
		{"a=(", ")"},
		{"x() { ", ";}"},
		{"case x in x) ", ";;esac"},
		{"! (", ")"},
		{"$((1+(", "))"},
		{"!(", ")"},
		{"$[", "]"},
	} {
		all["open "+pair[0]] = strings.Repeat(pair[0], n)
		all["nested "+pair[0]] = strings.Repeat(pair[0], n) + "a" + strings.Repeat(pair[1], n)
	}
	return all
}

func chained(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d=$a%d;", i, i+1)
	}
	return b.String() + "((a0))"
}

func nestedShells(shell string, depth int) string {
	script := "rm x"
	for range depth {
		next := shell + " -c '" + strings.ReplaceAll(script, "'", `'\''`) + "'"
		if len(next) >= full.MaxScript {
			break
		}
		script = next
	}
	return script
}

// TestHostile reads them with a stack that a program has to spare.
func TestHostile(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(64 << 20))
	for name, script := range hostile() {
		t.Run(name, func(t *testing.T) {
			for _, argv := range [][]string{{"bash", "-c", script}, {"sh", "-c", script}, strings.Split(script, " ")} {
				check(t, full.Read(argv))
			}
			if len(script) >= full.MaxScript && len(full.Parse(script).Opaque) == 0 {
				t.Error("not opaque")
			}
		})
	}
}

// TestHostileIsOpaque names those of which nothing may be believed.
func TestHostileIsOpaque(t *testing.T) {
	all := hostile()
	for name, reason := range map[string]full.Reason{
		"a line of 1 MB": full.TooLong,
		"words of 1 MB":  full.TooLong,
		"NUL":            full.NotText,
		"invalid UTF-8":  full.NotText,
		"here-document":  full.NotParsed,
		"nested (":       full.TooDeep,
		"nested $(":      full.TooDeep,
		`nested "$(`:     full.TooDeep,
	} {
		s := full.Parse(all[name])
		if len(s.Opaque) != 1 || s.Opaque[0].Reason != reason || s.Opaque[0].Span != (full.Span{End: len(all[name])}) {
			t.Errorf("%s: %v", name, s.Opaque)
		}
	}
}

// check holds what is true of every reading.
func check(t testing.TB, s *full.Script) {
	t.Helper()
	within := func(x full.Span) {
		if x.Start < 0 || x.Start > x.End || x.End > len(s.Text) {
			t.Fatalf("span %v lies outside of %d bytes", x, len(s.Text))
		}
	}
	for _, c := range s.Commands {
		if len(c.Words) == 0 {
			t.Fatal("a command without words")
		}
		within(c.Span)
		for _, r := range c.Redirects {
			within(r.Span)
		}
		for _, a := range c.Assigns {
			within(a.Span)
		}
	}
	for _, o := range s.Opaque {
		within(o.Span)
		if o.Reason.String() == full.Failed.String() {
			t.Fatal("a panic was caught")
		}
	}
	for _, r := range s.Redirects {
		within(r.Span)
		_ = r.Kind.String()
	}
	for _, a := range s.Assigns {
		within(a.Span)
	}
}

// everything is a policy that allows every command.
type everything struct{}

func (everything) Decide([]string) runtime.Verdict { return runtime.Verdict{Decision: runtime.Allow} }

func (e everything) DecideOpen(prefix []string) runtime.Verdict { return e.Decide(prefix) }

func FuzzParse(f *testing.F) {
	for _, s := range corpus(f) {
		f.Add(s.text)
	}
	for _, script := range hostile() {
		f.Add(script[:min(len(script), 400)])
	}
	for _, script := range languageTests(f) {
		f.Add(script)
	}
	allowAll := everything{}
	f.Fuzz(func(t *testing.T, script string) {
		for _, s := range []*full.Script{
			full.Parse(script), full.Read([]string{"sh", "-c", script}), full.Read([]string{"zsh", "-c", script}),
			full.Read(strings.Split(script, " ")),
		} {
			check(t, s)
			if full.Decide(allowAll, s).Decision == runtime.Allow && (len(s.Opaque) > 0 || len(s.Commands) == 0) {
				t.Error("something that is not known was allowed")
			}
		}
	})
}
