package dialect

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
)

// i32 returns v as the 32-bit integer that indices and counts must be.
func i32(v starlark.Value) (int, error) {
	n, ok := v.(starlark.Int)
	if !ok {
		return 0, refuse("Expected `int`, but got `%s`", describe(v))
	}
	if i, ok := n.Int64(); ok && i == int64(int32(i)) {
		return int(i), nil
	}
	return 0, refuse("Integer value is too big to fit in i32: %s", shown(v))
}

// describe tells a value's type and text.
func describe(v starlark.Value) string { return fmt.Sprintf("%s (repr: %s)", TypeName(v), shown(v)) }

// number returns a number as a float.
func number(v starlark.Value) (float64, bool) {
	switch v := v.(type) {
	case starlark.Int:
		return float64(v.Float()), true
	case starlark.Float:
		return float64(v), true
	}
	return 0, false
}

// arithmetic applies a numeric operator. ok is false if it is none for x and y.
func (r *run) arithmetic(op string, x, y starlark.Value) (v starlark.Value, ok bool, err error) {
	i, isInt := x.(starlark.Int)
	j, isInt2 := y.(starlark.Int)
	if isInt && isInt2 {
		v, err = r.intOp(op, i, j)
		return v, true, err
	}
	a, ok1 := number(x)
	b, ok2 := number(y)
	if !ok1 || !ok2 {
		return nil, false, nil
	}
	return floatOp(op, a, b)
}

func floatOp(op string, a, b float64) (v starlark.Value, ok bool, err error) {
	var f float64
	switch op {
	case "+":
		f = a + b
	case "-":
		f = a - b
	case "*":
		f = a * b
	case "/":
		if b == 0 {
			return nil, true, refuse("float division by zero: %s / %s", strconv.FormatFloat(a, 'f', -1, 64), strconv.FormatFloat(b, 'f', -1, 64))
		}
		f = a / b
	case "//", "%":
		if b == 0 {
			return nil, true, refuse("Cannot divide by zero")
		}
		if op == "//" {
			f = math.Floor(a / b)
			break
		}
		f = math.Mod(a, b)
		switch {
		case f == 0:
			f = 0 // never -0
		case (f < 0) != (b < 0):
			f += b
		}
	default:
		return nil, false, nil
	}
	return starlark.Float(f), true, nil
}

func bits(i starlark.Int) int {
	if _, ok := i.Int64(); ok {
		return 64
	}
	return i.BigInt().BitLen()
}

// bound charges for an integer of n bits that takes work steps to compute.
func (r *run) bound(n, work int) error {
	if n <= 128 {
		return nil
	}
	if n > maxIntBits {
		return errIntSize
	}
	return errors.Join(r.charge(n/8), r.tick(work))
}

// maxShift is the largest left shift that the reference computes.
const maxShift = 100_000

func (r *run) intOp(op string, x, y starlark.Int) (starlark.Value, error) {
	switch op {
	case "<<", ">>":
		return r.shift(op, x, y)
	case "/":
		if y.Sign() == 0 {
			return nil, refuse("float division by zero: %s / %s", shown(x), shown(y))
		}
		return starlark.Float(float64(x.Float()) / float64(y.Float())), nil
	case "//", "%":
		if y.Sign() == 0 {
			what := "Floor division by zero"
			if op == "%" {
				what = "Modulo by zero"
			}
			return nil, refuse("%s: %s %s %s", what, shown(x), op, shown(y))
		}
	}
	bx, by := bits(x), bits(y)
	size, work := max(bx, by)+1, 1
	switch op {
	case "*":
		size = bx + by
		fallthrough
	case "//", "%":
		work = bx / 64 * (by / 64) / 16
	}
	if err := r.bound(size, work); err != nil {
		return nil, err
	}
	switch op {
	case "+":
		return x.Add(y), nil
	case "-":
		return x.Sub(y), nil
	case "*":
		return x.Mul(y), nil
	case "//":
		return x.Div(y), nil
	case "%":
		return x.Mod(y), nil
	case "&":
		return x.And(y), nil
	case "|":
		return x.Or(y), nil
	}
	return x.Xor(y), nil // ^
}

func (r *run) shift(op string, x, y starlark.Int) (starlark.Value, error) {
	n, small := y.Int64()
	if y.Sign() < 0 {
		return nil, refuse("Negative %s shift", map[string]string{"<<": "left", ">>": "right"}[op])
	}
	if op == ">>" {
		if !small || n > maxIntBits {
			n = maxIntBits + 1
		}
		return x.Rsh(uint(n)), nil
	}
	if x.Sign() == 0 {
		return x, nil
	}
	if !small || n > maxShift {
		return nil, refuse("Integer overflow computing left shift")
	}
	// The reference computes with 32 bits as long as both operands and the shift
	// are small, and drops what does not fit.
	if i, ok := x.Int64(); ok && i == int64(int32(i)) && n < 32 {
		return starlark.MakeInt(int(int32(i) << n)), nil
	}
	if err := r.bound(bits(x)+int(n), 1); err != nil {
		return nil, err
	}
	return x.Lsh(uint(n)), nil
}

// parseInt reads an integer as the int function does. Base 0 goes by the prefix.
func (r *run) parseInt(text string, base int) (starlark.Value, error) {
	s := text
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		return nil, refuse("Cannot parse `%s` as an integer", s)
	}
	if len(s) >= 2 && s[0] == '0' {
		prefix := map[byte]int{'x': 16, 'X': 16, 'o': 8, 'O': 8, 'b': 2, 'B': 2}[s[1]]
		if prefix != 0 && (base == 0 || base == prefix) {
			s, base = s[2:], prefix
		}
	}
	if base == 0 {
		base = 10
	}
	digits := strings.ReplaceAll(s, "_", "")
	valid := digits != "" && s[0] != '_'
	for _, c := range []byte(digits) {
		d := strings.IndexByte("0123456789abcdefghijklmnopqrstuvwxyz", c|0x20)
		if c < '@' {
			d = strings.IndexByte("0123456789", c)
		}
		valid = valid && 0 <= d && d < base
	}
	if !valid {
		return nil, refuse("Cannot parse `%s` as an integer in base %d", take(s, maxShown), base)
	}
	if len(digits) > maxIntDigits {
		return nil, errIntSize
	}
	if err := r.tick(len(digits) * (len(digits)/1000 + 1) / 64); err != nil {
		return nil, err
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return nil, refuse("Cannot parse `%s` as an integer in base %d", take(s, maxShown), base)
	}
	if negative {
		n.Neg(n)
	}
	return starlark.MakeBigInt(n), nil
}

// intText returns the decimal digits of i.
func (r *run) intText(i starlark.Int) (string, error) {
	if n, ok := i.Int64(); ok {
		return strconv.FormatInt(n, 10), nil
	}
	n := bits(i)
	if err := errors.Join(r.charge(n/3), r.tick(n/64*(n/64)/64)); err != nil {
		return "", err
	}
	return i.String(), nil
}

func parseFloat(s string) (starlark.Value, error) {
	body := strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	word := strings.ToLower(body)
	switch {
	case len(s)-len(body) > 1:
	case word == "inf" || word == "infinity" || word == "nan":
		f, _ := strconv.ParseFloat(s, 64)
		if word == "nan" {
			f = math.NaN()
		}
		return starlark.Float(f), nil
	case strings.Trim(word, "0123456789.e+-") == "":
		f, err := strconv.ParseFloat(s, 64)
		if err == nil {
			return starlark.Float(f), nil
		}
		if math.IsInf(f, 0) {
			return nil, refuse("float() floating-point number too large: %s", take(s, maxShown))
		}
	}
	return nil, refuse("%s is not a valid number: invalid float literal", shown(starlark.String(s)))
}
