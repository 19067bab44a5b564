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
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// Exec runs the module src, which error messages call file. The names in
// predeclared are visible to it beside the builtins of the dialect; values that
// its builtins see are those of go.starlark.net, but for bytes, iterators and
// types; strings may be parts of src. A failure is always an [Errors]; those of a builtin can be found in it
// with errors.Is and errors.As.
func Exec(ctx context.Context, file, src string, predeclared starlark.StringDict, limits Limits) error {
	return exec(ctx, file, src, predeclared, limits, partPlaces)
}

func exec(ctx context.Context, file, src string, predeclared starlark.StringDict, limits Limits, partPlaces int) (err error) {
	limits = limits.withDefaults()
	if ctx.Err() != nil {
		return Errors{{Kind: Eval, File: file, Line: 1, Col: 1, Msg: context.Cause(ctx).Error(), cause: context.Cause(ctx)}}
	}
	// A panic is a mistake of ours, or of a builtin; it must not pass for a file
	// without rules.
	defer func() {
		if x := recover(); x != nil {
			err = Errors{{Kind: Eval, File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("internal error: %v", x)}}
		}
	}()
	if len(src) > limits.Source {
		return Errors{{Kind: Eval, File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("source is longer than %d bytes", limits.Source)}}
	}
	if !utf8.ValidString(src) {
		return Errors{notText(file, src)}
	}
	r := &run{ctx: ctx, thread: &starlark.Thread{Name: file}, limits: limits}
	r.env = r.environment(predeclared)
	m, errs := parse(file, src, r.env.Has, partPlaces)
	if len(errs) > 0 {
		return errs
	}
	if errs := m.checkNames(visible(r.env)); len(errs) > 0 {
		return errs
	}
	r.places = m.places
	r.thread.SetLocal(localKey, m.places)
	r.thread.SetMaxExecutionSteps(limits.Steps)
	r.thread.OnMaxSteps = func(t *starlark.Thread) { t.Cancel(errSteps.Error()) }
	stop := context.AfterFunc(ctx, func() { r.thread.Cancel(context.Cause(ctx).Error()) })
	defer stop()
	if err := r.runParts(m); err != nil {
		return Errors{r.evalError(err)}
	}
	return nil
}

// visible returns the names of env that rule files see.
func visible(env starlark.StringDict) []string {
	return slices.DeleteFunc(env.Keys(), func(name string) bool { return name[0] == '$' })
}

// evalError turns an error of the interpreter into ours.
func (r *run) evalError(err error) *Error {
	var eval *starlark.EvalError
	if !errors.As(err, &eval) {
		return &Error{Kind: Eval, File: r.file, Line: 1, Col: 1, Msg: err.Error(), cause: err}
	}
	// Where a builtin called back, the error is wrapped again.
	for {
		var inner *starlark.EvalError
		if !errors.As(eval.Unwrap(), &inner) {
			break
		}
		eval = inner
	}
	stack := eval.CallStack
	for len(stack) > 1 {
		at := r.at(stack[len(stack)-1].Pos)
		if at.line > 0 && !at.function {
			break
		}
		stack.Pop()
		if at.function {
			break
		}
	}
	pos, calls := r.site(stack)
	e := &Error{Kind: Eval, File: r.file, Line: max(pos.Line, 1), Col: max(pos.Col, 1), Msg: wording(eval.Msg), Calls: calls, cause: eval.Unwrap()}
	if cause := context.Cause(r.ctx); cause != nil {
		e.cause = cause
	}
	return e
}

// A rewording puts a message of go.starlark.net into the words of the dialect.
type rewording struct {
	from *regexp.Regexp
	to   string
}

// rewordings are compiled when the first message needs them: few programs that
// link this package see one.
var rewordings = sync.OnceValue(func() []rewording {
	return []rewording{
		{regexp.MustCompile(`^(?:local|global|free) variable (\S+) referenced before assignment$`), "Local variable `$1` referenced before assignment"},
		{regexp.MustCompile(`^internal error: predeclared variable (\S+) is uninitialized$`), "Local variable `$1` referenced before assignment"},
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
})

func wording(msg string) string {
	for _, w := range rewordings() {
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
	l := newLexer(file, src)
	return l.errorf(Parse, l.pos(good), "Parse error: source is not UTF-8")
}
