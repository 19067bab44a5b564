package tomldoc

import (
	"fmt"
	"strconv"
	"strings"
)

// The decoder that we use tells where a text is wrong, but not where a value
// stands. The scanner below finds that out by itself: it reads the text once,
// before the decoder does, keeps to the grammar of TOML 1.1 as far as the
// shape of a document goes, and judges nothing. Where the text is no TOML it
// stops in silence, since the decoder will say what is wrong; places that it
// did not find are zero.
//
// It is also what bounds the work of the decoder, which recurses as deeply as
// a text asks for.

// MaxDepth bounds how deeply values may be nested, and of how many parts a key
// may consist. maxNames bounds the length, in bytes, of the full names of all
// values together: the decoder keeps them all, so that a long table header
// with many short keys under it would fill the memory.
const (
	MaxDepth = 80
	maxNames = 32 << 20
)

// A place says where a value stands, as byte offsets into the text.
type place struct {
	key        int // of the key, or of an element that has none
	start, end int // of the value
}

// places holds the places of values by [placeKey].
type places map[string]place

// placeKey returns the name of the value at a path of keys and indexes.
func placeKey(path []string) string { return strings.Join(path, "\x00") }

type placeScanner struct {
	text   string
	shift  int // added to every offset
	pos    int
	path   []string // of the value that is being read
	found  places
	arrays map[string]int // by placeKey: length of an array of tables
	names  int            // total length of the names so far
	limit  string         // which limit the text is beyond, if any
}

// findPlaces returns the places of the values of a TOML document. Offsets are
// those in the text plus shift. The error is for a text that nests too deeply.
func findPlaces(text string, shift int) (places, *SyntaxError) {
	s := &placeScanner{text: text, shift: shift, found: places{}, arrays: map[string]int{}}
	for s.skip(" \t\r\n") && s.line() {
	}
	if s.limit != "" {
		at := min(s.pos, len(text)) + shift
		return nil, &SyntaxError{Span{at, at}, s.limit}
	}
	return s.found, nil
}

// skip passes over the given characters and over comments. It reports whether
// text is left.
func (s *placeScanner) skip(blanks string) bool {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '#':
			end := strings.IndexByte(s.text[s.pos:], '\n')
			if end < 0 {
				s.pos = len(s.text)
				return false
			}
			s.pos += end
		case strings.IndexByte(blanks, c) >= 0:
			s.pos++
		default:
			return true
		}
	}
	return false
}

// at consumes the given text if it comes next.
func (s *placeScanner) at(text string) bool {
	if !strings.HasPrefix(s.text[s.pos:], text) {
		return false
	}
	s.pos += len(text)
	return true
}

// line reads a table header or a key with its value.
func (s *placeScanner) line() bool {
	if s.text[s.pos] != '[' {
		return s.entry(s.path)
	}
	start := s.pos
	ofArray := s.at("[[")
	if !ofArray {
		s.pos++
	}
	key, ok := s.key()
	if !ok {
		return false
	}
	closing := "]"
	if ofArray {
		closing = "]]"
	}
	if !s.at(closing) {
		return false
	}
	path := make([]string, 0, 2*len(key))
	for i, part := range key {
		path = append(path, part)
		name := placeKey(path)
		if ofArray && i == len(key)-1 {
			s.arrays[name]++
		}
		if n := s.arrays[name]; n > 0 {
			path = append(path, strconv.Itoa(n-1))
		}
	}
	here := place{start, start, s.pos}
	if ofArray {
		s.put(path[:len(path)-1], here)
	}
	s.path = path
	return s.put(path, here)
}

// put keeps the place of a value, the first one for tables that are written in
// several pieces. It reports whether the names are within their limit.
func (s *placeScanner) put(path []string, p place) bool {
	for _, part := range path {
		s.names += len(part) + 1
	}
	if s.names > maxNames {
		s.limit = "too many long keys"
		return false
	}
	name := placeKey(path)
	if _, ok := s.found[name]; ok {
		return true
	}
	s.found[name] = place{p.key + s.shift, p.start + s.shift, p.end + s.shift}
	return true
}

// entry reads a key and its value in the table with the given path.
func (s *placeScanner) entry(table []string) bool {
	start := s.pos
	key, ok := s.key()
	if !ok || !s.at("=") {
		return false
	}
	s.skip(" \t")
	path := append(table[:len(table):len(table)], key...)
	return s.value(path, start)
}

// key reads a key, dotted or not, and the blanks around it.
func (s *placeScanner) key() ([]string, bool) {
	var parts []string
	for {
		for s.at(" ") || s.at("\t") {
			continue
		}
		part, ok := s.keyPart()
		if !ok {
			return nil, false
		}
		if parts = append(parts, part); len(parts) > MaxDepth {
			s.limit = fmt.Sprintf("nested more than %d levels deep", MaxDepth)
			return nil, false
		}
		for s.at(" ") || s.at("\t") {
			continue
		}
		if !s.at(".") {
			return parts, true
		}
	}
}

func (s *placeScanner) keyPart() (string, bool) {
	if s.pos < len(s.text) && (s.text[s.pos] == '"' || s.text[s.pos] == '\'') {
		start := s.pos
		if !s.quoted() {
			return "", false
		}
		body := s.text[start+1 : s.pos-1]
		if s.text[start] == '\'' {
			return body, true
		}
		return unescape(body), true
	}
	length := strings.IndexAny(s.text[s.pos:], " \t\r\n.=]\"'#[{},")
	if length <= 0 {
		return "", false
	}
	part := s.text[s.pos : s.pos+length]
	s.pos += length
	return part, true
}

// value reads a value and keeps its place under the path.
func (s *placeScanner) value(path []string, key int) bool {
	if len(path) > MaxDepth {
		s.limit = fmt.Sprintf("nested more than %d levels deep", MaxDepth)
		return false
	}
	if s.pos >= len(s.text) {
		return false
	}
	start := s.pos
	ok := true
	switch s.text[s.pos] {
	case '"', '\'':
		ok = s.quoted()
	case '[':
		ok = s.array(path)
	case '{':
		ok = s.inlineTable(path)
	default:
		length := strings.IndexAny(s.text[s.pos:], ",]}#\n")
		if length < 0 {
			length = len(s.text) - s.pos
		}
		s.pos += len(strings.TrimRight(s.text[s.pos:s.pos+length], " \t\r"))
		ok = s.pos > start
	}
	return ok && s.put(path, place{key, start, s.pos})
}

func (s *placeScanner) array(path []string) bool {
	s.pos++
	for i := 0; s.skip(" \t\r\n"); i++ {
		if s.at("]") {
			return true
		}
		if !s.value(append(path[:len(path):len(path)], strconv.Itoa(i)), s.pos) || !s.skip(" \t\r\n") {
			return false
		}
		if !s.at(",") {
			return s.at("]")
		}
	}
	return false
}

func (s *placeScanner) inlineTable(path []string) bool {
	s.pos++
	for s.skip(" \t\r\n") {
		if s.at("}") {
			return true
		}
		if !s.entry(path) || !s.skip(" \t\r\n") {
			return false
		}
		if !s.at(",") {
			return s.at("}")
		}
	}
	return false
}

// quoted passes over a string of any of the four forms.
func (s *placeScanner) quoted() bool {
	quote := s.text[s.pos : s.pos+1]
	if s.at(quote + quote + quote) {
		return s.multiline(quote)
	}
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == quote[0]:
			s.pos++
			return true
		case c == '\n':
			return false
		case c == '\\' && quote == `"`:
			s.pos++
		}
	}
	return false
}

// multiline passes over the rest of a string in triple quotes, which may end
// with up to two quotes that belong to it.
func (s *placeScanner) multiline(quote string) bool {
	for ; s.pos < len(s.text); s.pos++ {
		if s.text[s.pos] == '\\' && quote == `"` {
			s.pos++
			continue
		}
		if s.at(quote + quote + quote) {
			if s.at(quote) {
				s.at(quote)
			}
			return true
		}
	}
	return false
}

var escapes = map[byte]string{'b': "\b", 't': "\t", 'n': "\n", 'f': "\f", 'r': "\r", 'e': "\x1b", '"': `"`, '\\': `\`}

var hexLength = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// unescape returns what the inside of a basic string stands for.
func unescape(body string) string {
	if !strings.Contains(body, `\`) {
		return body
	}
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 == len(body) {
			b.WriteByte(body[i])
			continue
		}
		i++
		n := hexLength[body[i]]
		if n == 0 || i+n >= len(body) {
			b.WriteString(escapes[body[i]])
			continue
		}
		code, err := strconv.ParseUint(body[i+1:i+1+n], 16, 32)
		if err == nil {
			b.WriteRune(rune(code))
		}
		i += n
	}
	return b.String()
}
