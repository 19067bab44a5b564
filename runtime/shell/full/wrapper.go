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
	if o.unsure {
		r.opaque(p, WrapperOptions, start, end)
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
			return
		}
		if w.shell && !o.script {
			inner.grammar = either
			r.standardInput(p, inner, start, end)
		}
		if a.open && !o.script {
			r.opaque(p, ProgramName, start, end)
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

// options reads the options of a wrapper up to the command.
type options struct {
	*reader
	p, inner place
	w        *wrapper
	rest     []word
	assigns  []Assign
	unsure   bool   // some option is not known, or some word may be several
	nothing  bool   // no command runs
	script   bool   // an option held the script
	direct   bool   // the words are no script after all
	argv0    *word  // what the command is told that its name is
	replace  string // xargs -I
}

func (o *options) read() {
	operands := o.w.operands
	if o.w.vague {
		operands = 0
	}
	for len(o.rest) > 0 {
		word := o.rest[0]
		text := word.text
		dash := len(text) > 1 && text[0] == '-'
		if !word.known {
			// An option or assignment whose start is known is one all the
			// same, if the word cannot be several.
			attached := dash && o.attached(text)
			assign := o.isAssignment(text)
			o.unsure = o.unsure || word.many || dash && !attached
			switch {
			case assign:
				o.assigns = append(o.assigns, o.assignment(word))
			case dash:
			case operands > 0:
				operands--
			default:
				return
			}
			o.rest = o.rest[1:]
			continue
		}
		switch {
		case text == "--":
			o.rest = o.rest[1:]
			o.skip(operands)
			return
		case text == "-" && (o.w.name == "env" || o.w.name == "su" || o.w.name == "sg"):
		case strings.HasPrefix(text, "--"):
			if !o.long(text[2:]) {
				continue
			}
		case dash:
			if !o.short(text[1:]) {
				continue
			}
		default:
			if o.isAssignment(text) {
				o.assigns = append(o.assigns, o.assignment(word))
				break
			}
			if operands == 0 {
				return
			}
			if !o.w.mixed {
				o.skip(operands)
				o.late()
				return
			}
			operands--
		}
		if len(o.rest) > 0 {
			o.rest = o.rest[1:]
		}
	}
}

// skip leaves out words that stand before the command.
func (o *options) skip(operands int) {
	for ; operands > 0 && len(o.rest) > 0; operands-- {
		o.unsure = o.unsure || o.rest[0].many
		o.rest = o.rest[1:]
	}
	for o.w.assigns && len(o.rest) > 0 {
		if !o.isAssignment(o.rest[0].text) {
			return
		}
		o.unsure = o.unsure || o.rest[0].many
		o.assigns = append(o.assigns, o.assignment(o.rest[0]))
		o.rest = o.rest[1:]
	}
}

// late reads the script option of flock, which stands behind the operands.
func (o *options) late() {
	if len(o.w.scripts) == 0 || len(o.rest) == 0 {
		return
	}
	if name := strings.TrimLeft(o.rest[0].text, "-"); o.rest[0].text != name && slices.Contains(o.w.scripts, name) {
		o.lines(o.rest[1:min(2, len(o.rest))])
		o.rest = nil
	}
}

// isAssignment reports whether a word is taken for an assignment. The name may
// be any text, and empty. Sources: env.c, coreutils 9.1; parse_args.c, sudo 1.9.13.
func (o *options) isAssignment(text string) bool {
	return o.w.assigns && strings.Contains(text, "=") && (o.w.name == "env" || text[0] != '/')
}

func (o *options) assignment(w word) Assign {
	name, value, _ := strings.Cut(w.text, "=")
	o.variable(o.p, w)
	return Assign{Name: name, Value: value, Known: w.known, Exported: true, Span: o.p.src.span(w.start, w.end)}
}

// attached reports whether the known start of an option shows which option it
// is and that what follows is its value.
func (o *options) attached(text string) bool {
	if name, _, ok := strings.Cut(text, "="); ok && strings.HasPrefix(text, "--") {
		name = name[2:]
		return (slices.Contains(o.w.long, name) || slices.Contains(o.w.longs, name)) && !slices.Contains(o.w.scripts, name)
	}
	return !strings.HasPrefix(text, "--") && strings.IndexByte(o.w.values, text[1]) >= 0 &&
		!slices.Contains(o.w.scripts, text[1:2]) && strings.IndexByte(o.w.settings, text[1]) < 0 && text[1] != 'I' && text[1] != 'J'
}

// long reads an option with two dashes, and reports whether its word is read
// to the end, so that the next one follows.
func (o *options) long(text string) bool {
	name, value, has := strings.Cut(text, "=")
	names := slices.Concat(o.w.long, o.w.longs)
	if !slices.Contains(names, name) {
		// getopt_long takes any unambiguous beginning.
		var full []string
		for _, n := range names {
			if strings.HasPrefix(n, name) {
				full = append(full, n)
			}
		}
		if len(full) != 1 {
			o.unsure = true
			return true
		}
		name = full[0]
	}
	o.nothing = o.nothing || slices.Contains(o.w.nothing, name)
	o.direct = o.direct || slices.Contains(o.w.direct, name)
	if !slices.Contains(o.w.longs, name) {
		if name == "replace" {
			o.replace = "{}"
			if has {
				o.replace = value
			}
		}
		return true
	}
	w := o.rest[0]
	if has {
		w.text, w.runs = value, nil
	} else if len(o.rest) > 1 {
		o.rest = o.rest[1:]
		w = o.rest[0]
		o.unsure = o.unsure || w.many
	} else {
		o.unsure = true
		return true
	}
	return o.value(name, w)
}

// short reads a cluster of options with one dash.
func (o *options) short(cluster string) bool {
	for i := range len(cluster) {
		letter := cluster[i : i+1]
		o.nothing = o.nothing || slices.Contains(o.w.nothing, letter)
		o.direct = o.direct || slices.Contains(o.w.direct, letter)
		switch {
		case strings.Contains(o.w.flags, letter):
		case strings.Contains(o.w.attached, letter):
			if letter == "i" && o.w.runs == appended {
				if o.replace = cluster[i+1:]; o.replace == "" {
					o.replace = "{}"
				}
			}
			return true
		case strings.Contains(o.w.values, letter):
			w := o.rest[0]
			switch {
			case i+1 < len(cluster):
				w.text = cluster[i+1:]
				w.runs = nil
			case len(o.rest) > 1:
				o.rest = o.rest[1:]
				w = o.rest[0]
				o.unsure = o.unsure || w.many
			default:
				o.unsure = true
				return true
			}
			return o.value(letter, w)
		default:
			o.unsure = true
			return true
		}
	}
	return true
}

// value reads the value of an option.
func (o *options) value(option string, w word) bool {
	switch {
	case slices.Contains(o.w.scripts, option):
		o.lines([]word{w})
	case slices.Contains(o.w.shells, option):
		if g, ok := shells[w.text[strings.LastIndexByte(w.text, '/')+1:]]; !ok || !w.known || g != either && g != bash {
			o.opaque(o.p, OtherShell, w.start, w.end)
		}
	case slices.Contains(o.w.argv0, option):
		o.argv0 = &w
	case slices.Contains(o.w.files, option):
		o.opaque(o.p, ScriptFile, w.start, w.end)
	case (option == "I" || option == "J") && o.w.runs == appended:
		o.replace = w.text
		o.unsure = o.unsure || !w.known || w.text == ""
	case (option == "S" || option == "split-string") && o.w.name == "env":
		if !w.known || strings.ContainsAny(w.text, "\\'\"$#") {
			o.unsure = true
			break
		}
		var words []word
		for field := range strings.FieldsSeq(w.text) {
			words = append(words, word{text: field, known: true, start: w.start, end: w.end})
		}
		o.rest = append(words, o.rest[1:]...)
		return false
	case strings.Contains(o.w.pipes, option) && (!w.known || strings.HasPrefix(w.text, "|") || strings.HasPrefix(w.text, "!")):
		o.opaque(o.p, Composed, w.start, w.end)
	case strings.Contains(o.w.settings, option) && (!w.known || strings.Contains(strings.ToLower(w.text), "command")):
		o.opaque(o.p, Composed, w.start, w.end)
	}
	return true
}

// lines reads a word that is a script for sh.
func (o *options) lines(list []word) {
	o.script = true
	if len(list) == 0 {
		return
	}
	src, ok := o.p.nested(list)
	if !ok {
		o.opaque(o.p, EvaluatedText, list[0].start, list[0].end)
		return
	}
	inner := o.inner
	inner.grammar = either
	inner.src = src
	o.reader.script(inner)
}

// clauses reads the commands in the expression of find.
func (r *reader) clauses(p, inner place, w *wrapper, a arguments) {
	rest := a.words[1:]
	sure := !a.open
	for i := 0; i < len(rest); i++ {
		x := rest[i]
		if x.many || x.known && (x.text == ";" || x.text == "+") {
			sure = false // an unknown word may begin a clause
		}
		if w.clusters && strings.HasPrefix(x.text, "-") && !slices.Contains(w.scripts, x.text) &&
			(strings.HasPrefix(x.text, "--exec") || !strings.HasPrefix(x.text, "--") && strings.ContainsAny(x.text, "xX")) {
			sure = false // -Hx, -xrm, --exec=rm
		}
		if !x.known || !slices.Contains(w.scripts, x.text) {
			continue
		}
		start := i + 1
		for i++; i < len(rest); i++ {
			if rest[i].known && (rest[i].text == ";" || rest[i].text == "+" && rest[i-1].text == "{}") {
				break
			}
			sure = sure && !rest[i].many
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

func isName(text string) bool {
	for i := range len(text) {
		if c := text[i]; !(c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || i > 0 && '0' <= c && c <= '9') {
			return false
		}
	}
	return text != ""
}
