package dialect_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/compiler/dialect"
)

// conformance is where the recorded answers of the reference are, if they are.
const conformance = "../../../shared/conformance"

// A recording is one recorded case; see the README beside the cases.
type recording struct {
	ID    string
	Files []struct {
		Name   string
		Text   *string
		Base64 string
	}
	Argv          []string
	Exit          int
	ErrorKind     string `json:"error_kind"`
	ErrorText     string `json:"error_text"`
	ErrorLocation string `json:"error_location"`
}

func readCases(t *testing.T, category string) []recording {
	t.Helper()
	f, err := os.Open(filepath.Join(conformance, "cases-"+category+".jsonl"))
	if err != nil {
		t.Skipf("recorded cases are not here: %v", err)
	}
	defer f.Close()
	var cases []recording
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var c recording
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if lines.Err() != nil || len(cases) == 0 {
		t.Fatalf("%s: %d cases, %v", category, len(cases), lines.Err())
	}
	return cases
}

// errRule stands for what the rule builtins have against their arguments, which
// is not the dialect's business.
var errRule = errors.New("not a rule")

// A collector stands for the rule builtins: it takes what their arguments must
// look like, and remembers the patterns of strings.
type collector struct{ patterns [][]string }

// signatures are the parameters of the rule builtins, the required ones first.
var signatures = map[string]struct {
	required int
	params   []string
	types    []string
}{
	"prefix_rule": {
		1,
		[]string{"pattern", "decision", "match", "not_match", "justification", "canonical_matching"},
		[]string{"list", "string", "list", "list", "string", "bool"},
	},
	"network_rule": {
		3,
		[]string{"host", "protocol", "decision", "justification"},
		[]string{"string", "string", "string", "string"},
	},
	"host_executable": {2, []string{"name", "paths"}, []string{"string", "list"}},
}

func (c *collector) predeclared() starlark.StringDict {
	env := starlark.StringDict{}
	for name := range signatures {
		env[name] = starlark.NewBuiltin(name, c.call)
	}
	return env
}

func (c *collector) call(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sig := signatures[b.Name()]
	if len(args) > len(sig.params) {
		return nil, fmt.Errorf("Found %d extra positional argument(s) for call to %s", len(args)-len(sig.params), b.Name())
	}
	got := make([]starlark.Value, len(sig.params))
	copy(got, args)
	for _, kw := range kwargs {
		i := slices.Index(sig.params, string(kw[0].(starlark.String)))
		if i < 0 {
			return nil, fmt.Errorf("Found %v extra named parameter(s) for call to %s", kw[0], b.Name())
		}
		if got[i] != nil {
			return nil, fmt.Errorf("Argument %v occurs more than once", kw[0])
		}
		got[i] = kw[1]
	}
	for i, v := range got {
		switch {
		case v == nil && i < sig.required:
			return nil, fmt.Errorf("Missing parameter `%s` for call to `%s`", sig.params[i], b.Name())
		case v != nil && v.Type() != sig.types[i]:
			return nil, fmt.Errorf("Type of parameter `%s` doesn't match, expected `%s`, actual `%s`", sig.params[i], sig.types[i], v.Type())
		}
	}
	if b.Name() != "prefix_rule" {
		return starlark.None, nil
	}
	list := got[0].(*starlark.List)
	if list.Len() == 0 {
		return nil, errRule
	}
	var pattern []string
	for i := range list.Len() {
		s, _ := starlark.AsString(list.Index(i))
		pattern = append(pattern, s)
	}
	c.patterns = append(c.patterns, pattern)
	return starlark.None, nil
}

// outcome runs a case and says how the dialect differs from the recording, or "".
func outcome(t *testing.T, c recording) string {
	var err error
	rules := new(collector)
	for _, f := range c.Files {
		var src []byte
		if f.Text != nil {
			src = []byte(*f.Text)
		} else {
			src, _ = base64.StdEncoding.DecodeString(f.Base64)
		}
		if err = dialect.Exec(t.Context(), f.Name, string(src), rules.predeclared(), dialect.Limits{}); err != nil {
			break
		}
	}
	var e *dialect.Error
	if err != nil && !errors.As(err, &e) {
		return fmt.Sprintf("not an Error: %v", err)
	}
	switch c.ErrorKind {
	case "parse", "eval":
		switch {
		case err == nil:
			return "accepted, but the reference says: " + c.ErrorText
		case e.Kind.String() != c.ErrorKind && !errors.Is(err, errRule):
			return fmt.Sprintf("%v error %q, but the reference has %s error %q", e.Kind, e.Msg, c.ErrorKind, c.ErrorText)
		}
		return ""
	case "":
	case "other":
		if err == nil {
			return "accepted, but the reference says: " + c.ErrorText
		}
		return ""
	default: // a rule is bad, which may not be known here
		if err != nil && !errors.Is(err, errRule) && e.File == c.Files[0].Name {
			return fmt.Sprintf("refused (%v), but the reference gets as far as: %s", err, c.ErrorText)
		}
		return ""
	}
	if err != nil {
		return fmt.Sprintf("refused: %v", err)
	}
	if strings.HasPrefix(c.ID, "dialect/") {
		if got := rules.patterns[len(rules.patterns)-1]; !slices.Equal(got, c.Argv) {
			return fmt.Sprintf("value %q, but the reference has %q", got, c.Argv)
		}
	}
	return ""
}

// knownDifferences reads testdata/differences.txt: a case and the reason on
// each line.
func knownDifferences(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for line := range bytes.Lines(text) {
		id, reason, ok := strings.Cut(strings.TrimSpace(string(line)), " ")
		if id != "" && !strings.HasPrefix(id, "#") {
			if !ok {
				t.Errorf("differences.txt: %s has no reason", id)
			}
			known[id] = reason
		}
	}
	return known
}

// TestConformance runs the recorded cases. A difference must be listed with its
// reason, and what is listed must differ.
func TestConformance(t *testing.T) {
	for _, category := range []string{"dialect", "errors", "args", "files", "random", "tokens"} {
		t.Run(category, func(t *testing.T) {
			known := knownDifferences(t)
			passed, located, messages, refused := 0, 0, 0, 0
			cases := readCases(t, category)
			for _, c := range cases {
				diff := outcome(t, c)
				_, listed := known[c.ID]
				switch {
				case diff == "" && listed:
					t.Errorf("%s agrees, but is listed as a difference", c.ID)
				case diff != "" && !listed:
					t.Errorf("%s: %s", c.ID, diff)
				}
				if diff == "" {
					passed++
				}
				if c.ErrorKind == "parse" || c.ErrorKind == "eval" {
					refused++
					place, text := report(t, c)
					if place == c.ErrorLocation {
						located++
					} else if testing.Verbose() {
						t.Logf("%s: at %s, reference %s: %s", c.ID, place, c.ErrorLocation, text)
					}
					if text == c.ErrorText {
						messages++
					} else if testing.Verbose() {
						t.Logf("%s: says %q, reference %q", c.ID, text, c.ErrorText)
					}
				}
			}
			t.Logf("%s: %d of %d; of %d errors %d have the place and %d the words of the reference", category, passed, len(cases), refused, located, messages)
		})
	}
}

// report returns the place and text of the first error of a case.
func report(t *testing.T, c recording) (place, text string) {
	for _, f := range c.Files {
		if f.Text == nil {
			return "", ""
		}
		err := dialect.Exec(t.Context(), f.Name, *f.Text, new(collector).predeclared(), dialect.Limits{})
		var e *dialect.Error
		if errors.As(err, &e) {
			return fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Col), e.Msg
		}
	}
	return "", ""
}
