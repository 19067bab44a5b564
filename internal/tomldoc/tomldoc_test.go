package tomldoc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/tomldoc"
)

func ExampleDocument_Value() {
	const text = "[limits]\nsteps = 12 # enough\n"
	doc, _ := tomldoc.Parse(text)
	at := doc.Value("limits", "steps")
	line, col := tomldoc.LineCol(text, at.Start)
	fmt.Println(text[at.Start:at.End], line, col)
	// Output: 12 2 9
}

func TestSyntaxErrorHasAPlace(t *testing.T) {
	const text = "\ufeffa = 1\nb = = 2\n"
	doc, err := tomldoc.Parse(text)
	if doc != nil || err == nil || err.At.Start != strings.Index(text, "= 2") {
		t.Errorf("got %v, %+v", doc, err)
	}
}

// FuzzParse holds that a document has a place for each of its keys.
func FuzzParse(f *testing.F) {
	f.Add("a.b = 1\n[[c]]\nd = { e = [1, {f = '''\n'''}] }\n")
	f.Add("\ufeff[x]\n\"y\\u007a\" = 2020-01-01 # z")
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := tomldoc.Parse(text)
		if err != nil {
			if doc != nil || err.Message == "" || err.At.Start > len(text) {
				t.Fatalf("%v and %+v", doc, err)
			}
			return
		}
		for _, key := range doc.InOrder(doc.Table, nil) {
			at := doc.Value(key)
			// A table that stands only in the headers of others has no place.
			if _, table := doc.Table[key].(map[string]any); !table && (at.End <= at.Start || at.End > len(text)) {
				t.Fatalf("%q in %q is at %v", key, text, at)
			}
		}
	})
}
