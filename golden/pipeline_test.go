// Package golden holds tests of the whole pipeline: a tree of folders goes in,
// and what comes out at each station is compared with a file.
package golden_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/layers"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

var update = flag.Bool("update", false, "rewrite the expected files in testdata")

// TestPipeline takes each archive of testdata the whole way. An archive holds
//
//	etc/…, home/…, project/…   the input: the system's, the user's and a
//	                           project's folder; the project is trusted
//	commands                   commands to ask about, one JSON array a line
//	want/policy.rules          the policy's canonical text, or
//	want/problems              everything that is wrong, if it cannot be made
//	want/answers               a line a command: decision and deciding rule
//
// The answers are the same from the evaluator and from artifacts of both
// codecs.
func TestPipeline(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives in testdata (%v)", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := pipeline(t, archive)
			if *update {
				rewrite(t, name, archive, got)
				return
			}
			want := make(map[string]string)
			for _, f := range archive.Files {
				if strings.HasPrefix(f.Name, "want/") {
					want[f.Name] = string(f.Data)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func pipeline(t *testing.T, archive *txtar.Archive) map[string]string {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var commands [][]string
	for _, f := range archive.Files {
		switch {
		case f.Name == "commands":
			for line := range bytes.Lines(f.Data) {
				var command []string
				if err := json.Unmarshal(line, &command); err != nil {
					t.Fatalf("commands: %v", err)
				}
				commands = append(commands, command)
			}
		case !strings.HasPrefix(f.Name, "want/"):
			writeFile(t, filepath.Join(root, filepath.FromSlash(f.Name)), f.Data)
		}
	}
	writeFile(t, filepath.Join(root, "project", ".git", "HEAD"), nil)
	writeFile(t, filepath.Join(root, "home", "config.toml"), fmt.Appendf(nil, "[projects.%q]\ntrust_level = \"trusted\"\n", filepath.Join(root, "project")))

	policy, err := evaluate(t, root)
	if err != nil {
		return map[string]string{"want/problems": strings.ReplaceAll(problems(t, err), root+string(filepath.Separator), "") + "\n"}
	}
	return map[string]string{
		"want/policy.rules": policy.Text(),
		"want/answers":      answers(t, policy, commands),
	}
}

func evaluate(t *testing.T, root string) (*ir.Policy, error) {
	stack, err := layers.Discover(layers.Options{
		SystemDir: filepath.Join(root, "etc"),
		Home:      filepath.Join(root, "home"),
		WorkDir:   filepath.Join(root, "project"),
		Getenv:    func(string) string { return "" },
	})
	if err != nil {
		return nil, err
	}
	files, _, err := stack.RuleFiles()
	if err != nil {
		return nil, err
	}
	var in []compiler.File
	for _, f := range files {
		in = append(in, compiler.File{Layer: f.Layer.Name, Name: f.Name, Path: f.Path.String(), Text: f.Text})
	}
	policy, err := compiler.Evaluate(t.Context(), in, compiler.Options{})
	if err != nil {
		return nil, err
	}
	return ir.Overlay(policy, stack.Managed())
}

func problems(t *testing.T, err error) string {
	list, ok := err.(diag.List)
	if !ok {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	return list.Error()
}

// answers asks the evaluator, and artifacts of both codecs, which must agree.
func answers(t *testing.T, policy *ir.Policy, commands [][]string) string {
	artifact, err := compiler.Compile(policy, matcher.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	var opened []*runtime.Policy
	for _, codec := range codecs {
		path := filepath.Join(t.TempDir(), "policy.rulesc")
		if err := artifact.Write(path, codec); err != nil {
			t.Fatal(err)
		}
		compiled, err := runtime.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer compiled.Close()
		opened = append(opened, compiled)
	}
	var b strings.Builder
	for _, command := range commands {
		for _, compiled := range opened {
			compareOne(t, t.Name(), policy, compiled, command, &ir.Place{})
		}
		result := policy.Evaluate(command, &ir.Place{})
		by := "-"
		if result.Deciding >= 0 {
			by = policy.Rules[result.Matches[result.Deciding].Rule].Source.String()
		}
		fmt.Fprintf(&b, "%q\t%s\t%s\n", command, result.Decision, by)
	}
	return b.String()
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// rewrite puts what came out in the place of what was wanted.
func rewrite(t *testing.T, name string, archive *txtar.Archive, got map[string]string) {
	kept := archive.Files[:0]
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			kept = append(kept, f)
		}
	}
	archive.Files = kept
	for _, want := range []string{"want/policy.rules", "want/problems", "want/answers"} {
		if text, ok := got[want]; ok {
			archive.Files = append(archive.Files, txtar.File{Name: want, Data: []byte(text)})
		}
	}
	if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
		t.Fatal(err)
	}
}
