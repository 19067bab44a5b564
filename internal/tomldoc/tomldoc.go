// Package tomldoc decodes TOML documents and says where each value stands, so
// that whoever reads one can point at what is wrong in it.
//
// Values are as package toml decodes them into an any. A path names a value by
// the keys, and the indexes in decimal, that lead to it.
package tomldoc

import (
	"errors"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// A Document is a decoded TOML document.
type Document struct {
	Text   string
	Table  map[string]any
	places places
}

// A Span is a piece of a text, as byte offsets.
type Span struct{ Start, End int }

// A SyntaxError says why a text is no TOML document.
type SyntaxError struct {
	At      Span
	Message string
}

const byteOrderMark = "\ufeff"

// Parse decodes a text.
func Parse(text string) (*Document, *SyntaxError) {
	body := strings.TrimPrefix(text, byteOrderMark)
	shift := len(text) - len(body)
	// The places come first: they are found with bounded depth, which the
	// decoder does not have.
	found, err := findPlaces(body, shift)
	if err != nil {
		return nil, err
	}
	doc := &Document{Text: text, places: found}
	if _, err := toml.Decode(body, &doc.Table); err != nil {
		var parse toml.ParseError
		if !errors.As(err, &parse) {
			return nil, &SyntaxError{Message: err.Error()}
		}
		start := min(max(0, parse.Position.Start)+shift, len(text))
		return nil, &SyntaxError{At: Span{start, min(start+max(1, parse.Position.Len), len(text))}, Message: parse.Message}
	}
	return doc, nil
}

// Value returns where the value at the path stands; zero if that is unknown.
func (d *Document) Value(path ...string) Span {
	p := d.places[placeKey(path)]
	return Span{p.start, p.end}
}

// Key returns the offset of the key at the path, or of an element that has no
// key; zero if that is unknown.
func (d *Document) Key(path ...string) int { return d.places[placeKey(path)].key }

// InOrder returns the keys of the table at the path as they stand in the text.
func (d *Document) InOrder(table map[string]any, path []string) []string {
	return slices.SortedFunc(keys(table), func(a, b string) int {
		if c := d.Key(append(slices.Clip(path), a)...) - d.Key(append(slices.Clip(path), b)...); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
}

func keys(table map[string]any) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range table {
			if !yield(k) {
				return
			}
		}
	}
}

// Elements returns the elements of an array, or of an array of tables.
func Elements(value any) ([]any, bool) {
	switch v := value.(type) {
	case []any:
		return v, true
	case []map[string]any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return list, true
	default:
		return nil, false
	}
}

// LineCol returns the line and the column of a byte offset in a text, both from
// 1. Columns count characters.
func LineCol(text string, offset int) (line, col int) {
	before := text[:min(offset, len(text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, len([]rune(before[start:])) + 1
}
