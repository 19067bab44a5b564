package full

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// A grammar is how the text of a script is read.
type grammar uint8

const (
	bash    grammar = iota
	posix           // what bash adds is not there
	either          // sh: bash or a plain POSIX shell, depending on the machine
	foreign         // zsh, ksh: like bash as far as the script is plain
	alien           // fish, csh: not read
)

// maxNesting bounds scripts in scripts, and wrappers in wrappers.
const maxNesting = 16

// A reader collects what a script may run.
type reader struct {
	out    *Script
	budget int // bytes that may still be parsed
}

func newReader(out *Script) *reader { return &reader{out, 4 * MaxScript} }

// A place is where in the chain of scripts, wrappers and constructs the reader
// is. It is a value: changes to it hold for what is inside only.
type place struct {
	src       *source
	grammar   grammar // bash or posix where statements are read
	via       []Step
	nesting   int
	double    bool     // inside double quotes
	appends   bool     // further words may follow any command (aliases)
	numbers   *numbers // what is known of the variables of this script
	stdin     *stdin   // nil: standard input is not known
	fed       bool     // the script is read from standard input as it runs
	expanding bool     // inside an expansion in double quotes, or in a here-document
}

// stdin is a standard input whose text is known.
type stdin struct {
	p    place
	text word
}

func (p place) step(kind StepKind, name string) place {
	p.via = append(slices.Clip(p.via), Step{kind, name})
	p.nesting++
	return p
}

func (r *reader) opaque(p place, reason Reason, start, end int) {
	o := Opaque{reason, p.src.span(start, end), p.via}
	if n := len(r.out.Opaque); n == 0 || !reflect.DeepEqual(r.out.Opaque[n-1], o) {
		r.out.Opaque = append(r.out.Opaque, o)
	}
}

// script reads all of p.src.
func (r *reader) script(p place) {
	text := p.src.text
	all := func(reason Reason) { r.opaque(p, reason, 0, len(text)) }
	defer func() {
		// What was listed so far stays. A script must not be able to take
		// its judge down, whoever made the mistake.
		if recover() != nil {
			all(Failed)
		}
	}()
	r.budget -= len(text)
	switch {
	case len(text) >= MaxScript || r.budget < 0:
		all(TooLong)
		return
	case p.nesting > maxNesting:
		all(TooDeep)
		return
	case strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text):
		all(NotText)
		return
	case strings.IndexByte(text, '\r') >= 0:
		all(CarriageEnd)
	case strings.Contains(text, "$\\\n"), commentJoinsLines(text):
		// The shell joins lines first: what follows may be a substitution, which
		// the parser overlooks in quotes and here-documents. In comments it joins
		// none, but the parser does.
		all(NotParsed)
	}
	switch p.grammar {
	case alien:
		all(OtherShell)
		return
	case foreign:
		if !isPlain(text) {
			all(OtherShell)
		}
	case either:
		r.either(p)
		return
	}
	lang := syntax.LangBash
	if p.grammar == posix {
		lang = syntax.LangPOSIX
	}
	stmts, err := parse(text, lang)
	if errors.Is(err, errTooDeep) {
		all(TooDeep)
	} else if err != nil {
		all(NotParsed)
	}
	p.double, p.expanding = false, false
	p.stdin = nil
	p.numbers = p.numbers.within(stmts)
	if !p.fed {
		r.stmts(p, stmts)
		return
	}
	for _, s := range stmts {
		listed := len(r.out.Commands)
		r.stmt(p, s)
		end := min(int(s.End().Offset()), len(text))
		if _, rest, _ := strings.Cut(text[end:], "\n"); strings.TrimSpace(rest) != "" &&
			slices.ContainsFunc(r.out.Commands[listed:], mayRead) {
			r.opaque(p, StandardInput, end, len(text))
		}
	}
}

// unreading are builtins that do not read their standard input.
var unreading = strings.Fields(`: [ break cd continue echo exit export false local printf pwd readonly return set shift test true umask unset`)

// mayRead reports whether a command may read what is left of a script that comes
// from its standard input, and so change what the rest of it is.
func mayRead(c Command) bool { return !slices.Contains(unreading, c.Words[0]) }

// either reads a script in both grammars, and lists what either of them finds.
func (r *reader) either(p place) {
	var found [2]Script
	for i, g := range []grammar{bash, posix} {
		found[i].Text = r.out.Text
		sub := reader{&found[i], r.budget}
		p.grammar = g
		sub.script(p)
		r.budget = sub.budget
	}
	out := r.out
	out.Commands = append(out.Commands, union(found[0].Commands, found[1].Commands, func(c Command) int { return c.Span.Start })...)
	out.Opaque = append(out.Opaque, union(found[0].Opaque, found[1].Opaque, func(o Opaque) int { return o.Span.Start })...)
	out.Redirects = append(out.Redirects, union(found[0].Redirects, found[1].Redirects, func(x Redirect) int { return x.Span.Start })...)
	out.Assigns = append(out.Assigns, union(found[0].Assigns, found[1].Assigns, func(a Assign) int { return a.Span.Start })...)
}

// union merges two lists by position, leaving out what is in both.
func union[T any](a, b []T, start func(T) int) []T {
	if reflect.DeepEqual(a, b) {
		return a
	}
	byStart := make(map[int][]T)
	for _, x := range a {
		byStart[start(x)] = append(byStart[start(x)], x)
	}
	for _, y := range b {
		if !slices.ContainsFunc(byStart[start(y)], func(x T) bool { return reflect.DeepEqual(x, y) }) {
			a = append(a, y)
		}
	}
	slices.SortStableFunc(a, func(x, y T) int { return start(x) - start(y) })
	return a
}

func (r *reader) stmts(p place, list []*syntax.Stmt) {
	for _, s := range list {
		r.stmt(p, s)
	}
}

// stmt reads a statement. Long chains such as `a && b && c` lean to the left
// without having cost the parser any stack, and are not descended into.
func (r *reader) stmt(p place, s *syntax.Stmt) {
	var right []*syntax.Stmt
	for {
		chain, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok || len(s.Redirs) > 0 {
			break
		}
		right = append(right, chain.Y)
		s = chain.X
	}
	r.one(p, s)
	for i := len(right) - 1; i >= 0; i-- {
		r.one(p, right[i])
	}
}

func (r *reader) one(p place, s *syntax.Stmt) {
	redirects := make([]Redirect, 0, len(s.Redirs))
	outside := p
	for _, x := range s.Redirs {
		redirects = append(redirects, r.redirect(&p, x))
	}
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		r.call(p, cmd, redirects)
	case *syntax.DeclClause:
		r.declare(p, cmd, redirects)
	case *syntax.LetClause:
		r.out.Commands = append(r.out.Commands, Command{
			Words: []string{"let"}, OpenEnded: true, Redirects: redirects, Via: p.via,
			Span: p.src.span(int(cmd.Let.Offset()), int(cmd.End().Offset())),
		})
		for _, x := range cmd.Exprs {
			r.arithmetic(p, x)
		}
	default:
		r.out.Redirects = append(r.out.Redirects, redirects...)
		p.stdin = nil // what one command leaves of it is another's input
		r.compound(p, cmd)
	}
	for _, x := range s.Redirs {
		r.inside(outside, x.Word)
		if x.Hdoc != nil {
			body := outside
			body.double, body.expanding = true, true
			r.inside(body, x.Hdoc)
		}
	}
}

func (r *reader) compound(p place, cmd syntax.Command) {
	switch cmd := cmd.(type) {
	case nil:
	case *syntax.BinaryCmd: // with redirections of its own, which no grammar allows
		r.stmt(p, cmd.X)
		r.stmt(p, cmd.Y)
	case *syntax.Subshell:
		r.stmts(p, cmd.Stmts)
	case *syntax.Block:
		r.stmts(p, cmd.Stmts)
	case *syntax.IfClause:
		for ; cmd != nil; cmd = cmd.Else {
			r.stmts(p, cmd.Cond)
			r.stmts(p, cmd.Then)
		}
	case *syntax.WhileClause:
		r.stmts(p, cmd.Cond)
		r.stmts(p, cmd.Do)
	case *syntax.ForClause:
		switch loop := cmd.Loop.(type) {
		case *syntax.WordIter:
			name := word{text: loop.Name.Value, known: true, start: int(loop.Name.Pos().Offset()), end: int(loop.Name.End().Offset())}
			r.variable(p, name)
			r.sets(p, name.text, name.start, name.end)
			if isInteger(name.text) {
				r.opaque(p, Arithmetic, name.start, name.end)
			}
			for _, w := range loop.Items {
				r.inside(p, w)
			}
		case *syntax.CStyleLoop:
			r.arithmetic(p, loop.Init)
			r.arithmetic(p, loop.Cond)
			r.arithmetic(p, loop.Post)
		}
		r.stmts(p, cmd.Do)
	case *syntax.CaseClause:
		r.inside(p, cmd.Word)
		for _, item := range cmd.Items {
			for _, w := range item.Patterns {
				r.pattern(p, w)
			}
			r.stmts(p, item.Stmts)
		}
	case *syntax.FuncDecl:
		name := ""
		if cmd.Name != nil {
			name = cmd.Name.Value
		}
		body := p.step(Function, name)
		body.nesting = p.nesting
		body.stdin = nil
		r.stmt(body, cmd.Body)
	case *syntax.ArithmCmd:
		r.arithmetic(p, cmd.X)
	case *syntax.TestClause:
		r.test(p, cmd.X)
	case *syntax.TimeClause:
		timed := cmd.Stmt
		if timed != nil {
			timed, _ = first(timed, func(call *syntax.CallExpr) {
				if withoutDashes(call) && (p.grammar == foreign || len(call.Args) > 0 && p.src.mayBeMore(call.Args[0])) {
					r.opaque(p, NotParsed, 0, len(p.src.text))
				}
			})
		}
		r.keyword(p, "time", int(cmd.Time.Offset()), cmd.PosixFormat, timed)
	case *syntax.CoprocClause:
		r.coproc(p, cmd)
	default:
		r.opaque(p, NotParsed, int(cmd.Pos().Offset()), int(cmd.End().Offset()))
	}
}
