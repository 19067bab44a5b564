package shell_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/runtime/shell"
)

// plainScripts have their readings from the recorded answers of the reference,
// or follow from them. Scripts that mean the same share a row.
var plainScripts = []struct {
	scripts []string
	want    [][]string
}{
	{
		[]string{"echo x", " echo\tx ", "echo x;", "echo x\n", "\n\necho x ; \n", "\ufeffecho x", "echo\fx", "echo\vx", "echo\rx", "echo x\r\n"},
		[][]string{{"echo", "x"}},
	},
	{
		[]string{"echo x", `echo "x"`, `echo 'x'`, `echo ""x`, `echo x''`, "echo \\\nx", "echo\\\nx", "echo\\\r\nx", `echo \ x`, "echo\\\tx", "\\\n\\ echo x"},
		[][]string{{"echo", "x"}},
	},
	{
		[]string{"a && b", "a||b", "a;b", "a | b", "a\nb", "a\n\n\nb\n\n", "a &&\n\\\nb", "a |\n\n b", "a\n \\\nb", "a\n\\ \nb", "a\r\nb"},
		[][]string{{"a"}, {"b"}},
	},
	{
		[]string{"a b", "a\n\\\nb", "a\n\n\\\nb", "a\n\\ b", "a\n\\\n\\\nb", "a\n\\\n'b'"},
		[][]string{{"a", "b"}},
	},
	{[]string{"a b\n\\\nc\nd", "a b \\\nc; d"}, [][]string{{"a", "b", "c"}, {"d"}}},
	{[]string{"a\n\\\n; b", "a\n\\\n&& b", "a\n\\\n| b"}, [][]string{{"a"}, {"b"}}},
	{[]string{"a | b | c\nd", "a | b | c; d", "a|b|c\nd\n"}, [][]string{{"a"}, {"b"}, {"c"}, {"d"}}},
	{[]string{"a | b\nc && d", "a | b || c; d", "a; b | c\n\nd"}, [][]string{{"a"}, {"b"}, {"c"}, {"d"}}},

	{[]string{"echo ''", `echo ""`}, [][]string{{"echo", ""}}},
	{[]string{`echo "/usr"'/'"local"/bin --x='y z'`}, [][]string{{"echo", "/usr/local/bin", "--x=y z"}}},
	{[]string{`echo "*" '$x' "~#{}[]" 'a"b'`}, [][]string{{"echo", "*", "$x", "~#{}[]", `a"b`}}},
	{[]string{`echo "a\b" "\!" '\'`}, [][]string{{"echo", `a\b`, `\!`, `\`}}},
	{[]string{"echo 'a\nb' \"c\n# d\""}, [][]string{{"echo", "a\nb", "c\n# d"}}},
	{[]string{"echo ! % a@b a+b,c:d a=b -- - _ 1 -1 0x1f . fi if"}, [][]string{{"echo", "!", "%", "a@b", "a+b,c:d", "a=b", "--", "-", "_", "1", "-1", "0x1f", ".", "fi", "if"}}},
	{[]string{"echo é “x” 😀 a\u3000b \u3000 \u2003x \x01\x7f"}, [][]string{{"echo", "é", "“x”", "😀", "a\u3000b", "\u3000", "\u2003x", "\x01\x7f"}}},

	{[]string{"fi; then x; time x"}, [][]string{{"fi"}, {"then", "x"}, {"time", "x"}}},
	{[]string{"!x; a!b; +1; 1.5; 12a; 0x1F; -x; -; _; @a; 1:"}, [][]string{{"!x"}, {"a!b"}, {"+1"}, {"1.5"}, {"12a"}, {"0x1F"}, {"-x"}, {"-"}, {"_"}, {"@a"}, {"1:"}}},
	{[]string{"_=1; _%; 0=1; -a%b; .=x; a,@b; a+b; +1=2; ½=1; a/b=c"}, [][]string{{"_=1"}, {"_%"}, {"0=1"}, {"-a%b"}, {".=x"}, {"a,@b"}, {"a+b"}, {"+1=2"}, {"½=1"}, {"a/b=c"}}},
	{[]string{"bash -lc 'echo x'; eval 'rm y'"}, [][]string{{"bash", "-lc", "echo x"}, {"eval", "rm y"}}},
}

var opaqueScripts = []string{
	"", " ", "\n", "\ufeff", ";", "&&", "\\ ", "\\\n",
	"a &&", "&& a", "a;;", "a ; ; b", "a | | b", "a &", "a & b", "a |& b", "a &&& b", "a\n&& b", "a\n; b",
	"(a)", "{ a; }", "if a; then b; fi", "! a", "a && ! b", "[ a ]", "[[ a ]]", "f() { a; }", "for", "while", "until", "case", "select", "function",
	"declare a", "typeset a", "export a", "readonly a", "local a", "unset a", "unsetenv a",
	"echo $x", "echo ${x}", "echo $(x)", "echo `x`", "echo ~", "echo a~b", "echo *", "echo a?", "echo [a]", "echo {a,b}", "echo a^", "echo $'x'", `echo $"x"`,
	`echo "$x"`, "echo \"`x`\"", `echo "a\"b"`, `echo "\\"`, `echo "\$"`, "echo \"\\\n\"",
	"echo > x", "echo 2>&1", "cat < x", "cat <<E\nE", "cat <<< x", "diff <(a) b",
	"# a", "a # b", "a#b", "a\n# b", "a 'x'#y",
	`echo a\ b`, `echo a\;b`, `echo \x`, "echo \\\rx", "echo \\\u00a0x", `echo \`, "a\n\\x",
	"echo 'x", `echo "x`, `echo ''''`, `echo ''""`,
	`'a' b`, `"a" b`, `a'b' c`, `a"" b`, "42", "-1 a", "0x1", "=a", "echo =b", "echo ==", `echo "x"=y`,
	"A=1", "A=1 b", "A= b", "A+=1", "a%b", "a@", "1a=2", "12%a", "é=1", "\u0663=1", "-a1=2", "--x=1", "- a=b",
	"a\\\n", "a\n\\\n", "a;\\\n", "a \\\n ",
	"a\x00b", "a \xff",
	"a | b\n\\\n| c", "a \\\n\n-x y", "-a\\\nb=c", "\n\\\n-a=b",
	// The reference reads these as `c d` and `e`.
	"a | b | c\nd && e", "a | b | c\n\nd || e", "a|b|c|x || c\nd && e", "a | b | c\nx\nd && e",
	// The reference drops or moves the space; and what bash runs is no assignment.
	"echo 'a'\u3000b", "echo -n\u3000", "echo \u3000-n x", "echo \u3000 -n x", "a \u3000 -x", "\u3000 x", "\u3000x=y", "\\ a=b",
}

func TestReferencePlain(t *testing.T) {
	for _, tt := range plainScripts {
		for _, script := range tt.scripts {
			got, plain := shell.Reference([]string{"/bin/bash", "-lc", script})
			if !plain || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("script %q\n got %q, plain %t\nwant %q", script, got, plain, tt.want)
			}
		}
	}
}

func TestReferenceOpaque(t *testing.T) {
	for _, script := range opaqueScripts {
		argv := []string{"/bin/bash", "-lc", script}
		if got, plain := shell.Reference(argv); plain || !isWhole(got, argv) {
			t.Errorf("script %q: got %q, plain %t; want it opaque", script, got, plain)
		}
	}
}

// One spot that is not plain spoils the script, wherever it stands.
func TestReferenceOpaqueWithin(t *testing.T) {
	for _, spot := range []string{"echo $x", "a > b", "(a)", "# a", "a &", "if a; then b; fi", "'a' b", "A=1"} {
		for _, script := range []string{"x; " + spot, "x\n" + spot, "x && " + spot, spot + "\nx", "x | y; " + spot + "; z"} {
			if got, plain := shell.Reference([]string{"sh", "-c", script}); plain {
				t.Errorf("script %q: got %q; want it opaque", script, got)
			}
		}
	}
}

func TestReferenceShells(t *testing.T) {
	want := [][]string{{"git", "push"}}
	for _, program := range []string{"bash", "zsh", "sh", "/bin/bash", "/usr/bin/zsh", "/bin/sh", "/usr/bin/sh", "/opt/homebrew/bin/bash"} {
		for _, flag := range []string{"-c", "-lc"} {
			if got, plain := shell.Reference([]string{program, flag, "git push"}); !plain || !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s: got %q, plain %t; want %q", program, flag, got, plain, want)
			}
		}
	}
	for _, argv := range [][]string{
		nil,
		{},
		{"bash"},
		{"bash", "-lc"},
		{"bash", "-lc", "a", "b"},
		{"bash", "-c", "a", "bash"},
		{"bash", "-x", "a"},
		{"bash", "-cl", "a"},
		{"bash", "--login", "a"},
		{"bash", "-l", "-c", "a"},
		{"./bash", "-lc", "a"},
		{"/tmp/bash", "-lc", "a"},
		{"bash.sh", "-lc", "a"},
		{"BASH", "-lc", "a"},
		{"dash", "-c", "a"},
		{"", "-c", "a"},
		{"git", "-c", "a"},
		{"git", "push"},
	} {
		if got, plain := shell.Reference(argv); plain || !isWhole(got, argv) {
			t.Errorf("argv %q: got %q, plain %t; want it whole", argv, got, plain)
		}
	}
}

// isWhole reports whether commands is argv itself, not a copy of it.
func isWhole(commands [][]string, argv []string) bool {
	return len(commands) == 1 && slices.Equal(commands[0], argv) &&
		(len(argv) == 0 || &commands[0][0] == &argv[0])
}

// A command that grows must not write into the next one.
func TestReferenceOwnsItsResult(t *testing.T) {
	commands, _ := shell.Reference([]string{"bash", "-c", "a; b"})
	commands[0] = append(commands[0], "x")
	if want := [][]string{{"a", "x"}, {"b"}}; !reflect.DeepEqual(commands, want) {
		t.Errorf("after append: %q, want %q", commands, want)
	}
}

func TestReferenceAllocations(t *testing.T) {
	for _, tt := range []struct {
		script string
		allow  float64
	}{
		{"git status", 2},
		{"cd /tmp && git log --oneline -n 10 'a b' | head; echo done", 4}, // both slices grow once
		{"echo $x", 3},
	} {
		argv := []string{"bash", "-lc", tt.script}
		if got := testing.AllocsPerRun(100, func() { shell.Reference(argv) }); got > tt.allow {
			t.Errorf("script %q: %v allocations, want at most %v", tt.script, got, tt.allow)
		}
	}
}

func FuzzReference(f *testing.F) {
	for _, tt := range plainScripts {
		for _, script := range tt.scripts {
			f.Add("/bin/bash", "-lc", script)
		}
	}
	for _, script := range opaqueScripts {
		f.Add("sh", "-c", script)
	}
	f.Add("git", "-c", "a")
	f.Fuzz(func(t *testing.T, program, flag, script string) {
		argv := []string{program, flag, script}
		commands, plain := shell.Reference(argv)
		if !plain {
			if !isWhole(commands, argv) {
				t.Fatalf("opaque, but the commands are %q", commands)
			}
			return
		}
		size := 0
		for _, command := range commands {
			if len(command) == 0 || command[0] == "" {
				t.Fatalf("a command without a program in %q", commands)
			}
			for _, word := range command {
				size += len(word)
			}
		}
		if len(commands) == 0 || size > len(script) {
			t.Fatalf("%d bytes in %q, out of %d", size, commands, len(script))
		}
		same := func(script string) {
			t.Helper()
			got, plain := shell.Reference([]string{program, flag, script})
			if !plain || !reflect.DeepEqual(got, commands) {
				t.Fatalf("%q is read as %q, plain %t; want %q", script, got, plain, commands)
			}
		}
		same(script + "\n")
		same(canonicalScript(commands))
		if !strings.ContainsAny(script, ";\n") {
			same(script + ";")
		}
	})
}

// canonicalScript writes commands as a script: programs bare, all other words
// in single quotes (a single quote itself in double quotes).
func canonicalScript(commands [][]string) string {
	var b strings.Builder
	b.WriteByte('\n') // a program may start with a byte order mark
	for _, command := range commands {
		b.WriteString(command[0])
		for _, word := range command[1:] {
			b.WriteByte(' ')
			for i, piece := range strings.Split(word, "'") {
				if i > 0 {
					b.WriteString(`"'"`)
				}
				if piece != "" || word == "" {
					b.WriteString("'" + piece + "'")
				}
			}
		}
		b.WriteString("; ")
	}
	return b.String()
}

func BenchmarkReference(b *testing.B) {
	for _, bb := range []struct{ name, script string }{
		{"one", "git status"},
		{"line", `cd /srv/app && rg -n --hidden "func main" -g '*.go' | head -n 20; echo done`},
		{"opaque", `for f in *.go; do gofmt -l "$f"; done`},
		{"long", strings.Repeat("git log --oneline -n 10 'some words' && ", 200) + "true"},
	} {
		argv := []string{"/bin/bash", "-lc", bb.script}
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bb.script)))
			for b.Loop() {
				shell.Reference(argv)
			}
		})
	}
}
