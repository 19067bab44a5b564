package matcher

import (
	"errors"
	"strconv"
)

// sprintf is fmt.Sprintf for the texts of this package: verbs d, x, s, q and v,
// flags # + - 0 and space, and a width. Package fmt has package os and half of the
// standard library set up before whoever imports it, and a process that asks for
// one decision is over sooner than that.
func sprintf(format string, args ...any) string {
	return string(appendf(nil, format, args))
}

func appendf(dst []byte, format string, args []any) []byte {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			dst = append(dst, format[i])
			continue
		}
		var f field
		for i++; i < len(format) && f.flag(format[i]); i++ {
		}
		if i == len(format) || len(args) == 0 {
			return append(dst, "%!"...)
		}
		f.verb = format[i]
		dst = f.append(dst, args[0])
		args = args[1:]
	}
	return dst
}

// A field is a place in a format where a value goes.
type field struct {
	sharp, plus, minus, zero, space bool
	width                           int
	verb                            byte
}

// flag takes a character that stands before the verb.
func (f *field) flag(c byte) bool {
	switch {
	case c == '#':
		f.sharp = true
	case c == '+':
		f.plus = true
	case c == '-':
		f.minus = true
	case c == ' ':
		f.space = true
	case c == '0' && f.width == 0:
		f.zero = true
	case '0' <= c && c <= '9':
		f.width = 10*f.width + int(c-'0')
	default:
		return false
	}
	return true
}

func (f *field) append(dst []byte, value any) []byte {
	start := len(dst)
	switch v := value.(type) {
	case int:
		dst = f.number(dst, v < 0, uint64(v))
	case int32:
		dst = f.number(dst, v < 0, uint64(v))
	case int64:
		dst = f.number(dst, v < 0, uint64(v))
	case uint8:
		dst = f.number(dst, false, uint64(v))
	case uint16:
		dst = f.number(dst, false, uint64(v))
	case uint32:
		dst = f.number(dst, false, uint64(v))
	case uint64:
		dst = f.number(dst, false, v)
	case string:
		dst = f.string(dst, v)
	case []byte:
		dst = f.string(dst, string(v))
	case error:
		dst = f.string(dst, v.Error())
	case interface{ String() string }:
		dst = f.string(dst, v.String())
	default:
		dst = append(dst, '%', '!', f.verb)
	}
	missing := f.width - (len(dst) - start)
	if missing <= 0 {
		return dst
	}
	dst = append(dst, make([]byte, missing)...)
	at, with := start, byte(' ') // where the padding goes
	switch {
	case f.minus:
		at = len(dst) - missing
	case f.zero:
		with = '0'
	}
	copy(dst[at+missing:], dst[at:len(dst)-missing])
	for i := range missing {
		dst[at+i] = with
	}
	return dst
}

// number appends a number; one below zero is given as what is left of it in 64 bits.
func (f *field) number(dst []byte, negative bool, v uint64) []byte {
	switch {
	case negative:
		dst, v = append(dst, '-'), -v
	case f.plus:
		dst = append(dst, '+')
	}
	if f.verb != 'x' {
		return strconv.AppendUint(dst, v, 10)
	}
	if f.sharp {
		dst = append(dst, "0x"...)
	}
	return strconv.AppendUint(dst, v, 16)
}

func (f *field) string(dst []byte, s string) []byte {
	switch f.verb {
	case 'q':
		return strconv.AppendQuote(dst, s)
	case 'x':
		const hex = "0123456789abcdef"
		for i := range len(s) {
			if f.space && i > 0 {
				dst = append(dst, ' ')
			}
			dst = append(dst, hex[s[i]>>4], hex[s[i]&15])
		}
		return dst
	}
	return append(dst, s...)
}

// errorf returns an error with a text that sprintf makes.
func errorf(format string, args ...any) error { return errors.New(sprintf(format, args...)) }

// A Writer is an io.Writer.
type Writer interface {
	Write(p []byte) (n int, err error)
}

// A textWriter writes a text in large pieces, until the first error.
type textWriter struct {
	w      Writer
	buffer []byte
	err    error
}

func (w *textWriter) printf(format string, args ...any) {
	const piece = 1 << 16
	if w.buffer = appendf(w.buffer, format, args); len(w.buffer) >= piece {
		w.flush()
	}
}

// flush writes what is left, and returns the first error of all.
func (w *textWriter) flush() error {
	if w.err == nil {
		_, w.err = w.w.Write(w.buffer)
	}
	w.buffer = w.buffer[:0]
	return w.err
}
