package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/matcher"
)

// warn shows what there is to say that stops nothing.
func (p process) warn(warnings diag.List) error {
	return diag.Render(p.stderr, warnings, diag.Style{Source: sourceText, Color: p.color})
}

// exitCodeOf returns the exit code that an error stands for. said is true
// where the command has said everything itself.
func exitCodeOf(err error) (code int, said bool) {
	var exit *exitError
	var usage *usageError
	var trouble *troubleError
	switch {
	case err == nil:
		return exitDone, true
	case errors.As(err, &exit):
		return exit.code, true
	case errors.As(err, &usage):
		return exitUsage, false
	case errors.As(err, &trouble):
		return exitTrouble, false
	}
	return exitWrong, false
}

// report says what went wrong, if anything, and returns the exit code.
func report(p process, err error) int {
	code, said := exitCodeOf(err)
	var list diag.List
	switch {
	case said:
	case errors.As(err, &list):
		diag.Render(p.stderr, list, diag.Style{Source: sourceText, Color: p.color})
	default:
		fmt.Fprintf(p.stderr, "rulesc: %s\n", textOf(err))
		if hint := hintOf(err); hint != "" {
			fmt.Fprintln(p.stderr, "hint: "+hint)
		}
	}
	return code
}

// textOf is what an error says. Of a file that cannot be had it is the file and what is
// wrong, not what the system was asked to do.
func textOf(err error) string {
	var trouble *troubleError
	if errors.As(err, &trouble) {
		err = trouble.err
	}
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	if path, ok := err.(*fs.PathError); ok && path.Op != "write" {
		return path.Path + ": " + path.Err.Error()
	}
	return err.Error()
}

// hintOf says what to do about an error, "" if that is not known.
func hintOf(err error) string {
	var usage *usageError
	var hinted *hintedError
	switch {
	case errors.As(err, &hinted):
		return hinted.hint
	case errors.As(err, &usage):
		return "see 'rulesc help' or the command's --help"
	case errors.Is(err, matcher.ErrVersion):
		return "another version of rulesc made it; 'rulesc build' makes it anew, from the rules"
	}
	return ""
}

// reportJSON is report for commands that were given --format=json: one object
// on standard error, {"diagnostics": […]}.
func reportJSON(p process, err error) int {
	code, said := exitCodeOf(err)
	if said {
		return code
	}
	var list diag.List
	if !errors.As(err, &list) {
		list = diag.List{{Severity: diag.Error, Message: textOf(err), Hint: hintOf(err)}}
	}
	writeJSON(p.stderr, map[string]any{"diagnostics": list})
	return code
}
