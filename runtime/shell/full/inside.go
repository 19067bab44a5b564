package full

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// inside reads the commands in the substitutions of a word.
func (r *reader) inside(p place, w *syntax.Word) {
	if w != nil {
		r.parts(p, w.Parts)
	}
}

func (r *reader) parts(p place, parts []syntax.WordPart) {
	for _, part := range parts {
		start, end := int(part.Pos().Offset()), int(part.End().Offset())
		switch part := part.(type) {
		case *syntax.Lit, *syntax.SglQuoted:
		case *syntax.DblQuoted:
			quoted := p
			quoted.double = true
			r.parts(quoted, part.Parts)
		case *syntax.CmdSubst:
			r.substitution(p, part)
		case *syntax.ProcSubst:
			inner := p.step(Process, "")
			inner.nesting = p.nesting
			inner.stdin = nil
			inner.double, inner.expanding = false, false
			r.stmts(inner, part.Stmts)
		case *syntax.ArithmExp:
			r.arithmetic(p, part.X)
		case *syntax.ParamExp:
			r.parameter(p, part)
		case *syntax.ExtGlob:
			// Unless the option extglob is set, `!(a)` runs a subshell.
			r.opaque(p, Pattern, start, end)
			r.nestedText(p.step(Substitution, ""), int(part.Pattern.Pos().Offset()), int(part.Pattern.End().Offset()))
		default:
			r.opaque(p, NotParsed, start, end)
		}
	}
}

func (r *reader) substitution(p place, part *syntax.CmdSubst) {
	inner := p.step(Substitution, "")
	if !part.Backquotes {
		inner.nesting = p.nesting
		inner.double, inner.expanding = false, false
		r.stmts(inner, part.Stmts)
		return
	}
	// The shell takes the text between backquotes, removes one layer of
	// backslashes, and reads the rest as a script; so do we.
	text := p.src.text
	start, end := int(part.Left.Offset())+1, int(part.Right.Offset())
	special := "$`\\"
	if p.double {
		special += `"`
	}
	if start > end || end > len(text) {
		r.opaque(p, NotParsed, 0, len(text))
		return
	}
	var d decoder
	sure := true
	for i := start; i < end; i++ {
		switch {
		case text[i] == '\\' && i+1 < end && strings.IndexByte(special, text[i+1]) >= 0:
			i++
			sure = sure && !(p.expanding && text[i] == '"') // shells differ
		case text[i] == '"' && p.double:
			// To brace expansion, which comes first, the outer quotes end here.
			sure = sure && !strings.Contains(text, "{")
		}
		d.add(text[i], i)
	}
	if !sure {
		r.opaque(p, NotParsed, start, end)
	}
	inner.src = &source{text: string(d.text), outer: p.src, runs: d.runs, whole: Span{start, end}}
	r.script(inner)
}

// nestedText reads a part of the source as a script of its own.
func (r *reader) nestedText(p place, start, end int) {
	if start > end || end > len(p.src.text) {
		r.opaque(p, NotParsed, 0, len(p.src.text))
		return
	}
	p.src = &source{text: p.src.text[start:end], outer: p.src, runs: []run{{0, start}}, whole: Span{start, end}}
	r.script(p)
}

// pattern reads a word that is matched against, where extended globs are
// always that.
func (r *reader) pattern(p place, w *syntax.Word) {
	if w == nil {
		return
	}
	for _, part := range w.Parts {
		glob, ok := part.(*syntax.ExtGlob)
		if !ok {
			r.parts(p, []syntax.WordPart{part})
		} else if strings.ContainsAny(glob.Pattern.Value, "$`<>") {
			r.opaque(p, Pattern, int(glob.Pos().Offset()), int(glob.End().Offset()))
		}
	}
}

func (r *reader) insideAssign(p place, x *syntax.Assign) {
	r.index(p, x.Index)
	r.inside(p, x.Value)
	if x.Array != nil {
		for _, e := range x.Array.Elems {
			r.index(p, e.Index)
			r.inside(p, e.Value)
		}
	}
}

func (r *reader) parameter(p place, x *syntax.ParamExp) {
	p.expanding = p.expanding || p.double
	start, end := int(x.Pos().Offset()), int(x.End().Offset())
	if x.Excl && x.Names == 0 && !(isAll(x.Index) && x.Exp == nil && x.Slice == nil && x.Repl == nil) {
		r.opaque(p, Indirection, start, end)
	}
	if x.NestedParam != nil || x.Flags != nil || len(x.Modifiers) > 0 {
		r.opaque(p, NotParsed, start, end)
	}
	if p.double && (x.Exp != nil && misquoted(x.Exp.Word) || x.Repl != nil && (misquoted(x.Repl.Orig) || misquoted(x.Repl.With))) {
		// The rest of the script may be something else, too.
		r.opaque(p, NotParsed, 0, len(p.src.text))
	}
	if x.Exp != nil && holdsProcess(x.Exp.Word) || x.Repl != nil && (holdsProcess(x.Repl.Orig) || holdsProcess(x.Repl.With)) {
		r.opaque(p, NotParsed, start, end)
	}
	r.index(p, x.Index)
	if x.Slice != nil {
		r.arithmetic(p, x.Slice.Offset)
		r.arithmetic(p, x.Slice.Length)
	}
	if x.Repl != nil {
		r.pattern(p, x.Repl.Orig)
		r.inside(p, x.Repl.With)
	}
	if x.Exp != nil {
		if x.Param != nil && (x.Exp.Op == syntax.AssignUnset || x.Exp.Op == syntax.AssignUnsetOrNull) {
			r.sets(p, x.Param.Value, start, end)
		}
		if x.Exp.Op == syntax.OtherParamOps && (x.Exp.Word == nil || x.Exp.Word.Lit() == "" || !strings.Contains("QEAaKkULu", x.Exp.Word.Lit())) {
			r.opaque(p, Indirection, start, end)
		}
		r.pattern(p, x.Exp.Word)
	}
}

// misquoted reports whether a word of a parameter expansion inside double quotes
// has single quotes with anything special between them. They quote in patterns,
// but not in `"${x-'$(cmd)'}"`, and the parser takes them to quote everywhere.
func misquoted(w *syntax.Word) bool {
	return w != nil && slices.ContainsFunc(w.Parts, func(part syntax.WordPart) bool {
		quoted, ok := part.(*syntax.SglQuoted)
		return ok && (quoted.Dollar || strings.ContainsAny(quoted.Value, "$`\"\\{}"))
	})
}

// holdsProcess reports whether a word of a parameter expansion has a process
// substitution, which the parser takes for text there.
func holdsProcess(w *syntax.Word) bool {
	return w != nil && slices.ContainsFunc(w.Parts, func(part syntax.WordPart) bool {
		lit, ok := part.(*syntax.Lit)
		return ok && (strings.Contains(lit.Value, "<(") || strings.Contains(lit.Value, ">("))
	})
}

// test reads the inside of [[ ]]. Chains lean to the left, as in stmt.
func (r *reader) test(p place, x syntax.TestExpr) {
	for {
		switch t := x.(type) {
		case *syntax.BinaryTest:
			switch t.Op {
			case syntax.AndTest, syntax.OrTest:
				r.test(p, t.Y)
				x = t.X
				continue
			case syntax.TsEql, syntax.TsNeq, syntax.TsLeq, syntax.TsGeq, syntax.TsLss, syntax.TsGtr:
				for _, side := range []syntax.TestExpr{t.X, t.Y} {
					if w, ok := side.(*syntax.Word); ok {
						r.operand(p, w)
					} else {
						r.test(p, side)
					}
				}
				return
			}
			r.test(p, t.X)
			r.test(p, t.Y)
			return
		case *syntax.UnaryTest:
			if t.Op == syntax.TsVarSet || t.Op == syntax.TsRefVar {
				if w, ok := t.X.(*syntax.Word); ok {
					if name, _ := r.word(p, w); !name.known || strings.Contains(name.text, "[") {
						r.opaque(p, Arithmetic, int(w.Pos().Offset()), int(w.End().Offset()))
					}
				}
			}
			x = t.X
			continue
		case *syntax.ParenTest:
			x = t.X
			continue
		case *syntax.Word:
			r.pattern(p, t)
		}
		return
	}
}
