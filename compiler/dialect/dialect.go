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
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Exec runs the module src, which error messages call file. The names in
// predeclared are visible to it beside the builtins of the dialect; values that
// its builtins see are those of go.starlark.net, but for bytes, iterators and
// types. A failure is always an [Errors]; those of a builtin can be found in it
// with errors.Is and errors.As.
func Exec(ctx context.Context, file string, src []byte, predeclared starlark.StringDict, limits Limits) (err error) {
	limits = limits.withDefaults()
	if len(src) > limits.Source {
		return Errors{{Kind: Eval, File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("source is longer than %d bytes", limits.Source)}}
	}
	if !utf8.Valid(src) {
		return Errors{notText(file, string(src))}
	}
	m, errs := parse(file, string(src))
	if len(errs) > 0 {
		return errs
	}
	r := &run{ctx: ctx, thread: &starlark.Thread{Name: file}, limits: limits}
	env := r.environment(predeclared)
	visible := func(name string) bool { return name[0] != '$' && env.Has(name) }
	if errs := checkNames(m.uses, visible, slices.DeleteFunc(slices.Collect(maps.Keys(env)), func(name string) bool { return name[0] == '$' })); len(errs) > 0 {
		return errs
	}
	m.file.Options = &syntax.FileOptions{TopLevelControl: true, GlobalReassign: true, Recursion: true}
	prog, err := starlark.FileProgram(m.file, env.Has)
	if err != nil {
		return resolveErrors(file, err)
	}
	r.thread.SetMaxExecutionSteps(limits.Steps)
	r.thread.OnMaxSteps = func(t *starlark.Thread) { t.Cancel(errSteps.Error()) }
	stop := context.AfterFunc(ctx, func() { r.thread.Cancel(context.Cause(ctx).Error()) })
	defer stop()
	if _, err := prog.Init(r.thread, env); err != nil {
		return Errors{r.evalError(m, file, err)}
	}
	return nil
}

func resolveErrors(file string, err error) Errors {
	var list resolve.ErrorList
	if !errors.As(err, &list) {
		return Errors{{Kind: Eval, File: file, Line: 1, Col: 1, Msg: err.Error(), cause: err}}
	}
	var errs Errors
	for _, e := range list {
		errs = append(errs, evalError(e.Pos, "%s", e.Msg))
	}
	return errs
}

func (r *run) evalError(m *module, file string, err error) *Error {
	e := &Error{Kind: Eval, File: file, Line: 1, Col: 1, Msg: err.Error(), cause: err}
	var eval *starlark.EvalError
	if !errors.As(err, &eval) {
		return e
	}
	// The cause of what happened inside of a call of a builtin is wrapped once
	// for each.
	for {
		var inner *starlark.EvalError
		if !errors.As(eval.Unwrap(), &inner) {
			break
		}
		eval = inner
	}
	e.Msg, e.cause = wording(eval.Msg), eval.Unwrap()
	stack := eval.CallStack
	// An error at the position of the function itself is one of its arguments,
	// which is the caller's.
	for len(stack) > 1 {
		top := stack[len(stack)-1].Pos
		if top.Line > 0 && !m.defs[[2]int32{top.Line, top.Col}] {
			break
		}
		stack = stack[:len(stack)-1]
	}
	pos, calls := site(stack)
	e.Line, e.Col, e.Calls = max(pos.Line, 1), max(pos.Col, 1), calls
	if cause := context.Cause(r.ctx); cause != nil {
		e.cause = cause
	}
	return e
}

// wordings put messages of go.starlark.net into the words of the dialect.
var wordings = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`^(?:local|global|free) variable (\S+) referenced before assignment$`), "Local variable `$1` referenced before assignment"},
	{regexp.MustCompile(`^Starlark computation cancelled: (.*)$`), "$1"},
	{regexp.MustCompile(`^cannot .* during iteration$`), errMutation.Error()},
	{regexp.MustCompile(`^too (?:few|many) values to unpack \(got (\d+), want (\d+)\)$`), "Unpacked $1 values but expected $2"},
	{regexp.MustCompile(`^got (\S+) in sequence assignment$`), "Operation `(iter)` not supported on type `$1`"},
	{regexp.MustCompile(`^duplicate key: (.*)$`), "Dictionary key repeated for `$1`"},
	{regexp.MustCompile(`^unknown unary op: (\S+) (\S+)$`), "Operation `$1` not supported on type `$2`"},
	{regexp.MustCompile(`^invalid call of non-function \((\S+)\)$`), "Operation `call()` not supported on type `$1`"},
	{regexp.MustCompile(`^\S+ value does not support item assignment$`), "Immutable"},
	{regexp.MustCompile(`^can't assign to \.(\S+) field of (\S+)$`), "Operation `.$1=` not supported on type `$2`"},
	{regexp.MustCompile(`^function (\S+) missing \d+ arguments? \((\w+).*\)$`), "Missing parameter `$2` for call to `$1`"},
	{regexp.MustCompile(`^function (\S+) got multiple values for parameter "(.*)"$`), "Argument `$2` occurs more than once"},
	{regexp.MustCompile(`^function (\S+) got an unexpected keyword argument "(.*)".*$`), "Found `$2` extra named parameter(s) for call to $1"},
}

func wording(msg string) string {
	for _, w := range wordings {
		if w.from.MatchString(msg) {
			return w.from.ReplaceAllString(msg, w.to)
		}
	}
	return msg
}

// notText reports the first byte of src that is not UTF-8.
func notText(file, src string) *Error {
	good := 0
	for good < len(src) {
		r, n := utf8.DecodeRuneInString(src[good:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		good += n
	}
	return parseError(newLexer(file, src).pos(good), "source is not UTF-8")
}
