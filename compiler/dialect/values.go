package dialect

import (
	"errors"
	"hash/maphash"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Values of the dialect that go.starlark.net lacks. Bytes and iterators do not
// implement starlark.Iterable, so that they cannot be unpacked or looped over
// behind our back; [run.elements] knows them.

// bytesValue is a bytes literal. That of go.starlark.net can be iterated over.
type bytesValue string

func (b bytesValue) String() string        { return reprBytes(string(b)) }
func (b bytesValue) Type() string          { return "bytes" }
func (b bytesValue) Freeze()               {}
func (b bytesValue) Truth() starlark.Bool  { return b != "" }
func (b bytesValue) Hash() (uint32, error) { return starlark.String(b).Hash() }

// iterator is what elems and codepoints of a string return. It can be iterated
// over again and again.
type iterator struct {
	text       string
	codepoints bool
}

func (it *iterator) String() string        { return "iterator" }
func (it *iterator) Type() string          { return "iterator" }
func (it *iterator) Freeze()               {}
func (it *iterator) Truth() starlark.Bool  { return true }
func (it *iterator) Hash() (uint32, error) { return 0, unhashable(it) }

func (it *iterator) elements() []starlark.Value {
	var elems []starlark.Value
	for _, c := range it.text {
		if it.codepoints {
			elems = append(elems, starlark.MakeInt(int(c)))
		} else {
			elems = append(elems, starlark.String(c))
		}
	}
	return elems
}

// singleton is a value of which there is one.
type singleton struct{ name, typ string }

func (s *singleton) String() string        { return s.name }
func (s *singleton) Type() string          { return s.typ }
func (s *singleton) Freeze()               {}
func (s *singleton) Truth() starlark.Bool  { return s != missing }
func (s *singleton) Hash() (uint32, error) { return 0, unhashable(s) }

var (
	ellipsis = &singleton{"Ellipsis", "ellipsis"}
	// missing stands for a part of a slice that is not there. It is false.
	missing = &singleton{"missing", "missing"}
)

func unhashable(v starlark.Value) error {
	return refuse("Value of type `%s` is not hashable", TypeName(v))
}

// A typeValue is a type in an annotation.
type typeValue struct {
	kind typeKind
	// name is the type's name; for a plain type that of its values.
	name string
	args []*typeValue
}

type typeKind uint8

const (
	plainType   typeKind = iota
	listType             // args: element
	dictType             // args: key, value
	tupleType            // args: element, of any number
	productType          // args: one for each element of a tuple
	unionType            // args: alternatives
)

func (t *typeValue) Type() string         { return "type" }
func (t *typeValue) Freeze()              {}
func (t *typeValue) Truth() starlark.Bool { return true }

var typeSeed = maphash.MakeSeed()

func (t *typeValue) Hash() (uint32, error) {
	return uint32(maphash.String(typeSeed, t.String())), nil
}

func (t *typeValue) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	same := t.String() == y.(*typeValue).String()
	switch op {
	case syntax.EQL:
		return same, nil
	case syntax.NEQ:
		return !same, nil
	}
	return false, unsupported("compare", t, y)
}

func (t *typeValue) String() string {
	list := func(sep string) string {
		names := make([]string, len(t.args))
		for i, a := range t.args {
			names[i] = a.String()
		}
		return strings.Join(names, sep)
	}
	switch t.kind {
	case listType:
		return "list[" + list(", ") + "]"
	case dictType:
		return "dict[" + list(", ") + "]"
	case tupleType:
		return "tuple[" + list(", ") + ", ...]"
	case productType:
		if len(t.args) == 1 {
			return "(" + list("") + ",)"
		}
		return "(" + list(", ") + ")"
	case unionType:
		return list(" | ")
	}
	return t.name
}

// typeFunctions maps the builtins that name types to the names of the types.
var typeFunctions = map[string]string{
	"bool": "bool", "bytes": "bytes", "dict": "dict", "float": "float", "int": "int", "list": "list",
	"range": "range", "str": "string", "tuple": "tuple", "type": "type",
}

// typeFunction returns the name of v as one of typeFunctions, or "".
func (r *run) typeFunction(v starlark.Value) string {
	if b, ok := v.(*starlark.Builtin); ok && typeFunctions[b.Name()] != "" && r.own[b.Name()] == v {
		return b.Name()
	}
	return ""
}

// maxTypeParts bounds the size of a type.
const maxTypeParts = 1_000

func (t *typeValue) parts() int {
	n := 1
	for _, a := range t.args {
		n += a.parts()
	}
	return n
}

func (r *run) newType(kind typeKind, args ...starlark.Value) (*typeValue, error) {
	t := &typeValue{kind: kind}
	for _, a := range args {
		arg, err := r.typeOf(a)
		if err != nil {
			return nil, err
		}
		if kind == unionType && arg.kind == unionType {
			t.args = append(t.args, arg.args...)
		} else {
			t.args = append(t.args, arg)
		}
	}
	if t.parts() > maxTypeParts {
		return nil, refuse("a type has too many parts")
	}
	if kind == unionType {
		slices.SortFunc(t.args, func(x, y *typeValue) int { return strings.Compare(x.String(), y.String()) })
		t.args = slices.CompactFunc(t.args, func(x, y *typeValue) bool { return x.String() == y.String() })
	}
	return t, nil
}

// typeOf returns the type that v stands for in an annotation.
func (r *run) typeOf(v starlark.Value) (*typeValue, error) {
	switch v := v.(type) {
	case *typeValue:
		return v, nil
	case starlark.NoneType:
		return &typeValue{name: "None"}, nil
	case starlark.Tuple:
		return r.newType(productType, v...)
	case starlark.String:
		return nil, refuse("String literals are not allowed in type expressions: `%s`", shown(v))
	}
	if name := r.typeFunction(v); name != "" {
		return &typeValue{name: name}, nil
	}
	return nil, refuse("Type `%s` is not a valid type annotation", shown(v))
}

// matches reports whether v is of type t.
func (r *run) matches(t *typeValue, v starlark.Value) (bool, error) {
	if err := r.tick(1); err != nil {
		return false, err
	}
	all := func(elems []starlark.Value, typ func(int) *typeValue) (bool, error) {
		for i, e := range elems {
			if ok, err := r.matches(typ(i), e); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	switch t.kind {
	case unionType:
		for _, alt := range t.args {
			if ok, err := r.matches(alt, v); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	case listType:
		list, ok := v.(*starlark.List)
		for i := 0; ok && i < list.Len(); i++ {
			if ok, err := r.matches(t.args[0], list.Index(i)); !ok || err != nil {
				return false, err
			}
		}
		return ok, nil
	case dictType:
		dict, ok := v.(*starlark.Dict)
		if !ok {
			return false, nil
		}
		for _, item := range dict.Items() {
			if ok, err := all(item, func(i int) *typeValue { return t.args[i] }); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	case tupleType:
		tuple, ok := v.(starlark.Tuple)
		if !ok {
			return false, nil
		}
		return all(tuple, func(int) *typeValue { return t.args[0] })
	case productType:
		tuple, ok := v.(starlark.Tuple)
		if !ok || len(tuple) != len(t.args) {
			return false, nil
		}
		return all(tuple, func(i int) *typeValue { return t.args[i] })
	}
	switch t.name {
	case "None":
		return v == starlark.None, nil
	case "type":
		_, ok := v.(*typeValue)
		return ok || r.typeFunction(v) != "", nil
	}
	return TypeName(v) == typeFunctions[t.name], nil
}

// TypeName returns the name of v's type as the dialect's type function does.
func TypeName(v starlark.Value) string {
	if _, ok := v.(starlark.Callable); ok {
		return "function"
	}
	return v.Type()
}

// unsupported says that an operator is not for values of these types.
func unsupported(op string, vs ...starlark.Value) error {
	if len(vs) == 1 {
		return refuse("Operation `%s` not supported on type `%s`", op, TypeName(vs[0]))
	}
	return refuse("Operation `%s` not supported for types `%s` and `%s`", op, TypeName(vs[0]), TypeName(vs[1]))
}

// elements starts an iteration over v.
func (r *run) elements(v starlark.Value) (starlark.Iterator, int, error) {
	switch v := v.(type) {
	case *iterator:
		if err := r.charge(len(v.text) * 2 * valueSize); err != nil {
			return nil, 0, err
		}
		elems := starlark.Tuple(v.elements())
		return elems.Iterate(), len(elems), nil
	case starlark.Sequence: // list, tuple, dict, range
		return v.Iterate(), v.Len(), nil
	}
	return nil, 0, unsupported("(iter)", v)
}

// collect returns the elements of v.
func (r *run) collect(v starlark.Value) ([]starlark.Value, error) {
	it, n, err := r.elements(v)
	if err != nil {
		return nil, err
	}
	defer it.Done()
	if n < 0 {
		return nil, refuse("Integer overflow")
	}
	if n > int(r.limits.Memory/valueSize) {
		return nil, errMemory
	}
	if err := errors.Join(r.charge(n*valueSize), r.tick(n)); err != nil {
		return nil, err
	}
	elems := make([]starlark.Value, 0, n)
	var x starlark.Value
	for it.Next(&x) {
		elems = append(elems, x)
	}
	return elems, nil
}
