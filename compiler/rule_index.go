package compiler

import (
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// A ruleIndex finds the rules of one call that a command matches. They differ in
// their programs alone, so what a command has behind its program is compared
// once for all of them, and its program picks the rules that [ir.Policy] is
// asked about. Calls that name thousands of programs, alternatives and examples
// are so checked in about the time that it takes to read them.
type ruleIndex struct {
	rules    []ir.PrefixRule
	programs map[string][]int  // rules by program, without repetitions; nil if there are few
	sets     []map[string]bool // the alternatives by position; nil where there are few
	hosts    *hostIndex
	left     *int64 // comparisons, see [Limits]
}

// few strings are faster compared one by one.
const few = 8

func indexRules(rules []ir.PrefixRule, hosts *hostIndex, left *int64) ruleIndex {
	x := ruleIndex{rules: rules, hosts: hosts, left: left}
	if len(rules) > few {
		x.programs = make(map[string][]int)
		seen := make(map[string]bool)
		for i := range rules {
			if program := rules[i].Pattern.Program(); !seen[program] {
				seen[program] = true
				x.programs[x.key(program)] = append(x.programs[x.key(program)], i)
			}
		}
	}
	pattern := rules[0].Pattern
	for i, alternatives := range pattern {
		if len(alternatives) <= few {
			continue
		}
		if x.sets == nil {
			x.sets = make([]map[string]bool, len(pattern))
		}
		x.sets[i] = make(map[string]bool, len(alternatives))
		for _, token := range alternatives {
			x.sets[i][x.key(token)] = true
		}
	}
	return x
}

// key returns what is the same for tokens that the rules take for the same.
func (x *ruleIndex) key(token string) string {
	if x.rules[0].Canonical {
		return caseless.Fold(token)
	}
	return token
}

func (x *ruleIndex) equal(a, b string) bool {
	return a == b || x.rules[0].Canonical && caseless.Equal(a, b)
}

// first returns the first match that [ir.Policy.Evaluate] finds among the rules.
func (x *ruleIndex) first(command []string, at *ir.Place) (match ir.Match, found bool) {
	*x.left -= cost(command)
	if *x.left < 0 || !x.matchesTail(command) {
		return ir.Match{}, false
	}
	n := len(x.rules[0].Pattern)
	if len(x.rules) == 1 && x.rules[0].Pattern.Program() == command[0] {
		return ir.Match{Prefix: command[:n:n]}, true
	}
	names := []string{command[0]}
	if at != nil {
		if _, name, ok := at.Program(command[0]); ok && name != command[0] {
			names = append(names, name)
		}
	}
	ids := x.candidates(names)
	if len(ids) == 0 {
		return ir.Match{}, false
	}
	// The rest of the patterns has been compared.
	heads := ir.Policy{Rules: make([]ir.PrefixRule, len(ids))}
	for i, id := range ids {
		heads.Rules[i] = x.rules[id]
		heads.Rules[i].Pattern = x.rules[id].Pattern[:1]
	}
	heads.Hosts = x.hosts.of(heads.Rules)
	if *x.left -= int64(len(ids)) * (cost(command[:1]) + int64(len(heads.Hosts))); *x.left < 0 {
		return ir.Match{}, false
	}
	matches := heads.Evaluate(command, at).Matches
	if len(matches) == 0 {
		return ir.Match{}, false
	}
	match = matches[0]
	match.Rule = ids[match.Rule]
	match.Prefix = slices.Concat(match.Prefix, command[1:n])
	return match, true
}

// matchesTail compares what follows the program.
func (x *ruleIndex) matchesTail(command []string) bool {
	pattern := x.rules[0].Pattern
	if len(command) < len(pattern) {
		return false
	}
	for i := 1; i < len(pattern); i++ {
		if x.sets != nil && x.sets[i] != nil {
			if !x.sets[i][x.key(command[i])] {
				return false
			}
		} else if !slices.ContainsFunc(pattern[i], func(a string) bool { return x.equal(a, command[i]) }) {
			return false
		}
	}
	return true
}

// candidates returns the rules on programs that have one of the names, in order.
func (x *ruleIndex) candidates(names []string) []int {
	var ids []int
	if x.programs != nil {
		for _, name := range names {
			ids = append(ids, x.programs[x.key(name)]...)
		}
		slices.Sort(ids)
		return slices.Compact(ids)
	}
	for i := range x.rules {
		program := x.rules[i].Pattern.Program()
		if slices.ContainsFunc(names, func(name string) bool { return x.equal(program, name) }) {
			ids = append(ids, i)
		}
	}
	return ids
}

// cost is what it may take to compare a command with one rule.
func cost(command []string) int64 {
	bytes := 0
	for _, token := range command {
		bytes += len(token)
	}
	return 1 + int64(bytes/16)
}

// A hostTable holds the host executables that count for a file's examples: the
// last entry for each name. nil: not all of them are known.
type hostTable map[string]*ir.HostExecutable

func (t hostTable) add(hosts []ir.HostExecutable) {
	if t == nil {
		return
	}
	for i := range hosts {
		t[hosts[i].Name] = &hosts[i]
	}
}

// A hostIndex finds the entries that can matter to some rules.
type hostIndex struct {
	exact  hostTable
	folded map[string][]*ir.HostExecutable // by caseless form; made when first asked for
}

// of returns the entries for the rules' programs. Where a rule is canonical a
// command may name its program in any spelling, and is held to the entry for
// that spelling.
func (x *hostIndex) of(rules []ir.PrefixRule) []ir.HostExecutable {
	if len(x.exact) == 0 {
		return nil
	}
	var hosts []ir.HostExecutable
	var forms []string // of which there are as many as the command has names
	for i := range rules {
		program := rules[i].Pattern.Program()
		if !rules[i].Canonical {
			if entry := x.exact[program]; entry != nil {
				hosts = append(hosts, *entry)
			}
			continue
		}
		if x.folded == nil {
			x.folded = make(map[string][]*ir.HostExecutable)
			for name, entry := range x.exact {
				form := caseless.Fold(name)
				x.folded[form] = append(x.folded[form], entry)
			}
		}
		form := caseless.Fold(program)
		if slices.Contains(forms, form) {
			continue
		}
		forms = append(forms, form)
		for _, entry := range x.folded[form] {
			hosts = append(hosts, *entry)
		}
	}
	return hosts
}
