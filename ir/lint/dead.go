package lint

import (
	"fmt"
	"slices"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
)

// What [analysis.Dead] finds is about rules, and people write calls. Rules of one
// call that are dead for the same reason become one finding, and a call that
// names several programs, of which some are dead, has dead alternatives.
//
// A dead rule may still be the one that names the reason: of equally strict rules
// the longest decides. Taking it away changes no decision but what people read.
// Such rules are notes. Whether there is such a command is asked of the pattern
// itself: a longer command only adds matches, so if the rule decides any command
// it decides one that is not longer than its pattern. Where paths and spellings of
// the program are told apart, by lists and canonical rules, it is not asked but
// taken to be so.

// A fate is why rules of a call are dead.
type fate uint8

const (
	duplicate  fate = iota // said before in the same words
	overridden             // an allow, by stricter rules of higher layers
	covered                // by anything else
	reason                 // covered, but its justification is shown
)

var fateCodes = [...]string{duplicate: "RS002", overridden: "RS004", covered: "RS001", reason: "RS001"}

func (c *checker) deadRules() {
	byRule := make(map[int]*analysis.DeadRule)
	for i := range c.dead.Dead {
		byRule[c.dead.Dead[i].Rule] = &c.dead.Dead[i]
	}
	alternatives := make(map[int][]analysis.DeadAlternative)
	for _, a := range c.dead.Alternatives {
		alternatives[a.Rule] = append(alternatives[a.Rule], a)
	}
	for i := range c.sites {
		s := &c.sites[i]
		var fates [len(fateCodes)][]int
		for _, r := range s.rules {
			if d := byRule[r]; d != nil {
				f := c.fateOf(d)
				fates[f] = append(fates[f], r)
			}
		}
		for f, rules := range fates {
			if len(rules) > 0 {
				c.addDead(s, fate(f), rules, byRule)
			}
		}
		c.deadTokens(s, alternatives)
	}
	for _, r := range c.dead.Tangled {
		c.add(Finding{
			Code: "RS005", Source: c.policy.Rules[r].Source, Rules: []int{r},
			Message: fmt.Sprintf("%s decides no command alone, but would after a dead rule on a path is gone", short(&c.policy.Rules[r])),
			Hint:    "take the dead rule on the path away, and run vet again",
		})
	}
}

func (c *checker) fateOf(d *analysis.DeadRule) fate {
	rule := &c.policy.Rules[d.Rule]
	if d.DuplicateOf >= 0 {
		if rule.Justification != "" && c.givesReason(d.Rule) {
			return reason
		}
		return duplicate
	}
	higher := func(r int) bool {
		by := &c.policy.Rules[r]
		return r > d.Rule && by.Decision > ir.Allow && origin(by.Source) != origin(rule.Source)
	}
	switch {
	case rule.Decision == ir.Allow && len(d.CoveredBy) > 0 && !slices.ContainsFunc(d.CoveredBy, func(r int) bool { return !higher(r) }):
		return overridden
	case rule.Justification != "" && c.givesReason(d.Rule):
		return reason
	}
	return covered
}

// givesReason reports whether what people read changes for a command without the
// rule, or may: patterns with many alternatives are not looked at to the end.
func (c *checker) givesReason(r int) bool { return c.isRead(r, c.policy.Rules[r].Pattern) }

// isRead reports whether, for a command of the pattern, the rule is the deciding
// one of several that decide, and the others would have something else shown:
// another justification, or where nobody gives one, another prefix that is
// forbidden.
func (c *checker) isRead(r int, pattern ir.Pattern) bool {
	if c.toldApart(r) {
		return true
	}
	rule := &c.policy.Rules[r]
	read := false
	whole := eachChoice(pattern, 256, func(command []string) bool {
		read = c.judge.Decider(command) == r && slices.ContainsFunc(c.judge.Deciders(command), func(other int) bool {
			o := &c.policy.Rules[other]
			return o.Justification != rule.Justification || rule.Decision == ir.Forbidden && rule.Justification == "" && len(o.Pattern) != len(rule.Pattern)
		})
		return !read
	})
	return read || !whole
}

// toldApart reports whether other spellings of a rule's program, or paths to it,
// may be decided by other rules than the program's name.
func (c *checker) toldApart(r int) bool {
	if c.spelt == nil {
		c.spelt = make(map[string]bool)
		for i := range c.policy.Hosts {
			c.spelt[familyOf(c.policy.Hosts[i].Name)] = true
		}
		for i := range c.policy.Rules {
			if c.policy.Rules[i].Canonical {
				c.spelt[familyOf(c.policy.Rules[i].Pattern.Program())] = true
			}
		}
	}
	return c.spelt[familyOf(c.policy.Rules[r].Pattern.Program())]
}

// eachChoice calls f with the commands that choose one alternative at each
// position, until f returns false; it returns false if there are more than most.
// The slice is reused.
func eachChoice(p ir.Pattern, most int, f func(command []string) bool) bool {
	command := make([]string, len(p))
	var choose func(position int) bool
	choose = func(position int) bool {
		if position == len(p) {
			most--
			return most >= 0 && f(command)
		}
		for _, token := range p[position] {
			command[position] = token
			if !choose(position + 1) {
				return false
			}
		}
		return true
	}
	choose(0)
	return most >= 0
}

func (c *checker) addDead(s *site, f fate, rules []int, byRule map[int]*analysis.DeadRule) {
	first := byRule[rules[0]]
	rule := &c.policy.Rules[rules[0]]
	finding := Finding{Code: fateCodes[f], Source: s.source, Rules: rules}
	if f == reason {
		finding.Severity = diag.Note
	}
	who := short(rule)
	if len(s.rules) > 1 {
		programs := make([]string, len(rules))
		for i, r := range rules {
			programs[i] = c.policy.Rules[r].Pattern.Program()
		}
		slices.Sort(programs)
		programs = slices.Compact(programs)
		who = fmt.Sprintf("%d of the %d rules of this call, for %s,", len(rules), len(s.rules), enumerate(programs))
		if len(rules) == len(s.rules) {
			who = fmt.Sprintf("each of the %d rules of this call, for %s,", len(rules), enumerate(programs))
		}
	}
	by := coveringOf(rules, byRule, f)
	switch f {
	case duplicate:
		finding.Message = fmt.Sprintf("%s repeats %s", who, c.policy.Rules[first.DuplicateOf].Source)
		if s.source.String() == c.policy.Rules[first.DuplicateOf].Source.String() {
			finding.Message = who + " repeats a rule of this very call"
		}
	case overridden:
		finding.Message = fmt.Sprintf("%s never decides: stricter rules of a higher layer match whatever it matches", who)
		finding.Hint = "what this layer allows cannot loosen the other"
	case reason:
		finding.Message = fmt.Sprintf("%s changes no decision, only the reason that is shown: %s", who, c.coveredHow(rule.Decision, by))
	case covered:
		finding.Message = fmt.Sprintf("%s never decides: %s", who, c.coveredHow(rule.Decision, by))
	}
	for _, r := range by {
		what := "covered by"
		if f == duplicate {
			what = "the same as"
		}
		finding.Related = append(finding.Related, Related{what, c.policy.Rules[r].Source, c.policy.Rules[r].String()})
	}
	finding.Certain = f == duplicate && !slices.ContainsFunc(rules, func(r int) bool {
		return c.policy.Rules[r].Justification != c.policy.Rules[byRule[r].DuplicateOf].Justification || c.givesReason(r)
	})
	c.add(finding)
}

// coveringOf returns the rules that cover others, ascending.
func coveringOf(rules []int, byRule map[int]*analysis.DeadRule, f fate) []int {
	var by []int
	for _, r := range rules {
		if f == duplicate {
			by = append(by, byRule[r].DuplicateOf)
		} else {
			by = append(by, byRule[r].CoveredBy...)
		}
	}
	slices.Sort(by)
	return slices.Compact(by)
}

// coveredHow says in a few words by what a rule is covered.
func (c *checker) coveredHow(d ir.Decision, by []int) string {
	if len(by) != 1 {
		return fmt.Sprintf("%d rules give the answer in its place", len(by))
	}
	rule := &c.policy.Rules[by[0]]
	if rule.Decision > d {
		return fmt.Sprintf("%s is stricter and matches whatever it matches", short(rule))
	}
	return fmt.Sprintf("%s matches whatever it matches", short(rule))
}

// deadTokens reports the dead alternatives of a call. Where it made several rules
// an alternative is dead only if it is so in each that lives.
func (c *checker) deadTokens(s *site, byRule map[int][]analysis.DeadAlternative) {
	type place struct{ position, index int }
	times := make(map[place]int)
	living := 0
	for _, r := range s.rules {
		if !c.isDead[r] {
			living++
			for _, a := range byRule[r] {
				times[place{a.Position, a.Index}]++
			}
		}
	}
	if len(times) == 0 {
		return
	}
	f := Finding{Code: "RS003", Source: s.source}
	var tokens []string
	repeats := true
	for _, r := range s.rules {
		if c.isDead[r] {
			continue
		}
		var list []analysis.DeadAlternative
		for _, a := range byRule[r] {
			if times[place{a.Position, a.Index}] == living {
				list = append(list, a)
			}
		}
		if len(list) == 0 {
			continue
		}
		if len(f.Rules) == 0 {
			for _, a := range list {
				tokens = append(tokens, a.Token)
				repeats = repeats && a.Repeats
				f.Related = append(f.Related, c.coverOfAlternative(a)...)
			}
		}
		f.Rules = append(f.Rules, r)
		f.Alternatives = append(f.Alternatives, list...)
	}
	if len(f.Rules) == 0 {
		return
	}
	slices.SortStableFunc(f.Related, func(a, b Related) int { return a.Source.Line - b.Source.Line })
	f.Related = slices.CompactFunc(f.Related, func(a, b Related) bool { return a.Text == b.Text && a.Source.String() == b.Source.String() })
	what := "decides nothing: other rules give the answer to what it adds"
	if len(tokens) > 1 {
		what = "decide nothing: other rules give the answer to what they add"
	}
	if repeats {
		what = "stands there already"
	}
	word := "alternative"
	if len(tokens) > 1 {
		word = "alternatives"
	}
	f.Certain = !slices.ContainsFunc(f.Alternatives, func(a analysis.DeadAlternative) bool { return !a.Repeats && c.readAt(a) })
	f.Message = fmt.Sprintf("%s %s of %s %s", word, enumerate(quoted(tokens)), short(&c.policy.Rules[f.Rules[0]]), what)
	c.add(f)
}

// readAt reports whether people may get to read something else for a command with
// the alternative.
func (c *checker) readAt(a analysis.DeadAlternative) bool {
	pattern := slices.Clone(c.policy.Rules[a.Rule].Pattern)
	pattern[a.Position] = []string{a.Token}
	return c.isRead(a.Rule, pattern)
}

// coverOfAlternative names rules that decide commands with a dead alternative as
// well.
func (c *checker) coverOfAlternative(a analysis.DeadAlternative) []Related {
	if a.Repeats {
		return nil
	}
	pattern := slices.Clone(c.policy.Rules[a.Rule].Pattern)
	pattern[a.Position] = []string{a.Token}
	var related []Related
	seen := make(map[int]bool)
	eachChoice(pattern, 64, func(command []string) bool {
		for _, r := range c.judge.Deciders(command) {
			if r != a.Rule && !c.isDead[r] && !seen[r] {
				seen[r] = true
				related = append(related, Related{"covered by", c.policy.Rules[r].Source, c.policy.Rules[r].String()})
			}
		}
		return len(seen) < 4
	})
	return related
}

func quoted(tokens []string) []string {
	list := make([]string, len(tokens))
	for i, t := range tokens {
		list[i] = fmt.Sprintf("%q", t)
	}
	return list
}
