package policytest

import (
	"fmt"
	"strings"

	"github.com/rulesc/rulesc/ir/diag"
)

// Text returns the result for a person: a line, and what went wrong below it.
func (r *Result) Text() string {
	var b strings.Builder
	verdict := "ok  "
	if !r.Passed {
		verdict = "FAIL"
	}
	fmt.Fprintf(&b, "%s  %s\n", verdict, diag.Printable(r.Label()))
	b.WriteString(r.failure("      "))
	return b.String()
}

// failure returns what went wrong, a line each.
func (r *Result) failure(indent string) string {
	width := 0
	for _, l := range r.Failure {
		width = max(width, len(l.Label))
	}
	var b strings.Builder
	for i, l := range r.Failure {
		label := l.Label
		if i > 0 && r.Failure[i-1].Label == label {
			label = "" // one more of the same
		}
		fmt.Fprintf(&b, "%s%-*s  %s\n", indent, width, label, diag.Printable(l.Text))
	}
	return b.String()
}

// Summary says how many tests passed, on one line. unread is the number of test
// tables that cannot be read.
func Summary(results []*Result, unread int) string {
	failed, examples := 0, 0
	for _, r := range results {
		if !r.Passed {
			failed++
		}
		if r.Kind != Table {
			examples++
		}
	}
	all := counted(examples, len(results)-examples)
	var problems []string
	if unread > 0 {
		problems = append(problems, plural(unread, "test table")+" cannot be read")
	}
	if failed > 0 {
		text := fmt.Sprintf("%d of %s failed", failed, all)
		if strings.Contains(all, "and") {
			text = fmt.Sprintf("%d of %d failed (%s)", failed, len(results), all)
		}
		problems = append(problems, text)
	} else if unread > 0 && len(results) > 0 {
		problems = append(problems, all+" passed")
	}
	switch {
	case len(problems) > 0:
		return "FAIL: " + strings.Join(problems, ", ")
	case len(results) == 0:
		return "no tests: the rules have no examples, and there are no *_test.toml files beside them"
	}
	return fmt.Sprintf("ok: %s passed", all)
}

// counted says how many examples and tests there are, without kinds of which
// there are none.
func counted(examples, tests int) string {
	switch {
	case examples == 0:
		return plural(tests, "test")
	case tests == 0:
		return plural(examples, "example")
	}
	return plural(examples, "example") + " and " + plural(tests, "test")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
