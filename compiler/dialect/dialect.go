// Package dialect runs rule files: the Starlark dialect of the reference
// implementation on top of go.starlark.net. It knows nothing of policies.
//
// [Exec] runs one module with the builtins that its caller adds, within
// [Limits]; what goes wrong comes back as [Errors]. A builtin asks [CallSite]
// where it was called from.
//
// Exec may be called from several goroutines at once. It reads no file, no
// clock and no network.
package dialect

import (
	"context"
	"errors"
	"fmt"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Limits bounds what one module may use. A zero field stands for the value in
// [DefaultLimits].
type Limits struct {
	// Steps bounds the abstract computation steps of the interpreter, and the
	// elements that builtins visit.
	Steps uint64
	// Source bounds the size of the source text in bytes.
	Source int
	// Memory bounds the bytes that a run may ask for in all, freed or not, when
	// it makes values whose size is not bounded by the steps taken
	// (strings, repeated lists and the like).
	Memory uint64
}

// DefaultLimits are enough for rule files far larger than people write.
var DefaultLimits = Limits{Steps: 10_000_000, Source: 16 << 20, Memory: 256 << 20}

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

// Exec runs the module src, which error messages call file. The names in
// predeclared are visible to it beside the builtins of the dialect.
// A failure is always an [Errors].
func Exec(ctx context.Context, file string, src []byte, predeclared starlark.StringDict, limits Limits) error {
	limits = limits.withDefaults()
	if len(src) > limits.Source {
		return Errors{{Kind: Eval, File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("source is longer than %d bytes", limits.Source)}}
	}
	opts := &syntax.FileOptions{TopLevelControl: true, GlobalReassign: true, Recursion: true}
	f, err := opts.Parse(file, src, 0)
	if err != nil {
		return asErrors(file, err)
	}
	syntax.Walk(f, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok {
			call.Lparen = syntax.Start(call)
		}
		return true
	})
	prog, err := starlark.FileProgram(f, predeclared.Has)
	if err != nil {
		return asErrors(file, err)
	}
	thread := &starlark.Thread{Name: file}
	thread.SetMaxExecutionSteps(limits.Steps)
	stop := context.AfterFunc(ctx, func() { thread.Cancel(context.Cause(ctx).Error()) })
	defer stop()
	if _, err := prog.Init(thread, predeclared); err != nil {
		return asErrors(file, err)
	}
	return nil
}

func asErrors(file string, err error) Errors {
	var parse syntax.Error
	var names resolve.ErrorList
	var eval *starlark.EvalError
	switch {
	case errors.As(err, &parse):
		return Errors{{Kind: Parse, File: file, Line: int(parse.Pos.Line), Col: int(parse.Pos.Col), Msg: parse.Msg}}
	case errors.As(err, &names):
		var es Errors
		for _, e := range names {
			es = append(es, &Error{Kind: Eval, File: file, Line: int(e.Pos.Line), Col: int(e.Pos.Col), Msg: e.Msg})
		}
		return es
	case errors.As(err, &eval):
		e := &Error{Kind: Eval, File: file, Line: 1, Col: 1, Msg: eval.Msg, cause: eval.Unwrap()}
		pos, calls := site(eval.CallStack)
		if pos.Line > 0 {
			e.Line, e.Col = pos.Line, pos.Col
		}
		e.Calls = calls
		return Errors{e}
	}
	return Errors{{Kind: Eval, File: file, Line: 1, Col: 1, Msg: err.Error(), cause: err}}
}
