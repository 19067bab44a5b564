package ir

import (
	"fmt"
	"slices"
)

// Overlay returns p with managed rules on top: appended last, so that they are
// the last defined of all. A managed rule may only tighten: one that allows is
// an error, and then no policy is returned. p is not changed; the result shares
// its hosts and networks.
//
// Source of the rule: requirements.toml of the reference.
func Overlay(p *Policy, managed []PrefixRule) (*Policy, error) {
	for i := range managed {
		if err := managed[i].Validate(); err != nil {
			return nil, fmt.Errorf("managed rule %d: %w", i, err)
		}
		if managed[i].Decision == Allow {
			return nil, fmt.Errorf("managed rule %d allows: managed rules may only tighten", i)
		}
	}
	merged := *p
	merged.Rules = slices.Concat(p.Rules, managed)
	return &merged, nil
}
