package compiler_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/compiler"
)

func TestLocatorText(t *testing.T) {
	const source = `# é: "first"
prefix_rule(["é", ['a', "b"]], match = ["é a"])  # "second"
x = '''
# no comment
'''  # third
f(**{"pattern": ["z"]})`
	l := compiler.NewLocator(source)
	call, ok := l.Call(2, 1)
	if !ok {
		t.Fatal("no call")
	}
	if diff := cmp.Diff([]string{"pattern", "match"}, call.Parameters); diff != "" || call.Open {
		t.Errorf("parameters: %s, open %v", diff, call.Open)
	}
	if got := l.Text(call.Positions[1]); got != `['a', "b"]` {
		t.Errorf("second position: %s", got)
	}
	if line, col := l.Position(call.Positions[1].Start); line != 2 || col != 19 {
		t.Errorf("at %d:%d, want 2:19", line, col)
	}
	var comments []string
	for _, c := range l.Comments(l.All()) {
		comments = append(comments, l.Text(c))
	}
	if diff := cmp.Diff([]string{`# é: "first"`, `# "second"`, "# third"}, comments); diff != "" {
		t.Error(diff)
	}
	if call, ok := l.Call(6, 1); !ok || !call.Open || len(call.Parameters) != 0 {
		t.Errorf("behind **: %+v", call)
	}
	if got := l.Text(l.Line(5)) + l.Text(l.Line(6)); got != "'''  # third\nf(**{\"pattern\": [\"z\"]})" {
		t.Errorf("lines: %q", got)
	}
	for _, line := range []int{-1, 0, 7, 1 << 40} {
		if got := l.Text(l.Line(line)); got != "" {
			t.Errorf("line %d: %q", line, got)
		}
	}
}

func FuzzLocator(f *testing.F) {
	f.Add("prefix_rule(['a', [\"b\"]], match=['a b'],)#x\n\"\"\"#\n\"\"\"\r\n", 1, 1)
	f.Fuzz(func(t *testing.T, source string, line, col int) {
		l := compiler.NewLocator(source)
		for _, c := range l.Comments(l.All()) {
			if !strings.HasPrefix(l.Text(c), "#") || strings.Contains(l.Text(c), "\n") {
				t.Fatalf("comment %q", l.Text(c))
			}
		}
		call, ok := l.Call(line, col)
		if !ok {
			return
		}
		for _, p := range slices.Concat([]compiler.Place{call.Call}, call.Positions, slices.Concat(call.Pattern...)) {
			if p.Start < call.Call.Start || p.End > call.Call.End || p.Start >= p.End {
				t.Fatalf("%v in %v", p, call.Call)
			}
		}
	})
}
