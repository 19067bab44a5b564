package main

import (
	"fmt"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/reply"
)

// Exit codes. The README holds the same table; a test compares them.
const (
	exitDone        = 0                   // done; for check: a decision was printed
	exitWrong       = 1                   // the rules or the artifact are wrong
	exitUsage       = 2                   // wrong usage
	exitQuarantined = 3                   // built, but broken files were left out
	exitPrompt      = reply.ExitPrompt    // check --exit-code: prompt or prompt-user
	exitForbidden   = reply.ExitForbidden // check --exit-code: forbidden
	exitNoMatch     = reply.ExitNoMatch   // check --exit-code: no rule matched
	exitInterrupted = 130                 // interrupted, as shells say it: 128 and the signal's number
)

// An exitError ends the process with a code; all has been said.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// A usageError is a command line that makes no sense.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// A hintedError says what to do about it.
type hintedError struct {
	error
	hint string
}

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}
