package full

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// builtins are the builtins of bash that run something, or change what words
// mean. A function of that name is read as the builtin, too: more is listed
// then, never less. Source: bash(1), 5.2, SHELL BUILTIN COMMANDS.
var builtins map[string]func(*reader, place, arguments)

func init() {
	builtins = map[string]func(*reader, place, arguments){
		"eval":      (*reader).eval,
		"source":    (*reader).source,
		".":         (*reader).source,
		"trap":      (*reader).trap,
		"alias":     (*reader).alias,
		"shopt":     (*reader).shopt,
		"set":       (*reader).set,
		"enable":    (*reader).enable,
		"hash":      (*reader).hash,
		"bind":      (*reader).always,
		"fc":        (*reader).always,
		"compgen":   (*reader).always,
		"complete":  (*reader).always,
		"let":       (*reader).let,
		"printf":    (*reader).names,
		"test":      (*reader).names,
		"[":         (*reader).names,
		"unset":     (*reader).names,
		"read":      (*reader).names,
		"mapfile":   (*reader).mapfile,
		"readarray": (*reader).mapfile,
		"wait":      (*reader).names,
		"getopts":   (*reader).names,
		"declare":   (*reader).attributes,
		"typeset":   (*reader).attributes,
		"local":     (*reader).attributes,
		"export":    (*reader).attributes,
		"readonly":  (*reader).attributes,
	}
}

func (a arguments) span() (start, end int) {
	return a.words[0].start, a.words[len(a.words)-1].end
}

func (r *reader) whole(p place, reason Reason, a arguments) {
	start, end := a.span()
	r.opaque(p, reason, start, end)
}

// always is for builtins that may evaluate their arguments as soon as they
// have any.
func (r *reader) always(p place, a arguments) {
	if len(a.words) > 1 || a.open {
		r.whole(p, EvaluatedText, a)
	}
}

func (r *reader) eval(p place, a arguments) {
	words := a.words[1:]
	if len(words) > 0 && words[0].known && words[0].text == "--" {
		words = words[1:]
	}
	r.text(p, Eval, a, words)
}

// text reads words that are joined and evaluated.
func (r *reader) text(p place, kind StepKind, a arguments, words []word) {
	src, ok := p.nested(words)
	if !ok || a.open {
		r.whole(p, EvaluatedText, a)
		return
	}
	inner := p.step(kind, a.words[0].text)
	inner.src = src
	r.script(inner)
}

func (r *reader) source(p place, a arguments) { r.whole(p, ScriptFile, a) }

func (r *reader) trap(p place, a arguments) {
	words := a.words[1:]
	ended := len(words) > 0 && words[0].known && words[0].text == "--"
	if ended {
		words = words[1:]
	}
	switch {
	case len(words) == 0 && !a.open:
	case len(words) == 0 || !words[0].known:
		r.whole(p, EvaluatedText, a)
	case words[0].text == "" || words[0].text == "-" || !ended && words[0].text[0] == '-':
	case len(words) == 1 && !a.open: // a signal that is reset
	default:
		a.open = false
		r.text(p, Eval, a, words[:1])
	}
}

func (r *reader) alias(p place, a arguments) {
	for _, w := range a.words[1:] {
		if name, value, ok := strings.Cut(w.text, "="); ok || !w.known {
			r.opaque(p, AliasNames, w.start, w.end)
			if w.known && ok {
				inner := p.step(Alias, name)
				inner.appends = true
				inner.src = &source{text: value, outer: p.src, whole: Span{w.start, w.end}}
				r.script(inner)
			}
		}
	}
	if a.open {
		r.whole(p, AliasNames, a)
	}
}

func (r *reader) shopt(p place, a arguments) {
	for _, w := range a.words[1:] {
		if !w.known || changesReading(w.text) {
			r.whole(p, ShellOption, a)
			return
		}
	}
	if a.open {
		r.whole(p, ShellOption, a)
	}
}

func (r *reader) set(p place, a arguments) {
	for i, w := range a.words[1:] {
		if !w.known {
			r.whole(p, ShellOption, a)
			return
		}
		if w.text == "--" || w.text == "-" || w.text == "" || w.text[0] != '-' && w.text[0] != '+' {
			if i > 0 && changesReading(w.text) { // the value of -o
				r.whole(p, ShellOption, a)
				return
			}
			if i > 0 && isOption(a.words[i].text) && strings.Contains(a.words[i].text, "o") && w.text != "--" {
				continue
			}
			return
		}
		if strings.ContainsAny(w.text[1:], "akBH") {
			r.whole(p, ShellOption, a)
			return
		}
	}
	if a.open {
		r.whole(p, ShellOption, a)
	}
}

func isOption(text string) bool { return len(text) > 1 && (text[0] == '-' || text[0] == '+') }

// flagged reports whether a leading option of a has one of the letters, or may
// have it.
func (a arguments) flagged(letters string) bool {
	for _, w := range a.words[1:] {
		switch {
		case !w.known && (w.many || w.text == "" || w.text[0] == '-'):
			return true
		case !strings.HasPrefix(w.text, "-") || w.text == "--":
			return false
		case strings.ContainsAny(w.text, letters):
			return true
		}
	}
	return a.open
}

func (r *reader) enable(p place, a arguments) {
	if a.flagged("fd") {
		r.whole(p, BuiltinCode, a)
	}
}

func (r *reader) hash(p place, a arguments) {
	if a.flagged("p") {
		r.whole(p, BuiltinCode, a)
	}
}

func (r *reader) let(p place, a arguments) {
	for _, w := range a.words[1:] {
		if !w.known || !isNumeral(w.text) {
			r.whole(p, Arithmetic, a)
			return
		}
	}
	if a.open {
		r.whole(p, Arithmetic, a)
	}
}

// names is for builtins that take names of variables, whose subscripts they
// evaluate.
func (r *reader) names(p place, a arguments) {
	name := a.words[0].text
	words := a.words[1:]
	switch name {
	case "printf":
		if !a.flagged("v") {
			return
		}
		words = words[:min(2, len(words))]
		r.setsNames(p, words, 'v')
	case "read", "mapfile", "readarray":
		r.setsNames(p, words, 'a')
	case "getopts", "unset":
		r.setsNames(p, words, 0)
	case "wait":
		if a.flagged("p") {
			r.setsNames(p, words, 'p')
		}
	case "[", "test":
		if !slices.ContainsFunc(words, func(w word) bool { return !w.known || w.text == "-v" || w.text == "-R" }) {
			return
		}
		// `[ $x ]` and `[ "$x" "$y" ]` may turn out as `[ -v name ]`, but
		// `[ "$x" ]` and comparisons with a known operator may not.
		if !slices.ContainsFunc(words, func(w word) bool {
			return w.many && !p.numbers.isNumberWord(w) || w.known && (w.text == "-v" || w.text == "-R")
		}) && !p.numbers.unaryTest(words) {
			return
		}
	}
	for _, w := range words {
		if !w.known && !p.numbers.isNumberWord(w) || hasSubscript(w.text) {
			r.opaque(p, BuiltinText, w.start, w.end)
			return
		}
	}
	if a.open {
		r.whole(p, BuiltinText, a)
	}
}

func (n *numbers) isNumberWord(w word) bool { return w.node != nil && n.isNumber(w.node) }

// unaryTest reports whether a word in the arguments of test may be the operator
// -v, that is, whether it is not known and does not stand before an operator,
// which would make it an operand, or at the end.
func (n *numbers) unaryTest(words []word) bool {
	for i, w := range words[:max(0, len(words)-1)] {
		next := words[i+1]
		if !w.known && !n.isNumberWord(w) && !(next.known && (next.text == "]" || slices.Contains(testOperators, next.text))) {
			return true
		}
	}
	return false
}

// testOperators are those of two operands. Source: bash(1), 5.2, CONDITIONAL
// EXPRESSIONS.
var testOperators = strings.Fields("= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef -a -o )")

// hasSubscript reports whether a word reads as a variable with a subscript that
// is not just digits.
func hasSubscript(text string) bool {
	at := strings.IndexByte(text, '[')
	return at > 0 && at+1 < len(text) && strings.Trim(text[at+1:], "0123456789]@*") != ""
}

// mapfile runs the value of its option C, which may stand behind options with
// values of their own.
func (r *reader) mapfile(p place, a arguments) {
	if a.open || slices.ContainsFunc(a.words[1:], func(w word) bool {
		return !w.known || strings.HasPrefix(w.text, "-") && strings.Contains(w.text, "C")
	}) {
		r.whole(p, EvaluatedText, a)
	}
	r.names(p, a)
}

func (r *reader) attributes(p place, a arguments) {
	r.setsDeclared(p, a)
	if a.flagged("n") && a.words[0].text != "export" {
		r.whole(p, Indirection, a)
	}
	if a.flagged("i") {
		r.whole(p, Arithmetic, a)
	}
	builtin := a.words[0].text
	for _, w := range a.words[1:] {
		name, value, has := strings.Cut(w.text, "=")
		name = strings.TrimSuffix(name, "+")
		switch {
		case hasSubscript(name):
			r.opaque(p, BuiltinText, w.start, w.end)
		case !w.known && !has && !strings.HasPrefix(name, "-"):
			r.opaque(p, BuiltinText, w.start, w.end) // any name, BASH_ENV too
		case builtin == "export" || !has:
		case !w.compound && (strings.HasPrefix(value, "(") || value == "" && !w.known):
			// The value of an array is read as in `x=(…)`, and so expanded
			// again, even where quotes or a variable made it.
			if w.known || a.flagged("aA") || p.numbers.isArray(name) {
				r.opaque(p, BuiltinText, w.start, w.end)
			}
		}
	}
}

// variable looks for names of variables whose values the shell runs.
// Source: bash(1), 5.2, Shell Variables; BASH_FUNC_ is how functions are
// exported.
func (r *reader) variable(p place, w word) {
	name, _, _ := strings.Cut(w.text, "=")
	name = strings.TrimSuffix(name, "+")
	switch name {
	case "BASH_ENV", "ENV", "PS0", "PS1", "PS4", "PROMPT_COMMAND", "SHELLOPTS", "BASHOPTS", "BASH_COMPAT", "BASH_LOADABLES_PATH", "BASH_ALIASES", "BASH_CMDS", "POSIXLY_CORRECT", "ZDOTDIR":
		r.opaque(p, ShellVariable, w.start, w.end)
	case "TEXTDOMAIN", "TEXTDOMAINDIR": // a translation of $"..." is expanded
		r.opaque(p, ShellVariable, w.start, w.end)
	case "LC_ALL", "LC_CTYPE", "LANG":
		// In another encoding the bytes of a script are other characters,
		// quotes and backslashes among them.
		if strings.IndexFunc(p.src.text, func(c rune) bool { return c >= utf8.RuneSelf }) >= 0 {
			r.opaque(p, ShellVariable, w.start, w.end)
		}
	default:
		if strings.HasPrefix(name, "BASH_FUNC_") || strings.HasPrefix(name, "BASH_ALIASES[") || strings.HasPrefix(name, "BASH_CMDS[") {
			r.opaque(p, ShellVariable, w.start, w.end)
		}
	}
}
