package dialect_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rulesc/rulesc/compiler/dialect"
)

// seeds are texts with every construct that is lowered, and hostile ones.
func seeds(f *testing.F) {
	files, err := filepath.Glob("testdata/*.rules")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, s := range hostile {
		if len(s) < 2000 {
			f.Add([]byte(s))
		}
	}
}

// hostile are sources that must end in one error, soon.
var hostile = map[string]string{
	"open brackets":         strings.Repeat("[", 100_000),
	"open calls":            strings.Repeat("f(", 100_000),
	"nested lists":          "x = " + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000),
	"unary operators":       "x = " + strings.Repeat("-", 1_000_000) + "1",
	"not":                   "x = " + strings.Repeat("not ", 300_000) + "1",
	"lambdas":               "x = " + strings.Repeat("lambda: ", 100_000) + "1",
	"conditions":            "x = " + strings.Repeat("1 if 0 else ", 200_000) + "1",
	"sum":                   "x = 1" + strings.Repeat(" + 1", 1_000_000),
	"long sum of long sums": "x = 1" + strings.Repeat(" + (1"+strings.Repeat("+1", 900)+")", 200) + " + x",
	"call chain":            "x = f" + strings.Repeat("()", 1_000_000),
	"and chain":             "x = 1" + strings.Repeat(" and 1", 500_000),
	"nested f-strings":      "x = " + strings.Repeat(`f"{`, 100_000),
	"nested blocks":         nestedBlocks(5_000),
	"elif":                  "if 1: pass\n" + strings.Repeat("elif 1: pass\n", 300_000),
	"ifs":                   strings.Repeat("if 1: pass\n", 300_000),
	"fors":                  strings.Repeat("for x in []: pass\n", 200_000),
	"many names in scopes":  "[" + "0 for a in [" + strings.Repeat("[0 for b in [", 1_000) + strings.Repeat("c,", 500_000),
	"long number":           "x = " + strings.Repeat("9", 1_000_000),
	"steps":                 "for i in range(2000000000): pass",
	"nested loops":          "for i in range(1000000):\n  for j in range(1000000): pass",
	"recursion":             "def f(): return f()\nf()",
	"double string":         "x = 'a'\nfor i in range(100): x += x",
	"double list":           "x = [0]\nfor i in range(100): x += x",
	"double tuple":          "x = (0,)\nfor i in range(100): x = x + x",
	"double dict":           "x = {}\nfor i in range(100000000): x[i] = i",
	"extend by itself":      "x = [0]\nfor i in range(100): x.extend(x)",
	"repeat":                "x = 'a' * 2000000000",
	"repeat list":           "x = [0] * 2000000000",
	"repeat repeats":        "x = [[0] * 1000000 for i in range(100000)]",
	"list of range":         "x = list(range(2000000000))",
	"sorted range":          "x = sorted(range(2000000000))",
	"spread range":          "def f(*a): pass\nf(*range(2000000000))",
	"search in range":       "x = all(range(1, 2000000000))",
	"join":                  "x = ('a' * 1000000).join(['b'] * 1000000)",
	"replace":               "x = ('a' * 1000000).replace('a', 'b' * 1000000)",
	"format":                "x = ('{0}' * 100000).format('a' * 1000000)",
	"percent":               "x = ('%s' * 100000) % tuple(['a' * 1000000] * 100000)",
	"shared list repr":      "x = []\nfor i in range(100): x = [x, x]\ny = repr(x)",
	"shared list compare":   "x = []\ny = []\nfor i in range(100):\n  x = [x, x]\n  y = [y, y]\nz = x == y",
	"shared tuple order":    "x = ()\ny = ()\nfor i in range(100):\n  x = (x, x)\n  y = (y, y)\nz = x < y",
	"shared tuple key":      "x = ()\nfor i in range(100): x = (x, x)\ny = {x: 1}",
	"shared tuple key set":  "x = ()\nfor i in range(100): x = (x, x)\ny = {}\ny[x] = 1",
	"shared tuple lookup":   "x = ()\nfor i in range(100): x = (x, x)\ny = x in {}",
	"shared tuple dict":     "x = ()\nfor i in range(100): x = (x, x)\ny = dict([(x, 1)])",
	"shared type":           "x = int\nfor i in range(100): x = dict[x, x]",
	"deep repr":             "x = []\nfor i in range(1000000): x = [x]\ny = repr(x)",
	"deep compare":          "x = []\ny = []\nfor i in range(1000000):\n  x = [x]\n  y = [y]\nz = x == y",
	"deep key":              "x = ()\nfor i in range(1000000): x = (x,)\ny = {x: 1}",
	"deep message":          "x = []\nfor i in range(1000000): x = [x]\nx.index(1)",
	"deep type":             "x = int\nfor i in range(1000000): x = list[x]",
	"colliding integers":    "x = {}\nfor i in range(10000000): x[(i + 1) * 4294967296] = 1",
	"colliding floats":      "x = {i * 4294967296.0: 1 for i in range(1, 10000000)}",
	"colliding tuples":      "x = dict([((i * 4294967296,), 1) for i in range(1, 10000000)])",
	"self reference":        "x = []\nx.append(x)\ny = []\ny.append(y)\nz = x == y",
	"big integers":          "x = 3\nfor i in range(100): x = x * x",
	"big integer text":      "x = (1 << 100000) * (1 << 100000)\nfor i in range(1000000): y = str(x)",
	"big division":          "x = (1 << 100000)\nfor i in range(10000000): y = x // 3",
	"shift":                 "x = 1\nfor i in range(1000000): x = x << 100000",
	"parse integer":         "x = int('9' * 100000000)",
	"fail":                  "fail('a' * 100000000)",
	"wide column":           "x = [" + strings.Repeat("f(1)+1,", 300_000),
	"wide sum":              "x = 1" + strings.Repeat(" + len([1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1])", 9_000) + " + x",
}

func nestedBlocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if 1:\n")
	}
	return b.String()
}

// TestHostile needs no clock: a source without a bound never ends, or takes all
// memory.
func TestHostile(t *testing.T) {
	limits := dialect.Limits{Steps: 3_000_000, Memory: 64 << 20, Source: 64 << 20}
	for name, src := range hostile {
		t.Run(name, func(t *testing.T) {
			var errs dialect.Errors
			err := dialect.Exec(t.Context(), "a.rules", src, nil, limits)
			if !errors.As(err, &errs) {
				t.Fatalf("got %v, want an error", err)
			}
			if msg := errs[0].Msg; len(msg) > 20_000 || !utf8.ValidString(msg) {
				t.Errorf("message of %d bytes", len(msg))
			} else {
				t.Logf("%.150s", errs[0])
			}
		})
	}
}

// FuzzExec runs any text within small limits. Errors must point into the text.
func FuzzExec(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		limits := dialect.Limits{Steps: 20_000, Memory: 1 << 20, Source: 1 << 16}
		err := dialect.Exec(t.Context(), "a.rules", string(src), new(collector).predeclared(), limits)
		if err == nil {
			return
		}
		var errs dialect.Errors
		if !errors.As(err, &errs) || len(errs) == 0 {
			t.Fatalf("not Errors: %#v", err)
		}
		lines := strings.Split(string(src), "\n")
		for _, e := range errs {
			if e.Line < 1 || e.Line > len(lines) || e.Col < 1 || e.Col > utf8.RuneCountInString(lines[e.Line-1])+1 {
				t.Errorf("%v is not a place of the text", e)
			}
			if strings.HasPrefix(e.Msg, "internal error") {
				t.Error(e)
			}
			if e.Msg == "" || strings.Contains(e.Msg, "$") && !strings.Contains(string(src), "$") {
				t.Errorf("message %q", e.Msg)
			}
		}
	})
}
