package dialect_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
)

// answer runs src, in parts of at least the given number of places, as the questions
// of testdata/answers.txt were run.
func answer(t *testing.T, src string, places int) string {
	t.Helper()
	value := ""
	keep := func(_ *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		value, _ = starlark.AsString(kwargs[0][1])
		return starlark.None, nil
	}
	src += "\nprefix_rule([\"r\"], justification=\"=\"+repr(r))\n"
	env := starlark.StringDict{"prefix_rule": starlark.NewBuiltin("prefix_rule", keep)}
	err := dialect.ExecParts(t.Context(), "a.rules", src, env, dialect.Limits{}, places)
	var e *dialect.Error
	if errors.As(err, &e) {
		return fmt.Sprintf("%v %d:%d", e.Kind, e.Line, e.Col)
	}
	return "value " + strings.TrimPrefix(value, "=")
}

// TestAnswers holds the dialect to answers of the reference.
func TestAnswers(t *testing.T) {
	text, err := os.ReadFile("testdata/answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line, differs := strings.CutPrefix(line, "! ")
		question, want, ok := strings.Cut(line, "\t")
		want, reason, _ := strings.Cut(want, "\t")
		var src, expected string
		if !ok || json.Unmarshal([]byte(question), &src) != nil || json.Unmarshal([]byte(want), &expected) != nil {
			t.Fatalf("bad line %q", line)
		}
		n++
		got := answer(t, src, math.MaxInt)
		if parts := answer(t, src, 1); parts != got {
			t.Errorf("%s\nin parts %s\nwhole    %s", question, parts, got)
		}
		switch {
		case got != expected && !differs:
			t.Errorf("%s\ngot  %s\nwant %s", question, got, expected)
		case got == expected && differs:
			t.Errorf("%s agrees, but is said to differ: %s", question, reason)
		case differs && reason == "":
			t.Errorf("%s differs without a reason", question)
		}
	}
	if n < 1000 {
		t.Errorf("only %d questions", n)
	}
}
