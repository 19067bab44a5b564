package dialect

import (
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// The parser reads the grammar of the dialect and builds the syntax tree that
// go.starlark.net resolves and compiles. What go.starlark.net lacks or does
// otherwise becomes, while the tree is built, a call of one of our own
// functions. Their names start with "$", which no name in a rule file does, so
// that rule files can neither call nor replace them:
//
//	s[0] + f"{x}!"      $+($index(s, 0), $fstr([$str(x), "!"]))
//	def f(x: int = 1)   $t1 = $type(int)
//	                    def f(x = $arg($t1, 1, "x")): $enter(); $arg($t1, x, "x"); ...
//
// Calls, attributes of the language (if, for, def, and, or, not) and literals
// stay as they are, so ordinary rule files pay nothing.
//
// The nodes carry the positions that the reference reports: the operator of
// x + y and the parenthesis of f(x) are said to stand where the whole expression
// starts.
//
// The trees are bounded in height ([maxHeight]), because go.starlark.net walks
// them recursively.

const (
	// maxHeight bounds the height of an expression's tree.
	maxHeight = 10_000
	// maxNesting bounds the nesting of brackets, operators and statements.
	maxNesting = 2_000
	// maxBranches bounds the loops, conditions and functions of a file: the
	// compiler's recursion grows with the basic blocks of a function.
	maxBranches = 100_000
)

// A module is a parsed file.
type module struct {
	*places
	parts []*starlark.Program
	names map[string]bool // what is bound outside of functions
	uses  []use
}

// A parser stops at the first error by a panic with its bailout.
type parser struct {
	*places
	lex      *lexer
	tok      token
	ahead    token // if peeked: the one after tok
	peeked   bool
	nesting  int
	branches int

	scope *scope
	uses  []use
	// predeclared reports whether a name is one without being bound.
	predeclared func(name string) bool
	// inType is set inside a type annotation.
	inType bool
	// checks are errors in the use of well-formed syntax. Syntax errors go first.
	checks Errors
	// hoisted are statements to run before the current top-level statement.
	hoisted []syntax.Stmt
	module  *scope

	// stmts are the statements since the last part.
	stmts   []syntax.Stmt
	bound   []string // names that they bind, maybe repeatedly
	parts   []*starlark.Program
	earlier map[string]bool // names that parts before bind
	last    bool            // there is a function: the current part is the last

	fn      *function // nil at top level
	loops   int
	blocks  int // blocks around the current statement
	hidden  int // number of hidden variables
	lookups int

	// open are the elements so far of the lists and calls that are being parsed,
	// the innermost last; named are the names of arguments.
	open  []expr
	named []token
}

// A function is what the parser must know of a def around a statement.
type function struct {
	result string // the hidden variable with the type of the result, or ""
}

type bailout struct{ err *Error }

// parse parses a file. It returns all lexical errors from the first error on, or
// that error and misuses of the syntax.
func parse(file, src string, predeclared func(name string) bool, partPlaces int) (m *module, errs Errors) {
	lex := newLexer(file, src)
	p := &parser{places: lex.places, lex: lex, predeclared: predeclared, module: new(scope), earlier: map[string]bool{}}
	p.scope = p.module
	defer func() {
		switch x := recover().(type) {
		case nil:
		case bailout:
			m, errs = nil, Errors{x.err}
			p.lex.drain()
			for _, e := range p.lex.errs {
				if e != x.err {
					errs = append(errs, e)
				}
			}
		default:
			panic(x)
		}
	}()
	p.advance()
	start := 0
	for p.tok.kind != tEOF {
		body := p.stmt()
		p.stmts = append(append(p.stmts, p.hoisted...), body...)
		p.hoisted = nil
		if !p.last && len(p.places.list)-start >= partPlaces {
			p.endPart()
			start = len(p.places.list)
		}
	}
	p.endPart()
	if len(p.checks) > 0 {
		return nil, p.checks
	}
	return &module{places: p.places, parts: p.parts, names: p.module.names, uses: p.uses}, nil
}

func hiddenIdent(pos syntax.Position, name string) *syntax.Ident {
	return &syntax.Ident{NamePos: pos, Name: name}
}

// advance moves to the next token.
func (p *parser) advance() {
	if p.peeked {
		p.tok, p.peeked = p.ahead, false
		return
	}
	p.tok = p.lexNext()
}

// peek returns the token after the current one.
func (p *parser) peek() token {
	if !p.peeked {
		p.ahead, p.peeked = p.lexNext(), true
	}
	return p.ahead
}

func (p *parser) lexNext() token {
	t := p.lex.next()
	if len(p.lex.errs) > 0 {
		panic(bailout{p.lex.errs[0]})
	}
	return t
}

func (p *parser) symbol(s string) bool  { return p.tok.kind == tSymbol && p.tok.text == s }
func (p *parser) keyword(s string) bool { return p.tok.kind == tKeyword && p.tok.text == s }

// skip moves past symbol s if it is next.
func (p *parser) skip(s string) bool {
	if p.symbol(s) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expect(s string) {
	if !p.skip(s) {
		p.unexpected("symbol '" + s + "'")
	}
}

func (p *parser) unexpected(want string) {
	panic(bailout{p.errorf(Parse, p.tok.pos, "Parse error: unexpected %s, expected %s", p.tok, want)})
}

// ident returns the identifier that must be next and moves past it.
func (p *parser) ident() token {
	if p.tok.kind != tIdent {
		p.unexpected("identifier")
	}
	t := p.tok
	p.advance()
	return t
}

func (p *parser) bail(pos syntax.Position, format string, args ...any) {
	panic(bailout{p.errorf(Eval, pos, format, args...)})
}

func (p *parser) check(pos syntax.Position, format string, args ...any) {
	p.checks = append(p.checks, p.errorf(Eval, pos, format, args...))
}

// enter counts a level of nesting, up to leave.
func (p *parser) enter() {
	p.nesting++
	if p.nesting > maxNesting {
		p.bail(p.tok.pos, "excessive nesting: more than %d levels", maxNesting)
	}
}

func (p *parser) leave() { p.nesting-- }

func (p *parser) branch() {
	p.branches++
	if p.branches > maxBranches {
		p.bail(p.tok.pos, "more than %d branches, loops and functions in one file", maxBranches)
	}
}

// variable makes a new hidden variable of the current scope.
func (p *parser) variable(s *scope) string {
	p.hidden++
	name := "$" + strconv.Itoa(p.hidden)
	p.bind(s, name)
	return name
}

// maxLookups bounds the names of a file, each counted as often as there are
// scopes around it: the resolver remembers it in all of them.
const maxLookups = 4_000_000

func (p *parser) use(name string, pos syntax.Position) *syntax.Ident {
	p.lookups += p.scope.depth + 1
	if p.lookups > maxLookups {
		p.bail(pos, "too many names in nested scopes")
	}
	if p.inType || !p.predeclared(name) && !p.scope.binds(name) {
		p.uses = append(p.uses, use{name: name, pos: pos, scope: p.scope, inType: p.inType})
	}
	return &syntax.Ident{NamePos: pos, Name: name}
}
