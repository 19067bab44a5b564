package compiler

import (
	"context"
	"strings"

	"github.com/rulesc/rulesc/compiler/dialect"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
)

// Most rule files, above all large ones, which programs write, are nothing but
// calls of the builtins with literal arguments. A literalReader makes their
// rules from the text, without a syntax tree and an interpreter, for a
// thirtieth of the cost.
//
// It has no errors of its own. It reads
//
//	file      = { statement | comment | blank line }
//	statement = name "(" [ argument { "," argument } [ "," ] ] ")" [ comment ] line end
//	argument  = [ name "=" ] ( string | list | True | False )
//
// with the name at the start of the line, and gives up at whatever else it
// meets: a statement of another kind, a tab, an operator, an argument of the
// wrong type, a rule that is not valid, a limit. The file is then evaluated from
// its start as if the reader had never been there, and what is wrong is found
// again by those who can say it. So the reader may refuse too much, but never
// accept what evaluation refuses or reads in another way. Strings that are not
// plain it leaves to the scanner of the dialect.
//
// [Limits.Module] bounds evaluation; here the size of the text is bound enough.
type literalReader struct {
	m    *module
	text string
	at   int
	line int // of at, from 1

	tokens    slab[string]
	positions slab[[]string]
}

// readLiterals reads the file if it is one of literal calls. If it is not, the
// module is as it was.
func (m *module) readLiterals(ctx context.Context, text string) bool {
	// No string is longer than its literal, and none is read twice.
	if len(text) <= m.limits.Text {
		r := literalReader{m: m, text: text, line: 1}
		if r.file(ctx) {
			return true
		}
	}
	m.rules, m.hosts, m.networks, m.examples, m.strings = m.rules[:0], nil, nil, nil, 0
	return false
}

func (r *literalReader) file(ctx context.Context) bool {
	for n := 0; r.nextStatement(); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return false
		}
		ok := false
		start := dialect.Frame{Line: r.line, Col: 1, Name: r.word()}
		switch start.Name {
		case prefixRuleSignature.function:
			ok = r.prefixRule(start)
		case hostExecutableSignature.function:
			ok = r.hostExecutable(start)
		case networkRuleSignature.function:
			ok = r.networkRule(start)
		}
		if !ok || !r.lineEnd() {
			return false
		}
	}
	return r.at == len(r.text)
}

// nextStatement passes over lines without code. It returns false at the end of
// the text, and before what is no statement.
func (r *literalReader) nextStatement() bool {
	for i := r.at; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case isWord(c):
			r.at = i // behind a line end, or a blank that is no word
			return i == 0 || r.text[i-1] == '\n'
		case c == '\n':
			r.line++
			r.at = i + 1
		case c == ' ' || c == '\t':
		case c == '#': // to the line feed, whatever else is there
			end := strings.IndexByte(r.text[i:], '\n')
			if end < 0 {
				r.at = len(r.text)
				return false
			}
			i += end - 1
		case c == '\r' && strings.HasPrefix(r.text[i:], "\r\n"):
		default:
			return false
		}
	}
	r.at = len(r.text)
	return false
}

// lineEnd reads what may follow a statement.
func (r *literalReader) lineEnd() bool {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
	if r.at < len(r.text) && r.text[r.at] == '#' && !r.comment() {
		return false
	}
	rest := r.text[r.at:]
	switch {
	case rest == "":
		return true
	case rest[0] == '\n':
		r.at++
	case strings.HasPrefix(rest, "\r\n"):
		r.at += 2
	default:
		return false
	}
	r.line++
	return true
}

// comment passes over a comment behind code, up to the line end. It may hold
// no other carriage return.
func (r *literalReader) comment() bool {
	end := strings.IndexByte(r.text[r.at:], '\n')
	if end < 0 {
		end = len(r.text) - r.at
	}
	text := r.text[r.at : r.at+end]
	if cr := strings.IndexByte(text, '\r'); cr >= 0 {
		if cr != len(text)-1 {
			return false
		}
		end--
	}
	r.at += end
	return true
}

// blank passes over white space between brackets and returns the character
// behind it, 0 at the end of the text and where the reader has to give up.
func (r *literalReader) blank() byte {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; c {
		case ' ':
		case '\n':
			r.line++
		case '\r':
			if !strings.HasPrefix(r.text[r.at:], "\r\n") {
				return 0
			}
		case '#':
			if !r.comment() {
				return 0
			}
			continue
		default:
			return c
		}
		r.at++
	}
	return 0
}

// next passes over white space, and over c if that is what follows.
func (r *literalReader) next(c byte) bool {
	if r.blank() != c {
		return false
	}
	r.at++
	return true
}

func (r *literalReader) word() string {
	start := r.at
	for r.at < len(r.text) && isWord(r.text[r.at]) {
		r.at++
	}
	return r.text[start:r.at]
}

// arguments reads the arguments of a call. For each it calls read with the
// number of the parameter; read has to read the value. All required parameters
// are there if it returns true.
func (r *literalReader) arguments(s *signature, read func(parameter int) bool) bool {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
	if r.at == len(r.text) || r.text[r.at] != '(' { // not on another line
		return false
	}
	r.at++
	seen, byName := 0, false
	for n := 0; ; n++ {
		c := r.blank()
		if c == ')' {
			r.at++
			break
		}
		parameter := n
		if name, ok := r.argumentName(c); ok {
			byName = true
			parameter = s.index(name)
		} else if byName {
			return false
		}
		if parameter < 0 || parameter >= len(s.parameters) || seen&(1<<parameter) != 0 || !read(parameter) {
			return false
		}
		seen |= 1 << parameter
		if !r.next(',') {
			if !r.next(')') {
				return false
			}
			break
		}
	}
	for i, p := range s.parameters {
		if p.required && seen&(1<<i) == 0 {
			return false
		}
	}
	return true
}

// argumentName reads the name and the equals sign of an argument that starts
// with c, if it has them.
func (r *literalReader) argumentName(c byte) (string, bool) {
	if !isWord(c) || '0' <= c && c <= '9' {
		return "", false
	}
	at, line := r.at, r.line
	name := r.word()
	if r.next('=') {
		return name, true
	}
	r.at, r.line = at, line // may be True, or r"…"
	return "", false
}

// str reads a string.
func (r *literalReader) str() (string, bool) {
	c := r.blank()
	if c == '"' || c == '\'' {
		for i := r.at + 1; i < len(r.text); i++ {
			switch r.text[i] {
			case c:
				if i == r.at+1 && i+1 < len(r.text) && r.text[i+1] == c {
					return r.unusual()
				}
				s := r.text[r.at+1 : i]
				r.at = i + 1
				return s, true
			case '\\', '\r', '\n':
				return r.unusual()
			}
		}
		return "", false
	}
	return r.unusual()
}

// unusual reads a string that is not just what stands between its quotes.
func (r *literalReader) unusual() (string, bool) {
	s, end, ok := dialect.StringLiteral(r.text, r.at)
	if ok {
		r.line += strings.Count(r.text[r.at:end], "\n")
		r.at = end
	}
	return s, ok
}

func (r *literalReader) boolean() (value, ok bool) {
	r.blank()
	switch r.word() {
	case "True":
		return true, true
	case "False":
		return false, true
	}
	return false, false
}

// list reads a list, of which read has to read each element. It notes that the
// strings and lists in it are kept.
func (r *literalReader) list(read func() bool) bool {
	if !r.next('[') {
		return false
	}
	n := int64(0)
	for r.blank() != ']' {
		if !read() {
			return false
		}
		n++
		if !r.next(',') {
			break
		}
	}
	return r.next(']') && r.m.keep(n) == nil
}

// strings reads a list of strings.
func (r *literalReader) strings() ([]string, bool) {
	ok := r.list(func() bool {
		s, ok := r.str()
		r.tokens.add(s)
		return ok
	})
	return r.tokens.take(), ok
}

func (r *literalReader) prefixRule(start dialect.Frame) bool {
	var call prefixCall
	call.decision = ir.Allow
	ok := r.arguments(&prefixRuleSignature, func(parameter int) (ok bool) {
		switch parameter {
		case 0:
			call.pattern, ok = r.pattern()
		case 1:
			var word string
			if word, ok = r.str(); ok {
				var p *problem
				call.decision, p = r.m.prefixDecision(word)
				ok = p == nil
			}
		case 2:
			call.match, ok = r.examples()
		case 3:
			call.notMatch, ok = r.examples()
		case 4:
			call.justification, ok = r.reason()
		case 5:
			call.canonical, ok = r.boolean()
		}
		return ok
	})
	return ok && r.m.addPrefixRules(&call, callSite{at: start}) == nil
}

func (r *literalReader) reason() (string, bool) {
	s, ok := r.str()
	if !ok {
		return "", false
	}
	s, p := justification(&s)
	return s, p == nil
}

func (r *literalReader) pattern() (ir.Pattern, bool) {
	ok := r.list(func() bool {
		if r.blank() != '[' {
			s, ok := r.str()
			r.tokens.add(s)
			r.positions.add(r.tokens.take())
			return ok
		}
		alternatives, ok := r.strings()
		r.positions.add(alternatives)
		return ok && 0 < len(alternatives) && len(alternatives) <= r.m.limits.Alternatives
	})
	pattern := ir.Pattern(r.positions.take())
	return pattern, ok && 0 < len(pattern) && len(pattern) <= r.m.limits.Positions
}

func (r *literalReader) examples() ([][]string, bool) {
	ok := r.list(func() bool {
		var command []string
		var ok bool
		if r.blank() == '[' {
			command, ok = r.strings()
		} else {
			var line string
			if line, ok = r.str(); ok {
				command, ok = shlex.Split(line)
				ok = ok && r.m.keep(int64(len(command))) == nil
			}
		}
		r.positions.add(command)
		return ok && len(command) > 0
	})
	return r.positions.take(), ok
}

func (r *literalReader) hostExecutable(start dialect.Frame) bool {
	var name string
	var paths []string
	ok := r.arguments(&hostExecutableSignature, func(parameter int) (ok bool) {
		if parameter == 0 {
			name, ok = r.str()
		} else {
			paths, ok = r.strings()
		}
		return ok
	})
	if !ok || checkHostName(name) != nil {
		return false
	}
	for i, path := range paths {
		clean, p := hostPath(name, path)
		if p != nil {
			return false
		}
		paths[i] = clean
	}
	return r.m.addHostExecutable(name, paths, callSite{at: start}) == nil
}

func (r *literalReader) networkRule(start dialect.Frame) bool {
	var call networkCall
	return r.arguments(&networkRuleSignature, func(parameter int) bool {
		s, ok := r.str()
		switch parameter {
		case 0:
			call.host = s
		case 1:
			call.protocol = s
		case 2:
			call.decision = s
		case 3:
			call.justification = &s
		}
		return ok
	}) && r.m.addNetworkRule(&call, callSite{at: start}) == nil
}

// A slab hands out short lists that are cut from long arrays.
type slab[T any] struct {
	free  []T
	taken int // of free, by the list that is being made
}

// add appends to the list that is being made.
func (s *slab[T]) add(v T) {
	if s.taken == len(s.free) {
		const most = 1024
		grown := make([]T, max(most, 2*s.taken))
		copy(grown, s.free[:s.taken])
		s.free = grown
	}
	s.free[s.taken] = v
	s.taken++
}

// drop forgets the list that is being made.
func (s *slab[T]) drop() { s.taken = 0 }

// take returns the list that was made, nil if nothing was added, and starts
// another.
func (s *slab[T]) take() []T {
	if s.taken == 0 {
		return nil
	}
	list := s.free[:s.taken:s.taken]
	s.free, s.taken = s.free[s.taken:], 0
	return list
}
