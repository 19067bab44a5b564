// Package graph turns prefix rules into the image that package matcher walks.
//
// [Compile] is all there is to it. It knows nothing of rule files: a rule is a
// pattern, a decision and a number, and equal input gives equal bytes.
package graph

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/internal/intern"
	"github.com/rulesc/rulesc/matcher"
)

// A Rule is a prefix rule; its id is its index in the list given to Compile.
type Rule struct {
	// Pattern holds the alternatives for each position: exactly one for the
	// first, at least one for the others.
	Pattern [][]string

	Decision  matcher.Decision // not None
	Canonical bool             // compares tokens caselessly
}

// A Host lists the paths that may stand for a program name; of several with one
// name the last counts. Paths that are not absolute and lexically clean stand
// for nothing.
type Host struct {
	Name  string
	Paths []string
}

// Compile returns the image of the rules. Errors say what is wrong with the
// shape of a rule, or which limit of the format the rules exceed.
func Compile(rules []Rule, hosts []Host) ([]byte, error) {
	return compile(rules, hosts, defaultBudget)
}

func compile(rules []Rule, hosts []Host, b budget) ([]byte, error) {
	if err := check(rules); err != nil {
		return nil, err
	}
	d := matcher.Draft{Rules: len(rules), Strictest: strictest(rules)}
	exact, canonical := split(rules)

	tokens := newLowering(rules, false)
	d.Graph = tokens.room()
	// Programs with many rules are mostly those that are run often.
	slices.SortStableFunc(exact, func(a, b program) int { return cmp.Compare(len(b.rules), len(a.rules)) })
	g := &builder{graph: &d.Graph}
	for _, p := range exact {
		made := g.program(tokens.program(p), b)
		made.Token = tokens.number(p.name)
		d.Programs = append(d.Programs, made)
	}
	d.Hosts = hostLists(hosts, tokens.number)
	d.Tokens = tokens.tokens

	folds := newLowering(rules, true)
	d.FoldGraph = folds.room()
	g = &builder{graph: &d.FoldGraph}
	for _, p := range byClass(canonical) {
		d.Spellings = append(d.Spellings, matcher.Spelling{
			Name:    p.name,
			Fold:    folds.number(p.name),
			Program: g.program(folds.program(p), b),
		})
	}
	d.Folds = folds.tokens
	return matcher.AppendImage(nil, &d)
}

func check(rules []Rule) error {
	for i := range rules {
		r := &rules[i]
		wrong := ""
		switch {
		case len(r.Pattern) == 0:
			wrong = "its pattern is empty"
		case len(r.Pattern) > matcher.MaxPattern:
			wrong = fmt.Sprintf("its pattern has %d tokens, the limit is %d", len(r.Pattern), matcher.MaxPattern)
		case len(r.Pattern[0]) != 1:
			wrong = fmt.Sprintf("its pattern has %d first tokens, not one", len(r.Pattern[0]))
		case r.Decision < matcher.Allow || r.Decision > matcher.Forbidden:
			wrong = fmt.Sprintf("its decision is %v", r.Decision)
		case slices.ContainsFunc(r.Pattern, func(alternatives []string) bool { return len(alternatives) == 0 }):
			wrong = "a position of its pattern has no alternatives"
		}
		if wrong != "" {
			return fmt.Errorf("rule %d: %s", i, wrong)
		}
	}
	return nil
}

// strictest returns the first of the rules in order of precedence.
func strictest(rules []Rule) matcher.Answer {
	if len(rules) == 0 {
		return matcher.Answer{}
	}
	first := 0
	for i := range rules {
		a, b := &rules[i], &rules[first]
		if precedence(a.Decision, b.Decision, len(a.Pattern), len(b.Pattern), i, first) < 0 {
			first = i
		}
	}
	return matcher.Answer{Decision: rules[first].Decision, Rule: uint32(first)}
}

// A program is the rules on one first token, in order.
type program struct {
	name  string
	rules []uint32
}

// split sorts rules into programs, in the order in which their names appear.
func split(rules []Rule) (exact, canonical []program) {
	type list struct {
		programs []program
		names    intern.Table
	}
	var exactly, caselessly list
	for i := range rules {
		l := &exactly
		if rules[i].Canonical {
			l = &caselessly
		}
		name := rules[i].Pattern[0][0]
		at := int(l.names.Number(name))
		if at == len(l.programs) {
			l.programs = append(l.programs, program{name: name})
		}
		l.programs[at].rules = append(l.programs[at].rules, uint32(i))
	}
	return exactly.programs, caselessly.programs
}

// byClass puts programs whose names are caselessly equal beside each other,
// where the first of them is.
func byClass(programs []program) []program {
	class := make(map[string]int)
	var classes [][]program
	for _, p := range programs {
		key := caseless.Fold(p.name)
		i, known := class[key]
		if !known {
			i = len(classes)
			class[key] = i
			classes = append(classes, nil)
		}
		classes[i] = append(classes[i], p)
	}
	return slices.Concat(classes...)
}

// hostLists returns the last list under each name, in the order in which the
// names appear.
func hostLists(hosts []Host, number func(string) uint32) []matcher.HostList {
	index := make(map[string]int)
	var lists []matcher.HostList
	for _, h := range hosts {
		at, known := index[h.Name]
		if !known {
			at = len(lists)
			index[h.Name] = at
			lists = append(lists, matcher.HostList{Name: number(h.Name)})
		}
		lists[at].Paths = nil
		for _, p := range h.Paths {
			if path.IsAbs(p) && path.Clean(p) == p {
				lists[at].Paths = append(lists[at].Paths, p)
			}
		}
	}
	return lists
}
