package dialect

import "go.starlark.net/syntax"

// stmt parses a statement, or a line of simple ones.
func (p *parser) stmt() []syntax.Stmt {
	p.enter()
	defer p.leave()
	if p.tok.kind == tKeyword {
		switch p.tok.text {
		case "def":
			return p.def()
		case "if":
			return []syntax.Stmt{p.ifStmt()}
		case "for":
			return p.forStmt()
		}
	}
	return p.simpleLine()
}

func (p *parser) simpleLine() []syntax.Stmt {
	stmts := p.simple()
	for p.skip(";") && p.tok.kind != tNewline {
		stmts = append(stmts, p.simple()...)
	}
	if p.tok.kind != tNewline {
		p.unexpected("new line")
	}
	p.advance()
	return stmts
}

// block parses what follows the colon of a compound statement.
func (p *parser) block() []syntax.Stmt {
	p.expect(":")
	p.blocks++
	defer func() { p.blocks-- }()
	if p.tok.kind != tNewline {
		return p.simpleLine()
	}
	p.advance()
	if p.tok.kind != tIndent {
		p.unexpected("new indentation block")
	}
	p.advance()
	var stmts []syntax.Stmt
	for p.tok.kind != tDedent {
		stmts = append(stmts, p.stmt()...)
	}
	p.advance()
	return stmts
}

func (p *parser) ifStmt() syntax.Stmt {
	p.enter()
	defer p.leave()
	p.branch()
	pos := p.tok.pos
	p.advance() // if or elif
	s := &syntax.IfStmt{If: pos, ElsePos: pos}
	s.Cond = p.test().Expr
	s.True = p.block()
	switch {
	case p.keyword("elif"):
		s.False = []syntax.Stmt{p.ifStmt()}
	case p.keyword("else"):
		p.advance()
		s.False = p.block()
	}
	return s
}

func (p *parser) forStmt() []syntax.Stmt {
	p.branch()
	pos := p.tok.pos
	p.advance()
	vars := p.exprList(p.target)
	if !p.keyword("in") {
		p.unexpected("keyword 'in'")
	}
	p.advance()
	x := p.test()
	x.pos = pos // where the reference sees what goes wrong with it
	target := p.assignable(vars)
	s := &syntax.ForStmt{For: vars.pos, Vars: target, X: p.iterable(x).Expr}
	p.loops++
	s.Body = p.block()
	p.loops--
	return []syntax.Stmt{s}
}

func (p *parser) simple() []syntax.Stmt {
	pos := p.tok.pos
	if p.tok.kind == tKeyword {
		switch p.tok.text {
		case "pass":
			p.advance()
			return []syntax.Stmt{&syntax.BranchStmt{Token: syntax.PASS, TokenPos: pos}}
		case "break", "continue":
			tok := syntax.BREAK
			if p.tok.text == "continue" {
				tok = syntax.CONTINUE
			}
			if p.loops == 0 {
				p.check(pos, "`%s` cannot be used outside of a `for` loop", p.tok.text)
			}
			p.advance()
			return []syntax.Stmt{&syntax.BranchStmt{Token: tok, TokenPos: pos}}
		case "return":
			return []syntax.Stmt{p.returnStmt()}
		case "load":
			return p.load()
		}
	}
	x := p.test()
	bare := p.symbol(",") // a tuple that nothing is done with is refused
	x = p.exprListFrom(x, p.test)
	switch {
	case p.symbol(":"):
		return p.annotated(x)
	case p.skip("="):
		return []syntax.Stmt{p.assign(x, p.exprList(p.test))}
	case p.tok.kind == tSymbol && augmented[p.tok.text]:
		op := p.tok.text
		p.advance()
		return p.augment(x, op, p.exprList(p.test))
	case bare:
		p.unexpected("assignment operator")
	}
	return []syntax.Stmt{&syntax.ExprStmt{X: x.Expr}}
}

func (p *parser) returnStmt() syntax.Stmt {
	pos := p.tok.pos
	p.advance()
	if p.fn == nil {
		p.check(pos, "`return` cannot be used outside of a `def` function")
	}
	result := p.hiddenName(pos, "$none")
	if p.startsExpr() {
		result = p.exprList(p.test)
	} else if p.tok.kind != tNewline && !p.symbol(";") {
		p.unexpected("new line")
	}
	if p.fn != nil && p.fn.result != "" {
		return p.typedReturn(pos, result.Expr)
	}
	return &syntax.ReturnStmt{Return: pos, Result: result.Expr}
}

func (p *parser) typedReturn(pos syntax.Position, result syntax.Expr) syntax.Stmt {
	return &syntax.ReturnStmt{Return: pos, Result: ownCall(pos, "$typed", hiddenIdent(pos, p.fn.result), result)}
}

func (p *parser) assign(x, y expr) syntax.Stmt {
	return &syntax.AssignStmt{OpPos: x.pos, Op: syntax.EQ, LHS: p.assignable(x), RHS: y.Expr}
}

var augmented = map[string]bool{
	"+=": true, "-=": true, "*=": true, "/=": true, "//=": true, "%=": true,
	"&=": true, "|=": true, "^=": true, "<<=": true, ">>=": true,
}

// augment lowers x op= y. The parts of an indexed target are evaluated once:
//
//	a[i] += y     $1 = a; $2 = i; $1[$2] = $+=($index($1, $2), y)
func (p *parser) augment(x expr, op string, y expr) []syntax.Stmt {
	for x.shape == sParen {
		x = x.parts[0]
	}
	apply := func(target, old syntax.Expr) syntax.Stmt {
		return &syntax.AssignStmt{OpPos: x.pos, Op: syntax.EQ, LHS: target, RHS: ownCall(x.pos, "$"+op, old, y.Expr)}
	}
	switch {
	case x.shape == sName:
		name := x.Expr.(*syntax.Ident).Name
		p.bind(p.scope, name)
		return []syntax.Stmt{apply(hiddenIdent(x.pos, name), x.Expr)}
	case x.shape == sIndex && len(x.parts) == 2:
		hold := func(e syntax.Expr) (string, syntax.Stmt) {
			name := p.variable(p.scope)
			return name, &syntax.AssignStmt{OpPos: x.pos, Op: syntax.EQ, LHS: hiddenIdent(x.pos, name), RHS: e}
		}
		a, holdA := hold(x.parts[0].Expr)
		i, holdI := hold(ownCall(x.pos, "$key", x.parts[1].Expr))
		get := ownCall(x.pos, "$index", hiddenIdent(x.pos, a), hiddenIdent(x.pos, i))
		set := &syntax.IndexExpr{X: hiddenIdent(x.pos, a), Lbrack: x.pos, Y: hiddenIdent(x.pos, i), Rbrack: x.pos}
		return []syntax.Stmt{holdA, holdI, apply(set, get)}
	case x.shape == sDot:
		// Nothing in the dialect has an attribute that can be set.
		return []syntax.Stmt{&syntax.ExprStmt{X: ownCall(x.pos, "$"+op, x.Expr, y.Expr)}, p.assign(x, y)}
	case x.shape == sTuple || x.shape == sList:
		p.bail(x.pos, "left-hand-side of modifying assignment cannot be a list or tuple")
	}
	p.assignable(x)
	panic("unreachable")
}

// load parses a load statement, which fails when it runs: rule files stand
// alone.
func (p *parser) load() []syntax.Stmt {
	pos := p.tok.pos
	p.advance()
	p.expect("(")
	name := p.tok
	if name.kind != tString {
		p.unexpected("string literal")
	}
	p.advance()
	if p.symbol(")") {
		p.bail(name.pos, "`load` statement requires at least two arguments")
	}
	p.expect(",")
	names := 0
	for !p.symbol(")") {
		switch p.tok.kind {
		case tString:
			if p.tok.text != "" && isLetter(p.tok.text[0]) { // others cannot be used
				p.bind(p.scope, p.tok.text)
			}
		case tIdent:
			id := p.ident()
			if !p.skip("=") {
				panic(bailout{p.errorf(Parse, id.pos, "Parse error: expected string literal in load statement")})
			}
			if p.tok.kind != tString {
				p.unexpected("string literal")
			}
			p.bind(p.scope, id.text)
		default:
			p.unexpected("string literal or identifier")
		}
		p.advance()
		names++
		if !p.skip(",") {
			break
		}
	}
	p.expect(")")
	if names == 0 {
		p.bail(name.pos, "`load` statement requires at least two arguments")
	}
	if p.blocks > 0 {
		p.check(pos, "`load` must only occur at the top of a module")
	}
	return []syntax.Stmt{&syntax.ExprStmt{X: ownCall(pos, "$load", stringLiteral(pos, name.text))}}
}

func (p *parser) def() []syntax.Stmt {
	p.branch()
	p.last = true
	pos := p.function(p.tok.pos)
	p.advance()
	name := p.ident()
	p.bind(p.scope, name.text)
	p.expect("(")
	outer, fn, loops := p.scope, p.fn, p.loops
	inner := outer.inner()
	params, checks, _ := p.params(")", inner)
	p.expect(")")
	f := new(function)
	if p.skip("->") {
		f.result = p.annotation()
	}
	p.scope, p.fn, p.loops = inner, f, 0
	body := append([]syntax.Stmt{&syntax.ExprStmt{X: ownCall(pos, "$enter")}}, checks(pos)...)
	body = append(body, p.block()...)
	if f.result != "" {
		body = append(body, p.typedReturn(name.pos, hiddenIdent(name.pos, "$none")))
	}
	p.scope, p.fn, p.loops = outer, fn, loops
	return []syntax.Stmt{&syntax.DefStmt{
		Def: pos, Name: hiddenIdent(name.pos, name.text), Lparen: name.pos, Params: params, Rparen: name.pos, Body: body,
	}}
}

// params parses parameters up to the symbol end, binding them in inner. Those of
// a def, which end in ")", may have types; checks makes the statements that
// enforce them.
func (p *parser) params(end string, inner *scope) (params []syntax.Expr, checks func(syntax.Position) []syntax.Stmt, kids []expr) {
	type typed struct{ name, typ string }
	var types []typed
	checks = func(pos syntax.Position) []syntax.Stmt {
		var stmts []syntax.Stmt
		for _, t := range types {
			stmts = append(stmts, &syntax.ExprStmt{X: ownCall(pos, "$arg", hiddenIdent(pos, t.typ), hiddenIdent(pos, t.name), stringLiteral(pos, t.name))})
		}
		return stmts
	}
	var bareStar syntax.Position
	var star, starStar, optional, bare bool
	for !p.symbol(end) {
		pos := p.tok.pos
		if p.skip("/") {
			p.bail(pos, "/ positional-only-arguments is not allowed in this dialect")
		}
		op := syntax.ILLEGAL
		if p.skip("*") {
			op = syntax.STAR
		} else if p.skip("**") {
			op = syntax.STARSTAR
		}
		if op == syntax.STAR && (p.symbol(",") || p.symbol(end)) {
			if star || starStar {
				p.check(pos, "Args parameter after another args or kwargs parameter")
			}
			star, bare, bareStar = true, true, pos
			params = append(params, &syntax.UnaryExpr{OpPos: pos, Op: op})
			if !p.skip(",") {
				break
			}
			continue
		}
		name := p.ident()
		id := hiddenIdent(name.pos, name.text)
		if inner.names[name.text] {
			p.check(name.pos, "duplicated parameter name")
		}
		p.bind(inner, name.text)
		typ := ""
		if end == ")" && p.skip(":") {
			typ = p.annotation()
			types = append(types, typed{name.text, typ})
		}
		switch {
		case op == syntax.STAR:
			if star || starStar {
				p.check(pos, "Args parameter after another args or kwargs parameter")
			}
			star = true
			params = append(params, &syntax.UnaryExpr{OpPos: pos, Op: op, X: id})
		case op == syntax.STARSTAR:
			if starStar {
				p.check(pos, "Multiple kwargs dictionary in parameters")
			}
			if bare {
				p.check(pos, "`*` must be followed by named parameter")
			}
			starStar = true
			params = append(params, &syntax.UnaryExpr{OpPos: pos, Op: op, X: id})
		case p.skip("="):
			if starStar {
				p.check(pos, "Default parameter after args array or kwargs dictionary")
			}
			optional, bare = true, false
			x := p.test()
			kids = append(kids, x)
			value := x.Expr
			if typ != "" {
				value = ownCall(pos, "$arg", hiddenIdent(pos, typ), value, stringLiteral(pos, name.text))
			}
			params = append(params, &syntax.BinaryExpr{X: id, OpPos: pos, Op: syntax.EQ, Y: value})
		default:
			if starStar {
				p.check(pos, "Parameter after kwargs")
			} else if optional && !star {
				p.check(pos, "positional parameter after non positional")
			}
			bare = false
			params = append(params, id)
		}
		if !p.skip(",") {
			break
		}
	}
	if bare && !starStar {
		p.check(bareStar, "`*` parameter must not be last")
	}
	return params, checks, kids
}
