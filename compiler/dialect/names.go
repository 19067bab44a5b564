package dialect

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.starlark.net/syntax"
)

// Names are checked here, before anything runs, because the resolver of
// go.starlark.net always sees the builtins of its own universe, some of which
// the dialect lacks, and because it knows nothing of type annotations.

// A scope is a module, a function or a comprehension.
type scope struct {
	parent *scope // nil for the module
	depth  int
	names  map[string]bool
}

func (s *scope) inner() *scope { return &scope{parent: s, depth: s.depth + 1} }

func (p *parser) bind(s *scope, name string) {
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[name] = true
	if s == p.module {
		p.bound = append(p.bound, name)
	}
}

// binds reports whether a name is bound in the scope or around it, so far.
func (s *scope) binds(name string) bool {
	for s != nil && !s.names[name] {
		s = s.parent
	}
	return s != nil
}

// A use is a name in an expression, of which it was not yet clear there that it is
// right.
type use struct {
	name   string
	pos    syntax.Position
	scope  *scope
	inType bool
}

// checkNames reports the uses of names that are nowhere bound. A name that is
// bound anywhere in a scope is that scope's in all of its text.
func (m *module) checkNames(builtins []string) Errors {
	var errs Errors
	for _, u := range m.uses {
		s := u.scope
		for s != nil && !s.names[u.name] {
			s = s.parent
		}
		var e *Error
		switch {
		case s == nil && !slices.Contains(builtins, u.name):
			e = m.errorf(Eval, u.pos, "Variable `%s` not found", u.name)
			if like := nearest(u.name, u.candidates(builtins)); like != "" {
				e.Msg += fmt.Sprintf(", did you mean `%s`?", like)
				e.Hint = fmt.Sprintf("did you mean `%s`?", like)
			}
		case u.inType && s != nil && s.parent != nil:
			e = m.errorf(Eval, u.pos, "Identifiers in type expressions can only refer globals or builtins: `%s`", u.name)
		default:
			continue
		}
		errs = append(errs, e)
		if len(errs) == maxNameErrors {
			break
		}
	}
	return errs
}

// maxNameErrors bounds how many names of one file are reported.
const maxNameErrors = 100

// candidates are the names that could stand in place of u.
func (u use) candidates(builtins []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range builtins {
			if !yield(name) {
				return
			}
		}
		for s := u.scope; s != nil; s = s.parent {
			for name := range s.names {
				if !strings.HasPrefix(name, "$") && !yield(name) {
					return
				}
			}
		}
	}
}

// nearest returns the name of names most like name, the first by alphabet of
// equals, or "" if none is near.
func nearest(name string, names iter.Seq[string]) string {
	if len(name) > 30 {
		return ""
	}
	limit := min(2, (len(name)+1)/2) + 1
	best, found := limit, ""
	for n := range names {
		if d := distance(name, n, limit); d < best || d == best && d < limit && n < found {
			best, found = d, n
		}
	}
	return found
}

// distance returns the Levenshtein distance of a and b, or some number from
// limit up if it is not below limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d++
			}
			diagonal = row[j+1]
			row[j+1] = min(d, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
