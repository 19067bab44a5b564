package dialect

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

var arithmeticOps = []string{"+", "-", "*", "/", "//", "%", "&", "|", "^", "<<", ">>"}

// binary applies an operator of arithmeticOps.
func (r *run) binary(op string, x, y starlark.Value) (starlark.Value, error) {
	if v, ok, err := r.arithmetic(op, x, y); ok {
		return v, err
	}
	switch op {
	case "+":
		return r.add(x, y)
	case "*":
		if n, ok := x.(starlark.Int); ok {
			return r.repeat(y, n, x, y)
		}
		if n, ok := y.(starlark.Int); ok {
			return r.repeat(x, n, x, y)
		}
	case "%":
		if f, ok := x.(starlark.String); ok {
			return r.percent(string(f), y)
		}
	case "|":
		return r.union(x, y)
	}
	return nil, unsupported(op, x, y)
}

func (r *run) add(x, y starlark.Value) (starlark.Value, error) {
	switch x := x.(type) {
	case starlark.String:
		if y, ok := y.(starlark.String); ok {
			if err := r.charge(len(x) + len(y)); err != nil {
				return nil, err
			}
			return x + y, nil
		}
	case bytesValue:
		if y, ok := y.(bytesValue); ok {
			if err := r.charge(len(x) + len(y)); err != nil {
				return nil, err
			}
			return x + y, nil
		}
	case starlark.Tuple:
		if y, ok := y.(starlark.Tuple); ok {
			if err := r.charge((len(x) + len(y)) * valueSize); err != nil {
				return nil, err
			}
			return append(x[:len(x):len(x)], y...), nil
		}
	case *starlark.List:
		if y, ok := y.(*starlark.List); ok {
			if err := r.charge((x.Len() + y.Len()) * valueSize); err != nil {
				return nil, err
			}
			elems := make([]starlark.Value, 0, x.Len()+y.Len())
			for i := range x.Len() {
				elems = append(elems, x.Index(i))
			}
			for i := range y.Len() {
				elems = append(elems, y.Index(i))
			}
			return starlark.NewList(elems), nil
		}
	}
	return nil, unsupported("+", x, y)
}

// repeat returns n times v; x and y are the operands as written.
func (r *run) repeat(v starlark.Value, n starlark.Int, x, y starlark.Value) (starlark.Value, error) {
	size := 0
	switch v := v.(type) {
	case starlark.String:
		size = len(v)
	case bytesValue:
		size = len(v)
	case starlark.Tuple:
		size = len(v) * valueSize
	case *starlark.List:
		size = v.Len() * valueSize
	default:
		return nil, unsupported("*", x, y)
	}
	times, err := i32(n)
	if err != nil {
		return nil, err
	}
	times = max(times, 0)
	if size > 0 && times > int(r.limits.Memory)/size {
		return nil, errMemory
	}
	if err := r.charge(size * times); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case starlark.String:
		return starlark.String(strings.Repeat(string(v), times)), nil
	case bytesValue:
		return bytesValue(strings.Repeat(string(v), times)), nil
	case starlark.Tuple:
		return starlark.Tuple(repeated(v, times)), nil
	}
	list, _ := r.collect(v)
	return starlark.NewList(repeated(list, times)), nil
}

func repeated(list []starlark.Value, times int) []starlark.Value {
	out := make([]starlark.Value, 0, len(list)*times)
	for range times {
		if len(list) == 0 {
			break
		}
		out = append(out, list...)
	}
	return out
}

// union is | on dicts and types.
func (r *run) union(x, y starlark.Value) (starlark.Value, error) {
	if d, ok := x.(*starlark.Dict); ok {
		e, ok := y.(*starlark.Dict)
		if !ok {
			return nil, unsupported("|", x, y)
		}
		u := new(starlark.Dict)
		if err := r.update(u, d); err != nil {
			return nil, err
		}
		return u, r.update(u, e)
	}
	isType := func(v starlark.Value) bool {
		_, ok := v.(*typeValue)
		return ok || v == starlark.None || r.typeFunction(v) != ""
	}
	if isType(x) {
		t, err := r.newType(unionType, x, y)
		if err != nil {
			return nil, err
		}
		if len(t.args) == 1 {
			if x == starlark.None {
				return x, nil
			}
			return t.args[0], nil
		}
		return t, nil
	}
	return nil, unsupported("|", x, y)
}

// update puts the entries of from into d.
func (r *run) update(d, from *starlark.Dict) error {
	for _, item := range from.Items() {
		if err := r.charge(4 * valueSize); err != nil {
			return err
		}
		if err := d.SetKey(item[0], item[1]); err != nil {
			return mutation(err)
		}
	}
	return nil
}

// augmented applies op=, which changes lists and dicts in place.
func (r *run) augmented(op string, x, y starlark.Value) (starlark.Value, error) {
	switch x := x.(type) {
	case *starlark.List:
		if op == "+" {
			return x, r.extend(x, y)
		}
	case *starlark.Dict:
		if op == "|" {
			y, ok := y.(*starlark.Dict)
			if !ok {
				return nil, unsupported("|=", x, y)
			}
			if err := mutable(x); err != nil {
				return nil, err
			}
			return x, r.update(x, y)
		}
	}
	return r.binary(op, x, y)
}

var errMutation = refuse("This operation mutates an iterable for an iterator while iterating.")

// mutation words the errors of go.starlark.net about changing what is iterated
// over.
func mutation(err error) error {
	if err != nil && strings.Contains(err.Error(), "during iteration") {
		return errMutation
	}
	return err
}

// probe is a key that no rule file can make.
type probe struct{ starlark.NoneType }

// mutable returns an error if v, a list or dict, must not be changed now.
func mutable(v starlark.Value) error {
	var err error
	switch v := v.(type) {
	case *starlark.Dict:
		_, _, err = v.Delete(probe{})
	case *starlark.List:
		if v.Len() > 0 {
			err = v.SetIndex(0, v.Index(0))
		}
	}
	return mutation(err)
}

// extend appends the elements of v to list.
func (r *run) extend(list *starlark.List, v starlark.Value) error {
	elems, err := r.collect(v)
	if err != nil {
		return err
	}
	if err := mutable(list); err != nil {
		return err
	}
	// A list that grows is copied as a whole now and then.
	if err := r.charge(4 * len(elems) * valueSize); err != nil {
		return err
	}
	for _, e := range elems {
		if err := list.Append(e); err != nil {
			return mutation(err)
		}
	}
	return nil
}

// equal compares by value. The time it takes is counted: values can share parts,
// and so be exponentially large.
func (r *run) equal(x, y starlark.Value, depth int) (bool, error) {
	if err := r.tick(1); err != nil {
		return false, err
	}
	if depth > maxValueDepth {
		return false, errRecursion
	}
	sequence := func(n int, a, b func(int) starlark.Value) (bool, error) {
		for i := range n {
			if ok, err := r.equal(a(i), b(i), depth+1); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	switch x := x.(type) {
	case starlark.Int, starlark.Float:
		if _, ok := number(y); !ok {
			return false, nil
		}
		c, err := r.order(x, y, depth)
		return c == 0, err
	case starlark.Tuple:
		y, ok := y.(starlark.Tuple)
		if !ok || len(x) != len(y) || identical(x, y) {
			return ok && len(x) == len(y), nil
		}
		return sequence(len(x), x.Index, y.Index)
	case *starlark.List:
		y, ok := y.(*starlark.List)
		if !ok || x == y || x.Len() != y.Len() {
			return ok && x == y, nil
		}
		return sequence(x.Len(), x.Index, y.Index)
	case *starlark.Dict:
		y, ok := y.(*starlark.Dict)
		if !ok || x == y || x.Len() != y.Len() {
			return ok && x == y, nil
		}
		for _, item := range x.Items() {
			v, found, err := y.Get(item[0])
			if !found || err != nil {
				return false, err
			}
			if ok, err := r.equal(item[1], v, depth+1); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	case bytesValue:
		return x == y, r.tick(len(x) / 64)
	case starlark.String:
		return x == y, r.tick(len(x) / 64)
	}
	return starlark.Equal(x, y) // scalars, ranges, functions, types
}

// order compares x and y: negative if x is less.
func (r *run) order(x, y starlark.Value, depth int) (int, error) {
	if err := r.tick(1); err != nil {
		return 0, err
	}
	if depth > maxValueDepth {
		return 0, errRecursion
	}
	sequence := func(m, n int, a, b func(int) starlark.Value) (int, error) {
		for i := range min(m, n) {
			if c, err := r.order(a(i), b(i), depth+1); c != 0 || err != nil {
				return c, err
			}
		}
		return m - n, nil
	}
	switch x := x.(type) {
	case starlark.Int:
		if y, ok := y.(starlark.Int); ok {
			return x.Cmp(y, 0)
		}
		if y, ok := y.(starlark.Float); ok {
			return x.Float().Cmp(y, 0)
		}
	case starlark.Float:
		switch y := y.(type) {
		case starlark.Int:
			return x.Cmp(y.Float(), 0)
		case starlark.Float:
			return x.Cmp(y, 0)
		}
	case starlark.Bool:
		if y, ok := y.(starlark.Bool); ok {
			switch {
			case x == y:
				return 0, nil
			case bool(x):
				return 1, nil
			}
			return -1, nil
		}
	case starlark.String:
		if y, ok := y.(starlark.String); ok {
			return strings.Compare(string(x), string(y)), r.tick(min(len(x), len(y)) / 64)
		}
	case bytesValue:
		if y, ok := y.(bytesValue); ok {
			return strings.Compare(string(x), string(y)), r.tick(min(len(x), len(y)) / 64)
		}
	case starlark.Tuple:
		if y, ok := y.(starlark.Tuple); ok {
			return sequence(len(x), len(y), x.Index, y.Index)
		}
	case *starlark.List:
		if y, ok := y.(*starlark.List); ok {
			return sequence(x.Len(), y.Len(), x.Index, y.Index)
		}
	}
	return 0, unsupported("compare", x, y)
}

// hashable returns an error if v cannot be a key.
func (r *run) hashable(v starlark.Value, depth int) error {
	if err := r.tick(1); err != nil {
		return err
	}
	switch v := v.(type) {
	case starlark.Tuple:
		if depth > maxValueDepth {
			return errRecursion
		}
		for _, e := range v {
			if err := r.hashable(e, depth+1); err != nil {
				return err
			}
		}
	case starlark.String:
		if err := r.tick(len(v) / 64); err != nil {
			return err
		}
	}
	if _, ok := v.(starlark.Tuple); ok && depth > 0 {
		return nil // its elements are good, and the outermost tuple counts
	}
	h, err := v.Hash()
	if err != nil {
		return unhashable(v)
	}
	if depth > 0 {
		return nil
	}
	return r.collide(h, v)
}

// A bucket counts the keys with one hash.
type bucket struct {
	last starlark.Value
	keys int
}

// collide counts the time that a key takes when others have the same hash. The
// hashes of go.starlark.net are easy to forge (those of integers are their lowest
// 32 bits), and its dicts then take time in the square of their size.
func (r *run) collide(h uint32, v starlark.Value) error {
	if i, ok := v.(starlark.Int); ok {
		if n, ok := i.Int64(); ok && n == int64(int32(n)) {
			return nil // of these each has a hash of its own
		}
	}
	b, ok := r.hashes[h]
	if !ok {
		if r.hashes == nil {
			r.hashes = map[uint32]*bucket{}
		}
		r.hashes[h] = &bucket{last: v}
		return r.charge(4 * valueSize)
	}
	if same, err := r.equal(b.last, v, 0); same || err != nil {
		return err
	}
	b.last = v
	b.keys++
	return r.tick(b.keys)
}

// in is the operator of that name.
func (r *run) in(x, y starlark.Value) (bool, error) {
	switch y := y.(type) {
	case starlark.String:
		s, ok := x.(starlark.String)
		if !ok {
			return false, mismatch("str", x)
		}
		return strings.Contains(string(y), string(s)), r.tick(len(y) / 64)
	case bytesValue:
		switch x := x.(type) {
		case bytesValue:
			return strings.Contains(string(y), string(x)), r.tick(len(y) / 64)
		case starlark.Int:
			n, ok := x.Int64()
			if !ok || n < 0 || n > 255 {
				return false, refuse("byte value must be in range 0..=255, got %s", shown(x))
			}
			return strings.IndexByte(string(y), byte(n)) >= 0, r.tick(len(y) / 64)
		}
		return false, refuse("argument to 'in bytes' must be an int or bytes, not '%s'", TypeName(x))
	case *starlark.Dict:
		if err := r.hashable(x, 0); err != nil {
			return false, err
		}
		_, found, err := y.Get(x)
		return found, err
	case *starlark.List, starlark.Tuple:
		seq := y.(starlark.Indexable)
		for i := range seq.Len() {
			if ok, err := r.equal(x, seq.Index(i), 0); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
	if y.Type() != "range" {
		return false, unsupported("in", x, y)
	}
	if f, ok := x.(starlark.Float); ok {
		i, err := starlark.NumberToInt(f)
		if err != nil || i.Float() != f {
			return false, nil
		}
		x = i
	}
	if _, ok := x.(starlark.Int); !ok {
		return false, nil
	}
	v, err := starlark.Binary(syntax.IN, x, y)
	if err != nil {
		return false, err
	}
	return v == starlark.True, nil
}

func mismatch(want string, v starlark.Value) error {
	return refuse("Type of parameters mismatch, expected `%s`, actual `%s`", want, describe(v))
}

// index is x[i].
func (r *run) index(x, i starlark.Value) (starlark.Value, error) {
	switch x := x.(type) {
	case *starlark.Dict:
		if err := r.hashable(i, 0); err != nil {
			return nil, err
		}
		v, found, err := x.Get(i)
		if err == nil && !found {
			err = refuse("Key `%s` was not found", shown(i))
		}
		return v, err
	case starlark.String:
		if _, ok := i.(starlark.Int); !ok {
			return nil, mismatch("int", i)
		}
		n, err := r.position(i, func() int { return utf8.RuneCountInString(string(x)) })
		if err != nil {
			return nil, err
		}
		if err := r.tick(len(x) / 64); err != nil {
			return nil, err
		}
		from := runeOffset(string(x), n)
		return starlark.String(take(string(x)[from:], 1)), nil
	case bytesValue:
		n, err := r.position(i, func() int { return len(x) })
		if err != nil {
			return nil, err
		}
		return starlark.MakeInt(int(x[n])), nil
	case starlark.Indexable: // list, tuple, range
		n, err := r.position(i, x.Len)
		if err != nil {
			return nil, err
		}
		return x.Index(n), nil
	}
	if r.typeFunction(x) == "list" {
		return r.newType(listType, i)
	}
	if _, ok := x.(starlark.Callable); ok {
		return nil, unsupported("[]", x)
	}
	return nil, unsupported("[]", x, i)
}

// position returns the offset that index i means among n elements.
func (r *run) position(i starlark.Value, n func() int) (int, error) {
	k, err := i32(i)
	if err != nil {
		return 0, err
	}
	length, at := n(), k
	if k < 0 {
		at += length
	}
	if at < 0 || at >= length {
		return 0, refuse("Index `%d` is out of bound", k)
	}
	return at, nil
}

// index2 is x[i, j], which makes types only.
func (r *run) index2(x, i, j starlark.Value) (starlark.Value, error) {
	switch r.typeFunction(x) {
	case "dict":
		return r.newType(dictType, i, j)
	case "tuple":
		if j != ellipsis {
			return nil, refuse("`tuple[]` is implemented only for `tuple[T, ...]`")
		}
		return r.newType(tupleType, i)
	}
	return nil, unsupported("[,]", x)
}

// runeOffset returns the offset of the character at index n of s, or len(s).
func runeOffset(s string, n int) int { return len(take(s, n)) }

// slice is x[lo:hi:step]. Parts may be missing.
func (r *run) slice(x, lo, hi, step starlark.Value) (starlark.Value, error) {
	_, isString := x.(starlark.String)
	n := 0
	switch x := x.(type) {
	case starlark.String:
		n = utf8.RuneCountInString(string(x))
	case bytesValue:
		n = len(x)
	case starlark.Indexable:
		n = x.Len()
	default:
		return nil, unsupported("[::]", x)
	}
	part := func(v starlark.Value, none bool, otherwise int) (int, error) {
		if v == missing || none && v == starlark.None {
			return otherwise, nil
		}
		return i32(v)
	}
	by, err := part(step, true, 1)
	if err != nil {
		return nil, err
	}
	if by == 0 {
		return nil, refuse("Index `0` is out of bound")
	}
	first, last, least := 0, n, 0 // in the order of the walk
	if by < 0 {
		first, last, least = n-1, -1, -1
	}
	limit := func(v starlark.Value, otherwise int) (int, error) {
		// The parts of a string may only be None where the reference takes the long
		// way round, in steps other than one.
		none := !isString || by != 1 || step == starlark.None
		i, err := part(v, none, -n-1)
		switch {
		case err != nil:
			return 0, err
		case v == missing || v == starlark.None:
			return otherwise, nil
		case i < 0:
			i += n
		}
		return min(max(i, least), max(first, last)), nil
	}
	from, err := limit(lo, first)
	if err != nil {
		return nil, err
	}
	to, err := limit(hi, last)
	if err != nil {
		return nil, err
	}
	count := 0
	if by > 0 && from < to {
		count = (to - from + by - 1) / by
	} else if by < 0 && from > to {
		count = (from - to - by - 1) / -by
	}
	if x.Type() == "range" {
		return x.(starlark.Sliceable).Slice(from, to, by), nil
	}
	size := count * valueSize
	if isString {
		size = 4 * n
	}
	if err := r.charge(size); err != nil {
		return nil, err
	}
	switch x := x.(type) {
	case starlark.String:
		chars := []rune(string(x))
		out := make([]rune, count)
		for i := range out {
			out[i] = chars[from+i*by]
		}
		return starlark.String(out), nil
	case bytesValue:
		out := make([]byte, count)
		for i := range out {
			out[i] = x[from+i*by]
		}
		return bytesValue(out), nil
	}
	seq := x.(starlark.Indexable)
	out := make([]starlark.Value, count)
	for i := range out {
		out[i] = seq.Index(from + i*by)
	}
	if _, ok := x.(starlark.Tuple); ok {
		return starlark.Tuple(out), nil
	}
	return starlark.NewList(out), nil
}
