package policytest

import (
	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// The forms of the JSON report; the help of the command describes their keys.
type (
	// A ResultJSON is a result.
	ResultJSON struct {
		Kind     Kind       `json:"kind"`
		Name     string     `json:"name"`
		Source   PlaceJSON  `json:"source"`
		Command  []string   `json:"command"`
		Commands [][]string `json:"commands"`
		Passed   bool       `json:"passed"`
		Expected string     `json:"expected"`
		Got      string     `json:"got"`
		Rule     *RuleJSON  `json:"rule"`
		Failure  []LineJSON `json:"failure"`
	}
	// A RuleJSON is a rule.
	RuleJSON struct {
		Pattern  []any       `json:"pattern"`
		Decision ir.Decision `json:"decision"`
		Source   PlaceJSON   `json:"source"`
	}
	// A PlaceJSON is a source.
	PlaceJSON struct {
		Layer  string `json:"layer,omitempty"`
		File   string `json:"file"`
		Line   int    `json:"line,omitempty"`
		Column int    `json:"column,omitempty"`
	}
	// A LineJSON is a line of a failure.
	LineJSON struct {
		Label string `json:"label"`
		Text  string `json:"text"`
	}
	// A CoverageJSON is what the tests cover.
	CoverageJSON struct {
		analysis.Counts
		Percent    float64   `json:"percent"`
		NotCovered []GapJSON `json:"notCovered"`
	}
	// A GapJSON is a call of prefix_rule of which something is not covered.
	GapJSON struct {
		Source       PlaceJSON  `json:"source"`
		Decision     string     `json:"decision"`
		Pattern      []any      `json:"pattern"`
		Matched      int        `json:"matched"`
		Alternatives ir.Pattern `json:"alternatives"`
		Edges        [][]string `json:"edges"`
	}
	// A ProposalJSON is examples for a call.
	ProposalJSON struct {
		Source   PlaceJSON  `json:"source"`
		Decision string     `json:"decision"`
		Pattern  []any      `json:"pattern"`
		Match    [][]string `json:"match"`
		NotMatch [][]string `json:"notMatch"`
	}
)

// PlaceForm returns the form of a source.
func PlaceForm(s ir.Source) PlaceJSON { return PlaceJSON{s.Layer, s.File, s.Line, s.Col} }

// ResultForm returns the form of a result of a test on the policy.
func ResultForm(p *ir.Policy, r *Result) ResultJSON {
	form := ResultJSON{
		Kind: r.Kind, Name: r.Name, Source: PlaceForm(ir.Source{Position: r.Position}), Command: r.Argv, Commands: r.Commands,
		Passed: r.Passed, Expected: r.Expected, Got: r.Got, Failure: []LineJSON{},
	}
	if r.Rule >= 0 {
		rule := &p.Rules[r.Rule]
		form.Rule = &RuleJSON{judge.PatternForm(rule.Pattern), rule.Decision, PlaceForm(rule.Source)}
	}
	for _, l := range r.Failure {
		form.Failure = append(form.Failure, LineJSON(l))
	}
	return form
}

// CoverageForm returns the form of what is covered.
func CoverageForm(p *ir.Policy, counts analysis.Counts, gaps []Gap) CoverageJSON {
	form := CoverageJSON{Counts: counts, Percent: counts.Alternatives.Percent(), NotCovered: []GapJSON{}}
	for _, g := range gaps {
		rule := &p.Rules[g.First]
		form.NotCovered = append(form.NotCovered, GapJSON{
			PlaceForm(rule.Source), rule.Decision.String(), judge.PatternForm(Written(p, g.First, g.End)), g.Matched, g.Alternatives, append([][]string{}, g.Edges...),
		})
	}
	return form
}

// ProposalForms returns the forms of proposals.
func ProposalForms(p *ir.Policy, proposals []analysis.Proposal) []ProposalJSON {
	forms := []ProposalJSON{}
	for _, o := range proposals {
		rule := &p.Rules[o.First]
		forms = append(forms, ProposalJSON{
			PlaceForm(rule.Source), rule.Decision.String(), judge.PatternForm(Written(p, o.First, o.End)),
			append([][]string{}, o.Match...), append([][]string{}, o.NotMatch...),
		})
	}
	return forms
}
