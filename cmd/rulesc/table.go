package main

import (
	"strings"

	"github.com/rulesc/rulesc/ir/diag"
)

// writeTable writes rows as columns that are as wide as their widest cell, two
// blanks apart; the last cell of a row may be as wide as it likes.
func writeTable(b *strings.Builder, indent string, rows [][]string) {
	var widths []int
	last := 0 // bytes of the last cells
	for _, row := range rows {
		if len(row) > 0 {
			last += len(row[len(row)-1])
		}
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(row)-1 {
				widths[i] = max(widths[i], diag.Columns(cell))
			}
		}
	}
	line := len(indent) + len("\n")
	for _, width := range widths {
		line += width + 2
	}
	b.Grow(len(rows)*line + last)
	for _, row := range rows {
		b.WriteString(indent)
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-diag.Columns(cell)+2))
			}
		}
		b.WriteByte('\n')
	}
}
