package compiler_test

import (
	"fmt"
	"strings"
	"testing"
)

// Each want was printed by the reference.
func TestWrongTypeShowsTheValue(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct{ value, want string }{
		{`1`, `int (repr: 1)`},
		{`None`, `NoneType (repr: None)`},
		{`True`, `bool (repr: True)`},
		{`("a",)`, `tuple (repr: ("a",))`},
		{`("a", 1)`, `tuple (repr: ("a", 1))`},
		{`["a", {"b": [1]}, {}]`, `list (repr: ["a", {"b": [1]}, {}])`},
		{`range(2)`, `range (repr: range(2))`},
		{`len`, `function (repr: len)`},
		{`prefix_rule`, `function (repr: prefix_rule)`},
		{`lambda: 1`, `function (repr: a.rules.lambda)`},
		{`[` + x(0) + `"` + x(56) + `"]`, `list (repr: ["` + x(56) + `"])`},
		{`["` + x(57) + `"]`, `list (repr: ["` + x(32) + `<<...>>` + x(15) + `"])`},
		{`list(range(1000))`, `list (repr: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,<<...>>6, 997, 998, 999])`},
		{`["é ÿ ā 禁 （ → 😀 𝐀 \u0300 \U00010348"]`, `list (repr: ["\xe9 \xff ā 禁 \uff08 \u2192 \U0001f600 𝐀 \u0300 𐍈"])`},
		{`["\n\t\r\"\\'\u007f\u0001"]`, `list (repr: ["\n\t\r\"\\'\x7f\x01"])`},
		{`["` + strings.Repeat("禁止執行高破壞命令", 7) + `"]`, `list (repr: ["禁止執行高破壞命令禁止<<...>>高破壞命令"])`},
		{`[["` + strings.Repeat("禁止執行高破壞命令", 7) + `"]]`, `list (repr: [["禁止執行高破壞命令禁止<<...>>破壞命令"]])`},
		{`["` + strings.Repeat("ā", 56) + `"]`, `list (repr: ["` + strings.Repeat("ā", 56) + `"])`},
	}
	for _, test := range tests {
		d := problemsOf(t, file("a.rules", fmt.Sprintf("prefix_rule(['a'], decision = %s)", test.value)))[0]
		want := "Type of parameter `decision` doesn't match, expected `str`, actual `" + test.want + "`"
		if d.Message != want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", test.value, d.Message, want)
		}
	}
	recursive := problemsOf(t, file("a.rules", "x = [1]\nx.append(x)\nprefix_rule(['a'], x)"))[0].Message
	if !strings.HasSuffix(recursive, "list (repr: [1, [...]])`") {
		t.Errorf("got %s", recursive)
	}
}
