package compiler_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/compiler"
)

func TestEvaluateTested(t *testing.T) {
	files := []compiler.File{
		file("a.rules", "host_executable('git', ['/usr/bin/git'])\n"+
			"prefix_rule([['git', 'hg'], 'push'], match = ['git push', \"hg pull\",\n"+
			"  '/usr/bin/git push', '/tmp/git push'], not_match = ['hg push -f'])\n"),
		file("b.rules", "prefix_rule(['é', 'x'], match = [['é', 'x']])\nfor n in ['ls', 'cat']:\n  prefix_rule([n], match = ['ls'])\n"),
	}
	policy, examples, err := compiler.EvaluateTested(t.Context(), files, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range examples {
		got = append(got, fmt.Sprintf("%s %t [%d:%d] %d %q holds %t", e.Position, e.Match, e.First, e.End, e.Matched, strings.Join(e.Command, " "), e.Holds()))
	}
	want := []string{
		`a.rules:2:47 true [0:2] 0 "git push" holds true`,
		`a.rules:2:59 true [0:2] -1 "hg pull" holds false`,
		`a.rules:3:3 true [0:2] 0 "/usr/bin/git push" holds true`,
		`a.rules:3:24 true [0:2] -1 "/tmp/git push" holds false`,
		`a.rules:3:55 false [0:2] 1 "hg push -f" holds false`,
		`b.rules:1:34 true [2:3] 2 "é x" holds true`,
		`b.rules:3:29 true [3:4] 3 "ls" holds true`,
		`b.rules:3:29 true [4:5] -1 "ls" holds false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(policy.Rules) != 5 || policy.Rules[2].Pattern.Program() != "é" {
		t.Errorf("got %d rules", len(policy.Rules))
	}
}

// What is wrong besides examples is an error, with the examples before it.
func TestEvaluateTestedBroken(t *testing.T) {
	files := []compiler.File{
		file("a.rules", "prefix_rule(['git'], match = ['hg'])\n"),
		file("b.rules", "prefix_rule(['git'], decision = 'alow')\n"),
	}
	policy, examples, err := compiler.EvaluateTested(t.Context(), files, compiler.Options{})
	if err == nil || policy != nil || examples != nil {
		t.Fatalf("got %v, %v, %v", policy, examples, err)
	}
	if want := problemsOf(t, files...).Error(); err.Error() != want || !strings.Contains(want, "a.rules:1:31") || !strings.Contains(want, "alow") {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	limits := compiler.Options{Limits: compiler.Limits{Comparisons: 3}}
	if _, _, err := compiler.EvaluateTested(t.Context(), []compiler.File{file("a.rules", "prefix_rule(['a'], match = ['a', 'a', 'a', 'a', 'a'])")}, limits); err == nil || !strings.Contains(err.Error(), "more than 3 comparisons [limit]") {
		t.Errorf("got %v", err)
	}
}

// TestEvaluateTestedAgrees holds the results against what Evaluate refuses.
func TestEvaluateTestedAgrees(t *testing.T) {
	for _, text := range []string{
		"prefix_rule(['git', ['a', 'b']], match = ['git a'], not_match = ['git c', '/x/git c'])",
		"prefix_rule(['git', ['a', 'b']], match = ['git a', 'git'])",
		"prefix_rule(['git'], not_match = ['/x/git'])",
		"prefix_rule(['GIT'], canonical_matching = True, match = ['git'])",
		"host_executable('GIT', [])\nprefix_rule(['GIT'], canonical_matching = True, match = ['/bin/git'])",
	} {
		_, want := compiler.Evaluate(t.Context(), []compiler.File{file("a.rules", text)}, compiler.Options{})
		_, examples, err := compiler.EvaluateTested(t.Context(), []compiler.File{file("a.rules", text)}, compiler.Options{})
		if err != nil || len(examples) == 0 {
			t.Fatalf("%s: %v", text, err)
		}
		holds := true
		for _, e := range examples {
			holds = holds && e.Holds()
		}
		if holds != (want == nil) {
			t.Errorf("%s\nholds: %t, but Evaluate says %v", text, holds, want)
		}
	}
}
