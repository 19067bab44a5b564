package full_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/runtime/shell/full"
)

// short writes a reading as the words of each command, `…` where it is
// open-ended, with the place it was read from and the way there.
func short(s *full.Script) (lines []string) {
	for _, c := range s.Commands {
		line := strings.Join(c.Words, "·")
		if c.OpenEnded {
			line += "…"
		}
		line += " @" + s.Text[c.Span.Start:c.Span.End]
		for _, step := range c.Via {
			line += " <" + strings.TrimSpace(step.Kind.String()+" "+step.Name) + ">"
		}
		lines = append(lines, line)
	}
	for _, o := range s.Opaque {
		lines = append(lines, "? "+o.Reason.String()+" @"+s.Text[o.Span.Start:o.Span.End])
	}
	return lines
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		script string
		want   []string
	}{
		{"", nil},
		{" # nothing", nil},
		{"git push", []string{"git·push @git push"}},
		{"git push $X --force", []string{"git·push… @git push $X --force"}},
		{"rm *.go", []string{"rm… @rm *.go"}},
		{"rm a[b", []string{"rm·a[b @rm a[b"}},
		{"rm ~/x", []string{"rm… @rm ~/x"}},
		{"make -C=~ x=~", []string{"make… @make -C=~ x=~"}},
		{"a 'b c'\"d\"e", []string{"a·b cde @a 'b c'\"d\"e"}},
		{`a $'\x41\'\n' b`, []string{"a·A'\n·b @a $'\\x41\\'\\n' b"}},
		{`a $'\u00e9'`, []string{`a… @a $'\u00e9'`}}, // its bytes depend on the locale
		{`a $'x\0y' b`, []string{`a… @a $'x\0y' b`}},
		{"mv f{,.bak}", []string{"mv·f·f.bak @mv f{,.bak}"}},
		{"{rm,-rf,x}", []string{"rm·-rf·x @{rm,-rf,x}"}},
		{"a {b,{c,d}} e", []string{"a… @a {b,{c,d}} e"}},
		{"a {01..03}", []string{"a… @a {01..03}"}}, // keeps the zeros
		{"a }b{", []string{"a·}b{ @a }b{"}},
		{"$X", []string{"? unknown program @$X"}},
		{"$X rm y", []string{"rm·y @rm y <maybe>", "? unknown program @$X rm y"}},
		{`"$X" rm`, []string{`? unknown program @"$X" rm`}},
		{"a <(b) $(c) `d`", []string{
			"a… @a <(b) $(c) `d`", "b @b <process>", "c @c <substitution>", "d @d <substitution>",
		}},
		{"echo `ls \\`pwd x\\``", []string{
			"echo… @echo `ls \\`pwd x\\``", "ls… @ls \\`pwd x\\` <substitution>", "pwd·x @pwd x <substitution> <substitution>",
		}},
		{"f() { a; }; f b", []string{"a @a <function f>", "f·b @f b"}},
		{`sudo -u x bash -c "rm 'a b' && ls"`, []string{
			`sudo·-u·x·bash·-c·rm 'a b' && ls @sudo -u x bash -c "rm 'a b' && ls"`,
			`bash·-c·rm 'a b' && ls @bash -c "rm 'a b' && ls" <wrapper sudo>`,
			`rm·a b @rm 'a b' <wrapper sudo> <shell bash>`,
			`ls @ls <wrapper sudo> <shell bash>`,
		}},
		{`bash -c "a \"b\" c"`, []string{
			`bash·-c·a "b" c @bash -c "a \"b\" c"`, `a·b·c @a \"b\" c <shell bash>`,
		}},
		{"eval a 'b c'", []string{"eval·a·b c @eval a 'b c'", "a·b·c @a 'b c <eval eval>"}},
		{"xargs -I% mv % x%", []string{"xargs·-I%·mv·%·x% @xargs -I% mv % x%", "mv… @mv % x% <wrapper xargs>"}},
		{"xargs", []string{"xargs @xargs", "echo… @xargs <wrapper xargs>"}},
		{"find . -exec rm -f x{} +", []string{"find·.·-exec·rm·-f·x{}·+ @find . -exec rm -f x{} +", "rm·-f… @rm -f x{} + <wrapper find>"}},
		{"find . -exec rm {} + -o -exec ls ';'", []string{
			"find·.·-exec·rm·{}·+·-o·-exec·ls·; @find . -exec rm {} + -o -exec ls ';'",
			"rm… @rm {} <wrapper find>", "ls @ls <wrapper find>",
		}},
		{"command -v git", []string{"command·-v·git @command -v git"}},
		{"env A=1 B=2 git", []string{"env·A=1·B=2·git @env A=1 B=2 git", "git @git <wrapper env>"}},
		{"ssh -p 22 host rm x", []string{"ssh·-p·22·host·rm·x @ssh -p 22 host rm x", "rm·x @rm x <remote ssh>", "? other machine @rm x"}},
		{"ssh -o ProxyCommand='rm x' host", []string{"ssh·-o·ProxyCommand=rm x·host @ssh -o ProxyCommand='rm x' host", "? composed command @ProxyCommand='rm x'", "? script on standard input @ssh -o ProxyCommand='rm x' host"}},
		{"watch -n 1 'a; b'", []string{"watch·-n·1·a; b @watch -n 1 'a; b'", "a @a <wrapper watch>", "b @b <wrapper watch>"}},
		{"watch -x a b", []string{"watch·-x·a·b @watch -x a b", "a·b @a b <wrapper watch>"}},
		{"su -c 'rm x' root", []string{"su·-c·rm x·root @su -c 'rm x' root", "rm·x @rm x <wrapper su>"}},
		{"su root", []string{"su·root @su root", "? script on standard input @su root"}},
		{"parallel rm ::: a b", []string{"parallel·rm·:::·a·b @parallel rm ::: a b", "rm… @rm <wrapper parallel>", "? composed command @parallel rm ::: a b"}},
		{"sg - docker 'rm x'", []string{"sg·-·docker·rm x @sg - docker 'rm x'", "rm·x @rm x <wrapper sg>"}},
		{"sg docker -c 'rm x'", []string{"sg·docker·-c·rm x @sg docker -c 'rm x'", "rm·x @rm x <wrapper sg>"}},
		{"fakeroot -s f rm x", []string{"fakeroot·-s·f·rm·x @fakeroot -s f rm x", "rm·x @rm x <wrapper fakeroot>"}},
		{"ssh-agent -t 5 rm x", []string{"ssh-agent·-t·5·rm·x @ssh-agent -t 5 rm x", "rm·x @rm x <wrapper ssh-agent>"}},
		{"faketime -f yesterday rm x", []string{"faketime·-f·yesterday·rm·x @faketime -f yesterday rm x", "rm·x @rm x <wrapper faketime>"}},
		{"valgrind --tool=x rm x", []string{"valgrind·--tool=x·rm·x @valgrind --tool=x rm x", "rm·x @rm x <wrapper valgrind>", "? unknown wrapper option @valgrind --tool=x rm x"}},
		{"su -s /bin/evil -c 'rm x'", []string{"su·-s·/bin/evil·-c·rm x @su -s /bin/evil -c 'rm x'", "rm·x @rm x <wrapper su>", "? another shell's grammar @/bin/evil"}},
		{"strace -EBASH_ENV=f bash -c a", []string{"strace·-EBASH_ENV=f·bash·-c·a @strace -EBASH_ENV=f bash -c a", "bash·-c·a @bash -c a <wrapper strace>", "a @a <wrapper strace> <shell bash>", "? shell variable @-EBASH_ENV=f"}},
		{"systemd-run --setenv=BASH_ENV=f bash -c a", []string{"systemd-run·--setenv=BASH_ENV=f·bash·-c·a @systemd-run --setenv=BASH_ENV=f bash -c a", "bash·-c·a @bash -c a <wrapper systemd-run>", "a @a <wrapper systemd-run> <shell bash>", "? shell variable @--setenv=BASH_ENV=f"}},
		{"strace -EBASH_ENV=$X bash -c a", []string{"strace… @strace -EBASH_ENV=$X bash -c a", "bash·-c·a @bash -c a <wrapper strace>", "a @a <wrapper strace> <shell bash>", "? unknown wrapper option @strace -EBASH_ENV=$X bash -c a"}},
		{`strace -o"|rm $X" a`, []string{`strace… @strace -o"|rm $X" a`, "a @a <wrapper strace>", `? unknown wrapper option @strace -o"|rm $X" a`}},
		{`at -f"$X/f" now`, []string{`at… @at -f"$X/f" now`, `? unknown wrapper option @at -f"$X/f" now`, `? script on standard input @at -f"$X/f" now`}},
		{"strace -o '|rm x' a", []string{"strace·-o·|rm x·a @strace -o '|rm x' a", "a @a <wrapper strace>", "? composed command @'|rm x'"}},
		{"hyperfine --prepare 'rm x' -c a 'b; c'", []string{
			"hyperfine·--prepare·rm x·-c·a·b; c @hyperfine --prepare 'rm x' -c a 'b; c'", "rm·x @rm x <wrapper hyperfine>",
			"a @a <wrapper hyperfine>", "b @b <wrapper hyperfine>", "c @c <wrapper hyperfine>",
		}},
		{"at -f f now <<< a", []string{"at·-f·f·now @at -f f now", "a @a <wrapper at>", "? script file @f"}},
		{"fd -Hx rm", []string{"fd·-Hx·rm @fd -Hx rm", "? unknown wrapper option @fd -Hx rm"}},
		{"fd x rm", []string{"fd·x·rm @fd x rm"}},
		{`fd "$X" rm`, []string{`fd… @fd "$X" rm`, `? unknown wrapper option @fd "$X" rm`}},
		{`fd "-H$X" rm`, []string{`fd… @fd "-H$X" rm`, `? unknown wrapper option @fd "-H$X" rm`}},
		{"/lib64/ld-linux-x86-64.so.2 --argv0 a /bin/rm x", []string{
			"/lib64/ld-linux-x86-64.so.2·--argv0·a·/bin/rm·x @/lib64/ld-linux-x86-64.so.2 --argv0 a /bin/rm x",
			"/bin/rm·x @/bin/rm x <wrapper /lib64/ld-linux-x86-64.so.2>", "a·x @a /bin/rm x <wrapper /lib64/ld-linux-x86-64.so.2>",
		}},
		{"exec -a rm busybox x", []string{"exec·-a·rm·busybox·x @exec -a rm busybox x", "busybox·x @busybox x <wrapper exec>", "x @x <wrapper exec> <wrapper busybox>", "rm·x @rm busybox x <wrapper exec>"}},
		{"jobs -x rm %1", []string{"jobs·-x·rm·%1 @jobs -x rm %1", "rm… @rm %1 <wrapper jobs>"}},
		{"zsh -c \"eval 'repeat 2 rm x'\"", []string{"zsh·-c·eval 'repeat 2 rm x' @zsh -c \"eval 'repeat 2 rm x'\"", "eval·repeat 2 rm x @eval 'repeat 2 rm x' <shell zsh>", "repeat·2·rm·x @repeat 2 rm x <shell zsh> <eval eval>", "? another shell's grammar @eval 'repeat 2 rm x'", "? another shell's grammar @repeat 2 rm x"}},
		{"zsh -c 'a;repeat 2 rm x'", []string{"zsh·-c·a;repeat 2 rm x @zsh -c 'a;repeat 2 rm x'", "a @a <shell zsh>", "repeat·2·rm·x @repeat 2 rm x <shell zsh>", "? another shell's grammar @a;repeat 2 rm x"}},
		{"LC_ALL=ja_JP.SJIS; a", []string{"a @a"}},
		{"LC_ALL=ja_JP.SJIS; é", []string{"é @é", "? shell variable @LC_ALL=ja_JP.SJIS"}},
		{"TEXTDOMAINDIR=. a $\"b\"", []string{"a… @a $\"b\"", "? shell variable @TEXTDOMAINDIR=."}},
		{"busybox rm x", []string{"busybox·rm·x @busybox rm x", "rm·x @rm x <wrapper busybox>"}},
		{"time git push", []string{"time·git·push @time git push", "git·push @git push <wrapper time>"}},
		{"coproc rm x", []string{"coproc·rm·x @coproc rm x", "rm·x @rm x <wrapper coproc>"}},
		{"export A=1 B=$x", []string{"export·A=1… @export A=1 B=$x"}},
		{"trap 'rm x' EXIT", []string{"trap·rm x·EXIT @trap 'rm x' EXIT", "rm·x @rm x <eval trap>"}},
		{"alias l='ls -l'", []string{"alias·l=ls -l @alias l='ls -l'", "ls·-l… @l='ls -l' <alias l>", "? alias @l='ls -l'"}},
		{". x", []string{".·x @. x", "? script file @. x"}},
		{"fish -c 'rm x'", []string{"fish·-c·rm x @fish -c 'rm x'", "? another shell's grammar @fish -c 'rm x'"}},
		{"zsh -c 'rm x'", []string{"zsh·-c·rm x @zsh -c 'rm x'", "rm·x @rm x <shell zsh>"}},
		{"zsh -c '=rm x'", []string{"zsh·-c·=rm x @zsh -c '=rm x'", "=rm·x @=rm x <shell zsh>", "? another shell's grammar @=rm x"}},
		{"zsh -c 'repeat 2 rm x'", []string{"zsh·-c·repeat 2 rm x @zsh -c 'repeat 2 rm x'", "repeat·2·rm·x @repeat 2 rm x <shell zsh>", "? another shell's grammar @repeat 2 rm x"}},
		{"su - root -c 'rm x'", []string{"su·-·root·-c·rm x @su - root -c 'rm x'", "rm·x @rm x <wrapper su>"}},
		{"fd x -x mv {} {/}", []string{"fd·x·-x·mv·{}·{/} @fd x -x mv {} {/}", "mv… @mv {} {/} <wrapper fd>"}},
		{"tini -p SIGTERM rm x", []string{"tini·-p·SIGTERM·rm·x @tini -p SIGTERM rm x", "rm·x @rm x <wrapper tini>"}},
		{"cat <<A\n$(b)\nA", []string{"cat @cat", "b @b <substitution>"}},
		{"bash <<-'A'\n\trm 'x y'\n\tA", []string{"bash @bash", "rm·x y @rm 'x y' <shell bash>"}},
		{"bash <<A\nrm \\$x\nA", []string{"bash @bash", "rm… @rm \\$x <shell bash>"}},
		{"rm x\nif", []string{"rm·x @rm x", "? not parsed @rm x\nif"}},
		{"rm x\r\n", []string{"rm·x\r @rm x\r", "? carriage return @rm x\r\n"}},
		{"! (rm x)", []string{"rm·x @rm x"}},
		{"!(rm x)", []string{"rm·x @rm x <substitution>", "? unknown program @!(rm x)", "? extended glob @!(rm x)"}},
	} {
		s := full.Parse(test.script)
		check(t, s)
		if got := short(s); !slices.Equal(got, test.want) {
			t.Errorf("%s\n got %q\nwant %q", test.script, got, test.want)
		}
	}
}

func TestRead(t *testing.T) {
	for _, test := range []struct {
		argv  []string
		shell bool // argv is not a command of the script
		want  []string
	}{
		{nil, false, nil},
		{[]string{""}, false, []string{" @''"}},
		{[]string{"git", "push", "a b"}, false, []string{"git·push·a b @git push 'a b'"}},
		{[]string{"/bin/bash", "-lc", "git push"}, true, []string{"git·push @git push"}},
		{[]string{"sh", "-euc", "a; b", "name", "arg"}, true, []string{"a @a", "b @b"}},
		{[]string{"bash", "-o", "pipefail", "-c", "a"}, true, []string{"a @a"}},
		{[]string{"./bash", "-c", "a"}, false, []string{"./bash·-c·a @./bash -c a", "a @a <shell ./bash>"}},
		{[]string{"bash", "-ic", "a"}, false, []string{"bash·-ic·a @bash -ic a", "a @a <shell bash>", "? script file @bash -ic a"}},
		{[]string{"bash", "x.sh"}, false, []string{"bash·x.sh @bash x.sh", "? script file @x.sh"}},
		{[]string{"bash"}, false, []string{"bash @bash", "? script on standard input @bash"}},
		{[]string{"env", "A=1", "bash", "-c", "a 'b'"}, false, []string{
			`env·A=1·bash·-c·a 'b' @env 'A=1' bash -c "a 'b'"`,
			`bash·-c·a 'b' @bash -c "a 'b'" <wrapper env>`,
			`a·b @"a 'b'" <wrapper env> <shell bash>`,
		}},
		{[]string{"sudo", "sh", "-c", "a; b"}, false, []string{
			"sudo·sh·-c·a; b @sudo sh -c 'a; b'", "sh·-c·a; b @sh -c 'a; b' <wrapper sudo>",
			"a @a <wrapper sudo> <shell sh>", "b @b <wrapper sudo> <shell sh>",
		}},
		{[]string{"sh", "-c", "[[ -n x ]]"}, true, []string{"[[·-n·x·]] @[[ -n x ]]"}},
		{[]string{"sh", "-c", "a &> f"}, true, []string{"a @a", "? not parsed @a &> f"}},
	} {
		s := full.Read(test.argv)
		check(t, s)
		if got := short(s); !slices.Equal(got, test.want) || (s.Argv != nil) != test.shell {
			t.Errorf("%q, shell %v\n got %q\nwant %q", test.argv, s.Argv != nil, got, test.want)
		}
	}
}

func TestRedirects(t *testing.T) {
	for _, test := range []struct{ script, want string }{
		{"a", ""},
		{"a > f", "output 1 f"},
		{"a >| f", "clobber 1 f"},
		{"a 2>> 'f g'", "append 2 f g"},
		{"a < f", "input 0 f"},
		{"a <> f", "input-output 0 f"},
		{"a &> f", "output -1 f"},
		{"a >& f", "output -1 f"},
		{"a &>> f", "append -1 f"},
		{"a 2>&1", "duplicate 2 1"},
		{"a >&2-", "duplicate 1 2-"},
		{"a <&3", "duplicate 0 3"},
		{"a 2>&-", "close 2 -"},
		{"a >& $x", "output -1 ?"},
		{"a 2>& $x", "output 2 ?"},
		{"a {fd}> f", "output -2 f"},
		{"a > $x", "output 1 ?"},
		{"a > x$y", "output 1 x?"},
		{"a > *", "output 1 ?"},
		{"a > {b,c}", "output 1 {b,c}?"},
		{"a > /dev/null", "output 1 /dev/null discards"},
		{"a <<E\nx\nE", "here-document 0 x\n"},
		{"a <<E\n\\$x\nE", "here-document 0 $x\n"},
		{"a <<'E'\n\\$x\nE", "here-document 0 \\$x\n"},
		{"a <<-E\n\tx\n\t\ty\tz\n\tE", "here-document 0 x\ny\tz\n"},
		{"a <<E\n$x\nE", "here-document 0 ?"},
		{"a <<<'x y'", "here-string 0 x y"},
		{"{ a; b; } > f", "output 1 f"},
		{"> f", "output 1 f"},
		{"$x > f", "output 1 f"},
		{"a > f 2>&1 < g", "output 1 f, duplicate 2 1, input 0 g"},
	} {
		var got []string
		s := full.Parse(test.script)
		list := s.Redirects
		for _, c := range s.Commands {
			list = append(list, c.Redirects...)
		}
		files := 0
		for _, r := range list {
			line := fmt.Sprint(r.Kind, " ", r.FD, " ", r.Target)
			if !r.Known {
				line += "?"
			}
			if r.Discards() {
				line += " discards"
			}
			if r.Reads() || r.Writes() {
				files++
			}
			got = append(got, line)
		}
		if joined := strings.Join(got, ", "); joined != test.want {
			t.Errorf("%s\n got %q\nwant %q", test.script, joined, test.want)
		}
		for range s.Files() {
			files--
		}
		if files != 0 {
			t.Errorf("%s: Files yields %d too few", test.script, files)
		}
	}
}

func TestAssigns(t *testing.T) {
	for _, test := range []struct {
		script string
		want   []full.Assign // of the first command, or of none
	}{
		{"A=1 b", []full.Assign{{Name: "A", Value: "1", Known: true, Exported: true, Span: full.Span{Start: 0, End: 3}}}},
		{"A+=$x b", []full.Assign{{Name: "A", Append: true, Exported: true, Span: full.Span{Start: 0, End: 5}}}},
		{"A=x$y", []full.Assign{{Name: "A", Value: "x", Span: full.Span{Start: 0, End: 5}}}},
		{"A= b", []full.Assign{{Name: "A", Known: true, Exported: true, Span: full.Span{Start: 0, End: 2}}}},
		{"A=(1)", []full.Assign{{Name: "A", Span: full.Span{Start: 0, End: 5}}}},
		{"A={b,c}", []full.Assign{{Name: "A", Value: "{b,c}", Known: true, Span: full.Span{Start: 0, End: 7}}}},
	} {
		s := full.Parse(test.script)
		got := s.Assigns
		if len(s.Commands) > 0 {
			got = s.Commands[0].Assigns
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s\n got %+v\nwant %+v", test.script, got, test.want)
		}
	}
	// Behind a word that may be several, the command is not certain.
	s := full.Parse("env A=1 B=$x c")
	if got := s.Commands[1].Assigns; len(got) != 2 || got[0].Name != "A" || got[1].Known || len(s.Opaque) == 0 {
		t.Errorf("%+v, opaque %v", got, s.Opaque)
	}
}

// Where the options of a wrapper are not known, the command behind them is listed, but
// something is opaque.
func TestWrappersWithoutOptions(t *testing.T) {
	for _, test := range []struct {
		script  string
		command string
		sure    bool
	}{
		{"systemd-cat -t x rm y", "rm y", true},
		{"systemd-cat --priority=info rm y", "rm y", true},
		{"systemd-cat -q rm y", "rm y", false},
		{"pee 'rm y' z", "rm y", true},
		{"pee --x 'rm y'", "rm y", false},
		{"run0 rm y", "rm y", true},
		{"run0 --user=a rm y", "rm y", false},
		{"numactl rm y", "rm y", true},
		{"numactl -N0 rm y", "rm y", false},
		{"bwrap --unshare-all rm y", "rm y", false},
	} {
		s := full.Read([]string{"bash", "-c", test.script})
		listed := slices.ContainsFunc(s.Commands, func(c full.Command) bool { return strings.Join(c.Words, " ") == test.command })
		if sure := len(s.Opaque) == 0; !listed || sure != test.sure {
			t.Errorf("%s: %q", test.script, short(s))
		}
	}
}

func TestWrappers(t *testing.T) {
	seen := make(map[string]bool)
	for name, source := range full.Wrappers() {
		if seen[name] || source == "" {
			t.Errorf("%s stands twice, or has no source", name)
		}
		seen[name] = true
	}
	for _, name := range strings.Fields("env sudo nice timeout xargs find nohup command exec time") {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
