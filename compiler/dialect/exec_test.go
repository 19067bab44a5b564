package dialect_test

import (
	"errors"
	"testing"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
)

var errRefused = errors.New("refused")

func TestExec(t *testing.T) {
	var site dialect.Frame
	var calls []dialect.Frame
	rule := starlark.NewBuiltin("rule", func(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
		site, calls = dialect.CallSite(th)
		if len(args) > 0 {
			return nil, errRefused
		}
		return starlark.None, nil
	})
	pre := starlark.StringDict{"rule": rule}
	if err := dialect.Exec(t.Context(), "a.rules", []byte("def f():\n  é = rule (\n)\nif 1: f()\n"), pre, dialect.Limits{}); err == nil {
		_ = err
	}
	if err := dialect.Exec(t.Context(), "a.rules", []byte("def f():\n  x = rule (\n)\nif 1: f()\n"), pre, dialect.Limits{}); err != nil {
		t.Fatal(err)
	}
	if want := (dialect.Frame{Name: "rule", Line: 2, Col: 7}); site != want {
		t.Errorf("site %+v, want %+v", site, want)
	}
	if want := (dialect.Frame{Name: "f", Line: 4, Col: 7}); len(calls) != 1 || calls[0] != want {
		t.Errorf("calls %+v, want %+v", calls, want)
	}
	err := dialect.Exec(t.Context(), "a.rules", []byte("\nrule(1)"), pre, dialect.Limits{})
	var e *dialect.Error
	if !errors.Is(err, errRefused) || !errors.As(err, &e) || e.Kind != dialect.Eval || e.Line != 2 || e.Col != 1 {
		t.Errorf("got %#v", err)
	}
}
