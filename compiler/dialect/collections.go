package dialect

import (
	"errors"
	"math"

	"go.starlark.net/starlark"
)

func listMethod(min, max int, fn func(c *call, list *starlark.List) (starlark.Value, error)) native {
	return native{min: min, max: max, fn: func(c *call) (starlark.Value, error) {
		v, err := fn(c, c.recv.(*starlark.List))
		return v, mutation(err)
	}}
}

var listMethods = map[string]native{
	"append": listMethod(1, 1, func(c *call, list *starlark.List) (starlark.Value, error) {
		return starlark.None, list.Append(c.args[0])
	}),
	"clear": listMethod(0, 0, func(_ *call, list *starlark.List) (starlark.Value, error) {
		return starlark.None, list.Clear()
	}),
	"extend": listMethod(1, 1, func(c *call, list *starlark.List) (starlark.Value, error) {
		return starlark.None, c.extend(list, c.args[0])
	}),
	"index": listMethod(1, 3, func(c *call, list *starlark.List) (starlark.Value, error) {
		lo, err := c.optionalInt(1, "start", 0)
		if err != nil {
			return nil, err
		}
		hi, err := c.optionalInt(2, "end", math.MaxInt32)
		if err != nil {
			return nil, err
		}
		n := list.Len()
		clip := func(i int) int {
			if i < 0 {
				i += n
			}
			return min(max(i, 0), n)
		}
		for i := clip(lo); i < clip(hi); i++ {
			if ok, err := c.equal(c.args[0], list.Index(i), 0); err != nil {
				return nil, err
			} else if ok {
				return starlark.MakeInt(i), nil
			}
		}
		return nil, refuse("Element '%s' not found in '%s'", shown(c.args[0]), shown(list))
	}),
	"insert": listMethod(2, 2, func(c *call, list *starlark.List) (starlark.Value, error) {
		if _, err := c.int(0, "index", 0); err != nil {
			return nil, err
		}
		return c.native(list, "insert", c.args...)
	}),
	"pop": listMethod(0, 1, func(c *call, list *starlark.List) (starlark.Value, error) {
		i, err := c.int(0, "index", list.Len()-1)
		if err != nil {
			return nil, err
		}
		if i < 0 || i >= list.Len() {
			return nil, refuse("Index `%d` is out of bound", i)
		}
		return c.native(list, "pop", starlark.MakeInt(i))
	}),
	"remove": listMethod(1, 1, func(c *call, list *starlark.List) (starlark.Value, error) {
		for i := range list.Len() {
			if ok, err := c.equal(c.args[0], list.Index(i), 0); err != nil {
				return nil, err
			} else if ok {
				_, err := c.native(list, "pop", starlark.MakeInt(i))
				return starlark.None, err
			}
		}
		return nil, refuse("Element '%s' not found in list '%s'", shown(c.args[0]), shown(list))
	}),
}

// native calls a method of go.starlark.net that moves the elements of a list.
func (c *call) native(list *starlark.List, name string, args ...starlark.Value) (starlark.Value, error) {
	if err := c.tick(list.Len() / 64); err != nil {
		return nil, err
	}
	method, err := list.Attr(name)
	if err != nil {
		return nil, err
	}
	return method.(*starlark.Builtin).CallInternal(c.thread, args, nil)
}

func dictMethod(min, max int, fn func(c *call, d *starlark.Dict) (starlark.Value, error)) native {
	return native{min: min, max: max, fn: func(c *call) (starlark.Value, error) {
		v, err := fn(c, c.recv.(*starlark.Dict))
		return v, mutation(err)
	}}
}

// keyed is a method whose first argument is a key.
func keyed(fn func(c *call, d *starlark.Dict) (starlark.Value, error)) native {
	return dictMethod(1, 2, func(c *call, d *starlark.Dict) (starlark.Value, error) {
		if err := c.hashable(c.args[0], 0); err != nil {
			return nil, err
		}
		return fn(c, d)
	})
}

// alternative returns the second argument, or otherwise if it is absent.
func (c *call) alternative(otherwise starlark.Value) starlark.Value {
	if len(c.args) > 1 {
		return c.args[1]
	}
	return otherwise
}

var dictMethods = map[string]native{
	"clear": dictMethod(0, 0, func(_ *call, d *starlark.Dict) (starlark.Value, error) {
		return starlark.None, d.Clear()
	}),
	"get": keyed(func(c *call, d *starlark.Dict) (starlark.Value, error) {
		v, found, err := d.Get(c.args[0])
		if !found {
			v = c.alternative(starlark.None)
		}
		return v, err
	}),
	"items": dictMethod(0, 0, func(c *call, d *starlark.Dict) (starlark.Value, error) {
		if err := c.charge(d.Len() * 4 * valueSize); err != nil {
			return nil, err
		}
		elems := make([]starlark.Value, 0, d.Len())
		for _, item := range d.Items() {
			elems = append(elems, item)
		}
		return c.list(elems)
	}),
	"keys": dictMethod(0, 0, func(c *call, d *starlark.Dict) (starlark.Value, error) {
		return c.list(d.Keys())
	}),
	"values": dictMethod(0, 0, func(c *call, d *starlark.Dict) (starlark.Value, error) {
		values := make([]starlark.Value, 0, d.Len())
		for _, item := range d.Items() {
			values = append(values, item[1])
		}
		return c.list(values)
	}),
	"pop": {min: 1, max: 2, named: true, fn: func(c *call) (starlark.Value, error) {
		named, err := c.keywords("default")
		if err != nil {
			return nil, err
		}
		if err := c.hashable(c.args[0], 0); err != nil {
			return nil, err
		}
		if err := c.second("default", named); err != nil {
			return nil, err
		}
		d := c.recv.(*starlark.Dict)
		v, found, err := d.Delete(c.args[0])
		if err == nil && !found {
			if v = c.alternative(nil); v == nil {
				err = refuse("Key `%s` not found in dictionary `%s`", shown(c.args[0]), shown(d))
			}
		}
		return v, mutation(err)
	}},
	"popitem": dictMethod(0, 0, func(_ *call, d *starlark.Dict) (starlark.Value, error) {
		it := d.Iterate()
		var key starlark.Value
		some := it.Next(&key)
		it.Done()
		if !some {
			return nil, refuse("Cannot .popitem() on an empty dictionary")
		}
		v, _, err := d.Delete(key)
		return starlark.Tuple{key, v}, err
	}),
	"setdefault": keyed(func(c *call, d *starlark.Dict) (starlark.Value, error) {
		if err := mutable(d); err != nil {
			return nil, err
		}
		v, found, err := d.Get(c.args[0])
		if found || err != nil {
			return v, err
		}
		v = c.alternative(starlark.None)
		return v, d.SetKey(c.args[0], v)
	}),
	"update": {min: 0, max: 1, named: true, fn: func(c *call) (starlark.Value, error) {
		return starlark.None, mutation(c.fill(c.recv.(*starlark.Dict)))
	}},
}

// fill puts the entries that the arguments give into d: a dict or pairs, and
// named arguments.
func (c *call) fill(d *starlark.Dict) error {
	if err := mutable(d); err != nil {
		return err
	}
	if len(c.args) > 0 {
		if from, ok := c.args[0].(*starlark.Dict); ok {
			if err := c.update(d, from); err != nil {
				return err
			}
		} else if err := c.pairs(d); err != nil {
			return err
		}
	}
	for _, kw := range c.kwargs {
		if err := d.SetKey(kw[0], kw[1]); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) pairs(d *starlark.Dict) error {
	pairs, err := c.collect(c.args[0])
	if err != nil {
		return err
	}
	for _, p := range pairs {
		kv, err := c.collect(p)
		if err != nil {
			return err
		}
		if len(kv) != 2 {
			return refuse("Found a non-pair element in the positional argument of dict(): %s", shown(p))
		}
		if err := errors.Join(c.hashable(kv[0], 0), c.charge(4*valueSize)); err != nil {
			return err
		}
		if err := d.SetKey(kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}
