package dialect

import (
	"context"

	"go.starlark.net/starlark"
)

// What a rule file may use is bounded in these ways:
//
//   - Text: its size, nesting and number of branches ([Limits], parser.go).
//   - Time: the interpreter counts its steps, and our own functions add the
//     elements they visit ([run.tick]). Both stop when the context ends.
//   - Memory: every value that is not made of a bounded number of parts per step
//     is charged before it is made ([run.charge]). Nothing is given back, so that
//     the bound holds whatever the program keeps.
//   - Calls: [maxCalls] deep, as in the reference. Comparing, hashing and
//     printing nested values has a bound of its own, [maxValueDepth].
//
// Hashes of keys that collide count as time too ([run.collide]), but for keys that
// are literals.
//
// Not charged are lists and dicts that grow by one element per step (a few
// dozen bytes a step), and variables.

// Limits bounds what one module may use. A zero field stands for the value in
// [DefaultLimits].
type Limits struct {
	// Steps bounds the abstract computation steps of the interpreter and the
	// elements that builtins visit.
	Steps uint64
	// Source bounds the size of the source text in bytes.
	Source int
	// Memory bounds the bytes that a run may ask for in all, freed or not, for
	// values whose size is not bounded by the steps taken (strings, repeated
	// lists and the like).
	Memory uint64
}

// DefaultLimits are enough for rule files far larger than people write. Running
// into them takes some seconds.
var DefaultLimits = Limits{Steps: 50_000_000, Source: 4 << 20, Memory: 512 << 20}

func (l Limits) withDefaults() Limits {
	if l.Steps == 0 {
		l.Steps = DefaultLimits.Steps
	}
	if l.Source == 0 {
		l.Source = DefaultLimits.Source
	}
	if l.Memory == 0 {
		l.Memory = DefaultLimits.Memory
	}
	return l
}

const (
	// maxCalls bounds the active calls, the module's own code included.
	maxCalls = 50
	// maxValueDepth bounds how deep values may be nested that are compared,
	// hashed or printed.
	maxValueDepth = 3_000
	// maxIntBits bounds the size of integers, with which arithmetic gets slow.
	maxIntBits = 1 << 20
)

var (
	errSteps     = refuse("too many steps: the module does more work than a rule file may")
	errMemory    = refuse("too much memory: the module makes more data than a rule file may")
	errCalls     = refuse("Starlark call stack overflow")
	errRecursion = refuse("Too many recursion levels")
	errIntSize   = refuse("Integer overflow: more than %d bits", maxIntBits)
)

// A run is the state of one execution. Its functions run on one goroutine.
type run struct {
	*places
	ctx    context.Context
	thread *starlark.Thread
	limits Limits
	used   uint64
	hashes map[uint32]*bucket
	// own holds the functions of the dialect: what rule files see, and the
	// hidden ones.
	own starlark.StringDict
	// packed are the named arguments of the call of very many that is being made.
	packed *starlark.Dict
	// env holds what parts of the file see beside what they bind themselves.
	env starlark.StringDict
}

// tick counts n steps of work done outside the interpreter.
func (r *run) tick(n int) error {
	before := r.thread.Steps
	r.thread.Steps += uint64(n)
	if r.thread.Steps >= r.limits.Steps {
		return errSteps
	}
	if before>>12 != r.thread.Steps>>12 {
		return context.Cause(r.ctx)
	}
	return nil
}

// charge counts n bytes that are about to be allocated, and the time to fill
// them.
func (r *run) charge(n int) error {
	r.used += uint64(n)
	if r.used > r.limits.Memory {
		return errMemory
	}
	return r.tick(n / 64)
}

const valueSize = 16 // bytes of a starlark.Value in a list

// text makes a string value.
func (r *run) text(s string) (starlark.Value, error) {
	if err := r.charge(len(s)); err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

// list makes a list value.
func (r *run) list(elems []starlark.Value) (starlark.Value, error) {
	if err := r.charge(len(elems) * valueSize); err != nil {
		return nil, err
	}
	return starlark.NewList(elems), nil
}
