package dialect

import (
	"slices"

	"go.starlark.net/syntax"
)

// An expr is a parsed expression: the tree to be compiled, and what the parser
// must know when the expression turns out to be something else, the left side
// of an assignment or a type.
type expr struct {
	syntax.Expr
	pos    syntax.Position
	height int
	shape  shape
	parts  []expr
	// what describes the expression in messages about types.
	what string
}

type shape uint8

const (
	sOther shape = iota
	sName
	sScalar // a number or bytes
	sEllipsis
	sParen  // parts: the inside
	sTuple  // parts: the elements
	sList   // parts: the elements that matter, see targets
	sIndex  // parts: container, one or two indices
	sDot    // parts: the object
	sUnion  // parts: both sides of |
	sString // a string or f-string
)

// up makes an expression out of others.
func (p *parser) up(pos syntax.Position, what string, e syntax.Expr, kids ...expr) expr {
	height := 0
	for _, k := range kids {
		height = max(height, k.height)
	}
	if height >= maxHeight {
		p.bail(pos, "excessive nesting: an expression has more than %d levels", maxHeight)
	}
	return expr{Expr: e, pos: pos, height: height + 1, what: what}
}

// call makes a call of one of our own functions.
func (p *parser) call(pos syntax.Position, what, name string, args ...expr) expr {
	return p.up(pos, what, ownCall(pos, name, exprs(args)...), args...)
}

func ownCall(pos syntax.Position, name string, args ...syntax.Expr) *syntax.CallExpr {
	return &syntax.CallExpr{Fn: hiddenIdent(pos, name), Lparen: pos, Args: args, Rparen: pos}
}

func exprs(list []expr) []syntax.Expr {
	out := make([]syntax.Expr, len(list))
	for i, e := range list {
		out[i] = e.Expr
	}
	return out
}

func stringLiteral(pos syntax.Position, s string) *syntax.Literal {
	return &syntax.Literal{Token: syntax.STRING, TokenPos: pos, Value: s}
}

func (p *parser) name(pos syntax.Position, name string) expr {
	e := p.up(pos, "", p.use(name, pos))
	e.shape = sName
	return e
}

func (p *parser) hiddenName(pos syntax.Position, name string) expr {
	return p.up(pos, "", hiddenIdent(pos, name))
}

// startsExpr reports whether the current token can start an expression.
func (p *parser) startsExpr() bool {
	switch p.tok.kind {
	case tIdent, tInt, tFloat, tString, tBytes, tFStart:
		return true
	case tKeyword:
		return p.tok.text == "lambda" || p.tok.text == "not"
	case tSymbol:
		switch p.tok.text {
		case "(", "[", "{", "-", "+", "~", "...":
			return true
		}
	}
	return false
}

// startsElement reports whether the current token can start an element of a
// tuple but the first. A bytes literal cannot: the reference forgot it.
func (p *parser) startsElement() bool { return p.startsExpr() && p.tok.kind != tBytes }

// exprList parses expressions with commas between them: one expression, or a
// tuple without parentheses.
func (p *parser) exprList(element func() expr) expr {
	return p.exprListFrom(element(), element)
}

// exprListFrom parses the rest of a list whose first element is x.
func (p *parser) exprListFrom(x expr, element func() expr) expr {
	if !p.symbol(",") {
		return x
	}
	list := []expr{x}
	for p.skip(",") {
		if !p.startsElement() {
			p.bail(x.pos, "unparenthesized tuple with trailing comma")
		}
		list = append(list, element())
	}
	return p.tuple(x.pos, list)
}

func (p *parser) tuple(pos syntax.Position, list []expr) expr {
	e := p.up(pos, "tuple", &syntax.TupleExpr{Lparen: pos, List: exprs(list), Rparen: pos}, list...)
	e.shape, e.parts = sTuple, list
	return e
}

// test parses any expression but a tuple without parentheses.
func (p *parser) test() expr {
	p.enter()
	defer p.leave()
	if p.keyword("lambda") {
		return p.lambda()
	}
	x := p.binary(precOr)
	if !p.keyword("if") {
		return x
	}
	p.branch()
	p.advance()
	cond := p.binary(precOr)
	if !p.keyword("else") {
		p.unexpected("keyword 'else'")
	}
	p.advance()
	y := p.test()
	return p.up(x.pos, "if", &syntax.CondExpr{If: x.pos, Cond: cond.Expr, True: x.Expr, ElsePos: x.pos, False: y.Expr}, cond, x, y)
}

const (
	precOr = iota + 1
	precAnd
	precNot
	precCompare
	precOperand // and those of the operators from | on
)

var precedence = map[string]int{
	"or": precOr, "and": precAnd,
	"==": precCompare, "!=": precCompare, "<": precCompare, ">": precCompare, "<=": precCompare, ">=": precCompare,
	"in": precCompare, "not": precCompare,
	"|": precOperand, "^": 6, "&": 7, "<<": 8, ">>": 8, "-": 9, "+": 9, "*": 10, "%": 10, "/": 10, "//": 10,
}

func (p *parser) operator() (prec int) {
	if p.tok.kind != tSymbol && p.tok.kind != tKeyword {
		return 0
	}
	return precedence[p.tok.text]
}

// binary parses the operators of precedence min and above.
func (p *parser) binary(min int) expr {
	p.enter()
	defer p.leave()
	var x expr
	if p.keyword("not") && min <= precNot {
		pos := p.tok.pos
		p.advance()
		y := p.binary(precNot)
		x = p.up(pos, "not", &syntax.UnaryExpr{OpPos: pos, Op: syntax.NOT, X: y.Expr}, y)
	} else {
		x = p.unary()
	}
	for {
		prec := p.operator()
		if prec == 0 || prec < min {
			return x
		}
		op := p.tok.text
		p.advance()
		if op == "not" {
			if !p.keyword("in") {
				p.unexpected("'in' after 'not'")
			}
			p.advance()
		}
		x = p.combine(x, op, p.binary(prec+1))
		if prec == precCompare && p.operator() == precCompare {
			p.unexpected("end of expression (comparisons are not associative in Starlark)")
		}
	}
}

func (p *parser) combine(x expr, op string, y expr) expr {
	const what = "bin op except `|`"
	native := func(tok syntax.Token) expr {
		return p.up(x.pos, what, &syntax.BinaryExpr{X: x.Expr, OpPos: x.pos, Op: tok, Y: y.Expr}, x, y)
	}
	text := x.shape == sString || y.shape == sString
	switch {
	case op == "and":
		p.branch()
		return native(syntax.AND)
	case op == "or":
		p.branch()
		return native(syntax.OR)
	case op == "==" && text:
		return native(syntax.EQL)
	case op == "!=" && text:
		return native(syntax.NEQ)
	case op == "not":
		in := p.call(x.pos, what, "$in", x, y)
		return p.up(x.pos, what, &syntax.UnaryExpr{OpPos: x.pos, Op: syntax.NOT, X: in.Expr}, in)
	}
	e := p.call(x.pos, what, "$"+op, x, y)
	if op == "|" {
		e.shape, e.parts = sUnion, []expr{x, y}
	}
	return e
}

func (p *parser) unary() expr {
	if p.tok.kind != tSymbol {
		return p.primary()
	}
	var op syntax.Token
	what := ""
	switch p.tok.text {
	case "-":
		op, what = syntax.MINUS, "minus"
	case "+":
		op, what = syntax.PLUS, "plus"
	case "~":
		op, what = syntax.TILDE, "bit not"
	default:
		return p.primary()
	}
	p.enter()
	defer p.leave()
	pos := p.tok.pos
	p.advance()
	x := p.unary()
	return p.up(pos, what, &syntax.UnaryExpr{OpPos: pos, Op: op, X: x.Expr}, x)
}

// primary parses an operand and the calls, indices and attributes after it.
func (p *parser) primary() expr {
	x := p.operand()
	for {
		switch {
		case p.skip("."):
			name := p.ident()
			e := p.up(x.pos, "dot", ownCall(x.pos, "$attr", x.Expr, stringLiteral(name.pos, name.text)), x)
			e.shape, e.parts, e.what = sDot, []expr{x}, name.text
			x = e
		case p.symbol("("):
			x = p.arguments(x)
		case p.skip("["):
			x = p.index(x)
		default:
			return x
		}
	}
}

// index parses what follows the bracket after x.
func (p *parser) index(x expr) expr {
	missing := func() expr { return p.hiddenName(x.pos, "$missing") }
	args := []expr{x}
	if p.symbol(":") {
		args = append(args, missing())
	} else {
		args = append(args, p.test())
	}
	if p.skip(",") {
		args = append(args, p.test())
		p.expect("]")
		e := p.call(x.pos, "array indirection 2", "$index2", args...)
		e.shape, e.parts = sIndex, args
		return e
	}
	if !p.symbol(":") {
		p.expect("]")
		e := p.call(x.pos, "array indirection", "$index", args...)
		e.shape, e.parts = sIndex, args
		return e
	}
	for p.symbol(":") && len(args) < 4 {
		p.advance()
		if p.symbol(":") || p.symbol("]") {
			args = append(args, missing())
		} else {
			args = append(args, p.test())
		}
	}
	for len(args) < 4 {
		args = append(args, missing())
	}
	p.expect("]")
	return p.call(x.pos, "slice", "$slice", args...)
}

// arguments parses the arguments of a call of fn.
func (p *parser) arguments(fn expr) expr {
	p.expect("(")
	if method, ok := fn.Expr.(*syntax.CallExpr); ok && fn.shape == sDot {
		method.Fn = hiddenIdent(fn.pos, "$method")
	}
	call := &syntax.CallExpr{Fn: fn.Expr, Lparen: fn.pos, Rparen: fn.pos}
	first := len(p.open)
	add := func(x expr, argument syntax.Expr) {
		x.Expr = argument
		p.open = append(p.open, x)
	}
	named := names{parser: p, first: len(p.named)}
	stars, starStars := 0, 0
	for !p.symbol(")") {
		pos := p.tok.pos
		switch {
		case p.skip("*"):
			if stars+starStars > 0 {
				p.check(pos, "Args array after another args or kwargs")
			}
			stars++
			x := p.test()
			spread := p.call(fn.pos, "", "$spread", x)
			add(spread, &syntax.UnaryExpr{OpPos: pos, Op: syntax.STAR, X: spread.Expr})
		case p.skip("**"):
			if starStars > 0 {
				p.check(pos, "Multiple kwargs dictionary in arguments")
			}
			starStars++
			x := p.test()
			list := &syntax.ListExpr{Lbrack: fn.pos, List: named.literals(), Rbrack: fn.pos}
			checked := p.up(fn.pos, "", ownCall(fn.pos, "$kwargs", x.Expr, list), x)
			add(checked, &syntax.UnaryExpr{OpPos: pos, Op: syntax.STARSTAR, X: checked.Expr})
		case p.tok.kind == tIdent && p.peek().kind == tSymbol && p.peek().text == "=":
			name := p.ident()
			p.expect("=")
			x := p.test()
			if stars+starStars > 0 {
				p.check(pos, "named argument after *args or **kwargs")
			}
			if !named.add(name) {
				p.check(pos, "repeated named argument")
			}
			add(x, &syntax.BinaryExpr{X: hiddenIdent(pos, name.text), OpPos: pos, Op: syntax.EQ, Y: x.Expr})
		default:
			x := p.test()
			if len(named.list())+stars+starStars > 0 {
				p.check(pos, "positional argument after non positional")
			}
			add(x, x.Expr)
		}
		if !p.skip(",") {
			break
		}
	}
	p.expect(")")
	call.Args = exprs(p.open[first:])
	if n := len(named.list()); n > maxArguments || len(call.Args)-n > maxArguments {
		call.Args = packed(fn.pos, call.Args)
	}
	p.open = append(p.open, fn)
	e := p.up(fn.pos, "call", call, p.open[first:]...)
	p.open = p.open[:first]
	p.named = p.named[:named.first]
	return e
}

// maxArguments is how many arguments by position, and how many by name, a call of
// go.starlark.net may have beside `*args` and `**kwargs`.
const maxArguments = 255

// packed makes all arguments `*args` and `**kwargs`. They are evaluated in the same
// order:
//
//	f(x, a = y, *s, **d)      f(*$pack([x], ["a"], [y], s, d), **$packed())
func packed(pos syntax.Position, args []syntax.Expr) []syntax.Expr {
	list := func() *syntax.ListExpr { return &syntax.ListExpr{Lbrack: pos, Rbrack: pos} }
	positional, names, values := list(), list(), list()
	var star syntax.Expr = list()
	var starStar syntax.Expr = &syntax.DictExpr{Lbrace: pos, Rbrace: pos}
	for _, arg := range args {
		binary, _ := arg.(*syntax.BinaryExpr)
		unary, _ := arg.(*syntax.UnaryExpr)
		switch {
		case binary != nil && binary.Op == syntax.EQ:
			names.List = append(names.List, stringLiteral(pos, binary.X.(*syntax.Ident).Name))
			values.List = append(values.List, binary.Y)
		case unary != nil && unary.Op == syntax.STAR:
			star = unary.X
		case unary != nil && unary.Op == syntax.STARSTAR:
			starStar = unary.X
		default:
			positional.List = append(positional.List, arg)
		}
	}
	return []syntax.Expr{
		&syntax.UnaryExpr{OpPos: pos, Op: syntax.STAR, X: ownCall(pos, "$pack", positional, names, values, star, starStar)},
		&syntax.UnaryExpr{OpPos: pos, Op: syntax.STARSTAR, X: ownCall(pos, "$packed")},
	}
}

// names are the names of a call's arguments, with their places.
type names struct {
	*parser
	first int             // of them, in parser.named
	known map[string]bool // nil while there are few
}

func (n *names) list() []token { return n.named[n.first:] }

// add reports whether a name was not there yet.
func (n *names) add(name token) bool {
	const few = 8
	repeated := n.known[name.text]
	if n.known == nil {
		repeated = slices.ContainsFunc(n.list(), func(t token) bool { return t.text == name.text })
	}
	n.named = append(n.named, name)
	switch {
	case n.known != nil:
		n.known[name.text] = true
	case len(n.list()) > few:
		n.known = make(map[string]bool)
		for _, t := range n.list() {
			n.known[t.text] = true
		}
	}
	return !repeated
}

func (n *names) literals() []syntax.Expr {
	list := n.list()
	literals := make([]syntax.Expr, len(list))
	for i, t := range list {
		literals[i] = stringLiteral(t.pos, t.text)
	}
	return literals
}

// operand parses what stands between operators.
func (p *parser) operand() expr {
	t := p.tok
	literal := func(tok syntax.Token, what string, value any) expr {
		p.advance()
		e := p.up(t.pos, what, &syntax.Literal{Token: tok, TokenPos: t.pos, Value: value})
		e.shape = sScalar
		return e
	}
	switch t.kind {
	case tIdent:
		p.advance()
		return p.name(t.pos, t.text)
	case tInt:
		v, ok := intValue(t.text)
		if !ok {
			p.bail(t.pos, "integer literal has more than %d digits", maxIntDigits)
		}
		return literal(syntax.INT, "int", v)
	case tFloat:
		return literal(syntax.FLOAT, "float", floatValue(t.text))
	case tString:
		e := literal(syntax.STRING, "string literal", t.text)
		e.shape = sString
		return e
	case tBytes:
		p.advance()
		e := p.up(t.pos, "bytes literal", ownCall(t.pos, "$bytes", stringLiteral(t.pos, t.text)))
		e.shape = sScalar
		return e
	case tFStart:
		return p.fstring()
	case tSymbol:
		switch t.text {
		case "(":
			return p.paren()
		case "[":
			return p.list()
		case "{":
			return p.dict()
		case "...":
			p.advance()
			e := p.hiddenName(t.pos, "$ellipsis")
			e.shape = sEllipsis
			return e
		}
	}
	p.unexpected("expression")
	panic("unreachable")
}

func (p *parser) fstring() expr {
	pos := p.tok.pos
	p.advance()
	var parts []expr
	for p.tok.kind != tFEnd {
		switch t := p.tok; t.kind {
		case tFText:
			p.advance()
			if t.text != "" {
				parts = append(parts, p.up(t.pos, "", stringLiteral(t.pos, t.text)))
			}
		case tFBrace:
			p.advance()
			x := p.test()
			conv := "$str"
			if p.tok.kind == tFConv {
				switch p.tok.text {
				case "s":
				case "r":
					conv = "$repr"
				default:
					p.bail(p.tok.pos, "invalid f-string conversion specifier, expected 's' or 'r'")
				}
				p.advance()
			}
			if p.tok.kind != tFBraceEnd {
				p.unexpected("f-string expression end '}'")
			}
			p.advance()
			parts = append(parts, p.call(x.pos, "", conv, x))
		default:
			p.unexpected("f-string end")
		}
	}
	p.advance()
	list := p.up(pos, "", &syntax.ListExpr{Lbrack: pos, List: exprs(parts), Rbrack: pos}, parts...)
	e := p.call(pos, "f-string", "$fstr", list)
	e.shape = sString
	return e
}

// paren parses what is in parentheses. The reference does not see these: what
// starts with them starts after them.
func (p *parser) paren() expr {
	pos := p.tok.pos
	p.advance()
	if p.skip(")") {
		return p.tuple(pos, nil)
	}
	inside := p.tok.pos
	x := p.test()
	if !p.symbol(",") {
		p.expect(")")
		e := p.up(x.pos, x.what, &syntax.ParenExpr{Lparen: x.pos, X: x.Expr, Rparen: x.pos}, x)
		e.shape, e.parts = sParen, []expr{x}
		return e
	}
	list := []expr{x}
	for p.skip(",") && p.startsElement() {
		list = append(list, p.test())
	}
	p.expect(")")
	return p.tuple(inside, list)
}

func (p *parser) list() expr {
	pos := p.tok.pos
	p.advance()
	outer := p.scope
	p.scope = outer.inner() // of a comprehension, if it is one
	defer func() { p.scope = outer }()
	first := len(p.open)
	for !p.symbol("]") {
		x := p.test()
		if len(p.open) == first && p.keyword("for") {
			return p.comprehension(pos, "]", false, x.Expr, x)
		}
		p.open = append(p.open, x)
		if !p.skip(",") {
			break
		}
	}
	p.expect("]")
	list := p.open[first:]
	e := p.up(pos, "list", &syntax.ListExpr{Lbrack: pos, List: exprs(list), Rbrack: pos}, list...)
	e.shape, e.parts = sList, targets(list)
	p.open = p.open[:first]
	return e
}

// targets returns the parts of a list that matter if it is a target: all, but for
// those behind one that cannot be a target. Most lists begin with a string.
func targets(list []expr) []expr {
	n := slices.IndexFunc(list, func(x expr) bool {
		switch x.shape {
		case sName, sParen, sTuple, sList, sIndex, sDot:
			return false
		}
		return true
	})
	if n >= 0 {
		list = list[:n+1]
	}
	return slices.Clone(list)
}

func (p *parser) dict() expr {
	pos := p.tok.pos
	p.advance()
	outer := p.scope
	p.scope = outer.inner()
	defer func() { p.scope = outer }()
	var kids []expr
	d := &syntax.DictExpr{Lbrace: pos, Rbrace: pos}
	for !p.symbol("}") {
		k := p.test()
		if k.shape != sScalar && k.shape != sString {
			k = p.call(k.pos, "", "$key", k)
		}
		p.expect(":")
		v := p.test()
		entry := &syntax.DictEntry{Key: k.Expr, Colon: k.pos, Value: v.Expr}
		if len(kids) == 0 && p.keyword("for") {
			return p.comprehension(pos, "}", true, entry, k, v)
		}
		kids = append(kids, k, v)
		d.List = append(d.List, entry)
		if !p.skip(",") {
			break
		}
	}
	p.expect("}")
	return p.up(pos, "dict", d, kids...)
}

// comprehension parses the clauses of one. The current scope is its own.
func (p *parser) comprehension(pos syntax.Position, end string, curly bool, body syntax.Expr, kids ...expr) expr {
	comp := &syntax.Comprehension{Curly: curly, Lbrack: pos, Body: body, Rbrack: pos}
	own := p.scope
	for !p.symbol(end) {
		switch {
		case p.keyword("for"):
			p.branch()
			p.advance()
			vars := p.exprList(p.target)
			if !p.keyword("in") {
				p.unexpected("keyword 'in'")
			}
			p.advance()
			if len(comp.Clauses) == 0 {
				p.scope = own.parent
			}
			x := p.iterable(p.binary(precOr))
			p.scope = own
			target := p.assignable(vars)
			comp.Clauses = append(comp.Clauses, &syntax.ForClause{For: vars.pos, Vars: target, In: x.pos, X: x.Expr})
			kids = append(kids, vars, x)
		case p.keyword("if"):
			p.branch()
			p.advance()
			x := p.binary(precOr)
			comp.Clauses = append(comp.Clauses, &syntax.IfClause{If: x.pos, Cond: x.Expr})
			kids = append(kids, x)
		default:
			p.expect(end)
		}
	}
	p.expect(end)
	return p.up(pos, "comprehension", comp, kids...)
}

// iterable makes sure that x is something to iterate over when it runs.
func (p *parser) iterable(x expr) expr {
	if x.shape == sList || x.shape == sTuple {
		return x
	}
	return p.call(x.pos, "", "$iter", x)
}

// target parses one of the targets of a for.
func (p *parser) target() expr { return p.binary(precOperand) }

// assignable turns an expression into the left side of an assignment, binding
// its names in the current scope.
func (p *parser) assignable(x expr) syntax.Expr {
	switch x.shape {
	case sName:
		p.bind(p.scope, x.Expr.(*syntax.Ident).Name)
		return x.Expr
	case sParen:
		return p.assignable(x.parts[0])
	case sIndex:
		if len(x.parts) > 2 {
			break
		}
		key := x.parts[1]
		if key.shape != sScalar {
			key = p.call(x.pos, "", "$key", key)
		}
		return &syntax.IndexExpr{X: x.parts[0].Expr, Lbrack: x.pos, Y: key.Expr, Rbrack: x.pos}
	case sDot:
		return &syntax.DotExpr{X: x.parts[0].Expr, Dot: x.pos, NamePos: x.pos, Name: hiddenIdent(x.pos, x.what)}
	case sTuple, sList:
		list := make([]syntax.Expr, len(x.parts))
		for i, part := range x.parts {
			list[i] = p.assignable(part)
		}
		return &syntax.TupleExpr{Lparen: x.pos, List: list, Rparen: x.pos}
	}
	p.bail(x.pos, "left-hand-side of assignment must take the form `a`, `a.b` or `a[b]`")
	panic("unreachable")
}

func (p *parser) lambda() expr {
	p.branch()
	p.last = true
	pos := p.tok.pos
	own := p.function(pos)
	p.advance()
	outer, fn, loops := p.scope, p.fn, p.loops
	inner := outer.inner()
	params, _, kids := p.params(":", inner)
	p.expect(":")
	p.scope, p.fn, p.loops = inner, new(function), 0
	body := p.test()
	p.scope, p.fn, p.loops = outer, fn, loops
	e := &syntax.LambdaExpr{Lambda: own, Params: params, Body: &syntax.CondExpr{
		If: own, Cond: ownCall(own, "$enter"), True: body.Expr, ElsePos: own, False: hiddenIdent(own, "$missing"),
	}}
	return p.up(pos, "lambda", e, append(kids, body)...)
}
