package dialect

import (
	"fmt"
	"strings"
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

// A refusal is why a run stops, in the words of the reference where it says the
// same.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }
