package dialect

import (
	"fmt"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
)

// percent is the operator % on strings.
func (r *run) percent(f string, v starlark.Value) (starlark.Value, error) {
	args, ok := v.(starlark.Tuple)
	if !ok {
		args = starlark.Tuple{v}
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(f, '%')
		if i < 0 {
			b.WriteString(f)
			break
		}
		b.WriteString(f[:i])
		if f = f[i+1:]; f == "" {
			return nil, refuse("Incomplete format")
		}
		verb := take(f, 1)
		f = f[len(verb):]
		if verb == "%" {
			b.WriteByte('%')
			continue
		}
		if !strings.Contains("srdoxXeEfFgG", verb) {
			return nil, refuse("Unsupported format character: '%s'", verb)
		}
		if len(args) == 0 {
			return nil, refuse("Not enough arguments for format string")
		}
		s, err := r.verb(verb[0], args[0])
		if err != nil {
			return nil, err
		}
		args = args[1:]
		if err := r.charge(len(s)); err != nil {
			return nil, err
		}
		b.WriteString(s)
	}
	if len(args) > 0 {
		return nil, refuse("Too many arguments for format string")
	}
	return r.text(b.String())
}

func (r *run) verb(verb byte, v starlark.Value) (string, error) {
	switch verb {
	case 's':
		return r.display(v)
	case 'r':
		return r.repr(v)
	case 'd', 'o', 'x', 'X':
		i, ok := v.(starlark.Int)
		if f, isFloat := v.(starlark.Float); isFloat && verb == 'd' && f > -1<<31-1 && f < 1<<31 {
			i, ok = starlark.MakeInt64(int64(f)), true
		}
		if !ok {
			return "", unsupported("format(%"+string(verb)+")", v)
		}
		if verb == 'd' {
			return r.intText(i)
		}
		if err := r.charge(bits(i) / 2); err != nil {
			return "", err
		}
		return fmt.Sprintf("%"+string(verb), i.BigInt()), nil
	}
	f, ok := number(v)
	if !ok {
		return "", mismatch("float | int", v)
	}
	switch verb {
	case 'e', 'E':
		return formatExponent(f, verb, false), nil
	case 'f', 'F':
		if f-f != 0 {
			return nonFinite(f), nil
		}
		return strconv.FormatFloat(f, 'f', precision, 64), nil
	}
	return formatCompact(f, verb-'g'+'e'), nil
}

// format is the method of strings.
func format(c *call) (starlark.Value, error) {
	f := string(c.recv.(starlark.String))
	whole := f
	var b strings.Builder
	next, automatic, manual := 0, false, false
	for f != "" {
		i := strings.IndexAny(f, "{}")
		if i < 0 {
			b.WriteString(f)
			break
		}
		b.WriteString(f[:i])
		f = f[i:]
		if len(f) > 1 && f[1] == f[0] {
			b.WriteByte(f[0])
			f = f[2:]
			continue
		}
		if f[0] == '}' {
			return nil, refuse("Standalone '}' in format string `%s`", take(whole, maxShown))
		}
		end := strings.IndexAny(f[1:], "{}") + 1
		if end == 0 || f[end] == '{' {
			return nil, refuse("Unmatched '{' in format string `%s`", take(whole, maxShown))
		}
		field, conv, hasConv := strings.Cut(f[1:end], "!")
		f = f[end+1:]
		switch {
		case hasConv && conv == "":
			return nil, refuse("Missing conversion character in format string `%s`", take(whole, maxShown))
		case hasConv && len(take(conv, 1)) < len(conv):
			return nil, refuse("Unmatched '{' in format string `%s`", take(whole, maxShown))
		case hasConv && conv != "r" && conv != "s":
			return nil, refuse("Invalid conversion in format string `%s`", take(whole, maxShown))
		}
		var v starlark.Value
		switch {
		case field == "":
			automatic = true
			if !manual && next >= len(c.args) {
				return nil, refuse("Not enough parameters in format string")
			}
			if !manual {
				v = c.args[next]
				next++
			}
		case strings.Trim(field, decimal) == "":
			manual = true
			n, err := strconv.Atoi(field)
			if err != nil {
				return nil, refuse("Error parsing `%s` as a format string index: number too large to fit in target type", take(field, maxShown))
			}
			if !automatic && n >= len(c.args) {
				return nil, refuse("Index `%d` is out of bound", n)
			}
			if !automatic {
				v = c.args[n]
			}
		default:
			if i := strings.IndexAny(field, ".,[]"); i >= 0 {
				return nil, refuse("Invalid character '%c' inside replacement field", field[i])
			}
			for _, kw := range c.kwargs {
				if kw[0] == starlark.String(field) {
					v = kw[1]
				}
			}
			if v == nil {
				return nil, refuse("Key `%s` was not found", take(field, maxShown))
			}
		}
		if automatic && manual {
			return nil, refuse("Cannot mix manual field specification and automatic field numbering in format string")
		}
		text := c.run.str
		if conv == "r" {
			text = c.repr
		}
		s, err := text(v)
		if err != nil {
			return nil, err
		}
		if err := c.charge(len(s)); err != nil {
			return nil, err
		}
		b.WriteString(s)
	}
	return c.text(b.String())
}
