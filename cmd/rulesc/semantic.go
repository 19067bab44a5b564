package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/matcher"
)

// The semantic digest of a policy stands beside the content digest wherever that
// is shown. It takes some microseconds a rule, so build computes it for policies
// of ordinary size and keeps it in the artifact's metadata, from which "up to
// date" reads it; verify computes it anew, whatever the size, and dump too.

// semanticOption is what an artifact's metadata calls the semantic digest.
const semanticOption = "semantic-digest"

// Up to so many rules, and alternatives in all their positions, build computes the
// semantic digest.
const (
	mostSemantic             = 10_000
	mostSemanticAlternatives = 100_000
)

// isOrdinary reports whether a policy is of ordinary size.
func isOrdinary(p *ir.Policy) bool {
	alternatives := 0
	for i := range p.Rules {
		for _, position := range p.Rules[i].Pattern {
			alternatives += len(position)
		}
	}
	return len(p.Rules) <= mostSemantic && alternatives <= mostSemanticAlternatives
}

// semanticUnknown stands in the place of a digest where rules overlap too much.
const semanticUnknown = "unknown"

// semanticDigest returns the digest of what a policy decides, or semanticUnknown.
func semanticDigest(p *ir.Policy) (string, error) {
	digest, err := analysis.SemanticDigest(p, analysis.Options{})
	if errors.Is(err, analysis.ErrOverlap) {
		return semanticUnknown, nil
	}
	return digest.String(), err
}

// semanticLine says a digest in a table.
func semanticLine(digest string) string {
	switch digest {
	case "":
		return fmt.Sprintf("not computed for more than %d rules or %d alternatives, see rulesc verify", mostSemantic, mostSemanticAlternatives)
	case semanticUnknown:
		return "unknown: the rules overlap too much"
	}
	return digest
}

// cutSemantic takes the semantic digest out of the options of an artifact's
// metadata, "" if it is not there.
func cutSemantic(options []matcher.Setting) (rest []matcher.Setting, digest string) {
	i := slices.IndexFunc(options, func(o matcher.Setting) bool { return o.Name == semanticOption })
	if i < 0 {
		return options, ""
	}
	return slices.Delete(slices.Clone(options), i, i+1), options[i].Value
}
