package shlex_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/shlex"
)

func Example() {
	words, ok := shlex.Split(`git commit -m 'it works' # at last`)
	fmt.Printf("%q %v\n", words, ok)
	line, ok := shlex.Join([]string{"echo", "it's", "", "$HOME"})
	fmt.Println(line, ok)
	// Output:
	// ["git" "commit" "-m" "it works"] true
	// echo "it's" '' '$HOME' true
}

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		line string
		want []string
	}{
		{"", nil},
		{" \t\n", nil},
		{"# a", nil},
		{"a b", []string{"a", "b"}},
		{"a\tb\nc  d ", []string{"a", "b", "c", "d"}},
		{"a\rb\vc\fd\u00a0e", []string{"a\rb\vc\fd\u00a0e"}},
		{"a #b\nc", []string{"a", "c"}},
		{"a#b '#'c", []string{"a#b", "#c"}},
		{"'a b'c\"d e\"", []string{"a bcd e"}},
		{`'' ""`, []string{"", ""}},
		{`'a\'b`, []string{`a\b`}},
		{`"\$\` + "`" + `\"\\\n\'"`, []string{"$`\"\\\\n\\'"}},
		{"\"a\\\nb\"", []string{"ab"}},
		{"a\\\nb", []string{"ab"}},
		{"a \\\n b", []string{"a", "", "b"}},
		{"a \\\n#b", []string{"a", "#b"}},
		{`\a\ \#`, []string{"a #"}},
		{"a\\\r\nb", []string{"a\r", "b"}},
		{"\xff'\xfe'", []string{"\xff\xfe"}},
		{"a\x00b", []string{"a\x00b"}},
	} {
		got, ok := shlex.Split(test.line)
		if !ok || !slices.Equal(got, test.want) {
			t.Errorf("Split(%q)\n got %q, %v\nwant %q, true", test.line, got, ok, test.want)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for _, line := range []string{"'", `"`, `\`, "a 'b", `a "b`, `a "b\`, `a "b\"`, `a b\`, "a '\n"} {
		if words, ok := shlex.Split(line); ok || words != nil {
			t.Errorf("Split(%q) = %q, %v; want nil, false", line, words, ok)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, test := range []struct{ word, want string }{
		{"", "''"},
		{"azAZ09+-./:@]_", "azAZ09+-./:@]_"},
		{"a b", "'a b'"},
		{"é", "'é'"},
		{"\xff", "'\xff'"},
		{"[", "'['"},
		{"~", "'~'"},
		{"\x7f", "'\x7f'"},
		{"it's", `"it's"`},
		{`a\b`, `"a\\b"`},
		{`'"`, `"'\""`},
		{`"`, `'"'`},
		{"!'", `'!'"'"`},
		{"it's!", `"it's"'!'`},
		{"'$x'", `"'"'$x'"'"`},
		{"a^b", "a'^b'"},
		{"^", "'^'"},
		{"^^", "'^''^'"},
		{"a b^c", "'a b''^c'"},
		{"^'", `'^'"'"`},
	} {
		if got, ok := shlex.Quote(test.word); got != test.want || !ok {
			t.Errorf("Quote(%q)\n got %s, %v\nwant %s, true", test.word, got, ok, test.want)
		}
	}
}

func TestNUL(t *testing.T) {
	if got, ok := shlex.Quote("a\x00"); got != "" || ok {
		t.Errorf("Quote = %q, %v; want a refusal", got, ok)
	}
	if got, ok := shlex.Join([]string{"a", "\x00"}); got != "" || ok {
		t.Errorf("Join = %q, %v; want a refusal", got, ok)
	}
}

// TestReferenceCases reads the recorded cases whose policy is one call with an example in string form, and holds Split
// to the tokens and Join to the rendering that the reference showed.
func TestReferenceCases(t *testing.T) {
	lists := regexp.MustCompile(`(?:\(|pattern=)(\["(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*\])`)
	example := regexp.MustCompile(`match=\[("(?:[^"\\]|\\.)*")\]`)
	kinds := map[string]int{}
	for _, c := range readCases(t, "cases-shlex.jsonl") {
		var files []struct{ Text string }
		if err := json.Unmarshal(c.Files, &files); err != nil {
			t.Fatal(err)
		}
		text := files[0].Text
		literal := example.FindStringSubmatch(text)
		pattern := lists.FindStringSubmatch(text)
		var line string
		var want []string
		if literal == nil || pattern == nil ||
			json.Unmarshal([]byte(literal[1]), &line) != nil || json.Unmarshal([]byte(pattern[1]), &want) != nil {
			continue
		}
		words, ok := shlex.Split(line)
		kind := strings.TrimRight(strings.TrimPrefix(c.ID, "shlex/"), "-0123456789")
		kinds[kind]++
		switch {
		case c.ErrorKind == "example-syntax":
			if ok && len(words) > 0 {
				t.Errorf("%s: Split(%q) = %q, want no words", c.ID, line, words)
			}
		case kind == "tokens":
			if !ok || !slices.Equal(words, want) {
				t.Errorf("%s: Split(%q)\n got %q, %v\nwant %q", c.ID, line, words, ok, want)
			}
		case kind == "no-extra-token":
			if !ok || !slices.Equal(append(words, "zz"), want) {
				t.Errorf("%s: Split(%q)\n got %q, %v\nwant %q", c.ID, line, words, ok, want)
			}
		case kind == "not-joined":
			matches := len(words) >= len(want) && slices.Equal(words[:len(want)], want)
			if !ok || matches != (c.ErrorKind == "example-matched") {
				t.Errorf("%s: Split(%q) = %q, %v; begins with %q: %v", c.ID, line, words, ok, want, matches)
			}
		case kind == "render":
			_, shown, found := strings.Cut(c.ErrorText, "unmatched examples: ")
			got, joined := shlex.Join(words)
			if !joined {
				got = "unable to render example"
			}
			if !ok || !found || shown != `["`+debugText.Replace(got)+`"]` && !strings.Contains(shown, `\u{`) {
				t.Errorf("%s: %q shown as %s\nwant %s", c.ID, line, got, shown)
			}
		}
	}
	t.Log("cases checked:", kinds)
	if kinds["tokens"] == 0 || kinds["no-extra-token"] == 0 || kinds["render"] == 0 {
		t.Error("a kind of case was not found")
	}
}

// debugText writes what the reference's debug form makes of the printable text and the usual controls.
var debugText = strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// TestReferenceReasons holds Join to the commands quoted in the recorded reasons of refused commands.
func TestReferenceReasons(t *testing.T) {
	n := 0
	for _, c := range readCases(t, "layers.jsonl") {
		if len(c.Argv) == 0 || !strings.HasPrefix(c.Observed.Reason, "`") || strings.Contains(c.Observed.Reason, "{{") {
			continue
		}
		n++
		if want, ok := shlex.Join(c.Argv); !ok || !strings.HasPrefix(c.Observed.Reason, "`"+want+"` ") {
			t.Errorf("%s: Join(%q)\n got %s, %v\nwant the start of %s", c.ID, c.Argv, want, ok, c.Observed.Reason)
		}
	}
	t.Log("cases checked:", n)
	if n == 0 {
		t.Error("no case quotes its command")
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add("a\x00b c\x00\x00it's!\x00^'\\^")
	f.Add("")
	f.Add("\xff\x00é\n\\\n\x00#\x00\"$x`\"")
	f.Fuzz(func(t *testing.T, list string) {
		words := strings.Split(list, "\x00")
		line, ok := shlex.Join(words)
		if !ok {
			t.Fatalf("Join(%q) refused", words)
		}
		if back, ok := shlex.Split(line); !ok || !slices.Equal(back, words) {
			t.Fatalf("Split(Join(%q))\n got %q, %v\n via %s", words, back, ok, line)
		}
	})
}

func FuzzSplit(f *testing.F) {
	f.Add("a 'b' \"c\\\"\" \\d # e\nf \\\n g")
	f.Add("a\x00b")
	f.Add("'")
	f.Fuzz(func(t *testing.T, line string) {
		words, ok := shlex.Split(line)
		if !ok {
			if words != nil {
				t.Fatalf("Split(%q) refused, with words %q", line, words)
			}
			return
		}
		total := 0
		for _, word := range words {
			total += len(word)
		}
		if total > len(line) {
			t.Fatalf("Split(%q) = %q: more bytes than it was given", line, words)
		}
	})
}

// A recordedCase is what both kinds of case files share of interest here; Files is a list in one and a map in the other.
type recordedCase struct {
	ID        string
	Files     json.RawMessage
	Argv      []string
	ErrorKind string `json:"error_kind"`
	ErrorText string `json:"error_text"`
	Observed  struct{ Reason string }
}

func readCases(t *testing.T, name string) []recordedCase {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "conformance", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded cases are not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var cases []recordedCase
	for lines := bufio.NewReader(file); ; {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var c recordedCase
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatal(err)
			}
			cases = append(cases, c)
		}
		if err != nil {
			return cases
		}
	}
}
