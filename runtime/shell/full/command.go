package full

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// arguments are what a program or builtin is given.
type arguments struct {
	words     []word
	open      bool // any number of words may follow
	assigns   []Assign
	redirects []Redirect
}

// call reads a simple command.
func (r *reader) call(p place, cmd *syntax.CallExpr, redirects []Redirect) {
	a := arguments{words: r.words(p, cmd.Args), redirects: redirects}
	for _, x := range cmd.Assigns {
		assign := r.assign(p, x)
		assign.Exported = len(a.words) > 0
		a.assigns = append(a.assigns, assign)
	}
	if len(a.words) > 0 {
		r.command(p, a)
	} else {
		r.unowned(a)
	}
	p.stdin = nil
	for _, x := range cmd.Assigns {
		r.insideAssign(p, x)
	}
	for _, w := range cmd.Args {
		r.inside(p, w)
	}
}

// unowned lists what stands beside no command.
func (r *reader) unowned(a arguments) {
	r.out.Assigns = append(r.out.Assigns, a.assigns...)
	r.out.Redirects = append(r.out.Redirects, a.redirects...)
}

// command lists the command that a is, and what that command runs in turn.
func (r *reader) command(p place, a arguments) {
	a.open = a.open || p.appends
	if len(a.words) == 0 {
		r.unowned(a)
		return
	}
	first, last := a.words[0], a.words[len(a.words)-1]
	if !first.known {
		r.opaque(p, ProgramName, first.start, last.end)
		if first.many && len(a.words) > 1 {
			// If the first word vanishes, the next is the program.
			a.words = a.words[1:]
			r.command(p.step(Maybe, ""), a)
		} else {
			r.unowned(a)
		}
		return
	}
	words, known := known(a.words)
	r.out.Commands = append(r.out.Commands, Command{
		Words:     words,
		OpenEnded: a.open || !known,
		Assigns:   a.assigns,
		Redirects: a.redirects,
		Span:      p.src.span(first.start, last.end),
		Via:       p.via,
	})
	a.assigns, a.redirects = nil, nil
	for _, w := range a.words {
		r.variable(p, w)
		if name, _, _ := strings.Cut(w.text, "="); isInteger(name) {
			r.opaque(p, Arithmetic, w.start, w.end)
		}
	}
	r.runs(p, a)
}

// known returns the leading words that are known, and whether all are.
func known(words []word) (texts []string, all bool) {
	texts = make([]string, 0, len(words))
	for _, w := range words {
		if !w.known {
			return texts, false
		}
		texts = append(texts, w.text)
	}
	return texts, true
}

// runs reads what a command runs by itself.
func (r *reader) runs(p place, a arguments) {
	if p.nesting > maxNesting {
		r.opaque(p, TooDeep, a.words[0].start, a.words[len(a.words)-1].end)
		return
	}
	name := a.words[0].text
	if name == "exec" && p.fed {
		r.whole(p, StandardInput, a) // it may give the shell another script to go on with
	}
	if read, ok := builtins[name]; ok {
		read(r, p, a)
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	if _, ok := shells[base]; ok {
		r.shell(p, a)
	} else if w := wrapperNamed(base); w != nil {
		r.wrapped(p, w, a)
	}
}

// assign reads an assignment.
func (r *reader) assign(p place, x *syntax.Assign) Assign {
	start, end := int(x.Pos().Offset()), int(x.End().Offset())
	out := Assign{Append: x.Append, Span: p.src.span(start, end)}
	if x.Name != nil {
		out.Name = x.Name.Value
	}
	switch {
	case x.Index != nil || x.Array != nil:
	case x.Value == nil:
		out.Known = true
	default:
		w, _ := r.word(p, x.Value)
		out.Value, out.Known = w.text, w.known
	}
	if isInteger(out.Name) && (x.Array != nil || !p.numbers.isNumber(x.Value)) {
		r.opaque(p, Arithmetic, start, end)
	}
	r.variable(p, word{text: out.Name, known: true, start: start, end: end})
	return out
}

// declare reads `export A=1` and its kin, which are builtins to bash and have a
// grammar of their own.
func (r *reader) declare(p place, cmd *syntax.DeclClause, redirects []Redirect) {
	start := int(cmd.Variant.Pos().Offset())
	words := []word{{text: cmd.Variant.Value, known: true, start: start, end: int(cmd.Variant.End().Offset())}}
	for _, x := range cmd.Args {
		at, end := int(x.Pos().Offset()), int(x.End().Offset())
		switch {
		case x.Naked && x.Value != nil:
			words = append(words, r.words(p, []*syntax.Word{x.Value})...)
		case x.Index != nil || x.Array != nil || x.Name == nil:
			w := word{start: at, end: end, many: x.Name == nil}
			switch {
			case x.Index != nil:
				w.text = x.Name.Value + "["
			case x.Name != nil:
				w.text, w.compound = x.Name.Value+"=", true
			}
			words = append(words, w)
		default:
			value := word{known: true}
			if x.Value != nil {
				value, _ = r.word(p, x.Value)
			}
			text := x.Name.Value
			switch {
			case x.Naked:
			case x.Append:
				text += "+=" + value.text
			default:
				text += "=" + value.text
			}
			words = append(words, word{text: text, known: value.known, start: at, end: end})
		}
	}
	r.command(p, arguments{words: words, redirects: redirects})
	for _, x := range cmd.Args {
		r.insideAssign(p, x)
	}
}

// keyword lists a reserved word that stands before a command, as a command with
// the words of that one, and the command itself.
func (r *reader) keyword(p place, name string, start int, posixFormat bool, s *syntax.Stmt) {
	c := Command{Words: []string{name}, Span: p.src.span(start, start+len(name)), Via: p.via}
	if posixFormat {
		c.Words = append(c.Words, "-p")
	}
	if s != nil {
		if call, ok := s.Cmd.(*syntax.CallExpr); ok && len(call.Assigns) == 0 && len(call.Args) > 0 && !s.Negated {
			texts, all := known(r.words(p, call.Args))
			c.Words, c.OpenEnded = append(c.Words, texts...), !all
			c.Span = p.src.span(start, int(call.End().Offset()))
		} else {
			c.OpenEnded = true
		}
	}
	r.out.Commands = append(r.out.Commands, c)
	if s != nil {
		r.stmt(p.step(Wrapper, name), s)
	}
}

// first returns a statement whose first simple command, that of a pipeline or
// list that leans to the left, was given to change. It reports false where a
// compound command comes first.
func first(s *syntax.Stmt, change func(*syntax.CallExpr)) (*syntax.Stmt, bool) {
	out := *s
	switch cmd := s.Cmd.(type) {
	case nil:
		call := new(syntax.CallExpr)
		change(call)
		out.Cmd = call
	case *syntax.BinaryCmd:
		x, ok := first(cmd.X, change)
		if !ok {
			return s, false
		}
		chain := *cmd
		chain.X, out.Cmd = x, &chain
	case *syntax.CallExpr:
		call := *cmd
		change(&call)
		out.Cmd = &call
	default:
		return s, false
	}
	return &out, true
}

// withoutDashes leaves out the `--` that stands behind the reserved word `time`
// and ends its options, and reports whether there is one.
func withoutDashes(call *syntax.CallExpr) bool {
	if len(call.Assigns) > 0 || len(call.Args) == 0 || call.Args[0].Lit() != "--" {
		return false
	}
	call.Args = call.Args[1:]
	return true
}

// mayBeMore reports whether a word that the parser took for a program may be an
// assignment or a reserved word.
func (s *source) mayBeMore(w *syntax.Word) bool {
	switch w.Lit() {
	case "!", "time", "coproc", "function", "[[", "{", "if", "while", "until", "for", "select", "case":
		return true
	}
	return s.holdsAssignment(w)
}

func (s *source) holdsAssignment(w *syntax.Word) bool {
	start, end := int(w.Pos().Offset()), int(w.End().Offset())
	return strings.Contains(s.text[min(start, len(s.text)):min(end, len(s.text))], "=")
}

// coproc reads `coproc [NAME] command`. A name stands before compound commands
// only; the parser takes the first word of a simple command for one.
func (r *reader) coproc(p place, cmd *syntax.CoprocClause) {
	start := int(cmd.Coproc.Offset())
	stmt, simple := first(cmd.Stmt, func(call *syntax.CallExpr) {
		if cmd.Name != nil {
			call.Args = append([]*syntax.Word{cmd.Name}, call.Args...)
		}
		if len(call.Assigns) > 0 || len(call.Args) > 0 && p.src.holdsAssignment(call.Args[0]) {
			// The parser takes some assignments here for words.
			r.opaque(p, NotParsed, start, int(cmd.End().Offset()))
		}
	})
	if cmd.Name != nil && !simple {
		left := cmd.Stmt
		for chain, ok := left.Cmd.(*syntax.BinaryCmd); ok; chain, ok = left.Cmd.(*syntax.BinaryCmd) {
			left = chain.X
		}
		switch left.Cmd.(type) {
		case *syntax.DeclClause, *syntax.LetClause, *syntax.TimeClause, *syntax.CoprocClause, *syntax.FuncDecl:
			// Simple commands to bash, of which the name is the first word.
			r.opaque(p, NotParsed, start, int(cmd.End().Offset()))
		}
		r.sets(p, cmd.Name.Lit(), int(cmd.Name.Pos().Offset()), int(cmd.Name.End().Offset()))
		r.inside(p, cmd.Name)
	}
	r.keyword(p, "coproc", start, false, stmt)
}

// redirect reads a redirection, and what it makes of the standard input.
func (r *reader) redirect(p *place, x *syntax.Redirect) Redirect {
	out := Redirect{Span: p.src.span(int(x.Pos().Offset()), int(x.Word.End().Offset()))}
	target, _ := r.word(*p, x.Word)
	if at := target.start; (x.Op == syntax.DplIn || x.Op == syntax.DplOut) && at+1 < min(target.end, len(p.src.text)) && p.src.text[at] == '-' {
		// `>&-x` closes a descriptor and goes on with the word x.
		r.opaque(*p, NotParsed, 0, len(p.src.text))
	}
	if braced(x.Word) {
		target.known = false
	}
	switch x.Op {
	case syntax.RdrOut:
		out.Kind, out.FD = Output, 1
	case syntax.AppOut:
		out.Kind, out.FD = Append, 1
	case syntax.RdrClob:
		out.Kind, out.FD = Clobber, 1
	case syntax.RdrIn:
		out.Kind = Input
	case syntax.RdrInOut:
		out.Kind = InputOutput
	case syntax.DplIn:
		out.Kind = Duplicate
	case syntax.DplOut:
		out.Kind, out.FD = Duplicate, 1
		if x.N == nil && !(target.known && isDescriptor(target.text)) {
			out.Kind, out.FD = Output, -1
			r.expandedTwice(*p, target)
		} else if !target.known || !isDescriptor(target.text) {
			out.Kind = Output
			r.expandedTwice(*p, target)
		}
	case syntax.RdrAll:
		out.Kind, out.FD = Output, -1
	case syntax.AppAll:
		out.Kind, out.FD = Append, -1
	case syntax.Hdoc, syntax.DashHdoc:
		out.Kind = HereDocument
		target = p.heredoc(x)
		if p.endsElsewhere(x) {
			r.opaque(*p, NotParsed, 0, len(p.src.text))
		}
	case syntax.WordHdoc:
		out.Kind = HereString
	default: // of other shells
		out.Kind, out.FD = Output, -2
		target.known = false
	}
	if out.Kind == Duplicate && target.known && target.text == "-" {
		out.Kind = Close
	}
	out.Target, out.Known = target.text, target.known
	if x.N != nil {
		out.FD = descriptor(x.N.Value)
		if name := strings.Trim(x.N.Value, "{}"); name != x.N.Value {
			r.sets(*p, name, int(x.N.Pos().Offset()), int(x.N.End().Offset()))
		}
	}
	if x.N != nil && p.grammar == posix && len(x.N.Value) > 1 {
		// Some such shells know descriptors of one digit only: `a 12>f` is `a 12 >f`.
		r.opaque(*p, NotParsed, int(x.N.Pos().Offset()), int(x.N.End().Offset()))
	}
	if x.N != nil && strings.Contains(x.N.Value, "[") {
		r.opaque(*p, Arithmetic, int(x.N.Pos().Offset()), int(x.N.End().Offset()))
	}
	if out.FD == 0 || out.FD == -2 {
		p.stdin = nil
		if (out.Kind == HereDocument || out.Kind == HereString) && out.Known && out.FD == 0 {
			p.stdin = &stdin{*p, target}
		}
	}
	return out
}

// expandedTwice looks at the target of `>& word`, which bash 5.2 expands once to
// see that it is no descriptor, and what comes out of that again, as a file's
// name: `>& '$(cmd)'` runs cmd.
func (r *reader) expandedTwice(p place, target word) {
	if !target.known || strings.ContainsAny(target.text, "$`") {
		r.opaque(p, EvaluatedText, target.start, target.end)
	}
}

func isDescriptor(text string) bool {
	return text == "-" || text != "" && strings.Trim(strings.TrimSuffix(text, "-"), "0123456789") == "" && text != "--"
}

func descriptor(text string) int {
	n := 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' || n > 1<<20 {
			return -2
		}
		n = 10*n + int(text[i]-'0')
	}
	return n
}
