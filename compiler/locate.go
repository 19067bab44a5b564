package compiler

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rulesc/rulesc/compiler/dialect"
	"github.com/rulesc/rulesc/ir"
)

// The interpreter says at which character a call starts, and no more. What
// else diagnostics point at is found in the text: the end of the call, and the
// example that an argument's list holds at some index. That is done by looking
// at brackets, strings and commas alone. Where the text is not as plain as
// that (lists that are computed, arguments from a dict) nothing is found, and
// diagnostics point at the call.

// callEnd returns the position just behind the call that starts at site.
func (m *module) callEnd(site dialect.Frame) ir.Position {
	call, ok := findCall(m.lines().text, m.offset(site.Line, site.Col))
	if !ok {
		return ir.Position{}
	}
	return m.position(call.end)
}

// wordEnd returns the position just behind the word at site, if there is one.
func (m *module) wordEnd(site dialect.Frame) ir.Position {
	start := m.offset(site.Line, site.Col)
	end := start
	for end < len(m.file.Text) && isWord(m.file.Text[end]) {
		end++
	}
	if end == start {
		return ir.Position{}
	}
	return m.position(end)
}

// examplePlaces is where the examples of a call stand.
type examplePlaces struct {
	m     *module
	call  foundCall
	lists map[string][]span // by parameter
}

// findExamples looks for the examples of the call that starts at site.
func (m *module) findExamples(site dialect.Frame) *examplePlaces {
	text := m.lines().text
	start := m.offset(site.Line, site.Col)
	call, ok := findCall(text, start)
	if !ok {
		return &examplePlaces{m: m, call: foundCall{span: span{start, start}}}
	}
	lists := make(map[string][]span)
	for i, argument := range call.arguments {
		parameter := argument.name
		if parameter == "" && i < len(prefixRuleSignature.parameters) {
			parameter = prefixRuleSignature.parameters[i].name
		}
		if list, ok := findElements(text[:argument.end], argument.start); ok {
			lists[parameter] = list
		}
	}
	return &examplePlaces{m, call, lists}
}

// of returns where element index of a parameter's list stands; the whole call
// where that cannot be told.
func (p *examplePlaces) of(parameter string, index int) (start, end ir.Position) {
	place := p.call.span
	if list := p.lists[parameter]; index < len(list) {
		place = list[index]
	}
	start = p.m.position(place.start)
	if place.end > place.start {
		end = p.m.position(place.end)
	}
	return start, end
}

// offset converts a line and a column, from 1 and in characters, to an offset
// in the text. It is past the text's end if there is no such place.
func (m *module) offset(line, col int) int { return m.lines().offset(line, col) }

// position is the inverse of offset.
func (m *module) position(offset int) ir.Position {
	line, col := m.lines().position(offset)
	return ir.Position{File: m.file.path(), Line: line, Col: col}
}

func (m *module) lines() *lineTable {
	if m.lineTable == nil {
		m.lineTable = newLineTable(string(m.file.Text))
	}
	return m.lineTable
}

// A lineTable says where lines start, and what was asked for last: places that
// are asked for in the order of the text are found without reading it from its
// beginning, or long lines from theirs.
type lineTable struct {
	text   string
	starts []int

	line, col, at int // the last place
}

func newLineTable(text string) *lineTable {
	t := &lineTable{text: text, starts: []int{0}, line: 1, col: 1}
	for i := range len(text) {
		if text[i] == '\n' {
			t.starts = append(t.starts, i+1)
		}
	}
	return t
}

func (t *lineTable) offset(line, col int) int {
	line = max(1, line)
	if line > len(t.starts) {
		return len(t.text)
	}
	if line != t.line || col < t.col {
		t.line, t.col, t.at = line, 1, t.starts[line-1]
	}
	for ; t.col < col && t.at < len(t.text); t.col++ {
		_, size := utf8.DecodeRuneInString(t.text[t.at:])
		t.at += size
	}
	return t.at
}

func (t *lineTable) position(offset int) (line, col int) {
	line, found := slices.BinarySearch(t.starts, offset)
	if found {
		line++
	}
	if line != t.line || offset < t.at {
		t.line, t.col, t.at = line, 1, t.starts[line-1]
	}
	t.col += utf8.RuneCountInString(t.text[t.at:offset])
	t.at = offset
	return t.line, t.col
}

// A span is a part of a text: offset of its first byte and of the byte behind
// its last.
type span struct{ start, end int }

type argument struct {
	name string // "" if given by position
	span
}

type foundCall struct {
	span
	arguments []argument
}

// findCall reads the call f(…) at offset.
func findCall(text string, offset int) (foundCall, bool) {
	i := offset
	for i < len(text) && (isWord(text[i]) || text[i] == '.') {
		i++
	}
	if i == offset {
		return foundCall{}, false
	}
	i = skipBlank(text, i)
	if i >= len(text) || text[i] != '(' {
		return foundCall{}, false
	}
	parts, end, ok := splitBrackets(text, i)
	if !ok {
		return foundCall{}, false
	}
	call := foundCall{span: span{offset, end}}
	for _, part := range parts {
		a := argument{span: part}
		word := part.start
		for word < part.end && isWord(text[word]) {
			word++
		}
		if equals := skipBlank(text, word); word > part.start && equals < part.end && text[equals] == '=' && !strings.HasPrefix(text[equals:], "==") {
			a.name = text[part.start:word]
			a.start = skipBlank(text, equals+1)
		}
		call.arguments = append(call.arguments, a)
	}
	return call, true
}

// findElements reads the list […] at offset, which the text ends with.
func findElements(text string, offset int) ([]span, bool) {
	if offset >= len(text) || text[offset] != '[' {
		return nil, false
	}
	parts, end, ok := splitBrackets(text, offset)
	if !ok || end != len(text) {
		return nil, false
	}
	for _, part := range parts {
		last := text[part.end-1]
		plain := last == '"' || last == '\'' || text[part.start] == '[' && last == ']'
		if _, end, _ := oneToken(text, part.start); end != part.end || !plain {
			return nil, false // may be a comprehension, or anything
		}
	}
	return parts, true
}

// splitBrackets splits what stands between the bracket at offset and its
// partner at commas. Parts are without white space and comments around them;
// an empty one after a last comma is left out.
func splitBrackets(text string, offset int) (parts []span, end int, ok bool) {
	i := skipBlank(text, offset+1)
	part := span{i, i}
	for i < len(text) {
		switch text[i] {
		case ')', ']', '}':
			if part.end > part.start {
				parts = append(parts, part)
			}
			return parts, i + 1, true
		case ',':
			parts = append(parts, part)
			i = skipBlank(text, i+1)
			part = span{i, i}
			continue
		}
		_, next, ok := oneToken(text, i)
		if !ok {
			return nil, 0, false
		}
		part.end = next
		i = skipBlank(text, next)
	}
	return nil, 0, false
}

// oneToken returns the end of the string, the bracketed text or the other
// character at offset.
func oneToken(text string, offset int) (start, end int, ok bool) {
	switch c := text[offset]; {
	case c == '(' || c == '[' || c == '{':
		depth := 0
		for i := offset; i < len(text); i = skipBlank(text, i) {
			switch text[i] {
			case '(', '[', '{':
				depth++
				i++
			case ')', ']', '}':
				i++
				if depth--; depth == 0 {
					return offset, i, true
				}
			default:
				_, next, ok := oneToken(text, i)
				if !ok {
					return 0, 0, false
				}
				i = next
			}
		}
		return 0, 0, false
	case c == '"' || c == '\'':
		end, ok := stringEnd(text, offset, false)
		return offset, end, ok
	case isWord(c):
		end := offset
		for end < len(text) && isWord(text[end]) {
			end++
		}
		if end < len(text) && (text[end] == '"' || text[end] == '\'') { // a prefix: r, b, f
			formatted := strings.Contains(text[offset:end], "f")
			end, ok := stringEnd(text, end, formatted)
			return offset, end, ok
		}
		return offset, end, true
	}
	return offset, offset + 1, true
}

// stringEnd returns the offset behind the string literal at offset. In raw
// strings a backslash keeps the quote after it from ending the string, too. A
// formatted string with a quote inside its braces is not understood.
func stringEnd(text string, offset int, formatted bool) (int, bool) {
	quote := text[offset : offset+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(text[offset:], triple) {
		quote = triple
	}
	for i := offset + len(quote); i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '\n' && len(quote) == 1:
			return 0, false
		case strings.HasPrefix(text[i:], quote):
			return i + len(quote), true
		case formatted && text[i] == '{':
			return 0, false
		}
	}
	return 0, false
}

// skipBlank skips white space, continued lines and comments.
func skipBlank(text string, i int) int {
	for i < len(text) {
		switch {
		case strings.IndexByte(" \t\r\n", text[i]) >= 0:
			i++
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == '\n' || text[i+1] == '\r'):
			i++
		case text[i] == '#':
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				return len(text)
			}
			i += end
		default:
			return i
		}
	}
	return i
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
