package layers

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rulesc/rulesc/internal/tomldoc"
)

// A document is a TOML file, decoded, with the place of every value.
type document struct {
	file AbsPath
	*tomldoc.Document
}

func parseDocument(file AbsPath, text string) (*document, *tomldoc.SyntaxError) {
	doc, err := tomldoc.Parse(text)
	if err != nil {
		return nil, err
	}
	return &document{file, doc}, nil
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
