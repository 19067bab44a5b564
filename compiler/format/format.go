// Package format gives rule files their one layout, and never changes what they
// mean.
//
// The layout is that of Bazel's formatter for Starlark. Its rewriting of code
// is not used: nothing is sorted, merged or dropped, and of literals only the
// quotes change. What it prints is believed only after it was held against what
// it was made of; see [Source].
package format

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/bazelbuild/buildtools/build"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
)

// A LeftError says why a sound file is left as it is.
type LeftError struct {
	ir.Position        // where, as far as known
	Why         string // lower case, no full stop
}

func (e *LeftError) Error() string { return e.Position.String() + ": left as it is: " + e.Why }

// Source returns the text of a rule file in the one layout. It neither keeps
// nor changes text; name is what errors call the file.
//
// What is returned has the same code, comments and line ends (LF or CRLF) as
// text, evaluates to the same policy apart from positions, and is what Source
// returns for it again. Where the printer would not hold to that, or cannot read
// what the evaluator accepts, the error is a [*LeftError]. Where the evaluator
// refuses the text the error is its diag.List; see [compiler.Evaluate].
//
// The text that [ir.Policy.Text] writes is left as it is, for it keeps the
// numbers of its own lines.
func Source(ctx context.Context, name string, text []byte) ([]byte, error) {
	before, err := meaning(ctx, name, text)
	if err != nil {
		return nil, err
	}
	left := func(why string) error { return &LeftError{ir.Position{File: name}, why} }
	if ir.IsText(string(text)) {
		return nil, left("it is a policy that rulesc wrote")
	}
	lines, crlf := unixLines(text)
	printed, err := settle(name, lines)
	if err != nil {
		return nil, err
	}
	if !sameCode(lines, printed) {
		return nil, left("its comments or code would not survive")
	}
	if crlf {
		printed = bytes.ReplaceAll(printed, []byte("\n"), []byte("\r\n"))
	}
	after, err := meaning(ctx, name, printed)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || after != before {
		return nil, left("its policy would not be the same")
	}
	return printed, nil
}

// meaning returns all of a file's policy but where things stand.
func meaning(ctx context.Context, name string, text []byte) (string, error) {
	p, err := compiler.Evaluate(ctx, []compiler.File{{Name: name, Text: text}}, compiler.Options{})
	if err != nil {
		return "", err
	}
	for i := range p.Rules {
		p.Rules[i].Source = ir.Source{}
	}
	for i := range p.Hosts {
		p.Hosts[i].Source = ir.Source{}
	}
	for i := range p.Networks {
		p.Networks[i].Source = ir.Source{}
	}
	return p.Text(), nil
}

// unixLines returns text with LF line ends, and whether they all were CRLF.
// Where they are mixed they are data, and stay.
func unixLines(text []byte) (lines []byte, crlf bool) {
	pairs := bytes.Count(text, []byte("\r\n"))
	if pairs == 0 || pairs != bytes.Count(text, []byte("\n")) || pairs != bytes.Count(text, []byte("\r")) {
		return text, false
	}
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), true
}

// settle prints text until it stays the same. A comment may move twice before
// it has found its place.
func settle(name string, text []byte) ([]byte, error) {
	const tries = 5
	for range tries {
		printed, err := layout(name, text)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(printed, text) {
			return printed, nil
		}
		text = printed
	}
	return nil, &LeftError{ir.Position{File: name}, "its layout does not settle"}
}

// layout prints text once.
func layout(name string, text []byte) ([]byte, error) {
	// The parser appends to what it is given.
	f, err := build.ParseDefault(name, bytes.Clone(text))
	if err != nil {
		return nil, unreadable(name, err)
	}
	// Printed as strings, literals would be unquoted and quoted again by rules
	// that are not those of the evaluator.
	build.Edit(f, func(x build.Expr, _ []build.Expr) build.Expr {
		if s, ok := x.(*build.StringExpr); ok {
			return &build.LiteralExpr{Comments: s.Comments, Start: s.Start, Token: requote(s.Token)}
		}
		return nil
	})
	return build.FormatWithoutRewriting(f), nil
}

func unreadable(name string, err error) error {
	left := &LeftError{ir.Position{File: name}, "the formatter cannot read it"}
	var at build.ParseError
	if errors.As(err, &at) {
		left.Line, left.Col = at.Pos.Line, at.Pos.LineRune
		left.Why = fmt.Sprintf("the formatter cannot read it: %s", at.Message)
	}
	return left
}
