package dialect

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// builtins are the functions that rule files see; True, False and None are
// visible beside them.
var builtins = map[string]native{
	"abs": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		switch x := c.args[0].(type) {
		case starlark.Int:
			if x.Sign() < 0 {
				return starlark.MakeInt(0).Sub(x), c.bound(bits(x), 1)
			}
			return x, nil
		case starlark.Float:
			return starlark.Float(math.Abs(float64(x))), nil
		}
		return nil, wrongType("x", "float | int", c.args[0])
	}},
	"all": quantifier(false),
	"any": quantifier(true),
	"bool": {max: 1, fn: func(c *call) (starlark.Value, error) {
		return starlark.Bool(len(c.args) > 0 && bool(c.args[0].Truth())), nil
	}},
	"bytes": {min: 1, max: 1, fn: toBytes},
	"chr": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		i, err := c.int(0, "i", 0)
		switch {
		case err != nil:
			return nil, err
		case i < 0:
			return nil, refuse("chr() parameter value negative integer %d", i)
		case !utf8.ValidRune(rune(i)):
			return nil, refuse("chr() parameter value is 0x%x which is not a valid UTF-8 codepoint", i)
		}
		return starlark.String(rune(i)), nil
	}},
	"dict": {max: 1, named: true, fn: func(c *call) (starlark.Value, error) {
		d := new(starlark.Dict)
		return d, c.fill(d)
	}},
	"dir": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		var names []starlark.Value
		for _, name := range c.attrNames(c.args[0]) {
			names = append(names, starlark.String(name))
		}
		return c.list(names)
	}},
	"enumerate": {min: 1, max: 2, named: true, fn: enumerate},
	"fail": {max: -1, named: true, fn: func(c *call) (starlark.Value, error) {
		if _, err := c.keywords(); err != nil {
			return nil, err
		}
		msg := "fail:"
		for _, a := range c.args {
			s, err := c.run.str(a)
			if err != nil {
				return nil, err
			}
			msg += " " + s
			if len(msg) > maxFailure {
				msg = take(msg, maxFailure) + "..."
				break
			}
		}
		return nil, refusal(msg)
	}},
	"float": {max: 1, fn: func(c *call) (starlark.Value, error) {
		if len(c.args) == 0 {
			return starlark.Float(0), nil
		}
		switch x := c.args[0].(type) {
		case starlark.Float:
			return x, nil
		case starlark.Int:
			return x.Float(), nil
		case starlark.Bool:
			if x {
				return starlark.Float(1), nil
			}
			return starlark.Float(0), nil
		case starlark.String:
			if err := c.tick(len(x)); err != nil {
				return nil, err
			}
			return parseFloat(string(x))
		}
		return nil, wrongType("a", "bool | float | int | str", c.args[0])
	}},
	"getattr": {min: 2, max: 3, fn: func(c *call) (starlark.Value, error) {
		name, err := c.str(1, "attr")
		if err != nil {
			return nil, err
		}
		if v := c.attr(c.args[0], name); v != nil {
			return v, nil
		}
		if len(c.args) > 2 {
			return c.args[2], nil
		}
		return nil, unsupported("."+take(name, maxShown), c.args[0])
	}},
	"hasattr": {min: 2, max: 2, fn: func(c *call) (starlark.Value, error) {
		name, err := c.str(1, "attr")
		if err != nil {
			return nil, err
		}
		return starlark.Bool(c.attr(c.args[0], name) != nil), nil
	}},
	"hash": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		s, err := c.str(0, "a")
		if err != nil {
			return nil, err
		}
		if err := c.charge(6 * len(s)); err != nil {
			return nil, err
		}
		var h int32
		for _, u := range utf16.Encode([]rune(s)) {
			h = 31*h + int32(u)
		}
		return starlark.MakeInt(int(h)), nil
	}},
	"int": {max: 2, named: true, fn: toInt},
	"len": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) { return c.len(c.args[0]) }},
	"list": {max: 1, fn: func(c *call) (starlark.Value, error) {
		if len(c.args) == 0 {
			return starlark.NewList(nil), nil
		}
		elems, err := c.collect(c.args[0])
		return starlark.NewList(elems), err
	}},
	"max": extreme(1),
	"min": extreme(-1),
	"ord": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		switch s := c.args[0].(type) {
		case bytesValue:
			if len(s) == 1 {
				return starlark.MakeInt(int(s[0])), nil
			}
		case starlark.String:
			if r, n := utf8.DecodeRuneInString(string(s)); n > 0 && n == len(s) {
				return starlark.MakeInt(int(r)), nil
			}
		default:
			return nil, wrongType("a", "bytes | str", s)
		}
		return nil, refuse("ord(): %s is not a single character string", shown(c.args[0]))
	}},
	"range": {min: 1, max: 3, fn: func(c *call) (starlark.Value, error) {
		for i := range c.args {
			n, err := c.int(i, fmt.Sprintf("a%d", i+1), 0)
			if err != nil {
				return nil, err
			}
			if i == 2 && n == 0 {
				return nil, refuse("Third argument of range (step) cannot be zero")
			}
		}
		return starlark.Universe["range"].(*starlark.Builtin).CallInternal(c.thread, c.args, nil)
	}},
	"repr": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) { return c.printed(c.repr) }},
	"reversed": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		elems, err := c.collect(c.args[0])
		slices.Reverse(elems)
		return starlark.NewList(elems), err
	}},
	"sorted": {min: 1, max: 1, named: true, fn: sorted},
	"str":    {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) { return c.printed(c.run.str) }},
	"tuple": {max: 1, fn: func(c *call) (starlark.Value, error) {
		if len(c.args) == 0 {
			return starlark.Tuple{}, nil
		}
		elems, err := c.collect(c.args[0])
		return starlark.Tuple(elems), err
	}},
	"type": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		return starlark.String(TypeName(c.args[0])), nil
	}},
	"zip": {max: -1, named: true, fn: zip},
}

// maxFailure bounds the message of fail.
const maxFailure = 10_000

func (c *call) printed(text func(starlark.Value) (string, error)) (starlark.Value, error) {
	s, err := text(c.args[0])
	return starlark.String(s), err
}

// quantifier returns stop if some element is as true as stop is.
func quantifier(stop bool) native {
	return native{min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		it, _, err := c.elements(c.args[0])
		if err != nil {
			return nil, err
		}
		defer it.Done()
		var v starlark.Value
		for it.Next(&v) {
			if err := c.tick(1); err != nil {
				return nil, err
			}
			if bool(v.Truth()) == stop {
				return starlark.Bool(stop), nil
			}
		}
		return starlark.Bool(!stop), nil
	}}
}

func toBytes(c *call) (starlark.Value, error) {
	switch x := c.args[0].(type) {
	case starlark.String:
		return bytesValue(x), nil
	case bytesValue:
		return x, nil
	case starlark.Sequence, *iterator:
		elems, err := c.collect(x)
		if err != nil {
			return nil, err
		}
		b := make([]byte, len(elems))
		for i, e := range elems {
			n, ok := e.(starlark.Int)
			if !ok {
				return nil, mismatch("int", e)
			}
			v, ok := n.Int64()
			if !ok || v < 0 || v > 255 {
				return nil, refuse("bytes() integer %s is out of range 0..=255", shown(n))
			}
			b[i] = byte(v)
		}
		return bytesValue(b), nil
	}
	return nil, refuse("bytes() argument must be bytes, str, or iterable of int, not '%s'", TypeName(c.args[0]))
}

func toInt(c *call) (starlark.Value, error) {
	named, err := c.keywords("base")
	if err != nil {
		return nil, err
	}
	if len(c.args) == 0 {
		return starlark.MakeInt(0), nil
	}
	if err := c.second("base", named); err != nil {
		return nil, err
	}
	base, err := c.int(1, "base", 0)
	if err != nil {
		return nil, err
	}
	s, isString := c.args[0].(starlark.String)
	if !isString && len(c.args) > 1 {
		return nil, refuse("int() cannot convert non-string with explicit base '%d'", base)
	}
	switch x := c.args[0].(type) {
	case starlark.String:
		if base != 0 && (base < 2 || base > 36) {
			return nil, refuse("%d is not a valid base, int() base must be >= 2 and <= 36", base)
		}
		return c.parseInt(string(s), base)
	case starlark.Int:
		return x, nil
	case starlark.Bool:
		if x {
			return starlark.MakeInt(1), nil
		}
		return starlark.MakeInt(0), nil
	case starlark.Float:
		n, err := starlark.NumberToInt(x)
		if err != nil {
			return nil, refuse("Float `%s` cannot be represented as exact integer", shown(x))
		}
		return n, nil
	}
	return nil, wrongType("a", "bool | float | int | str", c.args[0])
}

// second makes the named argument name, if there, the second argument.
func (c *call) second(name string, named map[string]starlark.Value) error {
	v, ok := named[name]
	if ok && len(c.args) > 1 {
		return refuse("Argument `%s` occurs more than once", name)
	}
	if ok {
		c.args = starlark.Tuple{c.args[0], v}
	}
	return nil
}

func (r *run) len(v starlark.Value) (starlark.Value, error) {
	n := -1
	switch v := v.(type) {
	case starlark.String:
		if err := r.tick(len(v) / 64); err != nil {
			return nil, err
		}
		n = utf8.RuneCountInString(string(v))
	case bytesValue:
		n = len(v)
	case starlark.Sequence:
		if n = v.Len(); n > math.MaxInt32 {
			return nil, refuse("Integer overflow")
		}
	}
	if n < 0 {
		return nil, unsupported("len()", v)
	}
	return starlark.MakeInt(n), nil
}

func enumerate(c *call) (starlark.Value, error) {
	named, err := c.keywords("start")
	if err != nil {
		return nil, err
	}
	if err := c.second("start", named); err != nil {
		return nil, err
	}
	start, err := c.int(1, "start", 0)
	if err != nil {
		return nil, err
	}
	elems, err := c.collect(c.args[0])
	if err != nil {
		return nil, err
	}
	if err := c.charge(len(elems) * 4 * valueSize); err != nil {
		return nil, err
	}
	for i, e := range elems {
		elems[i] = starlark.Tuple{starlark.MakeInt(start + i), e}
	}
	return starlark.NewList(elems), nil
}

func zip(c *call) (starlark.Value, error) {
	if _, err := c.keywords(); err != nil {
		return nil, err
	}
	var columns [][]starlark.Value
	rows := math.MaxInt
	for _, a := range c.args {
		column, err := c.collect(a)
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
		rows = min(rows, len(column))
	}
	if len(columns) == 0 {
		return starlark.NewList(nil), nil
	}
	if err := c.charge(rows * (len(columns) + 2) * valueSize); err != nil {
		return nil, err
	}
	out := make([]starlark.Value, rows)
	for i := range out {
		row := make(starlark.Tuple, len(columns))
		for j, column := range columns {
			row[j] = column[i]
		}
		out[i] = row
	}
	return starlark.NewList(out), nil
}

// keys returns what to compare elems by: themselves, or the results of the
// function in named. The iteration over them is still going on meanwhile.
func (c *call) keys(named map[string]starlark.Value, elems []starlark.Value) ([]starlark.Value, error) {
	key, ok := named["key"]
	if !ok {
		return elems, nil
	}
	if _, ok := key.(starlark.Callable); !ok {
		return nil, unsupported("call()", key)
	}
	keys := make([]starlark.Value, len(elems))
	for i, e := range elems {
		k, err := starlark.Call(c.thread, key, starlark.Tuple{e}, nil)
		if err != nil {
			return nil, err
		}
		keys[i] = k
	}
	return keys, nil
}

// extreme finds the first element such that no other one compares to it as sign
// says.
func extreme(sign int) native {
	return native{max: -1, named: true, fn: func(c *call) (starlark.Value, error) {
		named, err := c.keywords("key")
		if err != nil {
			return nil, err
		}
		from := starlark.Value(c.args)
		if len(c.args) == 1 {
			from = c.args[0]
		}
		elems, err := c.collect(from)
		if err != nil {
			return nil, err
		}
		if len(elems) == 0 {
			return nil, refuse("Argument is an empty iterable, max() expect a non empty iterable")
		}
		it, _, err := c.elements(from)
		if err != nil {
			return nil, err
		}
		defer it.Done()
		keys, err := c.keys(named, elems)
		if err != nil {
			return nil, err
		}
		best := 0
		for i := range keys[1:] {
			d, err := c.order(keys[best], keys[i+1], 0)
			if err != nil {
				return nil, err
			}
			if d*sign < 0 {
				best = i + 1
			}
		}
		return elems[best], nil
	}}
}

func sorted(c *call) (starlark.Value, error) {
	named, err := c.keywords("key", "reverse")
	if err != nil {
		return nil, err
	}
	sign := 1
	if v, ok := named["reverse"]; ok {
		reverse, ok := v.(starlark.Bool)
		if !ok {
			return nil, wrongType("reverse", "bool", v)
		}
		if reverse {
			sign = -1
		}
	}
	elems, err := c.collect(c.args[0])
	if err != nil {
		return nil, err
	}
	it, _, err := c.elements(c.args[0])
	if err != nil {
		return nil, err
	}
	defer it.Done()
	keys, err := c.keys(named, elems)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(elems))
	for i := range order {
		order[i] = i
	}
	if err := c.charge(len(elems) * 2 * valueSize); err != nil {
		return nil, err
	}
	var failed error
	slices.SortStableFunc(order, func(i, j int) int {
		if failed != nil {
			return 0
		}
		var d int
		d, failed = c.order(keys[i], keys[j], 0)
		return d * sign
	})
	if failed != nil {
		return nil, failed
	}
	out := make([]starlark.Value, len(elems))
	for i, k := range order {
		out[i] = elems[k]
	}
	return starlark.NewList(out), nil
}
