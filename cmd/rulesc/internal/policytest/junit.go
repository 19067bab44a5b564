package policytest

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/rulesc/rulesc/ir/diag"
)

// The report is written without package encoding/xml, whose tables every start of
// rulesc would pay for, whatever it is asked.

// A junitSuite is the tests of a file.
type junitSuite struct {
	name                    string
	tests, failures, errors int
	cases                   []junitCase
}

type junitCase struct {
	name    string
	line    int           // 0 if unknown
	problem *junitProblem // nil if the test passed
}

type junitProblem struct {
	element             string // "failure", or "error" for a test that could not run
	message, kind, text string
}

// WriteJUnit writes the results as a JUnit report: a suite for each file, in the
// order in which they first appear. Problems are what is wrong with test tables;
// each is a test that could not run.
func WriteJUnit(w io.Writer, results []*Result, problems diag.List) error {
	var suites []*junitSuite
	byFile := make(map[string]*junitSuite)
	var total junitSuite
	add := func(file string, c junitCase) {
		suite := byFile[file]
		if suite == nil {
			suite = &junitSuite{name: diag.Printable(file)}
			byFile[file] = suite
			suites = append(suites, suite)
		}
		suite.cases = append(suite.cases, c)
		for _, s := range []*junitSuite{suite, &total} {
			s.tests++
			switch {
			case c.problem == nil:
			case c.problem.element == "error":
				s.errors++
			default:
				s.failures++
			}
		}
	}
	for _, r := range results {
		c := junitCase{name: diag.Printable(r.Name), line: r.Position.Line}
		if !r.Passed {
			message := "expected " + r.Expected + ", got " + r.Got
			if r.Expected == r.Got {
				message = "expected another rule to decide"
			}
			c.problem = &junitProblem{"failure", message, string(r.Kind), diag.Printable(r.Position.String()) + "\n" + r.failure("")}
		}
		add(r.Position.File, c)
	}
	for _, d := range problems {
		add(d.File, junitCase{"read", d.Line, &junitProblem{"error", diag.Printable(d.Message), d.Code, diag.Printable(d.Error())}})
	}
	total.name = "rulesc"
	var x xmlWriter
	x.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<testsuites")
	x.suite(&total)
	for _, s := range suites {
		x.WriteString("\n  <testsuite")
		x.suite(s)
		for _, c := range s.cases {
			x.test(s.name, c)
		}
		x.WriteString("\n  </testsuite>")
	}
	if len(suites) > 0 {
		x.WriteByte('\n')
	}
	x.WriteString("</testsuites>\n")
	_, err := io.WriteString(w, x.String())
	return err
}

// An xmlWriter writes the elements of a JUnit report, in the form that CI systems
// agree on: the attributes file and line are read by some, the others by all.
type xmlWriter struct{ strings.Builder }

func (x *xmlWriter) suite(s *junitSuite) {
	x.attribute("name", s.name)
	fmt.Fprintf(x, ` tests="%d" failures="%d" errors="%d">`, s.tests, s.failures, s.errors)
}

func (x *xmlWriter) test(file string, c junitCase) {
	x.WriteString("\n    <testcase")
	x.attribute("name", c.name)
	x.attribute("classname", file)
	if file != "" {
		x.attribute("file", file)
	}
	if c.line != 0 {
		fmt.Fprintf(x, ` line="%d"`, c.line)
	}
	x.WriteByte('>')
	if p := c.problem; p != nil {
		x.WriteString("\n      <" + p.element)
		x.attribute("message", p.message)
		x.attribute("type", p.kind)
		x.WriteByte('>')
		x.text(p.text)
		x.WriteString("</" + p.element + ">\n    ")
	}
	x.WriteString("</testcase>")
}

func (x *xmlWriter) attribute(name, value string) {
	x.WriteString(" " + name + `="`)
	x.text(value)
	x.WriteByte('"')
}

// text escapes what means something in XML, and replaces what cannot be in it.
func (x *xmlWriter) text(s string) {
	for _, r := range s {
		switch {
		case r == '&':
			x.WriteString("&amp;")
		case r == '<':
			x.WriteString("&lt;")
		case r == '>':
			x.WriteString("&gt;")
		case r == '"' || r == '\'':
			fmt.Fprintf(x, "&#%d;", r)
		case r == '\t' || r == '\n' || r == '\r':
			fmt.Fprintf(x, "&#x%X;", r)
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			x.WriteRune(utf8.RuneError)
		default:
			x.WriteRune(r)
		}
	}
}
