package dialect

import (
	"maps"
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// A file is compiled in parts while it is parsed: its syntax tree takes ten times
// the memory of its text, and is needed only until it is compiled. When all of the
// file is known to be good, the parts run one after the other.
//
// To go.starlark.net each part is a module of its own. What it does not bind itself
// is predeclared there, and looked up when it is used: in [run.env], which has a
// variable of the file from the end of the part on that assigns it. A part that
// binds a name of an earlier one again begins with the value from there.
//
// Only a function could tell the difference, since it keeps to the variables of its
// own part. So the part that has the first one is the last.

// partPlaces is how many places a part has at least, but for the last.
const partPlaces = 1 << 14

// endPart compiles the statements since the last part.
func (p *parser) endPart() {
	if len(p.stmts) == 0 {
		return
	}
	tree := &syntax.File{
		Path:    p.file,
		Stmts:   append(p.declare(), p.stmts...),
		Options: &syntax.FileOptions{TopLevelControl: true, GlobalReassign: true, Recursion: true},
	}
	clear(p.stmts)
	p.stmts = p.stmts[:0]
	if len(p.checks) > 0 {
		return // the file is refused, and the compiler need not know why
	}
	part, err := starlark.FileProgram(tree, func(string) bool { return true })
	if err != nil {
		panic(err) // it has something against what we found good
	}
	p.parts = append(p.parts, part)
}

// declare returns statements that bind the names of the part: to go.starlark.net
// a name is the module's only from its first binding on. They assign nothing, but to
// a name that has a value from an earlier part.
func (p *parser) declare() []syntax.Stmt {
	names := p.bound
	if len(names) == 0 {
		return nil
	}
	p.bound = nil
	pos := p.add(1, 1)
	assign := func(name string, value syntax.Expr) syntax.Stmt {
		return &syntax.AssignStmt{OpPos: pos, Op: syntax.EQ, LHS: hiddenIdent(pos, name), RHS: value}
	}
	var stmts, never []syntax.Stmt
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !p.earlier[name] {
			p.earlier[name] = true
			never = append(never, assign(name, hiddenIdent(pos, "$missing")))
			continue
		}
		p.branch()
		text := stringLiteral(pos, name)
		stmts = append(stmts, &syntax.IfStmt{If: pos, Cond: ownCall(pos, "$assigned", text), True: []syntax.Stmt{assign(name, ownCall(pos, "$value", text))}})
	}
	p.branches -= len(stmts) // which are in the way of no other part
	if len(never) > 0 {
		stmts = append(stmts, &syntax.IfStmt{If: pos, Cond: hiddenIdent(pos, "$missing"), True: never})
	}
	return stmts
}

// runParts runs the parts of m, and forgets them.
func (r *run) runParts(m *module) error {
	for name := range m.names {
		delete(r.env, name) // a builtin of that name is hidden in all of the file
	}
	for i, part := range m.parts {
		m.parts[i] = nil
		globals, err := part.Init(r.thread, r.env)
		if err != nil {
			return err
		}
		maps.Copy(r.env, globals)
	}
	return nil
}
