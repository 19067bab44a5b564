package analysis_test

import (
	"fmt"
	"strings"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

func rule(decision ir.Decision, pattern ...[]string) ir.PrefixRule {
	return ir.PrefixRule{Pattern: pattern, Decision: decision}
}

func one(token string) []string { return []string{token} }

func ExampleDiff() {
	old := &ir.Policy{Rules: []ir.PrefixRule{
		rule(ir.Allow, one("git")),
		rule(ir.Prompt, one("git"), []string{"push", "fetch"}),
		rule(ir.Forbidden, one("git"), one("push"), one("--force")),
	}}
	young := &ir.Policy{Rules: []ir.PrefixRule{
		rule(ir.Allow, one("git")),
		rule(ir.Forbidden, one("git"), one("push")),
	}}
	d, err := analysis.Diff(old, young, analysis.Options{AsWritten: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range d.Regions {
		r := &d.Regions[i]
		fmt.Printf("%v (%v), such as %s: rules %v, now %v\n", r, r.Direction, strings.Join(r.Witness, " "), r.OldRules, r.NewRules)
	}
	// Output:
	// git fetch …: prompt -> allow (looser), such as git fetch: rules [1], now [0]
	// git push … (not --force next): prompt -> forbidden (stricter), such as git push: rules [1], now [1]
}

func ExampleSemanticDigest() {
	together := &ir.Policy{Rules: []ir.PrefixRule{rule(ir.Allow, one("git"), []string{"status", "log"})}}
	apart := &ir.Policy{Rules: []ir.PrefixRule{
		rule(ir.Allow, one("git"), one("log"), one("--oneline")), // says nothing new
		rule(ir.Allow, one("git"), one("log")),
		rule(ir.Allow, one("git"), one("status")),
	}}
	a, _ := analysis.SemanticDigest(together, analysis.Options{})
	b, _ := analysis.SemanticDigest(apart, analysis.Options{})
	fmt.Println(a == b)
	// Output: true
}

func ExampleDead() {
	p := &ir.Policy{Rules: []ir.PrefixRule{
		rule(ir.Allow, one("git"), []string{"push", "fetch"}),
		rule(ir.Prompt, one("git"), one("push")),
		rule(ir.Prompt, one("git"), one("fetch")),
	}}
	found, err := analysis.Dead(p, analysis.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range found.Dead {
		fmt.Printf("rule %d is dead: covered by %v\n", d.Rule, d.CoveredBy)
	}
	for _, l := range found.Live {
		fmt.Printf("rule %d alone decides %v\n", l.Rule, l.Witness)
	}
	// Output:
	// rule 0 is dead: covered by [1 2]
	// rule 1 alone decides [git push]
	// rule 2 alone decides [git fetch]
}

func ExampleProver_NeverAllow() {
	p := &ir.Policy{Rules: []ir.PrefixRule{
		rule(ir.Forbidden, one("git"), one("push"), one("--force")),
		rule(ir.Allow, one("/usr/bin/git")), // goes before the rule on git
	}}
	prover := analysis.Prover{Policy: p}
	refuted, err := prover.NeverAllow(ir.Literal("git", "push", "--force"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v: %v by rule %d\n", refuted.Command, refuted.Decision, refuted.Rule)
	// Output: [/usr/bin/git push --force]: allow by rule 1
}

func ExampleProver_anyLayer() {
	p := &ir.Policy{Rules: []ir.PrefixRule{
		rule(ir.Forbidden, one("git"), one("push"), one("--force")),
	}}
	prover := analysis.Prover{Policy: p, AnyLayer: true}
	refuted, _ := prover.AlwaysForbidden(ir.Literal("git", "push", "--force"))
	fmt.Printf("by path: %v by %v\n", refuted.Decision, refuted.Added.Pattern)

	prover.AsWritten = true
	refuted, _ = prover.AlwaysForbidden(ir.Literal("git", "push", "--force"))
	fmt.Println("by name:", refuted)
	// Output:
	// by path: allow by ["/usr/bin/git", "push", "--force"]
	// by name: <nil>
}

func ExampleCoverage() {
	policy := &ir.Policy{Rules: []ir.PrefixRule{
		{Pattern: ir.Pattern{{"git"}, {"status", "log"}}, Decision: ir.Allow},
		{Pattern: ir.Literal("git", "push"), Decision: ir.Prompt},
	}}
	coverage, err := analysis.NewCoverage(policy, analysis.Options{})
	if err != nil {
		panic(err)
	}
	coverage.Add([]string{"git", "log", "-1"})
	fmt.Printf("%+v\n", coverage.Count(nil))
	for _, p := range coverage.Propose() {
		fmt.Println(policy.Rules[p.First].Pattern, "match", p.Match, "not", p.NotMatch)
	}
	// Output:
	// {Rules:{Covered:1 Total:2} Alternatives:{Covered:2 Total:5} Edges:{Covered:2 Total:4}}
	// ["git", ["status", "log"]] match [[git status]] not [[git push]]
	// ["git", "push"] match [[git push]] not [[git status]]
}
