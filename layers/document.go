package layers

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// A document is a TOML file, decoded, with the place of every value.
type document struct {
	file   AbsPath
	text   string
	table  map[string]any
	places places
}

// A syntaxError says why a text is no TOML document.
type syntaxError struct {
	at      span
	message string
}

const byteOrderMark = "\ufeff"

// parseDocument decodes a text. Values are as package toml decodes them into
// an any.
func parseDocument(file AbsPath, text string) (*document, *syntaxError) {
	body := strings.TrimPrefix(text, byteOrderMark)
	shift := len(text) - len(body)
	// The places come first: they are found with bounded depth, which the
	// decoder does not have.
	found, err := findPlaces(body, shift)
	if err != nil {
		return nil, err
	}
	doc := &document{file: file, text: text, places: found}
	if _, err := toml.Decode(body, &doc.table); err != nil {
		var parse toml.ParseError
		if !errors.As(err, &parse) {
			return nil, &syntaxError{message: err.Error()}
		}
		start := min(max(0, parse.Position.Start)+shift, len(text))
		return nil, &syntaxError{at: span{start, min(start+max(1, parse.Position.Len), len(text))}, message: parse.Message}
	}
	return doc, nil
}

// value returns the span of the value at the path.
func (d *document) value(path ...string) span {
	p := d.places[placeKey(path)]
	return span{p.start, p.end}
}

// inOrder returns the keys of the table at the path as they stand in the text.
func (d *document) inOrder(table map[string]any, path []string) []string {
	return slices.SortedFunc(keys(table), func(a, b string) int {
		if c := d.places[placeKey(append(slices.Clip(path), a))].key - d.places[placeKey(append(slices.Clip(path), b))].key; c != 0 {
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

// elements returns the elements of an array, or of an array of tables.
func elements(value any) ([]any, bool) {
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

// kind describes a value as the reference does where it expected another.
func kind(value any) string {
	switch v := value.(type) {
	case string:
		return "string " + rustQuote(v)
	case int64:
		return fmt.Sprintf("integer `%d`", v)
	case float64:
		return fmt.Sprintf("floating point `%s`", rustFloat(v))
	case bool:
		return fmt.Sprintf("boolean `%t`", v)
	case map[string]any:
		return "map"
	case []any, []map[string]any:
		return "sequence"
	case time.Time:
		return "datetime"
	default:
		return "another value"
	}
}

func rustFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "NaN"
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// rustQuote writes a string as Rust's Debug format does, for the characters
// that people use.
func rustQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == 0:
			b.WriteString(`\0`)
		case !strconv.IsPrint(r):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
