package analysis

import (
	"fmt"
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// Rules can only ever meet in one command if their first tokens end in the same
// program name, caselessly. So a policy falls into families that have nothing to
// do with each other: the rules on git, GIT, /usr/bin/git and ./Git are one. What
// is the same in both of two policies need not be looked at again, and what
// takes long in one family is not repeated for the others.

// A family is the rules and host lists on one program name.
type family struct {
	rules []int // indexes into Policy.Rules, ascending
	hosts []int // indexes into Policy.Hosts
}

// families returns the families of a policy by name, and the names in the order
// in which they appear.
func families(p *ir.Policy) (byName map[string]*family, order []string) {
	byName = make(map[string]*family)
	key := make(map[string]string) // by first token
	of := func(token string) *family {
		name, known := key[token]
		if !known {
			if _, name = ir.CleanPath(token); name == "" {
				name = token
			}
			name = caseless.Fold(name)
			key[token] = name
			if byName[name] == nil {
				byName[name] = &family{}
				order = append(order, name)
			}
		}
		return byName[name]
	}
	for i := range p.Rules {
		f := of(p.Rules[i].Pattern.Program())
		f.rules = append(f.rules, i)
	}
	for i := range p.Hosts {
		f := of(p.Hosts[i].Name)
		f.hosts = append(f.hosts, i)
	}
	return byName, order
}

// part returns the policy that has some of p's families alone; rule i of it is
// rule from[i] of p.
func part(p *ir.Policy, fs []*family) (q *ir.Policy, from []int) {
	q = &ir.Policy{}
	var hosts []int
	for _, f := range fs {
		if f != nil {
			from = append(from, f.rules...)
			hosts = append(hosts, f.hosts...)
		}
	}
	slices.Sort(from)
	slices.Sort(hosts)
	for _, i := range from {
		q.Rules = append(q.Rules, p.Rules[i])
	}
	for _, i := range hosts {
		q.Hosts = append(q.Hosts, p.Hosts[i])
	}
	return q, from
}

// sameFamily reports whether two families are written alike, which decides alike.
func sameFamily(p, q *ir.Policy, f, g *family) bool {
	if f == nil || g == nil {
		return (f == nil || len(f.rules) == 0) && (g == nil || len(g.rules) == 0)
	}
	return slices.EqualFunc(f.rules, g.rules, func(i, j int) bool {
		a, b := &p.Rules[i], &q.Rules[j]
		return a.Decision == b.Decision && a.Canonical == b.Canonical &&
			slices.EqualFunc(a.Pattern, b.Pattern, func(x, y []string) bool { return slices.Equal(x, y) })
	}) && slices.EqualFunc(f.hosts, g.hosts, func(i, j int) bool {
		a, b := &p.Hosts[i], &q.Hosts[j]
		return a.Name == b.Name && slices.Equal(a.Paths, b.Paths)
	})
}

// changed returns the parts of two policies that are not written alike.
func changed(p, q *ir.Policy) (old, young *ir.Policy, oldFrom, youngFrom []int) {
	pf, order := families(p)
	qf, more := families(q)
	for _, name := range more {
		if pf[name] == nil {
			order = append(order, name)
		}
	}
	var olds, youngs []*family
	for _, name := range order {
		if !sameFamily(p, q, pf[name], qf[name]) {
			olds = append(olds, pf[name])
			youngs = append(youngs, qf[name])
		}
	}
	old, oldFrom = part(p, olds)
	young, youngFrom = part(q, youngs)
	return old, young, oldFrom, youngFrom
}

// allRules returns the indexes of all rules.
func allRules(p *ir.Policy) []int {
	all := make([]int, len(p.Rules))
	for i := range all {
		all[i] = i
	}
	return all
}

// check refuses policies whose rules do not have the shape of rules.
func check(policies ...*ir.Policy) error {
	for _, p := range policies {
		for i := range p.Rules {
			if err := p.Rules[i].Validate(); err != nil {
				return fmt.Errorf("rule %d: %w", i, err)
			}
		}
	}
	return nil
}
