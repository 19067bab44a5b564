package dialect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// A printer writes values as the reference shows them.
type printer struct {
	strings.Builder
	r     *run // nil: not in a run, and no more than limit bytes are wanted
	limit int
	path  []starlark.Value
	err   error
	spent int
}

// maxShown and maxRepr bound the size of values in messages, in bytes.
const (
	maxShown = 200
	maxRepr  = 1 << 14
)

// Repr returns the text of v as a literal of the dialect, for a message: long
// texts are cut.
func Repr(v starlark.Value) string { return cut(v, maxRepr) }

// repr returns the text of v as a literal of the dialect.
func (r *run) repr(v starlark.Value) (string, error) {
	p := &printer{r: r}
	p.value(v)
	p.pay()
	return p.String(), p.err
}

// display returns the text that v has in %s: strings as they are.
func (r *run) display(v starlark.Value) (string, error) {
	if s, ok := v.(starlark.String); ok {
		return string(s), nil
	}
	return r.repr(v)
}

// str returns the text that v has in str, format and f-strings.
func (r *run) str(v starlark.Value) (string, error) {
	if b, ok := v.(bytesValue); ok {
		if err := r.charge(3 * len(b)); err != nil {
			return "", err
		}
		return lossy(string(b)), nil
	}
	return r.display(v)
}

// lossy replaces what is not UTF-8: every longest start of a character, and
// every other byte, by one replacement character.
func lossy(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		c, n := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && n == 1 {
			for n < len(s) && !utf8.FullRuneInString(s[:n+1]) {
				n++
			}
		}
		b.WriteRune(c)
		s = s[n:]
	}
	return b.String()
}

// shown is Repr for our own messages.
func shown(v starlark.Value) string { return cut(v, maxShown) }

func cut(v starlark.Value, limit int) string {
	p := &printer{limit: limit}
	p.value(v)
	s := p.String()
	if len(s) <= limit {
		return s
	}
	s = s[:limit]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "..."
}

// pay charges what has been written since the last time.
func (p *printer) pay() {
	if p.r == nil || p.err != nil {
		return
	}
	p.err = p.r.charge(p.Len() - p.spent)
	p.spent = p.Len()
}

func (p *printer) full() bool { return p.err != nil || p.r == nil && p.Len() > p.limit }

func (p *printer) value(v starlark.Value) {
	if p.full() {
		return
	}
	if p.r != nil {
		if p.err = p.r.tick(1); p.err != nil {
			return
		}
		if p.Len()-p.spent > 4096 {
			p.pay()
		}
	}
	switch v := v.(type) {
	case starlark.String:
		quote(&p.Builder, string(v))
	case starlark.Float:
		p.WriteString(formatCompact(float64(v), 'e'))
	case starlark.Int:
		p.integer(v)
	case *starlark.Builtin:
		p.WriteString(v.Name())
	case *starlark.Function:
		p.WriteString(functionName(v))
	case *starlark.List:
		p.sequence(v, "[", "]", v.Len(), v.Index)
	case starlark.Tuple:
		end := ")"
		if len(v) == 1 {
			end = ",)"
		}
		p.sequence(v, "(", end, len(v), v.Index)
	case *starlark.Dict:
		items := v.Items()
		p.nested(v, "{...}", func() {
			p.WriteByte('{')
			for i, item := range items {
				if i > 0 {
					p.WriteString(", ")
				}
				p.value(item[0])
				p.WriteString(": ")
				p.value(item[1])
				if p.full() {
					return
				}
			}
			p.WriteByte('}')
		})
	default:
		p.WriteString(v.String())
	}
}

func (p *printer) integer(i starlark.Int) {
	if p.r == nil {
		p.WriteString(i.String())
		return
	}
	var s string
	s, p.err = p.r.intText(i)
	p.WriteString(s)
}

func (p *printer) sequence(v starlark.Value, begin, end string, n int, index func(int) starlark.Value) {
	p.nested(v, begin+"..."+end[len(end)-1:], func() {
		p.WriteString(begin)
		for i := range n {
			if i > 0 {
				p.WriteString(", ")
			}
			p.value(index(i))
			if p.full() {
				return
			}
		}
		p.WriteString(end)
	})
}

// nested writes a value that may contain itself.
func (p *printer) nested(v starlark.Value, cycle string, write func()) {
	for _, outer := range p.path {
		if identical(outer, v) {
			p.WriteString(cycle)
			return
		}
	}
	if len(p.path) >= maxValueDepth {
		p.err = errRecursion
		return
	}
	if p.r != nil {
		if p.err = p.r.tick(len(p.path) / 8); p.err != nil {
			return
		}
	}
	p.path = append(p.path, v)
	write()
	p.path = p.path[:len(p.path)-1]
}

// identical reports whether x and y are the same object.
func identical(x, y starlark.Value) bool {
	tx, ok := x.(starlark.Tuple)
	if !ok {
		_, other := y.(starlark.Tuple)
		return !other && x == y
	}
	ty, ok := y.(starlark.Tuple)
	return ok && len(tx) == len(ty) && len(tx) > 0 && &tx[0] == &ty[0]
}

func functionName(f *starlark.Function) string {
	return f.Position().Filename() + "." + f.Name()
}

func quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case ' ' <= c && c <= '~', c > 0xff && isAlnum(c):
			b.WriteRune(c)
		case c <= 0xff:
			fmt.Fprintf(b, `\x%02x`, c)
		case c <= 0xffff:
			fmt.Fprintf(b, `\u%04x`, c)
		default:
			fmt.Fprintf(b, `\U%08x`, c)
		}
	}
	b.WriteByte('"')
}

func reprBytes(s string) string {
	var b strings.Builder
	b.WriteString(`b"`)
	for len(s) > 0 {
		c, n := utf8.DecodeRuneInString(s)
		switch {
		case c == utf8.RuneError && n == 1 || c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case c < utf8.RuneSelf:
			q := strconv.Quote(s[:1])
			b.WriteString(q[1 : len(q)-1])
		case isAlnum(c):
			b.WriteString(s[:n])
		case c <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			fmt.Fprintf(&b, `\U%08x`, c)
		}
		s = s[n:]
	}
	b.WriteByte('"')
	return b.String()
}

// precision is the number of digits after the point in exponent form, and the
// exponent from which on that form is used.
const precision = 6

// formatCompact is how the reference shows floats; exp is 'e' or 'E'.
func formatCompact(f float64, exp byte) string {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return nonFinite(f)
	case f == 0:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	if e := exponent(f); e >= precision || e <= -precision {
		return formatExponent(f, exp, true)
	}
	if f == math.Trunc(f) {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func nonFinite(f float64) string {
	if math.IsNaN(f) {
		return "nan"
	}
	return strings.ToLower(strconv.FormatFloat(f, 'f', -1, 64))
}

// exponent returns the decimal exponent of f, which is not 0: the logarithm of f
// as a float, rounded down. Just below a power of ten it is that of the power.
func exponent(f float64) int {
	s := strconv.FormatFloat(f, 'e', 20, 64)
	e, _ := strconv.Atoi(s[strings.IndexByte(s, 'e')+1:])
	next := float64(e + 1)
	if next+math.Log1p(math.Abs(f)/power(e+1)-1)/math.Ln10 == next {
		return e + 1
	}
	return e
}

// power returns 10^e. math.Pow can be off by a bit.
func power(e int) float64 { return floatValue("1e" + strconv.Itoa(e)) }

// formatExponent shows f in exponent form. The reference computes the digits in
// floating point, so its results for the smallest numbers are odd ("infe-324").
func formatExponent(f float64, exp byte, strip bool) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nonFinite(f)
	}
	e, normal := 0, f
	if f != 0 {
		e = exponent(f)
		normal = f / power(e)
	}
	var b strings.Builder
	if math.IsInf(normal, 0) {
		b.WriteString(strings.TrimPrefix(nonFinite(normal), "+"))
		normal = 0
	} else {
		b.WriteString(strconv.FormatFloat(math.Trunc(normal), 'f', 0, 64))
	}
	// A fraction that rounds up to 1 is lost.
	millionths := math.Mod(math.Round(math.Abs(normal-math.Trunc(normal))*1e6), 1e6)
	fraction := fmt.Sprintf("%06.0f", millionths)
	if strip {
		fraction = strings.TrimRight(fraction, "0")
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	fmt.Fprintf(&b, "%c%+03d", exp, e)
	return b.String()
}
