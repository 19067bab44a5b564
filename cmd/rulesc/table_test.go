package main

import (
	"strings"
	"testing"
)

// Columns are as wide as their widest cell is on a terminal.
func TestWriteTable(t *testing.T) {
	var b strings.Builder
	writeTable(&b, "  ", [][]string{{"日本", "a", "last"}, {"ab", "e\u0301e", "x"}, {}, {"abcde", "", ""}})
	want := "  日本   a   last\n" + "  ab     e\u0301e  x\n" + "  \n" + "  abcde      \n"
	if got := b.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
