package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ParseTokens reads a JSON array of strings that is not empty. encoding/json
// would take null for an empty string and mend what is no Unicode; a command is
// judged as it is or not at all.
func ParseTokens(line []byte) ([]string, error) {
	if argv := plainTokens(line); argv != nil {
		return argv, nil
	}
	var tokens []*string
	if err := json.Unmarshal(line, &tokens); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("expected a JSON array of strings: %w", err)
		}
		return nil, errors.New("expected a JSON array of strings, found something else")
	}
	if !utf8.Valid(line) {
		return nil, errors.New("not valid UTF-8")
	}
	if len(tokens) == 0 {
		return nil, errors.New("expected a JSON array of strings, found an empty one")
	}
	argv := make([]string, len(tokens))
	mended := -replacements(line)
	for i, token := range tokens {
		if token == nil {
			return nil, fmt.Errorf("expected a JSON array of strings, found null at index %d", i)
		}
		argv[i] = *token
		mended += strings.Count(*token, replacement)
	}
	if mended > 0 {
		return nil, errors.New("not valid Unicode: half of a surrogate pair")
	}
	return argv, nil
}

const replacement = string(utf8.RuneError)

// replacements counts the replacement characters that are written in a line of
// JSON, as they are or escaped.
func replacements(line []byte) int {
	n := bytes.Count(line, []byte(replacement))
	for rest := line; ; {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 || i+1 == len(rest) {
			return n
		}
		if rest = rest[i+1:]; len(rest) >= 5 && strings.EqualFold(string(rest[:5]), "ufffd") {
			n++
		}
		rest = rest[1:]
	}
}

// plainTokens reads an array whose strings hold neither escapes nor anything
// beyond printable ASCII, which most do; nil for any other line.
func plainTokens(line []byte) []string {
	rest := bytes.TrimSpace(line)
	if len(rest) < 4 || rest[0] != '[' {
		return nil
	}
	argv := make([]string, 0, 8)
	for rest = bytes.TrimLeft(rest[1:], " \t"); len(rest) > 0 && rest[0] == '"'; {
		end := 1
		for end < len(rest) && rest[end] != '"' {
			if c := rest[end]; c < ' ' || c > '~' || c == '\\' {
				return nil
			}
			end++
		}
		if end == len(rest) {
			return nil
		}
		argv = append(argv, string(rest[1:end]))
		rest = bytes.TrimLeft(rest[end+1:], " \t")
		switch {
		case len(rest) == 1 && rest[0] == ']':
			return argv
		case len(rest) == 0 || rest[0] != ',':
			return nil
		}
		rest = bytes.TrimLeft(rest[1:], " \t")
	}
	return nil
}
