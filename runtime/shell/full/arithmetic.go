package full

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Arithmetic evaluates more than it shows: where a variable stands in an
// expression, its value is evaluated as an expression again, and an expression
// may hold a subscript, and a subscript a substitution. With a='x[$(cmd)]',
// `((a))` runs cmd. So an expression is only known to run nothing if all
// variables in it are known to hold numbers.

// numbers is what is known of the variables of a script.
type numbers struct {
	outer *numbers
	stmts []*syntax.Stmt
	kinds map[string]kind // filled when first asked for
	array map[string]bool // names that may be arrays
	any   bool            // some command may set any variable
}

type kind uint8

const (
	unset  kind = iota // never assigned
	number             // only numbers are assigned
	text
)

// within returns the numbers of a script, which n is around.
func (n *numbers) within(stmts []*syntax.Stmt) *numbers { return &numbers{outer: n, stmts: stmts} }

// given returns the numbers of what is run with these assignments in its environment.
func (n *numbers) given(assigns []Assign) *numbers {
	g := &numbers{outer: n, kinds: make(map[string]kind)}
	for _, a := range assigns {
		k := text
		if a.Known && isNumeral(a.Value) {
			k = number
		}
		g.kinds[a.Name] = max(g.kinds[a.Name], k)
	}
	return g
}

// arithmetic reads an expression.
func (r *reader) arithmetic(p place, x syntax.ArithmExpr) {
	for {
		switch e := x.(type) {
		case *syntax.BinaryArithm:
			if isAssignment(e.Op) {
				r.setsOperand(p, e.X)
			}
			r.arithmetic(p, e.Y)
			x = e.X
			continue
		case *syntax.UnaryArithm:
			if e.Op == syntax.Inc || e.Op == syntax.Dec {
				r.setsOperand(p, e.X)
			}
			x = e.X
			continue
		case *syntax.ParenArithm:
			x = e.X
			continue
		case *syntax.FlagsArithm:
			r.opaque(p, NotParsed, int(e.Pos().Offset()), int(e.End().Offset()))
		case *syntax.Word:
			r.operand(p, e)
		}
		return
	}
}

// operand reads a word that is evaluated.
func (r *reader) operand(p place, w *syntax.Word) {
	if !p.numbers.evaluates(w) {
		r.opaque(p, Arithmetic, int(w.Pos().Offset()), int(w.End().Offset()))
	}
	r.inside(p, w)
}

// index reads the subscript of a variable.
func (r *reader) index(p place, x syntax.ArithmExpr) {
	if x != nil && !isAll(x) {
		r.arithmetic(p, x)
	}
}

func isAll(x syntax.ArithmExpr) bool {
	w, ok := x.(*syntax.Word)
	return ok && (w.Lit() == "@" || w.Lit() == "*")
}

// evaluates reports whether a word that is evaluated can only be a number, or
// the name of a variable that holds one.
func (n *numbers) evaluates(w *syntax.Word) bool {
	if lit := w.Lit(); syntax.ValidName(lit) {
		return n.kind(lit) == number
	}
	return n.isNumber(w)
}

// isNumber reports whether a word can only expand to digits, signs and blanks.
// Names are not enough even where they stand for numbers: put together, they
// are other names.
func (n *numbers) isNumber(w *syntax.Word) bool {
	return w == nil || n.areNumbers(w.Parts)
}

func (n *numbers) areNumbers(parts []syntax.WordPart) bool {
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			if !isNumeral(part.Value) {
				return false
			}
		case *syntax.SglQuoted:
			if part.Dollar || !isNumeral(part.Value) {
				return false
			}
		case *syntax.DblQuoted:
			if !n.areNumbers(part.Parts) {
				return false
			}
		case *syntax.ArithmExp:
		case *syntax.ParamExp:
			if !n.isNumberParameter(part) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func (n *numbers) isNumberParameter(x *syntax.ParamExp) bool {
	if x.Excl || x.Param == nil || x.NestedParam != nil || x.Slice != nil || x.Repl != nil || x.Exp != nil {
		return false
	}
	if w, ok := x.Index.(*syntax.Word); ok && w.Lit() == "*" && !x.Length {
		return false // IFS may put a name between the elements
	}
	if x.Length {
		return true
	}
	switch x.Param.Value {
	case "#", "?", "$", "!":
		return true
	}
	return n.kind(x.Param.Value) == number
}

func isNumeral(text string) bool { return strings.Trim(text, "0123456789-+ \t\n") == "" }

// kind says what is assigned to a variable, in this script or around it.
func (n *numbers) kind(name string) kind {
	k := unset
	for ; n != nil; n = n.outer {
		if n.kinds == nil {
			n.collect()
		}
		if n.any {
			return text
		}
		k = max(k, n.kinds[name])
	}
	switch name {
	case "PPID", "UID", "EUID", "BASHPID", "OPTIND":
		return max(k, number)
	case "REPLY", "MAPFILE", "OPTARG", "BASH_REMATCH", "BASH_COMMAND", "BASH_ARGV", "BASH_SOURCE", "FUNCNAME",
		"PWD", "OLDPWD", "HOSTNAME", "DIRSTACK", "_":
		return text // set without being named
	}
	if isInteger(name) {
		return max(k, number)
	}
	return k
}

// isArray reports whether a variable may be an array.
func (n *numbers) isArray(name string) bool {
	for ; n != nil; n = n.outer {
		if n.kinds == nil {
			n.collect()
		}
		if n.any || n.array[name] {
			return true
		}
	}
	switch name {
	case "DIRSTACK", "PIPESTATUS", "GROUPS", "FUNCNAME", "MAPFILE", "COPROC":
		return true
	}
	return strings.HasPrefix(name, "BASH_")
}

// isInteger reports whether bash evaluates what is assigned to a variable from
// the start. Source: bash(1), 5.2, Shell Variables.
func isInteger(name string) bool {
	switch name {
	case "RANDOM", "SRANDOM", "SECONDS", "LINENO", "HISTCMD", "EPOCHSECONDS", "BASH_SUBSHELL", "OPTIND":
		return true
	}
	return false
}

// maxRounds bounds how long a chain of variables assigned to each other is
// followed.
const maxRounds = 20

// collect looks at all assignments of the script, wherever they stand.
func (n *numbers) collect() {
	n.kinds, n.array = make(map[string]kind), make(map[string]bool)
	values := make(map[string][]*syntax.Word) // names that may be numbers
	note := func(name string, w *syntax.Word) { values[name] = append(values[name], w) }
	for _, s := range n.stmts {
		for node := range syntax.Preorder(s) {
			switch node := node.(type) {
			case *syntax.Assign:
				n.assigned(node, note)
			case *syntax.ForClause:
				if items, ok := node.Loop.(*syntax.WordIter); ok {
					if items.InPos.IsValid() && !node.Select {
						note(items.Name.Value, nil)
						for _, w := range items.Items {
							note(items.Name.Value, w)
						}
					} else {
						n.kinds[items.Name.Value] = text
					}
				}
			case *syntax.BinaryArithm:
				if isAssignment(node.Op) {
					if w, ok := node.X.(*syntax.Word); ok && w.Lit() != "" {
						note(w.Lit(), nil)
					}
				}
			case *syntax.ParamExp:
				if node.Exp != nil && (node.Exp.Op == syntax.AssignUnset || node.Exp.Op == syntax.AssignUnsetOrNull) && node.Param != nil {
					note(node.Param.Value, node.Exp.Word)
					n.array[node.Param.Value] = n.array[node.Param.Value] || node.Index != nil
				}
			case *syntax.Redirect:
				if node.N != nil {
					name := strings.Trim(node.N.Value, "{}")
					n.kinds[name] = max(n.kinds[name], number)
				}
			case *syntax.CallExpr:
				n.called(node)
			case *syntax.DeclClause:
				arrays := false
				for _, x := range node.Args {
					if x.Value != nil && x.Naked {
						flags := x.Value.Lit()
						arrays = arrays || strings.HasPrefix(flags, "-") && strings.ContainsAny(flags, "aA")
					}
					if arrays && x.Name != nil {
						n.array[x.Name.Value] = true
					}
					if x.Naked && x.Value != nil {
						n.mentioned(x.Value)
						if flags := x.Value.Lit(); strings.HasPrefix(flags, "-") && strings.ContainsAny(flags, "nA") || flags == "" {
							n.any = true
						}
					}
				}
			case *syntax.CoprocClause:
				n.kinds["COPROC"] = max(n.kinds["COPROC"], number)
				if node.Name != nil {
					n.array[node.Name.Lit()] = true
					n.any = n.any || node.Name.Lit() == ""
				}
			}
		}
	}
	// A value may be another variable: strike out until nothing changes.
	for name := range values {
		if n.kinds[name] == unset {
			n.kinds[name] = number
		}
	}
	for changed, rounds := true, 0; changed; rounds++ {
		changed = false
		n.any = n.any || rounds > maxRounds
		if n.any {
			return
		}
		for name, list := range values {
			for _, w := range list {
				if n.kinds[name] == number && !n.isNumber(w) {
					n.kinds[name] = text
					changed = true
				}
			}
		}
	}
}

func (n *numbers) assigned(x *syntax.Assign, note func(string, *syntax.Word)) {
	switch {
	case x.Name == nil || x.Naked:
	case x.Array != nil:
		n.array[x.Name.Value] = true
		note(x.Name.Value, nil)
		for _, e := range x.Array.Elems {
			note(x.Name.Value, e.Value)
		}
	default:
		n.array[x.Name.Value] = n.array[x.Name.Value] || x.Index != nil
		note(x.Name.Value, x.Value)
	}
}

// called notes what a command may do to variables: any word that reads as a
// name may be one that is set (`read x`, `printf -v x`).
func (n *numbers) called(x *syntax.CallExpr) {
	if len(x.Args) == 0 {
		return
	}
	switch name := x.Args[0].Lit(); name {
	case "", "eval", "source", ".", "alias", "builtin", "command", "--": // -- stands behind `time`
		n.any = true
	case "read", "mapfile", "readarray", "printf", "getopts", "wait", "declare", "typeset", "local", "export", "readonly", "let", "trap":
		words := x.Args[1:]
		if name == "printf" {
			words = printfOptions(words)
		}
		for _, w := range words {
			n.mentioned(w)
		}
		if name == "trap" {
			n.any = true
		}
	}
	if isSpelled(x.Args[0].Lit()) {
		n.any = true
	}
}

// printfOptions returns the words up to the format, as far as they may be options
// and names: what does not start with a dash ends them.
func printfOptions(words []*syntax.Word) []*syntax.Word {
	n := 0
	for n < len(words) {
		lit := words[n].Lit()
		if quotedOnly(words[n]) || lit != "" && lit[0] != '-' && !isSpelled(lit) {
			break
		}
		n++
		if lit == "-v" {
			n++
		}
	}
	return words[:min(n, len(words))]
}

// isSpelled reports whether a word that has no quotes may mean other text than
// its own: escapes vanish, braces make several words.
func isSpelled(lit string) bool { return strings.ContainsAny(lit, `\{`) }

// quotedOnly reports whether a word starts with a quoted string that starts with
// something that makes it no option, or is an empty one.
func quotedOnly(w *syntax.Word) bool {
	switch part := w.Parts[0].(type) {
	case *syntax.SglQuoted:
		return !part.Dollar && startsPlain(part.Value, w)
	case *syntax.DblQuoted:
		if len(part.Parts) == 0 {
			return startsPlain("", w)
		}
		lit, ok := part.Parts[0].(*syntax.Lit)
		return ok && startsPlain(lit.Value, w)
	}
	return false
}

func startsPlain(text string, w *syntax.Word) bool {
	if text == "" {
		return len(w.Parts) == 1
	}
	return text[0] != '-' && !strings.HasPrefix(text, "\\\n")
}

// mentioned notes that the variable which w starts with the name of may be set
// to anything.
func (n *numbers) mentioned(w *syntax.Word) {
	lit := w.Lit()
	if len(w.Parts) > 0 && lit == "" || isSpelled(lit) {
		n.any = true
		return
	}
	if strings.HasPrefix(lit, "-") {
		// The name may follow its option without a blank: `printf -vx`.
		n.any = n.any || len(lit) > 64
		for i := 1; i < len(lit) && !n.any; i++ {
			n.kinds[lit[i:]] = text
			n.array[lit[i:]] = true
		}
		return
	}
	end := strings.IndexFunc(lit, func(r rune) bool {
		return !(r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	})
	if end < 0 {
		end = len(lit)
	}
	n.kinds[lit[:end]] = text
	n.array[lit[:end]] = true
}

func isAssignment(op syntax.BinAritOperator) bool {
	switch op {
	case syntax.Assgn, syntax.AddAssgn, syntax.SubAssgn, syntax.MulAssgn, syntax.QuoAssgn, syntax.RemAssgn,
		syntax.AndAssgn, syntax.OrAssgn, syntax.XorAssgn, syntax.ShlAssgn, syntax.ShrAssgn:
		return true
	}
	return false
}
