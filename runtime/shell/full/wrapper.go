package full

import (
	"iter"
	"slices"
	"strings"
)

// A wrapper is a program or builtin that runs a command which its arguments
// hold. Options are named by their letter, or if they have two dashes by their
// name.
type wrapper struct {
	name     string   // several names, separated by spaces, where they share a form
	flags    string   // letters that stand alone
	values   string   // letters with a value, attached or in the next word
	attached string   // letters with an attached value, or none
	long     []string // names that stand alone, or have a value behind = only
	longs    []string // names with a value
	scripts  []string // options whose value is a script for sh; for clauses, the words that begin one
	nothing  []string // options with which no command is run
	shells   []string // options that name the shell which reads scripts
	argv0    []string // options that name what the command is told that its name is
	files    []string // options that name a file with commands
	sets     []string // options whose value is an assignment
	pipes    string   // letters whose value may be a command behind | or !
	settings string   // letters whose value may name a program in passing
	direct   []string // options that turn the form joined into command
	replaced string   // what the words of clauses hold that is replaced
	operands int      // words between the options and the command
	runs     form
	mixed    bool   // options may stand behind operands
	assigns  bool   // NAME=value may stand before the command
	vague    bool   // the operands may be left out, by rules not written down here
	shell    bool   // without a command, a shell runs that reads standard input
	clusters bool   // of clauses: what begins one may stand behind other letters, and the command may follow it without a blank
	source   string // where the form is written down
}

// A form says how the rest of a wrapper's words are run.
type form uint8

const (
	command  form = iota // as they are
	appended             // with further words behind them
	joined               // joined by spaces, as a script for sh
	composed             // as a script for a shell, changed in ways not read here
	remote               // joined by spaces, as a script for a shell elsewhere
	clauses              // from -exec or its kin to ; or +
	scripts              // each as a script for sh
)

// Wrappers yields the names of the programs and builtins whose arguments are
// read as commands, and for each the source of the form that is assumed.
func Wrappers() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range wrappers {
			for name := range strings.FieldsSeq(wrappers[i].name) {
				if !yield(name, wrappers[i].source) {
					return
				}
			}
		}
	}
}

// wrapperNamed returns the entry of a program, or nil.
func wrapperNamed(name string) *wrapper {
	if i, ok := wrapperIndex[name]; ok {
		return &wrappers[i]
	}
	return nil
}

var wrapperIndex = func() map[string]int {
	index := make(map[string]int)
	for i, w := range wrappers {
		for name := range strings.FieldsSeq(w.name) {
			index[name] = i
		}
	}
	return index
}()

// wrapped reads what a wrapper runs.
func (r *reader) wrapped(p place, w *wrapper, a arguments) {
	start, end := a.span()
	inner := p.step(Wrapper, a.words[0].text)
	inner.appends = false
	if w.runs == clauses {
		r.clauses(p, inner, w, a)
		return
	}
	o := options{reader: r, p: p, inner: inner, w: w, rest: a.words[1:]}
	o.read()
	if len(o.assigns) > 0 {
		inner.numbers = p.numbers.given(o.assigns)
	}
	if o.unsure {
		r.opaque(p, WrapperOptions, start, end)
	}
	if a.open && o.script {
		r.opaque(p, EvaluatedText, start, end) // what follows may be another script
	}
	if o.nothing {
		return
	}
	rest := o.rest
	if w.name == "jobs" {
		rest = unknownWhere(rest, "%") // the number of a process group
	}
	if len(rest) == 0 {
		if w.runs == appended && !o.script {
			// Without a command, xargs runs echo.
			echo := word{text: "echo", known: true, start: start, end: end}
			r.command(inner, arguments{words: []word{echo}, open: true})
			if a.open {
				r.opaque(p, ProgramName, start, end)
			}
			return
		}
		if w.shell && !o.script {
			inner.grammar = either
			r.standardInput(p, inner, start, end)
		}
		if a.open && !o.script {
			r.opaque(p, ProgramName, start, end)
		}
		if w.runs == composed && !w.shell {
			r.opaque(p, Composed, start, end) // parallel runs the lines of its input
		}
		return
	}
	if o.script && w.runs != scripts {
		return // what is left are arguments of the script
	}
	if w.vague {
		r.opaque(p, WrapperOptions, start, end)
		for i := range min(w.operands, len(rest)) {
			r.command(inner, arguments{words: rest[i:], open: a.open})
		}
		rest = rest[min(w.operands, len(rest)):]
	}
	runs := w.runs
	if o.direct {
		runs = command
	}
	switch runs {
	case command:
		r.command(inner, arguments{words: rest, open: a.open, assigns: o.assigns})
		if o.argv0 != nil {
			// Programs such as busybox, and shells, go by what they are told
			// that their name is.
			r.command(inner, arguments{words: append([]word{*o.argv0}, rest[1:]...), open: a.open})
		}
		if o.login {
			name := rest[0]
			if o.argv0 != nil {
				name = *o.argv0
			}
			name.text, name.runs = "-"+name.text, nil
			r.command(inner, arguments{words: append([]word{name}, rest[1:]...), open: a.open})
		}
	case appended:
		if o.replace != "" {
			rest = unknownWhere(rest, o.replace)
		}
		r.command(inner, arguments{words: rest, open: true})
	case joined, remote:
		kind := Wrapper
		if w.runs == remote {
			kind = Remote
			r.opaque(p, OtherMachine, rest[0].start, rest[len(rest)-1].end)
		}
		inner = p.step(kind, a.words[0].text)
		inner.grammar = either
		src, ok := p.nested(rest)
		if !ok || a.open {
			r.opaque(p, EvaluatedText, rest[0].start, rest[len(rest)-1].end)
			return
		}
		inner.src = src
		r.script(inner)
	case composed:
		r.opaque(p, Composed, start, end)
		if i := slices.IndexFunc(rest, func(w word) bool { return strings.HasPrefix(w.text, ":::") }); i >= 0 {
			rest = rest[:i]
		}
		if len(rest) > 0 {
			r.command(inner, arguments{words: rest, open: true})
		}
	case scripts:
		for _, part := range rest {
			o.lines([]word{part})
		}
		if a.open {
			r.opaque(p, EvaluatedText, start, end)
		}
	}
}

// unknownWhere makes words unknown from where they hold the text on that a
// wrapper replaces.
func unknownWhere(list []word, text string) []word {
	list = slices.Clone(list)
	for i, w := range list {
		if at := strings.Index(w.text, text); at >= 0 {
			list[i].text, list[i].known, list[i].runs = w.text[:at], false, nil
		}
	}
	return list
}

// clauses reads the commands in the expression of find.
func (r *reader) clauses(p, inner place, w *wrapper, a arguments) {
	rest := a.words[1:]
	sure := !a.open
	end := len(rest) // the last place where a clause may end
	if !w.clusters { // which fd does at the end, too
		for end--; end >= 0 && !mayEndClause(rest[end]); end-- {
		}
	}
	for i := 0; i < len(rest); i++ {
		x := rest[i]
		if x.many || x.known && (x.text == ";" || x.text == "+") || !x.known && i+1 < end && w.mayBeginClause(rest, i) {
			sure = false // an unknown word may begin a clause
		}
		if w.clusters && strings.HasPrefix(x.text, "-") && !slices.Contains(w.scripts, x.text) &&
			(strings.HasPrefix(x.text, "--exec") || !strings.HasPrefix(x.text, "--") && (!x.known || strings.ContainsAny(x.text, "xX"))) {
			sure = false // -Hx, -H$x, -xrm, --exec=rm
		}
		if !x.known || !slices.Contains(w.scripts, x.text) {
			continue
		}
		start := i + 1
		mayHaveEnded := false
		for i++; i < len(rest); i++ {
			if rest[i].known && (rest[i].text == ";" || rest[i].text == "+" && rest[i-1].text == "{}") {
				break
			}
			sure = sure && !rest[i].many && !(mayHaveEnded && w.mayBeginClause(rest, i))
			mayHaveEnded = mayHaveEnded || mayEndClause(rest[i])
		}
		if start < i {
			clause := unknownWhere(rest[start:i], w.replaced)
			r.command(inner, arguments{words: clause, open: i < len(rest) && rest[i].text == "+" || i == len(rest)})
		}
	}
	if !sure {
		r.whole(p, WrapperOptions, a)
	}
}

// mayBeginClause reports whether a clause may begin with the word at i and have a
// program. What starts with a dash is the next word of the expression, not the
// name of a program: so `find "$dir" -name "$x"` runs nothing.
func (w *wrapper) mayBeginClause(rest []word, i int) bool {
	x := rest[i]
	return slices.ContainsFunc(w.scripts, func(s string) bool { return s == x.text || !x.known && strings.HasPrefix(s, x.text) }) &&
		i+1 < len(rest) && !(rest[i+1].known && strings.HasPrefix(rest[i+1].text, "-"))
}

// mayEndClause reports whether a word may be the last one of a clause.
func mayEndClause(x word) bool {
	return x.text == ";" || x.text == "+" || !x.known && x.text == ""
}

func isName(text string) bool {
	for i := range len(text) {
		if c := text[i]; !(c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || i > 0 && '0' <= c && c <= '9') {
			return false
		}
	}
	return text != ""
}
