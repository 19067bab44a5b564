package tomldoc

import (
	"strings"
	"testing"
	"time"
)

func TestPlaces(t *testing.T) {
	const text = `a.b = "x" # [c]
"c.d" = [ 1, 'two', [""" ] """""], { e = 2020-01-01 10:00:00, } ]
[t]
k = { x = 1, "\u0079" = '''
]''' }
[[u.v]]
n = 1
[[u.v]]
n = true
[u.v.w]
m = 5 
`
	found, err := findPlaces(text, 0)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{ // path with dots for NUL: value
		"a/b": `"x"`, "c.d/0": "1", "c.d/1": "'two'", "c.d/2": `[""" ] """""]`, "c.d/2/0": `""" ] """""`,
		"c.d/3": "{ e = 2020-01-01 10:00:00, }", "c.d/3/e": "2020-01-01 10:00:00", "t": "[t]", "t/k/x": "1", "t/k/y": "'''\n]'''",
		"u/v": "[[u.v]]", "u/v/0/n": "1", "u/v/1/n": "true", "u/v/1/w/m": "5",
	}
	for path, want := range tests {
		p, ok := found[strings.ReplaceAll(path, "/", "\x00")]
		if got := text[p.start:p.end]; !ok || got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if p := found["a\x00b"]; p.key != 0 {
		t.Errorf("key at %d", p.key)
	}
}

// TestCostlyDocuments are small texts that would keep the decoder busy, or
// fill the memory, if it saw them.
func TestCostlyDocuments(t *testing.T) {
	tests := map[string]string{
		"deep lists":      "a=" + strings.Repeat("[", 1<<20-2),
		"deep tables":     strings.Repeat("a={a=", 1<<17),
		"long dotted key": strings.Repeat("a.", 1<<19) + "a=1",
		"long header":     "[" + strings.Repeat("a", 1<<19) + "]\n" + manyKeys(1<<15),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if _, err := Parse(text); err == nil {
				t.Error("no error")
			}
			t.Log(time.Since(start))
		})
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("b", 1+i%7))
		b.WriteString(strings.Repeat("c", i%11))
		b.WriteString("=1\n")
	}
	return b.String()
}
