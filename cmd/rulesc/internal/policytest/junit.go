package policytest

import (
	"encoding/xml"
	"io"

	"github.com/rulesc/rulesc/ir/diag"
)

// The elements of a JUnit report, in the form that CI systems agree on: the
// attributes file and line are read by some, the others by all.
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the results as a JUnit report: a suite for each file, in the
// order in which they first appear. Problems are what is wrong with test tables;
// each is a test that could not run.
func WriteJUnit(w io.Writer, results []*Result, problems diag.List) error {
	report := junitReport{Name: "rulesc"}
	place := make(map[string]int)
	add := func(file string, c junitCase) {
		at, known := place[file]
		if !known {
			at = len(report.Suites)
			place[file] = at
			report.Suites = append(report.Suites, junitSuite{Name: diag.Printable(file)})
		}
		suite := &report.Suites[at]
		c.Class, c.File = diag.Printable(file), diag.Printable(file)
		suite.Cases = append(suite.Cases, c)
		report.Tests++
		suite.Tests++
		if c.Failure != nil {
			report.Failures++
			suite.Failures++
		}
		if c.Error != nil {
			report.Errors++
			suite.Errors++
		}
	}
	for _, r := range results {
		c := junitCase{Name: diag.Printable(r.Name), Line: r.Position.Line}
		if !r.Passed {
			message := "expected " + r.Expected + ", got " + r.Got
			if r.Expected == r.Got {
				message = "expected another rule to decide"
			}
			c.Failure = &junitProblem{message, string(r.Kind), diag.Printable(r.Position.String()) + "\n" + r.failure("")}
		}
		add(r.Position.File, c)
	}
	for _, d := range problems {
		add(d.File, junitCase{
			Name: "read", Line: d.Line,
			Error: &junitProblem{diag.Printable(d.Message), d.Code, diag.Printable(d.Error())},
		})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(report); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
