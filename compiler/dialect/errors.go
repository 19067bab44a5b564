package dialect

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
)

// A Kind tells at which stage a module was refused.
type Kind uint8

const (
	// Parse errors are in the text of the module.
	Parse Kind = iota + 1
	// Eval errors are in its names, or happen while it runs.
	Eval
)

func (k Kind) String() string {
	switch k {
	case Parse:
		return "parse"
	case Eval:
		return "eval"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// An Error is one thing that is wrong with a module.
type Error struct {
	Kind Kind
	// File is the name given to [Exec]. Line and Col start at 1; Col counts
	// characters, not bytes.
	File      string
	Line, Col int
	// Msg says what is wrong, in the words of the reference where that is cheap.
	Msg string
	// Hint says how to mend it, or is empty.
	Hint string
	// Calls are the calls that were active, innermost first; empty for what
	// happens at top level.
	Calls []Frame

	cause error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
}

// Unwrap returns the error that a builtin returned, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Errors is a non-empty list of errors: the one that the reference would report,
// then the others.
type Errors []*Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As see each error.
func (es Errors) Unwrap() []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

// A Frame is a place in a module: where an active call was made. Line and Col
// start at 1 and point at the first character of the call expression; Col
// counts characters.
type Frame struct {
	Name      string // the function that was called
	Line, Col int
}

// CallSite tells a builtin where it was called from: pos is the call of the
// builtin itself, and calls are the calls that led there, innermost first;
// empty at top level.
func CallSite(thread *starlark.Thread) (pos Frame, calls []Frame) {
	return site(thread.CallStack())
}

func site(stack starlark.CallStack) (pos Frame, calls []Frame) {
	// stack[0] is the module, at the place of the outermost call; a frame's
	// name is that of the function which runs in it, so the place where it was
	// called is the position of the frame below.
	for i, fr := range stack {
		if fr.Pos.Line == 0 { // a builtin
			continue
		}
		called := ""
		if i+1 < len(stack) {
			called = stack[i+1].Name
		}
		calls = append(calls, Frame{Name: called, Line: int(fr.Pos.Line), Col: int(fr.Pos.Col)})
	}
	for i, j := 0, len(calls)-1; i < j; i, j = i+1, j-1 {
		calls[i], calls[j] = calls[j], calls[i]
	}
	if len(calls) == 0 {
		return Frame{}, nil
	}
	return calls[0], calls[1:]
}
