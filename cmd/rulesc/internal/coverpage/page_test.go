package coverpage_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/coverpage"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir/analysis"
)

const rules = "# <script>alert('a')</script> &amp;\n" +
	"prefix_rule(pattern = [\"echo\", [\"</pre><script>x</script>\", 'b\"']],\r\n" +
	"    decision = \"allow\")  # \u202e\x01\n" +
	"def f(name):\n    prefix_rule([name])\n" +
	"f(\"a\"); f(\"b\")\n" +
	"prefix_rule([[\"x\", \"y\"], \"z\"])"

// write returns the page for the rules after some commands.
func write(t *testing.T, text string, commands ...[]string) string {
	t.Helper()
	policy, err := compiler.Evaluate(t.Context(), []compiler.File{{Layer: "user", Name: "rules/a.rules", Text: []byte(text)}}, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	coverage, err := analysis.NewCoverage(policy, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range commands {
		coverage.Add(command)
	}
	var page bytes.Buffer
	err = coverpage.Write(&page, &coverpage.Report{
		Policy: policy, Coverage: coverage, Summary: "ok: <all> passed", Passed: true, Tool: "rulesc 1",
		Files: []coverpage.File{{Layer: "user", Name: "rules/a.rules", Title: "/home/a & b/a.rules", Text: text}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// An element of the page that is looked at: its name and class, and the text in
// it.
type element struct {
	name, class, text string
	attr              map[string]string
}

// parse reads the page, which is well-formed XML so that it can be, and returns
// its elements in the order in which they end.
func parse(t *testing.T, page string) []element {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Entity = xml.HTMLEntity
	var open, done []element
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attr: make(map[string]string)}
			for _, a := range token.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			e.class = e.attr["class"]
			open = append(open, e)
		case xml.CharData:
			for i := range open {
				open[i].text += string(token)
			}
		case xml.EndElement:
			done = append(done, open[len(open)-1])
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("%d elements are not closed", len(open))
	}
	return done
}

func texts(elements []element, wanted func(e element) bool) []string {
	var list []string
	for _, e := range elements {
		if wanted(e) {
			list = append(list, e.text)
		}
	}
	return list
}

func TestPage(t *testing.T) {
	page := parse(t, write(t, rules, []string{"echo", "b\""}, []string{"a"}, []string{"x", "z"}, []string{"x", "z"}))
	class := func(class string) func(element) bool {
		return func(e element) bool { return e.class == class }
	}
	name := func(name string) func(element) bool { return func(e element) bool { return e.name == name } }
	for _, test := range []struct {
		what   string
		wanted func(element) bool
		want   []string
	}{
		{"covered", class("hit"), []string{"token", `"echo"`, `'b"'`, `"x"`, `"z"`}},
		{"not covered", class("miss"), []string{"token", `"</pre><script>x</script>"`, `"y"`}},
		{"comments", class("src comment"), []string{"# <script>alert('a')</script> &amp;\n"}},
		{"lines", class("no"), []string{"1", "2", "3", "4", "5", "6", "7"}},
		{"hits", func(e element) bool { return e.class == "hits" && e.text != "" }, []string{"1×", "1×", "2×"}},
		{"missing", class("missing"), []string{"token 2: '</pre><script>x</script>'", "no test matches it", "token 1: y"}},
		{"proposals", name("pre"), []string{
			"match = [\"echo '</pre><script>x</script>'\"],\nnot_match = [\"echo\"],",
			"match = [\"b\"],\nnot_match = [\"bx\"],",
			"match = [\"y z\"],\nnot_match = [\"y\"],",
		}},
		{"rules of functions", func(e element) bool { return e.name == "code" && strings.HasPrefix(e.text, "[") }, []string{`["b"]`}},
		{"programs", func(e element) bool { return e.name == "th" && e.attr["scope"] == "row" }, []string{"/home/a & b/a.rulesuser", "x", "y"}},
		{"totals", class("number"), []string{"62.5% 5 of 8", "60% 3 of 5", "55.5% 5 of 9"}},
		{"summary", class("sub"), []string{"ok: <all> passed · first gap"}},
		{"scripts", name("script"), nil},
	} {
		if diff := cmp.Diff(test.want, texts(page, test.wanted)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.what, diff)
		}
	}
	for _, e := range page {
		if e.class == "hit" && e.text == `"z"` && e.attr["title"] != "z: matched by 2 commands" {
			t.Errorf("the tooltip of z is %q", e.attr["title"])
		}
	}
}

// Links lead from gap to gap, and nowhere else.
func TestLinks(t *testing.T) {
	text := write(t, rules)
	page := parse(t, text)
	ids := make(map[string]bool)
	for _, e := range page {
		if id := e.attr["id"]; id != "" {
			if ids[id] {
				t.Errorf("two elements are called %s", id)
			}
			ids[id] = true
		}
	}
	links := 0
	for _, e := range page {
		for _, a := range []string{"href", "src"} {
			target, ok := e.attr[a]
			if !ok {
				continue
			}
			links++
			if id, ok := strings.CutPrefix(target, "#"); !ok || !ids[id] {
				t.Errorf("a link leads to %q", target)
			}
		}
	}
	if links != 6 { // the file, the first gap of all and of the file, and three next ones
		t.Errorf("%d links", links)
	}
	for _, no := range []string{"http:", "https:", "url(", "@import", "<script", "\u202e", "\x01"} {
		if strings.Contains(text, no) {
			t.Errorf("the page has %q in it", no)
		}
	}
	if again := write(t, rules); again != text {
		t.Error("the page is another one the second time")
	}
}

// A call stands on all lines that it takes; one of several on a line may be
// covered.
func TestStatus(t *testing.T) {
	page := parse(t, write(t, rules, []string{"a"}, []string{"x", "z"}, []string{"y", "z"}))
	var got []string
	for _, e := range page {
		if e.name == "tr" && strings.Contains(e.text, "prefix_rule") || e.name == "tr" && strings.Contains(e.text, "decision =") {
			got = append(got, e.class)
		}
	}
	if diff := cmp.Diff([]string{"none", "none", "part", "full"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Whatever a rule file holds, the page is well-formed.
func FuzzPage(f *testing.F) {
	f.Add(rules)
	f.Add("prefix_rule(['a\x00', ['b', \"\\ud800\"]])\r\r\n")
	f.Add("for x in ['a','b']: prefix_rule([x,\n[x]])")
	f.Add("prefix_rule(**{'pattern': ['a']}); prefix_rule(['b'])")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		_, err := compiler.Evaluate(t.Context(), []compiler.File{{Name: "a.rules", Text: []byte(text)}}, compiler.Options{Limits: compiler.Limits{Rules: 100}})
		if err == nil {
			parse(t, write(t, text))
		}
	})
}
