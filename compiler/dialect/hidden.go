package dialect

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"
)

// hidden are the functions that the parser makes calls of. Their frames and
// names are never shown.
var hidden = map[string]native{
	"$enter": {fn: func(c *call) (starlark.Value, error) {
		if c.thread.CallStackDepth()-1 > maxCalls {
			return nil, errCalls
		}
		return starlark.True, nil
	}},
	// Names that an earlier part of the file has bound.
	"$assigned": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		return starlark.Bool(c.env.Has(string(c.args[0].(starlark.String)))), nil
	}},
	"$value": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		return c.env[string(c.args[0].(starlark.String))], nil
	}},
	"$arg": {min: 3, max: 3, fn: func(c *call) (starlark.Value, error) {
		return c.args[1], c.enforce(c.args[0].(*typeValue), c.args[1], "argument `"+string(c.args[2].(starlark.String))+"`")
	}},
	"$typed": {min: 2, max: 2, fn: func(c *call) (starlark.Value, error) {
		return c.args[1], c.enforce(c.args[0].(*typeValue), c.args[1], "return type")
	}},
	"$type": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		t, err := c.typeOf(c.args[0])
		if err != nil {
			return nil, err
		}
		return t, nil
	}},
	"$bytes": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		return bytesValue(c.args[0].(starlark.String)), nil
	}},
	"$iter": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		switch v := c.args[0].(type) {
		case starlark.Sequence:
			return v, nil
		case *iterator:
			elems, err := c.collect(v)
			return starlark.Tuple(elems), err
		}
		return nil, unsupported("(iter)", c.args[0])
	}},
	"$key": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		return c.args[0], c.hashable(c.args[0], 0)
	}},
	"$spread": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		if _, _, err := c.elements(c.args[0]); err != nil {
			return nil, refuse("The argument provided for *args is not iterable")
		}
		elems, err := c.collect(c.args[0])
		return starlark.Tuple(elems), err
	}},
	"$kwargs": {min: 2, max: 2, fn: func(c *call) (starlark.Value, error) {
		d, ok := c.args[0].(*starlark.Dict)
		if !ok {
			return nil, refuse("The argument provided for **kwargs is not a dictionary")
		}
		for _, key := range d.Keys() {
			if _, ok := key.(starlark.String); !ok {
				return nil, refuse("The argument provided for **kwargs is not an identifier")
			}
		}
		names := c.args[1].(*starlark.List)
		for i := range names.Len() {
			if _, found, _ := d.Get(names.Index(i)); found {
				return nil, refuse("Argument `%s` occurs more than once", string(names.Index(i).(starlark.String)))
			}
		}
		return d, c.charge(d.Len() * 4 * valueSize)
	}},
	// The arguments of a call that has very many. Those by position are returned;
	// $packed returns those by name, right after.
	"$pack": {min: 5, max: 5, fn: func(c *call) (starlark.Value, error) {
		positional, names, values := c.args[0].(*starlark.List), c.args[1].(*starlark.List), c.args[2].(*starlark.List)
		more, named := c.args[3].(starlark.Sequence), c.args[4].(*starlark.Dict)
		if err := c.charge((positional.Len() + more.Len() + 4*(names.Len()+named.Len())) * valueSize); err != nil {
			return nil, err
		}
		all := starlark.NewDict(names.Len() + named.Len())
		for i := range names.Len() {
			if err := all.SetKey(names.Index(i), values.Index(i)); err != nil {
				return nil, err
			}
		}
		for _, item := range named.Items() {
			if err := all.SetKey(item[0], item[1]); err != nil {
				return nil, err
			}
		}
		c.packed = all
		return starlark.Tuple(slices.Concat(slices.Collect(positional.Elements()), slices.Collect(starlark.Elements(more)))), nil
	}},
	"$packed": {fn: func(c *call) (starlark.Value, error) { return c.packed, nil }},
	"$load": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) {
		return nil, refuse("No imports are available, you tried `%s`: every rule file stands alone", string(c.args[0].(starlark.String)))
	}},
	"$attr": {min: 2, max: 2, fn: func(c *call) (starlark.Value, error) {
		if v := c.attr(c.args[0], c.attrName()); v != nil {
			return v, nil
		}
		return nil, c.noAttr()
	}},
	// The attribute that is called. That there is none comes to light after the
	// arguments have been evaluated.
	"$method": {min: 2, max: 2, fn: func(c *call) (starlark.Value, error) {
		if v := c.attr(c.args[0], c.attrName()); v != nil {
			return v, nil
		}
		return c.hidden("$none", native{fn: func(*call) (starlark.Value, error) { return nil, c.noAttr() }}), nil
	}},
	"$index":  {min: 2, max: 2, fn: func(c *call) (starlark.Value, error) { return c.index(c.args[0], c.args[1]) }},
	"$index2": {min: 3, max: 3, fn: func(c *call) (starlark.Value, error) { return c.index2(c.args[0], c.args[1], c.args[2]) }},
	"$slice": {min: 4, max: 4, fn: func(c *call) (starlark.Value, error) {
		return c.slice(c.args[0], c.args[1], c.args[2], c.args[3])
	}},
	"$str":  {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) { return c.printed(c.run.str) }},
	"$repr": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) { return c.printed(c.repr) }},
	"$fstr": {min: 1, max: 1, fn: func(c *call) (starlark.Value, error) { return join(c, "") }},
	"$==":   comparison(func(c *call) (bool, error) { return c.equal(c.args[0], c.args[1], 0) }),
	"$!=": comparison(func(c *call) (bool, error) {
		ok, err := c.equal(c.args[0], c.args[1], 0)
		return !ok, err
	}),
	"$<":  comparison(ordered(func(d int) bool { return d < 0 })),
	"$<=": comparison(ordered(func(d int) bool { return d <= 0 })),
	"$>":  comparison(ordered(func(d int) bool { return d > 0 })),
	"$>=": comparison(ordered(func(d int) bool { return d >= 0 })),
	"$in": comparison(func(c *call) (bool, error) { return c.in(c.args[0], c.args[1]) }),
}

func (c *call) attrName() string { return string(c.args[1].(starlark.String)) }

// noAttr says that $attr or $method has found nothing.
func (c *call) noAttr() error {
	name := c.attrName()
	msg := fmt.Sprintf("Object of type `%s` has no attribute `%s`", TypeName(c.args[0]), name)
	if like := nearest(name, slices.Values(c.attrNames(c.args[0]))); like != "" {
		msg += fmt.Sprintf(", did you mean `%s`?", like)
	}
	return refusal(msg)
}

func comparison(holds func(c *call) (bool, error)) native {
	return native{min: 2, max: 2, fn: func(c *call) (starlark.Value, error) {
		ok, err := holds(c)
		return starlark.Bool(ok), err
	}}
}

func ordered(want func(int) bool) func(*call) (bool, error) {
	return func(c *call) (bool, error) {
		d, err := c.order(c.args[0], c.args[1], 0)
		return want(d), err
	}
}

// enforce returns an error if v is not of type t.
func (r *run) enforce(t *typeValue, v starlark.Value, where string) error {
	ok, err := r.matches(t, v)
	if err == nil && !ok {
		text := shown(v)
		if s, isString := v.(starlark.String); isString {
			text = take(string(s), maxShown)
		}
		err = refuse("Value `%s` of type `%s` does not match the type annotation `%s` for %s", text, TypeName(v), t, where)
	}
	return err
}

// environment makes the names that a run sees: those of the dialect, over them
// those of the caller, and the hidden ones.
func (r *run) environment(predeclared starlark.StringDict) starlark.StringDict {
	r.own = starlark.StringDict{"True": starlark.True, "False": starlark.False, "None": starlark.None}
	for name, n := range builtins {
		r.own[name] = r.builtin(name, n, nil)
	}
	env := starlark.StringDict{"$none": starlark.None, "$missing": missing, "$ellipsis": ellipsis}
	for name, v := range r.own {
		env[name] = v
	}
	for name, v := range predeclared {
		env[name] = guard(v)
	}
	for name, n := range hidden {
		env[name] = r.hidden(name, n)
	}
	for _, op := range arithmeticOps {
		env["$"+op] = r.hidden("$"+op, native{min: 2, max: 2, fn: func(c *call) (starlark.Value, error) {
			return c.binary(op, c.args[0], c.args[1])
		}})
		env["$"+op+"="] = r.hidden("$"+op+"=", native{min: 2, max: 2, fn: func(c *call) (starlark.Value, error) {
			return c.augmented(op, c.args[0], c.args[1])
		}})
	}
	return env
}

// hidden makes a function of the parser's a value. It is no call in the sense of
// the dialect.
func (r *run) hidden(name string, n native) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return n.fn(&call{run: r, name: name, args: args})
	})
}
