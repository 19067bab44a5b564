package diag_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

func at(line, col int) ir.Position { return ir.Position{File: "a.rules", Line: line, Col: col} }

func TestRender(t *testing.T) {
	const source = "x = 1\né = bad(1,\x1b 2)\nlast"
	tests := []struct {
		name string
		diag diag.Diagnostic
		want string
	}{
		{
			"caret under characters, not bytes",
			diag.Diagnostic{Position: at(2, 5), End: at(2, 8), Severity: diag.Error, Code: "eval", Message: "no bad", Hint: "use good"},
			"a.rules:2:5: error: no bad [eval]\n    2 | é = bad(1,␛ 2)\n      |     ^^^\n  hint: use good\n",
		},
		{
			"several lines",
			diag.Diagnostic{Position: at(2, 5), End: at(3, 2), Severity: diag.Warning, Message: "m"},
			"a.rules:2:5: warning: m\n    2 | é = bad(1,␛ 2)\n      |     ^^^^^^^^^^\n",
		},
		{
			"just behind the line's end",
			diag.Diagnostic{Position: at(3, 5), Severity: diag.Note, Message: "m"},
			"a.rules:3:5: note: m\n    3 | last\n      |     ^\n",
		},
		{
			"no such line",
			diag.Diagnostic{Position: at(9, 1), Severity: diag.Error, Message: "m"},
			"a.rules:9:1: error: m\n",
		},
		{
			"calls",
			diag.Diagnostic{Position: at(0, 0), Severity: diag.Error, Message: "m", Calls: []ir.Frame{{Func: "f", Position: at(3, 1)}}},
			"a.rules: error: m\n  called from a.rules:3:1, in f\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			err := diag.Render(&b, diag.List{test.diag}, diag.Style{Source: func(string) string { return source }})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestRenderCutsLongLines(t *testing.T) {
	source := strings.Repeat("a", 1000) + "HERE" + strings.Repeat("b", 1000)
	var b strings.Builder
	d := diag.Diagnostic{Position: at(1, 1001), End: at(1, 1005), Severity: diag.Error, Message: "m"}
	if err := diag.Render(&b, diag.List{d}, diag.Style{Source: func(string) string { return source }}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	place := strings.Index(lines[2], "^^^^")
	if len(lines[1]) > 200 || lines[1][place:place+4] != "HERE" {
		t.Errorf("caret is not under HERE:\n%s", b.String())
	}
}

func TestRenderDrawsTheSameThreeTimes(t *testing.T) {
	var list diag.List
	for i := range 6 {
		list = append(list, diag.Diagnostic{Position: at(i+1, 1), Severity: diag.Error, Message: "m", Hint: "h"})
	}
	list = append(list, diag.Diagnostic{Position: at(7, 1), Severity: diag.Error, Message: "other", Hint: "h"})
	var b strings.Builder
	if err := diag.Render(&b, list, diag.Style{}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "error: m"); got != 6 {
		t.Errorf("%d of 6 errors are shown", got)
	}
	if got := strings.Count(b.String(), "hint: h"); got != 4 {
		t.Errorf("%d hints, want 4\n%s", got, b.String())
	}
}

func TestColor(t *testing.T) {
	var b strings.Builder
	d := diag.Diagnostic{Position: at(1, 1), Severity: diag.Error, Message: "m"}
	if err := diag.Render(&b, diag.List{d}, diag.Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	if want := "\x1b[1ma.rules:1:1: \x1b[31merror: \x1b[0m\x1b[1mm\x1b[0m\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestJSON(t *testing.T) {
	d := diag.Diagnostic{Position: at(2, 5), End: at(2, 8), Severity: diag.Error, Code: "eval", Message: "m", Calls: []ir.Frame{{Func: "f", Position: at(1, 1)}}}
	got, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"a.rules","line":2,"column":5,"endLine":2,"endColumn":8,"severity":"error","code":"eval","message":"m","calls":[{"function":"f","file":"a.rules","line":1,"column":1}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSort(t *testing.T) {
	list := diag.List{{Position: at(2, 1)}, {Position: at(1, 9), Message: "first"}, {Position: at(1, 9), Message: "second"}}
	list.Sort()
	if list[0].Message != "first" || list[1].Message != "second" || list[2].Line != 2 {
		t.Errorf("got %v", list)
	}
}
