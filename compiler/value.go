package compiler

import (
	"fmt"
	"strings"
	"unicode"

	"go.starlark.net/starlark"
)

// typeName returns what the reference calls the type of v.
func typeName(v starlark.Value) string {
	if _, ok := v.(starlark.Callable); ok {
		return "function"
	}
	return v.Type()
}

// repr returns the reference's notation of v for an error message. It is cut
// off where values are nested deep or are very large.
func repr(v starlark.Value) string {
	var w reprWriter
	w.value(v, 0)
	return w.String()
}

type reprWriter struct {
	strings.Builder
	open []starlark.Value // the lists and dicts that are being written
}

const (
	reprBytes = 1 << 16
	reprDepth = 64
)

func (w *reprWriter) value(v starlark.Value, depth int) {
	if w.Len() > reprBytes || depth > reprDepth {
		w.WriteString("...")
		return
	}
	switch v := v.(type) {
	case starlark.String:
		w.text(string(v))
	case *starlark.Builtin:
		w.WriteString(v.Name())
	case *starlark.Function:
		w.WriteString(v.Position().Filename() + "." + v.Name())
	case starlark.Tuple:
		w.sequence("(", v, depth)
		if len(v) == 1 {
			w.WriteByte(',')
		}
		w.WriteByte(')')
	case *starlark.List:
		if w.seen(v) {
			w.WriteString("[...]")
			return
		}
		w.open = append(w.open, v)
		w.sequence("[", v, depth)
		w.WriteByte(']')
		w.open = w.open[:len(w.open)-1]
	case *starlark.Dict:
		if w.seen(v) {
			w.WriteString("{...}")
			return
		}
		w.open = append(w.open, v)
		w.WriteByte('{')
		first := true
		for key, value := range v.Entries() {
			if !first {
				w.WriteString(", ")
			}
			first = false
			w.value(key, depth+1)
			w.WriteString(": ")
			w.value(value, depth+1)
			if w.Len() > reprBytes {
				break
			}
		}
		w.WriteByte('}')
		w.open = w.open[:len(w.open)-1]
	default:
		w.WriteString(v.String())
	}
}

func (w *reprWriter) seen(v starlark.Value) bool {
	for _, o := range w.open {
		if o == v {
			return true
		}
	}
	return false
}

func (w *reprWriter) sequence(open string, v starlark.Indexable, depth int) {
	w.WriteString(open)
	for i := range v.Len() {
		if i > 0 {
			w.WriteString(", ")
		}
		w.value(v.Index(i), depth+1)
		if w.Len() > reprBytes {
			break
		}
	}
}

func (w *reprWriter) text(s string) {
	w.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.WriteByte('\\')
			w.WriteRune(r)
		case r == '\n':
			w.WriteString(`\n`)
		case r == '\r':
			w.WriteString(`\r`)
		case r == '\t':
			w.WriteString(`\t`)
		case r < 0x7f && unicode.IsPrint(r), r > 0xff && isAlphanumeric(r):
			w.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(w, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(w, `\u%04x`, r)
		default:
			fmt.Fprintf(w, `\U%08x`, r)
		}
		if w.Len() > reprBytes {
			break
		}
	}
	w.WriteByte('"')
}

// isAlphanumeric is the property of that name of the reference's own language.
func isAlphanumeric(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.Number, unicode.Other_Alphabetic, unicode.Other_Lowercase, unicode.Other_Uppercase)
}
