package compiler_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// conformanceDir holds the recorded answers of the reference; see its README.
const conformanceDir = "../../shared/conformance"

// A recordedCase is one line of a cases-*.jsonl file.
type recordedCase struct {
	ID    string
	Files []struct {
		Name   string
		Text   *string
		Base64 []byte
	}
	Resolve   bool `json:"resolve_host_executables"`
	Argv      []string
	Args      []string
	Env       map[string]string
	Exit      int
	Stdout    *answer
	Variants  []json.RawMessage `json:"stdout_variants"`
	Kind      string            `json:"error_kind"`
	ErrorText string            `json:"error_text"`
	Location  string            `json:"error_location"`
}

// An answer is what `execpolicy check` prints.
type answer struct {
	MatchedRules []struct{ PrefixRuleMatch ruleMatch } `json:"matchedRules"`
	Decision     string                                `json:"decision,omitempty"`
}

type ruleMatch struct {
	MatchedPrefix   []string `json:"matchedPrefix"`
	Decision        string   `json:"decision"`
	ResolvedProgram string   `json:"resolvedProgram,omitempty"`
	Justification   string   `json:"justification,omitempty"`
}

const (
	caseHome = "/home/user"
	caseDir  = "/parent/case"
)

// placed puts our working directory in where a case names its own.
var placed = strings.NewReplacer("${CWD}", caseDir, "${CWD_PARENT}", filepath.Dir(caseDir))

func (c *recordedCase) place() ir.Place {
	home := caseHome
	if h, ok := c.Env["HOME"]; ok {
		home = h
	}
	return ir.Place{Home: home, Dir: caseDir}
}

// readCases returns the cases of every category.
func readCases(tb testing.TB) map[string][]recordedCase {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(conformanceDir, "cases-*.jsonl"))
	if err != nil || len(paths) == 0 {
		tb.Skip("the recorded cases of the reference are not at hand")
	}
	cases := make(map[string][]recordedCase)
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			tb.Fatal(err)
		}
		category := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "cases-"), ".jsonl")
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var c recordedCase
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				tb.Fatalf("%s: %v", path, err)
			}
			cases[category] = append(cases[category], c)
		}
		if err := lines.Err(); err != nil {
			tb.Fatal(err)
		}
		f.Close()
	}
	return cases
}

// runnable returns the files to evaluate in order and the command to check;
// ok is false for cases about the command line itself.
func (c *recordedCase) runnable() (files []compiler.File, argv []string, resolve, ok bool) {
	named := make(map[string]compiler.File)
	var all []compiler.File
	for _, f := range c.Files {
		text := f.Base64
		if f.Text != nil {
			text = []byte(*f.Text)
		}
		file := compiler.File{Name: f.Name, Text: text}
		named[f.Name] = file
		all = append(all, file)
	}
	if c.Args == nil {
		return all, c.Argv, c.Resolve, true
	}
	if c.Exit == 2 || c.Kind == "other" && c.ErrorText != "stream did not contain valid UTF-8" {
		return nil, nil, false, false
	}
	args := c.Args
	for len(args) > 0 {
		switch arg := args[0]; {
		case arg == "--":
			return files, args[1:], resolve, true
		case arg == "--rules" || arg == "-r" || strings.HasPrefix(arg, "--rules="):
			path, inline := strings.CutPrefix(arg, "--rules=")
			if !inline {
				path, args = args[1], args[1:]
			}
			file, known := named[filepath.Clean(path)]
			if !known {
				return nil, nil, false, false
			}
			file.Name = path
			files = append(files, file)
		case arg == "--resolve-host-executables":
			resolve = true
		case arg == "--pretty":
		default:
			return files, args, resolve, true
		}
		args = args[1:]
	}
	return files, args, resolve, true
}

// outcome of a case: what differs from the record, if anything.
type outcome struct {
	skipped                bool
	difference             string // decision, matches, accepted or not, kind of error
	sameText, sameLocation bool   // only for rejected policies
}

func (c *recordedCase) try(t *testing.T) outcome {
	files, argv, resolve, ok := c.runnable()
	if !ok {
		return outcome{skipped: true}
	}
	place := c.place()
	policy, err := compiler.Evaluate(t.Context(), files, compiler.Options{Place: place})
	if err != nil {
		var problems diag.List
		if !errors.As(err, &problems) || len(problems) == 0 || policy != nil {
			return outcome{difference: fmt.Sprintf("not a list of problems: %v", err)}
		}
		first := problems[0]
		o := outcome{
			sameText:     first.Message == placed.Replace(c.ErrorText),
			sameLocation: c.Location == "" || first.Position.String() == c.Location,
		}
		switch {
		case c.Exit == 0:
			o.difference = "rejected: " + first.Error()
		case first.Code != c.Kind:
			o.difference = fmt.Sprintf("kind %s, want %s (%s): %s", first.Code, c.Kind, c.ErrorText, first.Error())
		}
		return o
	}
	if c.Exit != 0 {
		return outcome{difference: "accepted, want: " + c.ErrorText}
	}
	for i := range policy.Rules {
		if err := policy.Rules[i].Validate(); err != nil {
			return outcome{difference: fmt.Sprintf("rule %d: %v", i, err)}
		}
	}
	var at *ir.Place
	if resolve {
		at = &place
	}
	got := describe(policy, policy.Evaluate(argv, at))
	wants := []string{marshal(c.Stdout)}
	for _, v := range c.Variants {
		var a answer
		// A variant is recorded as text or as parsed JSON.
		var text string
		if json.Unmarshal(v, &text) == nil {
			v = json.RawMessage(text)
		}
		if err := json.Unmarshal(v, &a); err != nil {
			t.Fatal(err)
		}
		wants = append(wants, marshal(&a))
	}
	for i := range wants {
		wants[i] = placed.Replace(wants[i])
	}
	if !slices.Contains(wants, marshal(got)) {
		return outcome{difference: fmt.Sprintf("got %s, want %s", marshal(got), strings.Join(wants, " or "))}
	}
	return outcome{}
}

func describe(p *ir.Policy, r ir.Result) *answer {
	a := new(answer)
	for _, m := range r.Matches {
		rule := &p.Rules[m.Rule]
		a.MatchedRules = append(a.MatchedRules, struct{ PrefixRuleMatch ruleMatch }{ruleMatch{
			MatchedPrefix:   m.Prefix,
			Decision:        rule.Decision.String(),
			ResolvedProgram: m.Resolved,
			Justification:   rule.Justification,
		}})
	}
	if r.Decision != ir.None {
		a.Decision = r.Decision.String()
	}
	return a
}

func marshal(a *answer) string {
	if len(a.MatchedRules) == 0 {
		a.MatchedRules = nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// TestConformance compares with every recorded case. testdata/differences.txt
// lists those that are known to differ, each with its reason; a listed case
// that no longer differs fails the test, so that the list stays true.
func TestConformance(t *testing.T) {
	cases := readCases(t)
	known := readDifferences(t)
	show := os.Getenv("RULESC_SHOW") // a category whose differences in wording are printed, too
	var table strings.Builder
	fmt.Fprintf(&table, "%-15s %9s %9s %9s\n", "category", "passed", "text", "location")
	for _, category := range slices.Sorted(maps.Keys(cases)) {
		var passed, total, rejected, sameText, sameLocation int
		for _, c := range cases[category] {
			o := c.try(t)
			if o.skipped {
				continue
			}
			total++
			reason, listed := known[c.ID]
			switch {
			case o.difference == "" && listed:
				t.Errorf("%s is listed as different (%s) but agrees: take it off the list", c.ID, reason)
			case o.difference != "" && !listed:
				t.Errorf("%s: %s\n%s", c.ID, o.difference, c.texts())
			}
			if o.difference == "" {
				passed++
			}
			if c.Exit == 1 && o.difference == "" {
				rejected++
				if o.sameText {
					sameText++
				}
				if o.sameLocation {
					sameLocation++
				}
				if show == category && !(o.sameText && o.sameLocation) {
					t.Logf("%s: want %q at %s\n%s", c.ID, c.ErrorText, c.Location, c.texts())
				}
			}
			delete(known, c.ID)
		}
		fmt.Fprintf(&table, "%-15s %4d/%4d %4d/%4d %4d/%4d\n", category, passed, total, sameText, rejected, sameLocation, rejected)
	}
	for id := range known {
		t.Errorf("testdata/differences.txt lists %s, which is no case", id)
	}
	t.Logf("\n%s", table.String())
}

func (c *recordedCase) texts() string {
	var b strings.Builder
	for _, f := range c.Files {
		if f.Text != nil {
			fmt.Fprintf(&b, "\t%s: %.300q\n", f.Name, *f.Text)
		}
	}
	return b.String()
}

// readDifferences reads lines of the form "id reason".
func readDifferences(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, reason, _ := strings.Cut(line, " ")
		if reason == "" {
			t.Fatalf("testdata/differences.txt: %s has no reason", id)
		}
		known[id] = reason
	}
	return known
}
