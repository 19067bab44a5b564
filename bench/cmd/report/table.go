package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A table is Markdown. Cells stand right of the row's name.
type table struct {
	head []string
	rows [][]string
}

func newTable(head ...string) *table { return &table{head: head} }

// bySize returns a table with a column for each number of rules.
func bySize(what string, sizes []int) *table {
	head := []string{what}
	for _, n := range sizes {
		head = append(head, count(n))
	}
	return &table{head: head}
}

func (t *table) row(name string, cells ...string) {
	t.rows = append(t.rows, append([]string{name}, cells...))
}

func (t *table) String() string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(t.head)
	b.WriteString("|---|" + strings.Repeat("---:|", len(t.head)-1) + "\n")
	for _, row := range t.rows {
		line(row)
	}
	b.WriteByte('\n')
	return b.String()
}

// section starts a section of the report.
func (r *report) section(title, about string) {
	fmt.Fprintf(&r.out, "## %s\n\n%s\n\n", title, strings.TrimSpace(about))
}

func (r *report) add(t *table) { r.out.WriteString(t.String()) }

// missing is a cell that was not measured. Numbers that were not are NaN.
const missing = "–"

// number writes a number with what digits of it matter.
func number(x float64) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return missing
	case x == 0:
		return "0"
	case x < 0.1:
		return strconv.FormatFloat(x, 'f', 3, 64)
	case x < 9.95:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case x < 99.5:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case x < 1e4:
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return count(int(math.Round(x/math.Pow(10, math.Floor(math.Log10(x))-2)) * math.Pow(10, math.Floor(math.Log10(x))-2)))
}

// numbers writes several.
func numbers(list []float64) []string {
	cells := make([]string, len(list))
	for i, x := range list {
		cells[i] = number(x)
	}
	return cells
}

// count writes a number of things: 10, 1k, 100k, 1M.
func count(n int) string {
	switch {
	case n >= 1_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', -1, 64) + "M"
	case n >= 1_000:
		return strconv.FormatFloat(float64(n)/1e3, 'f', -1, 64) + "k"
	}
	return strconv.Itoa(n)
}

func divide(a, b []float64) []float64 {
	list := make([]float64, len(a))
	for i := range a {
		list[i] = a[i] / b[i]
	}
	return list
}
