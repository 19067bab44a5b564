package full

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// A word is an argument as far as it is known before expansion.
type word struct {
	text  string // the whole word, or if it is not known the part before the first unknown
	known bool
	many  bool // not known, and may become no word or several
	// compound: an array in parentheses that are not quoted
	compound bool
	start    int // place in the source
	end      int
	node     *syntax.Word // what it was read from, or nil
	runs     []run        // where the bytes of text stand in the source; nil: only start and end are known
}

// words expands the words of a command line as far as that can be known.
func (r *reader) words(p place, list []*syntax.Word) []word {
	words := make([]word, 0, len(list))
	for _, w := range list {
		if braced(w) {
			words = r.braces(p, words, w)
		} else if word, some := r.word(p, w); some {
			words = append(words, word)
		}
	}
	return words
}

// word reads a word without brace expansion. It reports false for a word that
// certainly vanishes.
func (r *reader) word(p place, w *syntax.Word) (word, bool) {
	d := decoder{source: p.src.text}
	d.start = int(w.Pos().Offset())
	for _, part := range w.Parts {
		d.part(part)
	}
	out := word{
		text: string(d.text), known: !d.unknown, many: d.many,
		start: d.start, end: int(w.End().Offset()), runs: d.runs, node: w,
	}
	return out, out.text != "" || d.quoted || d.unknown
}

// A decoder puts together what a word means, up to the first part that only
// the shell can know.
type decoder struct {
	source  string
	start   int
	text    []byte
	runs    []run
	quoted  bool // some part is in quotes, so that the word does not vanish
	unknown bool // text has ended
	many    bool
	bracket bool // an unquoted [ stands in the word
	assign  bool // an unquoted = or : stands right before, after which ~ expands
}

func (d *decoder) add(c byte, from int) {
	if d.unknown {
		return
	}
	if n := len(d.runs); n == 0 || d.runs[n-1].from+len(d.text)-d.runs[n-1].at != from {
		d.runs = append(d.runs, run{len(d.text), from})
	}
	d.text = append(d.text, c)
}

func (d *decoder) stop() { d.unknown = true }

// stopMany ends the known text at something that becomes any number of words.
func (d *decoder) stopMany() { d.unknown, d.many = true, true }

func (d *decoder) part(part syntax.WordPart) {
	start, end := int(part.Pos().Offset()), int(part.End().Offset())
	if start > end || end > len(d.source) {
		d.stopMany()
		return
	}
	switch part := part.(type) {
	case *syntax.Lit:
		d.bare(start, end)
	case *syntax.SglQuoted:
		d.quoted, d.assign = true, false
		switch {
		case !part.Dollar:
			for i := start + 1; i < end-1; i++ {
				d.add(d.source[i], i)
			}
		case !d.ansiC(start+2, end-1):
			d.stop()
		}
	case *syntax.DblQuoted:
		d.quoted, d.assign = true, false
		if part.Dollar {
			d.stop() // translated
		}
		for _, inner := range part.Parts {
			d.inDouble(inner)
		}
	case *syntax.ProcSubst:
		d.stop()
	default:
		d.stopMany()
	}
}

// bare reads source[start:end], which is not quoted.
func (d *decoder) bare(start, end int) {
	for i := start; i < end; i++ {
		c := d.source[i]
		switch c {
		case '\\':
			if i+1 == end {
				break // the last byte of a script stands for itself
			}
			i++
			if d.source[i] != '\n' {
				d.quoted, d.assign = true, false
				d.add(d.source[i], i)
			}
			continue
		case '*', '?':
			d.stopMany()
		case '[':
			d.bracket = true
		case ']':
			if d.bracket {
				// What comes before is not known either: with nullglob all
				// of the word vanishes.
				d.stopMany()
			}
		case '~':
			if i == d.start || d.assign {
				d.stop()
			}
		}
		d.assign = c == '=' || c == ':'
		d.add(c, i)
	}
}

func (d *decoder) inDouble(part syntax.WordPart) {
	start, end := int(part.Pos().Offset()), int(part.End().Offset())
	if start > end || end > len(d.source) {
		d.stopMany()
		return
	}
	switch part := part.(type) {
	case *syntax.Lit:
		for i := start; i < end; i++ {
			if d.source[i] == '\\' && i+1 == end && end < len(d.source) && d.source[end] == '\n' {
				continue // the parser ends its literal inside the line continuation
			}
			if d.source[i] == '\\' && i+1 < end && strings.IndexByte("$`\"\\\n", d.source[i+1]) >= 0 {
				i++
				if d.source[i] == '\n' {
					continue
				}
			}
			d.add(d.source[i], i)
		}
	case *syntax.ParamExp:
		// "$@" and its kin become any number of words.
		if part.Param == nil || part.Param.Value == "@" || !part.Short {
			d.stopMany()
		}
		d.stop()
	default:
		d.stop()
	}
}

// ansiC decodes source[i:end], the inside of $'...'. It reports false where the
// meaning depends on the locale or on the shell.
func (d *decoder) ansiC(i, end int) bool {
	for i < end {
		c := d.source[i]
		if c != '\\' {
			d.add(c, i)
			i++
			continue
		}
		if i+1 >= end {
			return false
		}
		from := i
		e := d.source[i+1]
		i += 2
		if at := strings.IndexByte(`abeEfnrtv\'"?`, e); at >= 0 {
			d.add("\a\b\x1b\x1b\f\n\r\t\v\\'\"?"[at], from)
			continue
		}
		digits := func(limit, base int) (uint64, bool) {
			n := 0
			for n < limit && i+n < end && isDigit(d.source[i+n], base) {
				n++
			}
			v, err := strconv.ParseUint(d.source[i:i+n], base, 32)
			i += n
			return v, err == nil
		}
		switch {
		case '0' <= e && e <= '7':
			i--
			v, _ := digits(3, 8)
			if v == 0 || v > 0xff {
				return false
			}
			d.add(byte(v), from)
		case e == 'x':
			v, ok := digits(2, 16)
			if !ok || v == 0 {
				return false
			}
			d.add(byte(v), from)
		case e == 'u' || e == 'U':
			limit := 4
			if e == 'U' {
				limit = 8
			}
			v, ok := digits(limit, 16)
			if !ok || v == 0 || v >= utf8.RuneSelf {
				return false
			}
			d.add(byte(v), from)
		default:
			return false
		}
	}
	return true
}

func isDigit(c byte, base int) bool {
	switch {
	case base == 8:
		return '0' <= c && c <= '7'
	default:
		return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
	}
}

// heredoc reads the body of a here-document.
func (p place) heredoc(r *syntax.Redirect) word {
	if r.Hdoc == nil || len(r.Hdoc.Parts) == 0 {
		at := int(r.Word.End().Offset())
		return word{known: true, start: at, end: at}
	}
	end, raw, quoted := p.delimiter(r.Word)
	h := word{start: int(r.Hdoc.Pos().Offset()), end: int(r.Hdoc.End().Offset()), known: raw}
	for _, part := range r.Hdoc.Parts {
		if _, ok := part.(*syntax.Lit); !ok {
			h.known = false
		}
	}
	text := p.src.text
	if !h.known || h.start > h.end || h.end > len(text) || !strings.HasSuffix(text[h.start:h.end], end) {
		h.known = false
		return h
	}
	h.end -= len(end)
	d := decoder{source: text}
	for i := h.start; i < h.end; i++ {
		c := text[i]
		if c == '\t' && r.Op == syntax.DashHdoc && (len(d.text) == 0 || d.text[len(d.text)-1] == '\n') {
			continue // lines are joined before tabs at their start are removed
		}
		if c == '\\' && !quoted && i+1 < h.end && strings.IndexByte("$`\\\n", text[i+1]) >= 0 {
			i++
			if c = text[i]; c == '\n' {
				continue
			}
		}
		d.add(c, i)
	}
	h.text, h.runs = string(d.text), d.runs
	return h
}

// endsElsewhere reports whether a here-document may end at another line than the
// parser found. The shell joins lines that end in a backslash before it compares
// them with the delimiter. Inside a substitution, the delimiter may have the
// parenthesis behind it that ends the substitution, and an empty one is forgotten
// to be quoted.
func (p place) endsElsewhere(r *syntax.Redirect) bool {
	if r.Hdoc == nil {
		return false
	}
	// What follows on the line of the operator cannot hold the delimiter's line.
	start, stop := int(r.Word.End().Offset()), int(r.Hdoc.End().Offset())
	if start > stop || stop > len(p.src.text) {
		return true
	}
	body := p.src.text[start:stop]
	inside := slices.ContainsFunc(p.via, func(s Step) bool { return s.Kind == Substitution || s.Kind == Process })
	continued := strings.Contains(body, "\\\n")
	if !inside && !continued {
		return false
	}
	end, ok, quoted := p.delimiter(r.Word)
	if !ok || inside && end == "" {
		return true
	}
	if at := int(r.Hdoc.Pos().Offset()); at >= start && at <= stop {
		body = p.src.text[at:stop]
	}
	if !quoted {
		body = joinLines(body)
	}
	for more := true; more; {
		var line string
		line, body, more = strings.Cut(body, "\n")
		if r.Op == syntax.DashHdoc {
			line = strings.TrimLeft(line, "\t")
		}
		if line == end {
			return more
		}
		if rest, ok := strings.CutPrefix(line, end); ok && inside && (rest[0] == ')' || rest[0] == '}') {
			return true
		}
	}
	return true
}

// joinLines removes the ends of lines that have a backslash before them.
func joinLines(text string) string {
	var joined strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			if i++; text[i] == '\n' {
				continue
			}
			joined.WriteByte('\\')
		}
		joined.WriteByte(text[i])
	}
	return joined.String()
}

// delimiter returns the word that ends a here-document, whether that could be
// read, and whether some of it is quoted, so that nothing in the body expands.
func (p place) delimiter(w *syntax.Word) (end string, ok, quoted bool) {
	d := decoder{source: p.src.text}
	for _, part := range w.Parts {
		switch part.(type) {
		case *syntax.Lit:
			// A delimiter is not expanded: ~ * ? [ are plain.
			lit := p.src.text[part.Pos().Offset():part.End().Offset()]
			quoted = quoted || strings.Contains(lit, `\`)
			d.text = append(d.text, strings.ReplaceAll(lit, `\`, "")...)
		case *syntax.SglQuoted, *syntax.DblQuoted:
			quoted = true
			d.part(part)
		default:
			return "", false, true
		}
	}
	return string(d.text), !d.unknown, quoted
}

// braced reports whether a word may be a brace expansion.
func braced(w *syntax.Word) bool {
	open, inside, closed := false, false, false
	for _, part := range w.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			continue
		}
		for i := range len(lit.Value) {
			switch c := lit.Value[i]; {
			case c == '{':
				open = true
			case open && (c == ',' || c == '.'):
				inside = true
			case inside && c == '}':
				closed = true
			}
		}
	}
	return closed
}

// maxBraces bounds the words that one word with braces is expanded to.
const maxBraces = 256

// braces appends the words that a brace expansion makes. Only the simplest
// expansions are done here, in which nothing else is special; the others are
// unknown words.
func (r *reader) braces(p place, words []word, w *syntax.Word) []word {
	start, end := int(w.Pos().Offset()), int(w.End().Offset())
	unknown := word{many: true, start: start, end: end}
	if p.grammar == posix {
		return append(words, unknown) // some such shells expand braces
	}
	texts, ok := expandBraces(p.src.text[start:min(end, len(p.src.text))])
	if !ok {
		return append(words, unknown)
	}
	for _, text := range texts {
		if text != "" {
			words = append(words, word{text: text, known: true, start: start, end: end})
		}
	}
	return words
}

// expandBraces expands a word of plain characters and lists in braces that are
// not nested: a{b,c}d{1..3}.
func expandBraces(text string) ([]string, bool) {
	out := []string{""}
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			i = len(text)
		}
		if !isWordText(text[:i]) {
			return nil, false
		}
		items := []string{text[:i]}
		text = text[i:]
		if i == 0 {
			var list string
			var ok bool
			if list, text, ok = strings.Cut(text, "}"); !ok || list == "" {
				return nil, false
			}
			if items, ok = braceItems(list[1:]); !ok {
				return nil, false
			}
		}
		if len(out)*len(items) > maxBraces {
			return nil, false
		}
		product := make([]string, 0, len(out)*len(items))
		for _, head := range out {
			for _, item := range items {
				if len(head)+len(item) > 4096 {
					return nil, false
				}
				product = append(product, head+item)
			}
		}
		out = product
	}
	return out, true
}

func braceItems(list string) ([]string, bool) {
	if first, last, ok := strings.Cut(list, ".."); ok {
		from, err := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil || first != strconv.Itoa(from) || last != strconv.Itoa(to) ||
			max(from, to)-min(from, to) >= maxBraces {
			return nil, false
		}
		var items []string
		for step := 1; ; from += step {
			if items = append(items, strconv.Itoa(from)); from == to {
				return items, true
			}
			if from > to {
				step = -1
			}
		}
	}
	items := strings.Split(list, ",")
	for _, item := range items {
		if !isWordText(item) {
			return nil, false
		}
	}
	return items, len(items) > 1
}

// isWordText reports whether all of text means itself anywhere in a word.
func isWordText(text string) bool {
	for i := range len(text) {
		if c := text[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_-+/.:@%,", c) >= 0) {
			return false
		}
	}
	return true
}
