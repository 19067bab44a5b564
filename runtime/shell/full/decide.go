package full

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/runtime"
)

// A Policy is what scripts are judged by; a *runtime.Policy is one.
type Policy interface {
	Decide(argv []string) runtime.Verdict
	DecideOpen(prefix []string) runtime.Verdict
}

// An Answer is what a policy says of a script.
type Answer struct {
	// Decision is the strictest decision on any part, but Allow only if all
	// parts are allowed and there is at least one.
	Decision runtime.Decision

	// Deciding is the index in Parts of the one that decided: of the parts with
	// that decision the one with the longest match, of equals the last. It is
	// -1 where nothing is decided.
	Deciding int

	// Parts are in the order in which they begin.
	Parts []Part
}

// A Part is a place of a script that is judged for itself. Where it comes from
// the field says that goes with its kind.
type Part struct {
	Kind PartKind
	Span Span

	// Words are what a command is known to start with; nil for other parts.
	// They may be shared with the script.
	Words []string

	Command  *Command  // of Plain and OpenEnded
	Opaque   *Opaque   // of Unknown
	File     *Redirect // of File
	Variable *Assign   // of Variable

	// Verdict is what the policy says. Rules speak about commands only: of
	// every other part nothing is decided.
	Verdict runtime.Verdict
}

// A PartKind says what a part is, and so what can be said of it.
type PartKind uint8

const (
	Plain     PartKind = iota // a command, all of it
	OpenEnded                 // the start of a command, judged with all that may follow
	Invoked                   // the shell that reads the script: a part where something in it is opaque and rules stop the shell
	Unknown                   // something that may run and cannot be known
	File                      // a file that the shell opens, other than /dev/null
	Variable                  // a variable that programs may look at is set
)

func (k PartKind) String() string {
	return [...]string{"command", "open-ended", "shell", "opaque", "file", "variable"}[k]
}

// IsCommand reports whether rules are asked about the part.
func (p Part) IsCommand() bool { return p.Kind <= Invoked }

// Decide says what a policy thinks of a script: the strictest decision on any
// command in it, by [runtime.Policy.DecideOpen] for those that are open-ended.
//
// Allow is only said of a script of which everything is known and allowed. No
// rule speaks about the following parts, so that a script with one of them has
// no decision where no command makes it stricter:
//
//   - what is opaque. If something is, rules on the shell that reads the script
//     are asked too, as the reference does with all scripts that it cannot take
//     apart. They can only make the answer stricter.
//   - a file that the shell opens for a redirection, but for /dev/null: a
//     command that may run is not one that may write anywhere. This goes for
//     reading too, since a name such as /dev/tcp/host/80 is a connection.
//   - a variable that is set, if it gets into the environment of a command
//     (`A=1 make`, export) or if it may be there already. Programs run other
//     programs that variables name: PATH, LD_PRELOAD, GIT_SSH_COMMAND, PAGER and
//     many more. By POSIX (XBD 8.1) variables that utilities look at have names
//     without lower case letters, http_proxy and its kin aside; the others, set
//     for the shell alone, are no parts.
//   - a program that is allowed by a relative path, where something before it may
//     have changed the working directory: cd, or a wrapper such as env -C. Whoever
//     allows ./gradlew means the one in one folder, and the policy resolves paths
//     from one folder only.
//
// A caller who knows better about one of these gives it a decision and has
// [Answer.Settle] sum up again.
func Decide(policy Policy, s *Script) Answer {
	a := Answer{Parts: make([]Part, 0, len(s.Commands)+len(s.Opaque))}
	silent := runtime.Verdict{Rule: -1}
	if s.Argv != nil && len(s.Opaque) > 0 {
		if v := policy.Decide(s.Argv); v.Decision > runtime.Allow {
			a.Parts = append(a.Parts, Part{Kind: Invoked, Span: Span{0, len(s.Text)}, Words: s.Argv, Verdict: v})
		}
	}
	moved := slices.ContainsFunc(s.Commands, func(c Command) bool { return movers[c.Words[0]] || len(c.Via) > 0 })
	for i := range s.Commands {
		c := &s.Commands[i]
		part := Part{Kind: Plain, Span: c.Span, Words: c.Words, Command: c}
		if c.OpenEnded {
			part.Kind, part.Verdict = OpenEnded, policy.DecideOpen(c.Words)
		} else {
			part.Verdict = policy.Decide(c.Words)
		}
		if part.Verdict.Decision == runtime.Allow && moved && isRelative(c.Words[0]) {
			part.Verdict = silent // the path was meant from another folder
		}
		a.Parts = append(a.Parts, part)
	}
	for i := range s.Opaque {
		o := &s.Opaque[i]
		a.Parts = append(a.Parts, Part{Kind: Unknown, Span: o.Span, Opaque: o, Verdict: silent})
	}
	for r := range s.Files() {
		if !r.Discards() {
			a.Parts = append(a.Parts, Part{Kind: File, Span: r.Span, File: &r, Verdict: silent})
		}
	}
	for x := range s.Variables() {
		if x.Exported || strings.IndexFunc(x.Name, isLower) < 0 || strings.HasSuffix(x.Name, "_proxy") {
			a.Parts = append(a.Parts, Part{Kind: Variable, Span: x.Span, Variable: &x, Verdict: silent})
		}
	}
	slices.SortStableFunc(a.Parts, func(x, y Part) int { return cmp.Compare(x.Span.Start, y.Span.Start) })
	a.Settle()
	return a
}

// Settle sets Decision and Deciding to what follows from the verdicts of Parts.
func (a *Answer) Settle() {
	a.Decision, a.Deciding = runtime.None, -1
	all, tokens := true, 0
	for i := range a.Parts {
		switch v := &a.Parts[i].Verdict; {
		case v.Decision == runtime.None:
			all = false
		case v.Decision > a.Decision || v.Decision == a.Decision && v.Tokens >= tokens:
			a.Decision, a.Deciding, tokens = v.Decision, i, v.Tokens
		}
	}
	if a.Decision == runtime.Allow && !all {
		a.Decision, a.Deciding = runtime.None, -1
	}
}

// movers change the working directory of the shell.
var movers = map[string]bool{"cd": true, "pushd": true, "popd": true}

func isRelative(program string) bool { return strings.Contains(program, "/") && program[0] != '/' }

func isLower(r rune) bool { return 'a' <= r && r <= 'z' }
