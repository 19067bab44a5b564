// Package full reads a shell command line as bash would, and lists every
// command in it that could run.
//
// The reference's reading (package shell, one folder up) takes only the
// plainest scripts apart: one variable or one redirection, and rules see
// nothing of what runs. [Read] is stricter and more useful: redirections,
// subshells, loops, functions, substitutions, here-documents, nested shells
// and wrappers such as sudo or xargs are all looked into.
//
//	script := full.Read([]string{"bash", "-lc", "cd x && git push $OPTS > log"})
//	for _, c := range script.Commands {
//		fmt.Println(c.Words, c.OpenEnded) // [cd x] false, [git push] true
//	}
//
// [Decide] asks a policy about all of it:
//
//	answer := full.Decide(policy, script) // policy is a *runtime.Policy
//	answer.Decision, answer.Parts[answer.Deciding]
//
// What cannot be known before it runs is never left out. A command is listed
// with its words up to the first that only the shell can know, and marked
// open-ended there. Where not even the program is known (`$CMD`, `eval "$x"`,
// a sourced file), the place is listed in Script.Opaque.
//
// # What is promised
//
// Let a program be started by the script, that is by the shell, by a nested
// shell, or by a program of the wrapper table ([Wrappers]). Then its argument
// vector equals one of Script.Commands, or starts with the words of an
// open-ended one, or Script.Opaque is not empty.
//
// Not covered are:
//
//   - What other programs start on their own, for their arguments or their
//     configuration: `make SHELL=x`, `tar --to-command=x`, `awk 'BEGIN {system("x")}'`,
//     `git -c core.pager=x`, `ssh -F file`, `python -c`, `docker exec`, hooks and
//     plugins. Rules have to judge these programs as what they are.
//   - What a program does because of its environment. `LD_PRELOAD=x make`, PATH,
//     GIT_SSH_COMMAND or EDITOR are in Assigns like any assignment, and [Decide]
//     allows no command with one. Names of programs mean what PATH says.
//   - The shell that a wrapper starts to read a script (`watch`, `flock -c`,
//     `su -c`): what is in the script is listed, but not `sh -c script` itself.
//   - Startup files (`bash -l`), and functions, aliases, variables and a locale of
//     another encoding than UTF-8 that the environment brings along; a caller
//     that does not control the environment should clear it.
//
// More commands may be listed than run: both branches of an `if`, functions
// that are never called, the name of a function as though it were a program.
//
// All functions are pure, may be called by any number of goroutines, and never
// panic. Time and memory are bounded: see [MaxScript].
package full

import (
	"iter"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/runtime/shell"
)

// A Script is what a command line may run. It belongs to the caller and is not
// changed by this package afterwards.
type Script struct {
	// Text is what all positions refer to: the script itself, or for an
	// argument vector that is no shell invocation its words, quoted and
	// joined by spaces.
	Text string

	// Argv is the argument vector that was read, if it is a shell invocation
	// whose script is Text. It is not in Commands: who starts the shell is
	// the caller, not the script. Rules on it say something about scripts
	// that could not be read as a whole, as in the reference. Otherwise nil.
	Argv []string

	// Commands are the commands that may run, in the order in which they
	// begin; a wrapper comes before what it runs.
	Commands []Command

	// Opaque are the places where something may run that is not in Commands.
	Opaque []Opaque

	// Redirects are the redirections that belong to no single command:
	// those of groups and loops (`{ a; b; } > f`) and bare ones (`> f`).
	Redirects []Redirect

	// Assigns are the assignments that stand before no command (`A=1; b`), and
	// the variables that loops, builtins and expansions set (`for A in`,
	// `read A`, `export A=1`, `${A:=1}`).
	Assigns []Assign
}

// A Span is a range of bytes of Script.Text. In a nested script it is the place
// of the nested bytes in the outermost text, which is exact where the words
// that hold them are, and otherwise the place of the word as a whole.
type Span struct{ Start, End int }

// A Command is a simple command: a program, builtin or function with its
// arguments.
type Command struct {
	// Words are the leading words that are known, at least one. They are
	// unquoted and expanded. The slice may be shared with other commands.
	Words []string

	// OpenEnded is set where any number of further words may follow Words.
	OpenEnded bool

	// Assigns stand before the command and go to its environment, in
	// arguments of `env` too.
	Assigns []Assign

	// Redirects are those of the command. What a wrapper runs shares the
	// redirections of the wrapper, which are listed only there.
	Redirects []Redirect

	// Span is the place from the first to the last word, unknown ones
	// included.
	Span Span

	// Via is the way by which the command comes to run, outermost step first;
	// empty where it stands in the script itself. It may be shared.
	Via []Step
}

// A Step is one link of the chain between a script and a command in it.
type Step struct {
	Kind StepKind
	// Name is the program or builtin (Wrapper, Shell, Remote, Eval), or the
	// name of the function or alias; else empty.
	Name string
}

// A StepKind says how one command comes out of another.
type StepKind uint8

const (
	Substitution StepKind = iota // $(command), `command`
	Process                      // <(command), >(command)
	Function                     // name() { command; }
	Wrapper                      // sudo command: see Wrappers
	Shell                        // bash -c 'command', bash <<< 'command'
	Eval                         // eval 'command', and trap, and PS4-like strings
	Alias                        // alias name='command'
	Remote                       // ssh host command: runs on another machine
	Maybe                        // $MAYBE_EMPTY command
	Reference                    // as the reference reads it, though bash would not run it
)

func (k StepKind) String() string {
	return [...]string{"substitution", "process", "function", "wrapper", "shell", "eval", "alias", "remote", "maybe", "reference"}[k]
}

// An Assign is an assignment to a variable.
type Assign struct {
	Name     string // "" if not known (`export $x`)
	Value    string // as far as it is known
	Known    bool   // Value is the whole value
	Append   bool   // NAME+=value
	Exported bool   // goes to the environment of what runs
	Span     Span
}

// Variables yields all assignments, those of commands and the others.
func (s *Script) Variables() iter.Seq[Assign] {
	return func(yield func(Assign) bool) {
		for _, c := range s.Commands {
			for _, a := range c.Assigns {
				if !yield(a) {
					return
				}
			}
		}
		for _, a := range s.Assigns {
			if !yield(a) {
				return
			}
		}
	}
}

// MaxScript is the length in bytes beyond which a script is not read and
// reported as opaque. Linux passes no longer argument to a program, its
// terminating NUL included (MAX_ARG_STRLEN). A reading parses at most four
// times as much in all, nested scripts included.
const MaxScript = 128 << 10

// Parse reads script as `bash -c` would run it.
func Parse(script string) *Script {
	s := &Script{Text: script}
	newReader(s).script(place{src: &source{text: script}})
	return s
}

// Read reads the command line that argv is. If argv is an invocation of a usual
// shell with a script (`/bin/bash -lc 'cd x && y'`), the script is read with
// the grammar of that shell; otherwise argv is a command itself, which may be
// a wrapper (`env A=1 bash -c 'x'`).
//
// Where the reference's reading of argv has a command that bash would not run,
// it is listed too. So rules that stop a script in that reading, stop it here.
func Read(argv []string) *Script {
	if len(argv) == 0 {
		return &Script{}
	}
	words := make([]word, len(argv))
	s := &Script{}
	var text strings.Builder
	ok := true
	for i, w := range argv {
		quoted, quotable := shlex.Quote(w)
		ok = ok && quotable
		if i > 0 {
			text.WriteByte(' ')
		}
		words[i] = word{text: w, known: true, start: text.Len(), end: text.Len() + len(quoted)}
		switch quoted {
		case w:
			words[i].runs = []run{{0, text.Len()}}
		case "'" + w + "'":
			words[i].runs = []run{{0, text.Len() + 1}}
		}
		text.WriteString(quoted)
	}
	if call, ok := invocation(arguments{words: words}); ok && isUsualShell(argv[0]) && call.sure && call.script != nil {
		s.Text, s.Argv = call.script.text, argv
		newReader(s).script(place{src: &source{text: s.Text}, grammar: call.grammar})
		s.addReference(argv)
		return s
	}
	s.Text = text.String()
	r := newReader(s)
	p := place{src: &source{text: s.Text}}
	if !ok {
		r.opaque(p, NotText, 0, len(s.Text))
	}
	r.command(p, arguments{words: words})
	s.addReference(argv)
	return s
}

// addReference lists the commands of the reference's reading that are not
// listed yet.
func (s *Script) addReference(argv []string) {
	commands, plain := shell.Reference(argv)
	if !plain {
		return
	}
	listed := len(s.Commands)
	for _, words := range commands {
		if !slices.ContainsFunc(s.Commands, func(c Command) bool {
			return slices.Equal(c.Words, words) || c.OpenEnded && len(c.Words) <= len(words) && slices.Equal(c.Words, words[:len(c.Words)])
		}) {
			s.Commands = append(s.Commands, Command{Words: words, Span: Span{0, len(s.Text)}, Via: []Step{{Kind: Reference}}})
		}
	}
	if len(s.Commands) > listed {
		slices.SortStableFunc(s.Commands, func(a, b Command) int { return a.Span.Start - b.Span.Start })
	}
}
