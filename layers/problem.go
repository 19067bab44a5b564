package layers

import (
	"fmt"
	"strings"

	"github.com/rulesc/rulesc/internal/tomldoc"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// A Stage is the part of the work in which a problem was noticed. The
// reference goes through the stages in this order and stops at the first
// problem; see LAYERS.md §4.
type Stage string

// The stages.
const (
	StageHome   Stage = "home"   // finding the user's configuration folder
	StageConfig Stage = "config" // config.toml, managed_config.toml and requirements.toml
	StageTrust  Stage = "trust"  // asking to trust what is marked as untrusted
	StageLayers Stage = "layers" // layers named by hand
	StageRules  Stage = "rules"  // listing and reading rules files
)

// A Problem is one reason why the layers cannot be used as they are.
type Problem struct {
	// Diagnostic is what to tell the user. Its file is an absolute path.
	diag.Diagnostic

	Stage Stage

	// Text is what the reference says of it, or what it would say if it knew of
	// such a problem: without the words that it puts before every error of the
	// stage, with absolute paths.
	Text string

	// located says that Text starts with file, line and column.
	located bool
}

// Reason returns the line, or lines, with which the one-shot command of the
// reference ends at this problem.
func (p Problem) Reason() string {
	switch p.Stage {
	case StageHome:
		return "Error finding codex home: " + p.Text
	case StageConfig:
		if p.located {
			return "Error loading config.toml:\n" + p.Text
		}
		return "Error loading config.toml: " + p.Text
	case StageRules:
		return "Error loading rules:\n" + p.Text
	default:
		return "Error: " + p.Text
	}
}

// An Error is all that is wrong with the layers: never empty, in the order in
// which the reference would notice it. errors.As finds a [diag.List] in it.
type Error struct {
	Problems []Problem
}

// Error returns the diagnostics' lines.
func (e *Error) Error() string { return e.Diagnostics().Error() }

// Unwrap returns the diagnostics as a [diag.List].
func (e *Error) Unwrap() error { return e.Diagnostics() }

// Diagnostics returns the problems without what the reference says of them.
func (e *Error) Diagnostics() diag.List {
	list := make(diag.List, len(e.Problems))
	for i, p := range e.Problems {
		list[i] = p.Diagnostic
	}
	return list
}

// asError returns nil for no problems.
func asError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &Error{problems}
}

// fileProblem is a problem of a whole file or folder.
func fileProblem(stage Stage, code string, path AbsPath, message, text string) Problem {
	return Problem{
		Diagnostic: diag.Diagnostic{
			Position: ir.Position{File: path.String()},
			Severity: diag.Error,
			Code:     code,
			Message:  message,
		},
		Stage: stage,
		Text:  text,
	}
}

// position returns the place of a byte offset in a text.
func position(file, text string, offset int) ir.Position {
	line, col := tomldoc.LineCol(text, offset)
	return ir.Position{File: file, Line: line, Col: col}
}

// drawing returns the source line of a span with carets under it, as the
// reference draws it.
func drawing(text string, at tomldoc.Span) string {
	pos := position("", text, at.Start)
	start := strings.LastIndexByte(text[:at.Start], '\n') + 1
	line, _, _ := strings.Cut(text[start:], "\n")
	line = strings.TrimSuffix(line, "\r")
	end := min(max(at.End, at.Start+1), start+len(line))
	width := 1
	if end > at.Start {
		width = max(1, len([]rune(text[at.Start:end])))
	}
	number := fmt.Sprint(pos.Line)
	margin := strings.Repeat(" ", len(number))
	return fmt.Sprintf("%s |\n%s | %s\n%s | %s%s", margin, number, line, margin, strings.Repeat(" ", pos.Col-1), strings.Repeat("^", width))
}
