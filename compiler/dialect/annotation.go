package dialect

import (
	"go.starlark.net/syntax"
)

// Types in annotations are ordinary values, which are computed once, before the
// top-level statement that the annotation stands in: that is when the reference
// does it, and so an annotation can refer to globals and builtins only.

// annotation parses a type and returns the hidden global variable that will
// hold it.
func (p *parser) annotation() string {
	p.inType = true
	x := p.test()
	p.inType = false
	p.checkType(x)
	name := p.variable(p.module)
	p.hoisted = append(p.hoisted, &syntax.AssignStmt{
		OpPos: x.pos, Op: syntax.EQ, LHS: hiddenIdent(x.pos, name), RHS: ownCall(x.pos, "$type", x.Expr),
	})
	return name
}

// checkType reports expressions that cannot be types.
func (p *parser) checkType(x expr) {
	switch x.shape {
	case sName, sEllipsis:
	case sParen, sTuple, sUnion:
		for _, part := range x.parts {
			p.checkType(part)
		}
	case sIndex:
		for _, part := range x.parts {
			p.checkType(part)
		}
	case sDot:
		if x.what == "type" {
			p.bail(x.pos, "`.type` is not allowed in type expression, use the function instead")
		}
		p.checkType(x.parts[0])
	default:
		p.bail(x.pos, "%s expression is not allowed in type expression", x.what)
	}
}

// annotated parses the rest of x: T = v.
func (p *parser) annotated(x expr) []syntax.Stmt {
	p.expect(":")
	pos := p.tok.pos
	typ := p.annotation()
	if p.tok.kind == tSymbol && augmented[p.tok.text] {
		p.bail(pos, "type annotations not allowed on augmented assignments")
	}
	if !p.skip("=") {
		p.unexpected("assignment operator")
	}
	y := p.exprList(p.test)
	if x.shape == sTuple || x.shape == sList {
		p.bail(pos, "type annotations not allowed on multiple assignments")
	}
	y.Expr = ownCall(pos, "$typed", hiddenIdent(pos, typ), y.Expr)
	y.shape = sOther
	return []syntax.Stmt{p.assign(x, y)}
}
