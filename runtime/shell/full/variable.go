package full

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// sets lists a variable that is set to something not looked at here.
func (r *reader) sets(p place, name string, start, end int) {
	r.variable(p, word{text: name, known: true, start: start, end: end})
	r.out.Assigns = append(r.out.Assigns, Assign{Name: name, Span: p.src.span(start, end)})
}

// setsOperand lists a variable that an arithmetic expression sets.
func (r *reader) setsOperand(p place, x syntax.ArithmExpr) {
	if w, ok := x.(*syntax.Word); ok {
		start, end := int(w.Pos().Offset()), int(w.End().Offset())
		name, _, _ := strings.Cut(p.src.text[min(start, len(p.src.text)):min(end, len(p.src.text))], "[")
		if !isName(name) {
			name = "" // put together by expansions
		}
		r.sets(p, name, start, end)
	}
}

// setsNames lists the variables that a builtin such as read may set. Any word
// that reads as a name may be one, and so may what follows the letter of an
// option without a blank (`printf -vNAME`).
func (r *reader) setsNames(p place, words []word, option byte) {
	for _, w := range words {
		name, _, _ := strings.Cut(w.text, "[")
		if strings.HasPrefix(name, "-") {
			at := strings.IndexByte(name, option)
			if at < 0 {
				continue
			}
			name = name[at+1:]
		}
		if !w.known {
			name = ""
		}
		if isName(name) || !w.known {
			r.sets(p, name, w.start, w.end)
		}
	}
}

// setsDeclared lists the variables of `export` and its kin.
func (r *reader) setsDeclared(p place, a arguments) {
	exported := a.words[0].text == "export" || a.flagged("x")
	for _, w := range a.words[1:] {
		name, value, has := strings.Cut(w.text, "=")
		if strings.HasPrefix(name, "-") || strings.HasPrefix(name, "+") || w.known && !has && !exported {
			continue
		}
		plain := strings.TrimSuffix(name, "+")
		if at := strings.IndexByte(plain, '['); at >= 0 {
			plain = plain[:at]
		} else if !w.known && !has {
			plain = "" // the text may be the start of a name
		}
		r.out.Assigns = append(r.out.Assigns, Assign{
			Name: plain, Value: value, Known: w.known && has, Append: plain != name, Exported: exported,
			Span: p.src.span(w.start, w.end),
		})
	}
}
