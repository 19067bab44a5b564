package dialect

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"
)

// A native is a function or method of the dialect, written in Go.
type native struct {
	min, max int  // positional arguments; max < 0: any number
	named    bool // fn takes care of named arguments; otherwise there are none
	fn       func(c *call) (starlark.Value, error)
}

// A call is one call of a native. recv is the object of a method.
type call struct {
	*run
	name   string
	recv   starlark.Value
	args   starlark.Tuple
	kwargs []starlark.Tuple
}

// builtin makes a native a value.
func (r *run) builtin(name string, n native, recv starlark.Value) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if thread.CallStackDepth() > maxCalls {
			return nil, errCalls
		}
		return r.invoke(&call{run: r, name: name, recv: recv, args: args, kwargs: kwargs}, n)
	})
}

func (r *run) invoke(c *call, n native) (starlark.Value, error) {
	if len(c.kwargs) > 0 && !n.named {
		names := make([]string, len(c.kwargs))
		for i, kw := range c.kwargs {
			names[i] = "`" + string(kw[0].(starlark.String)) + "`"
		}
		return nil, refuse("Found %s extra named parameter(s) for call to function", strings.Join(names, " "))
	}
	if got := len(c.args); got < n.min || n.max >= 0 && got > n.max {
		want := fmt.Sprint(n.min)
		if n.max < 0 {
			want = fmt.Sprintf("at least %d", n.min)
		} else if n.max != n.min {
			want = fmt.Sprintf("between %d and %d", n.min, n.max)
		}
		return nil, refuse("Wrong number of positional arguments, expected %s, got %d", want, got)
	}
	return n.fn(c)
}

// guard makes a builtin of our caller respect the bound on calls.
func guard(v starlark.Value) starlark.Value {
	b, ok := v.(*starlark.Builtin)
	if !ok {
		return v
	}
	return starlark.NewBuiltin(b.Name(), func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if thread.CallStackDepth() > maxCalls {
			return nil, errCalls
		}
		return b.CallInternal(thread, args, kwargs)
	})
}

// keywords returns the named arguments, which must be among names.
func (c *call) keywords(names ...string) (map[string]starlark.Value, error) {
	got := map[string]starlark.Value{}
	for _, kw := range c.kwargs {
		name := string(kw[0].(starlark.String))
		if !slices.Contains(names, name) {
			return nil, refuse("Found `%s` extra named parameter(s) for call to %s", name, c.name)
		}
		got[name] = kw[1]
	}
	return got, nil
}

func wrongType(param, want string, v starlark.Value) error {
	return refuse("Type of parameter `%s` doesn't match, expected `%s`, actual `%s`", param, want, describe(v))
}

// str returns argument i, which must be a string.
func (c *call) str(i int, param string) (string, error) {
	s, ok := starlark.AsString(c.args[i])
	if !ok {
		return "", wrongType(param, "str", c.args[i])
	}
	return s, nil
}

// int returns argument i, which must be a 32-bit integer, or otherwise if it is
// absent.
func (c *call) int(i int, param string, otherwise int) (int, error) {
	if i >= len(c.args) {
		return otherwise, nil
	}
	if _, ok := c.args[i].(starlark.Int); !ok {
		return 0, wrongType(param, "int", c.args[i])
	}
	n, err := i32(c.args[i])
	if err != nil {
		err = refuse("Error unpacking value for parameter `%s`: %v", param, err)
	}
	return n, err
}

// optionalInt is like int, and None stands for otherwise too.
func (c *call) optionalInt(i int, param string, otherwise int) (int, error) {
	if i < len(c.args) && c.args[i] != starlark.None {
		if _, ok := c.args[i].(starlark.Int); !ok {
			return 0, wrongType(param, "None | int", c.args[i])
		}
		return c.int(i, param, otherwise)
	}
	return otherwise, nil
}

func methods(v starlark.Value) map[string]native {
	switch v.(type) {
	case starlark.String:
		return stringMethods
	case bytesValue:
		return bytesMethods
	case *starlark.List:
		return listMethods
	case *starlark.Dict:
		return dictMethods
	}
	return nil
}

// attr returns the method or attribute name of v, or nil.
func (r *run) attr(v starlark.Value, name string) starlark.Value {
	if n, ok := methods(v)[name]; ok {
		return r.builtin(name, n, v)
	}
	if f := r.typeFunction(v); f != "" && name == "type" {
		return starlark.String(typeFunctions[f])
	}
	return nil
}

// attrNames returns the names that attr knows for v, sorted.
func (r *run) attrNames(v starlark.Value) []string {
	if r.typeFunction(v) != "" {
		return []string{"type"}
	}
	return slices.Sorted(maps.Keys(methods(v)))
}
