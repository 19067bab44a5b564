package full

import (
	"slices"
	"strings"
	"unicode/utf8"
)

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
	login    bool   // and with a dash before it
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
			default:
				// A word that may be an option makes another one the operand.
				mayBeOption := text == "" || text[0] == '-'
				o.unsure = o.unsure || mayBeOption && (operands > 0 || o.w.mixed)
				if operands == 0 {
					return
				}
				operands--
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
// is and that what follows is its value, or the end of it: without any of it,
// the next word would be the value.
func (o *options) attached(text string) bool {
	if name, _, ok := strings.Cut(text, "="); ok && strings.HasPrefix(text, "--") {
		name = name[2:]
		return (slices.Contains(o.w.long, name) || slices.Contains(o.w.longs, name)) && !o.w.heeds(name)
	}
	return !strings.HasPrefix(text, "--") && len(text) > 2 && strings.IndexByte(o.w.values, text[1]) >= 0 && !o.w.heeds(text[1:2])
}

// heeds reports whether it matters what the value of an option is; see
// [options.value] and, for replace, [options.long].
func (w *wrapper) heeds(option string) bool {
	for _, list := range [][]string{w.scripts, w.shells, w.argv0, w.files, w.sets} {
		if slices.Contains(list, option) {
			return true
		}
	}
	switch option {
	case "I", "J", "replace":
		return w.runs == appended
	case "S", "split-string":
		return w.name == "env"
	}
	return strings.Contains(w.pipes+w.settings, option)
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
		o.login = o.login || letter == "l" && o.w.name == "exec"
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
	case slices.Contains(o.w.sets, option):
		o.assigns = append(o.assigns, o.assignment(w))
		o.unsure = o.unsure || !w.known && !strings.Contains(w.text, "=") // the name may be any
	case slices.Contains(o.w.files, option):
		o.opaque(o.p, ScriptFile, w.start, w.end)
	case (option == "I" || option == "J") && o.w.runs == appended:
		o.replace = w.text
		o.unsure = o.unsure || !w.known || w.text == ""
	case (option == "S" || option == "split-string") && o.w.name == "env":
		if !w.known || strings.ContainsAny(w.text, "\\'\"$#") || strings.IndexFunc(w.text, isWide) >= 0 {
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

// isWide reports whether a character may be a blank in some locales only.
func isWide(c rune) bool { return c >= utf8.RuneSelf }

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
