package dialect_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler/dialect"
)

// behaviour runs src in parts of at least the given number of places, and returns
// what can be seen of it.
func behaviour(t *testing.T, src string, places int) string {
	t.Helper()
	var got sites
	err := dialect.ExecParts(t.Context(), "a.rules", src, got.env(), dialect.Limits{Steps: 100_000, Memory: 1 << 20}, places)
	return fmt.Sprintf("%s\n%v", strings.Join(got, "\n"), err)
}

// TestParts runs files whole and with a part for each statement.
func TestParts(t *testing.T) {
	for _, src := range []string{
		"a = 1\nb = a + 1\na = b + 1\nfail(a, b)",
		"a = 1\na += 1\na = a\nfail(a)",
		"a = []\nb = a\nb.append(1)\na.append(2)\nfail(a)",
		"for a in [1, 2]: pass\nfor a in []: pass\nfail(a)",
		"for a in []: pass\nrule(1)\nfail(a)",
		"for a in []: pass\na = a\n",
		"a = 1\nif 0: a = 2\nfail(a)",
		"rule(1)\nrule(a)\na = 1",
		"rule(1)\nrule(len('x'))\nlen = 1\nfail(len)",
		"rule(1)\nrule = 1\nfail(rule)",
		"rule(1)\nx, [y, (z,)] = 1, [2, (3,)]\ny = x + y\nfail(x, y, z)",
		"x = {}\nx['a'] = rule()\nx['a'] += 1",
		"x = {'a': 1}\nx['a'] += 1\nx['a'] += 1\nfail(x)",
		"x: int = 1\ny: list[int] = [x]\nx: int = 'a'",
		"x = 1\ndef f(): return x\nx = 2\nrule(f())\nfail(f())",
		"x = 1\nf = lambda: x\nx = 2\nfail(f())",
		"x = 1\nrule(x)\ndef f(y = x, *z):\n  rule(y)\n  return g(y)\ndef g(y): return y + x\nx = 5\nfail(f())",
		"def f(): return x\nrule(1)\nf()\nx = 1",
		"def f(): return x\nfor x in [1, 2]: rule(f())\nfail(x)",
		"f = lambda: x\nfor x in [1, 2]: rule(f())\nfail(x)",
		"[x for x in [1]]\nx",
		"rule(1)\nrule(zed)",
		"rule(1)\nbreak",
		"rule(1)\nrule(1\n",
		"rule('bad')\nrule(1)",
		"rule(1)\nrule(" + strings.Repeat("1,", 256) + ")\nrule(" + strings.Repeat("1,", 257) + ")",
		"rule(1)\nrule(" + strings.Repeat("1,", 256) + ")\nrule(zed)",
		"rule(1)\nfor x in range(1000000): pass",
		"x = 'a' * 1000\nfor i in range(100): x += x",
	} {
		whole := behaviour(t, src, math.MaxInt)
		if parts := behaviour(t, src, 1); parts != whole {
			t.Errorf("%q\nin parts %s\nwhole    %s", src, parts, whole)
		}
	}
}

// TestLargeFile runs a file that is large enough to have parts.
func TestLargeFile(t *testing.T) {
	src := "a = 1\n" + strings.Repeat("rule(a)\n", 20_000) + "a = a + 1\nfail(a)\n"
	var got sites
	err := dialect.Exec(t.Context(), "a.rules", src, got.env(), dialect.Limits{})
	if want := "a.rules:20003:1: fail: 2"; err == nil || err.Error() != want || len(got) != 20_000 || got[19_999] != "rule 20001:1" {
		t.Errorf("%d calls, then %v, want %s", len(got), err, want)
	}
}

// TestNamesBoundAgain binds the names of earlier parts more often than one part may have
// branches.
func TestNamesBoundAgain(t *testing.T) {
	var src strings.Builder
	for round := range 25 {
		for name := range 5_000 {
			fmt.Fprintf(&src, "a%d = %d\n", name, round)
		}
	}
	src.WriteString("fail(a0, a4999)")
	err := dialect.Exec(t.Context(), "a.rules", src.String(), nil, dialect.Limits{})
	if want := "a.rules:125001:1: fail: 24 24"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// FuzzParts compares files run whole and in parts.
func FuzzParts(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 1<<14 {
			return
		}
		whole := behaviour(t, string(src), math.MaxInt)
		for _, places := range []int{1, 20} {
			parts := behaviour(t, string(src), places)
			if parts != whole && !strings.Contains(parts, "too many steps") && !strings.Contains(whole, "too many steps") {
				t.Errorf("in parts of %d places\n%s\nwhole\n%s", places, parts, whole)
			}
		}
	})
}
