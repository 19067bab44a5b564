package golden_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

var codecs = []matcher.Codec{matcher.CodecZstd, matcher.CodecStored}

// TestArtifactsAgreeWithTheDefinition takes every policy of the recorded cases
// through files on disk, in both codecs, and compares what the runtime answers
// with what ir says: for the case's own command and for those of all other
// cases nearby, with and without resolving program paths.
func TestArtifactsAgreeWithTheDefinition(t *testing.T) {
	names, _ := filepath.Glob("../../shared/conformance/cases-*.jsonl")
	if len(names) == 0 {
		t.Skip("no recorded cases in ../shared/conformance")
	}
	dir := t.TempDir()
	seen, artifacts, answers := 0, 0, 0
	for _, name := range names {
		var nearby [][]string // the commands of the last few cases
		done := make(map[string]bool)
		for c := range recordedCases(t, name) {
			if seen++; testing.Short() && seen%10 != 0 {
				continue
			}
			nearby = append(nearby, c.Argv)
			nearby = nearby[max(0, len(nearby)-8):]
			var files []compiler.File
			key := fmt.Sprintf("%q %q", c.Files, c.Argv)
			for _, f := range c.Files {
				files = append(files, compiler.File{Name: f.Name, Text: []byte(f.Text)})
			}
			if done[key] {
				continue // the same with the other way of resolving, which all go through
			}
			done[key] = true
			policy, err := compiler.Evaluate(t.Context(), files, compiler.Options{})
			if err != nil {
				continue
			}
			artifact, err := compiler.Compile(policy, matcher.Meta{})
			if err != nil {
				t.Fatalf("%s: %v", c.ID, err)
			}
			for _, codec := range codecs {
				file, err := artifact.Encode(codec)
				if err != nil {
					t.Fatalf("%s: %v", c.ID, err)
				}
				path := filepath.Join(dir, "policy.rulesc")
				if err := os.WriteFile(path, file, 0o666); err != nil {
					t.Fatal(err)
				}
				artifacts++
				answers += compare(t, c.ID, policy, path, nearby)
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if artifacts == 0 {
		t.Error("no case has a policy")
	}
	t.Logf("%d artifacts gave %d answers", artifacts, answers)
}

// compare asks the artifact at path and the evaluator about commands: as they
// are written, resolved as running commands are, and resolved from the user's
// folders.
func compare(t *testing.T, id string, policy *ir.Policy, path string, commands [][]string) (answers int) {
	t.Helper()
	for _, way := range []struct {
		at      *ir.Place
		options []runtime.Option
	}{
		{nil, []runtime.Option{runtime.WithoutHostResolution()}},
		{&ir.Place{}, nil},
		{&ir.Place{Home: "/home/user", Dir: "/parent/case"}, []runtime.Option{runtime.WithHome("/home/user"), runtime.WithDir("/parent/case")}},
	} {
		compiled, err := runtime.Open(path, way.options...)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		for _, command := range commands {
			compareOne(t, id, policy, compiled, command, way.at)
			answers++
		}
		if err := compiled.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

func compareOne(t *testing.T, id string, policy *ir.Policy, compiled *runtime.Policy, command []string, at *ir.Place) {
	t.Helper()
	want := policy.Evaluate(command, at)
	rule := -1
	if want.Deciding >= 0 {
		rule = want.Matches[want.Deciding].Rule
	}
	if got := compiled.Decide(command); ir.Decision(got.Decision) != want.Decision || got.Rule != rule {
		t.Errorf("%s: %q at %v: artifact says %v by rule %d, ir says %v by rule %d", id, command, at, got.Decision, got.Rule, want.Decision, rule)
	}
	matches := compiled.Matches(command)
	if len(matches) != len(want.Matches) {
		t.Errorf("%s: %q at %v: artifact has %d matches, ir %d", id, command, at, len(matches), len(want.Matches))
		return
	}
	for i, m := range matches {
		w := want.Matches[i]
		if int(m.Rule) != w.Rule || int(m.Tokens) != len(w.Prefix) || m.ByName != (w.Resolved != "") {
			t.Errorf("%s: %q at %v: match %d is %+v, want %+v", id, command, at, i, m, w)
		}
	}
}

type recordedCase struct {
	ID    string
	Files []struct{ Name, Text string }
	Argv  []string
}

func recordedCases(t *testing.T, name string) func(func(recordedCase) bool) {
	return func(yield func(recordedCase) bool) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var c recordedCase
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !yield(c) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
}
