package main

import (
	"bytes"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/lint"
)

// What vet reads in the text of rule files: examples, and comments that suppress
// findings.

// text returns the text that a source is in, nil if it is not at hand.
func (v *vetting) text(s ir.Source) *compiler.Locator {
	if v.in == nil {
		return nil
	}
	key := [2]string{s.Layer, s.File}
	if text, known := v.texts[key]; known {
		return text
	}
	var text *compiler.Locator
	for i := range v.in.files {
		if f := &v.in.files[i]; f.Layer == s.Layer && f.Name == s.File {
			text = compiler.NewLocator(string(f.Text))
		}
	}
	v.texts[key] = text
	return text
}

// call returns the call that made a rule.
func (v *vetting) call(s ir.Source) (*compiler.Locator, compiler.CallPlaces, bool) {
	text := v.text(s)
	if text == nil {
		return nil, compiler.CallPlaces{}, false
	}
	call, ok := text.Call(s.Line, s.Col)
	return text, call, ok
}

// hasExamples is lint.Options.HasExamples.
func (v *vetting) hasExamples(s ir.Source) (has, known bool) {
	_, call, ok := v.call(s)
	has = ok && (slices.Contains(call.Parameters, "match") || slices.Contains(call.Parameters, "not_match"))
	return has, has || ok && !call.Open
}

const ignoreMark = "rulesc:ignore"

// ignores returns the comments that suppress findings, by layer and file.
func (v *vetting) ignores() map[[2]string][]*lint.Ignore {
	found := make(map[[2]string][]*lint.Ignore)
	if v.in == nil {
		return found
	}
	for i := range v.in.files {
		f := &v.in.files[i]
		key := [2]string{f.Layer, f.Name}
		if found[key] != nil || !bytes.Contains(f.Text, []byte(ignoreMark)) {
			continue
		}
		source := ir.Source{Layer: f.Layer, Position: ir.Position{File: f.Name}}
		text := v.text(source)
		for _, c := range text.Comments(text.All()) {
			source.Line, source.Col = text.Position(c.Start)
			if i, ok := lint.ParseIgnore(text.Text(c), source); ok {
				found[key] = append(found[key], i)
			}
		}
	}
	return found
}

// reach returns the lines on which a comment can suppress a finding: those of the
// call, and of the comments right above it.
func (v *vetting) reach(f *lint.Finding) (first, last int) {
	text, call, ok := v.call(f.Source)
	first, last = f.Source.Line, f.Source.Line
	if text == nil || first == 0 {
		return 0, -1
	}
	if ok {
		last, _ = text.Position(call.Call.End - 1)
	}
	for first > 1 && isCommentLine(text, first-1) {
		first--
	}
	return first, last
}

// isCommentLine reports whether there is nothing but a comment in a line.
func isCommentLine(text *compiler.Locator, line int) bool {
	return strings.HasPrefix(strings.TrimSpace(text.Text(text.Line(line))), "#")
}
