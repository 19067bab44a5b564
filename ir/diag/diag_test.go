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
	const source = "x = 1\né = bad(1,\x1b 2)\nlast\nx = \"日本\" + bad\n\"e\u0301\" + 😀bad"
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
			"behind wide characters",
			diag.Diagnostic{Position: at(4, 12), End: at(4, 15), Severity: diag.Error, Message: "m"},
			"a.rules:4:12: error: m\n    4 | x = \"日本\" + bad\n      |              ^^^\n",
		},
		{
			"under wide characters",
			diag.Diagnostic{Position: at(4, 5), End: at(4, 9), Severity: diag.Error, Message: "m"},
			"a.rules:4:5: error: m\n    4 | x = \"日本\" + bad\n      |     ^^^^^^\n",
		},
		{
			"behind combining marks, which take no room",
			diag.Diagnostic{Position: at(5, 8), End: at(5, 11), Severity: diag.Error, Message: "m"},
			"a.rules:5:8: error: m\n    5 | \"e\u0301\" + 😀bad\n      |       ^^^^\n",
		},
		{
			"under a mark alone",
			diag.Diagnostic{Position: at(5, 3), Severity: diag.Error, Message: "m"},
			"a.rules:5:3: error: m\n    5 | \"e\u0301\" + 😀bad\n      |   ^\n",
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

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"":                     0,
		"git push":             8,
		"é":                    1,
		"e\u0301":              1, // the same in two parts
		"日本語":                  6,
		"ｶﾅ":                   2, // halfwidth
		"Ａ":                    2, // fullwidth
		"한":                    2,
		"\u1112\u1161\u11ab":   2, // the same in three parts
		"😀":                    2,
		"👍🏽":                   4, // a thumb and its colour
		"👩\u200d💻":             4, // joined
		"\u2764\ufe0f":         1, // a heart that asks for colour
		"a\u200bb":             2, // a zero-width blank
		"\u00ad":               1, // a soft hyphen
		"\u0600":               1, // a number sign, drawn around what follows
		"—…§":                  3, // wide in some fonts
		"\ufffd":               1,
		"\xff\xfe":             2,
		"\U00020000\U0003fffd": 4, // planes of Chinese, taken or not
		"\u0e33\u0e31":         2 - 1,
		"क\u094d\u0937":        2,
		"\U0001f1e9\U0001f1ea": 2, // a flag
	} {
		if got := diag.Columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
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
