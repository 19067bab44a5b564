package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/workload"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

func runHere(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(context.Background(), args, process{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
	})
	return out.String(), errs.String(), code
}

func writeArtifact(t *testing.T, p *ir.Policy, meta matcher.Meta) string {
	t.Helper()
	a, err := compiler.Compile(p, meta)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a.rulesc")
	if err := a.Write(name, matcher.CodecZstd); err != nil {
		t.Fatal(err)
	}
	return name
}

// An artifact that claims another semantic digest than its rules have is not
// what it says.
func TestVerifyRefusesAForgedSemanticDigest(t *testing.T) {
	p := &ir.Policy{Rules: []ir.PrefixRule{{Pattern: ir.Literal("a"), Decision: ir.Allow}}}
	name := writeArtifact(t, p, matcher.Meta{Options: []matcher.Setting{{Name: semanticOption, Value: strings.Repeat("0", 64)}}})
	stdout, stderr, code := runHere("verify", name)
	if code != exitWrong || stdout != "" || !strings.Contains(stderr, "its metadata gives the semantic digest 0000") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// Where rules overlap too much there is no semantic digest, and no failure.
func TestSemanticDigestUnknown(t *testing.T) {
	p := &ir.Policy{}
	for _, pattern := range workload.Overlapping(40) {
		p.Rules = append(p.Rules, ir.PrefixRule{Pattern: pattern, Decision: ir.Allow})
	}
	name := writeArtifact(t, p, matcher.Meta{})
	stdout, stderr, code := runHere("verify", name)
	if code != exitDone || !strings.Contains(stdout, "semantic  unknown: the rules overlap too much\n") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	stdout, stderr, code = runHere("verify", "--format=json", name)
	if code != exitDone || !strings.Contains(stdout, "\"semanticDigest\": null,") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// A large policy is built without the semantic digest, and up to date without it.
func TestBuildOfManyRulesSkipsTheSemanticDigest(t *testing.T) {
	const without = "semantic  not computed for more than 10000 rules or 100000 alternatives"
	many, wide := &ir.Policy{}, &ir.Policy{}
	for i := range mostSemantic + 1 {
		many.Rules = append(many.Rules, ir.PrefixRule{Pattern: ir.Literal("a", fmt.Sprint(i)), Decision: ir.Allow})
	}
	position := make([]string, mostSemanticAlternatives)
	for i := range position {
		position[i] = fmt.Sprint(i)
	}
	wide.Rules = []ir.PrefixRule{{Pattern: ir.Pattern{{"a"}, position}, Decision: ir.Allow}}
	for _, p := range []*ir.Policy{many, wide} {
		dir := t.TempDir()
		rules, output := filepath.Join(dir, "a.rules"), filepath.Join(dir, "a.rulesc")
		if err := os.WriteFile(rules, []byte(p.Text()), 0o666); err != nil {
			t.Fatal(err)
		}
		for _, status := range []string{"built", "up to date"} {
			stdout, stderr, code := runHere("build", "--rules", rules, "-o", output)
			if code != exitDone || !strings.HasPrefix(stdout, output+": "+status+"\n") || !strings.Contains(stdout, without) {
				t.Errorf("exit %d\n%s%s", code, stdout, stderr)
			}
		}
	}
}
