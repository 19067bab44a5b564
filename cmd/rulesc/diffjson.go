package main

import (
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

type diffJSON struct {
	Old     string         `json:"old"`
	New     string         `json:"new"`
	Same    bool           `json:"same"`
	Counts  map[string]int `json:"counts"`
	Regions []regionJSON   `json:"regions"`
	Changes changesJSON    `json:"changes"`
}

type regionJSON struct {
	Prefix     []analysis.TokenSet `json:"prefix"`
	ExceptNext analysis.TokenSet   `json:"except_next"`
	Old        *ir.Decision        `json:"old"`
	New        *ir.Decision        `json:"new"`
	Direction  analysis.Direction  `json:"direction"`
	Witness    []string            `json:"witness"`
	OldRules   []diffRuleJSON      `json:"old_rules"`
	NewRules   []diffRuleJSON      `json:"new_rules"`
}

type diffRuleJSON struct {
	Rule          string       `json:"rule"`
	Justification string       `json:"justification,omitempty"`
	Source        positionJSON `json:"source"`
}

type changesJSON struct {
	Added    []diffRuleJSON   `json:"added"`
	Removed  []diffRuleJSON   `json:"removed"`
	Reworded []diffRuleJSON   `json:"reworded"`
	Moved    []diffRuleJSON   `json:"moved"`
	Hosts    []hostChangeJSON `json:"host_executables"`
	Networks []netChangeJSON  `json:"network"`
	Meta     []metaChange     `json:"metadata"` // of two artifacts, else empty
}

// A hostChangeJSON has null for a name without an entry.
type hostChangeJSON struct {
	Name string   `json:"name"`
	Old  []string `json:"old"`
	New  []string `json:"new"`
}

type netChangeJSON struct {
	Host string       `json:"host"`
	Old  *ir.Decision `json:"old"`
	New  *ir.Decision `json:"new"`
}

func (c *comparison) form() diffJSON {
	form := diffJSON{
		Old: c.old.name, New: c.young.name, Same: c.same(),
		Counts: map[string]int{
			"looser":   c.count(analysis.Looser),
			"stricter": c.count(analysis.Stricter), "changed_match": c.count(analysis.ChangedMatch),
		},
		Regions: []regionJSON{},
		Changes: changesJSON{
			Added:    diffRules(c.young.policy, c.changes.Added),
			Removed:  diffRules(c.old.policy, c.changes.Removed),
			Reworded: diffRules(c.young.policy, newOf(c.changes.Reworded)),
			Moved:    diffRules(c.young.policy, newOf(c.changes.Moved)),
			Hosts:    []hostChangeJSON{}, Networks: []netChangeJSON{}, Meta: append([]metaChange{}, c.meta...),
		},
	}
	for i := range c.regions {
		r := &c.regions[i]
		form.Regions = append(form.Regions, regionJSON{
			Prefix: r.Prefix, ExceptNext: r.ExceptNext,
			Old: orNull(r.Old), New: orNull(r.New), Direction: r.Direction, Witness: r.Witness,
			OldRules: diffRules(c.old.policy, r.OldRules), NewRules: diffRules(c.young.policy, r.NewRules),
		})
	}
	for _, h := range c.changes.Hosts {
		form.Changes.Hosts = append(form.Changes.Hosts, hostChangeJSON(h))
	}
	for _, n := range c.changes.Networks {
		form.Changes.Networks = append(form.Changes.Networks, netChangeJSON{n.Host, orNull(n.Old), orNull(n.New)})
	}
	return form
}

func newOf(pairs []analysis.Pair) []int {
	ids := make([]int, len(pairs))
	for i, p := range pairs {
		ids[i] = p.New
	}
	return ids
}

func diffRules(p *ir.Policy, ids []int) []diffRuleJSON {
	list := []diffRuleJSON{}
	for _, id := range ids {
		rule := &p.Rules[id]
		list = append(list, diffRuleJSON{rule.String(), rule.Justification, sourceForm(rule.Source)})
	}
	return list
}

// orNull is nil for no decision.
func orNull(d ir.Decision) *ir.Decision {
	if d == ir.None {
		return nil
	}
	return &d
}
