package analysis

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// A rule is dead if the policy gives every answer without it. That is a question
// to the policy, not to pairs of rules: [push|fetch] is dead beside push and
// fetch, and each of those is dead beside it, but not all three at once. So dead
// rules are reported such that they can go together:
//
//  1. Of rules that are written alike, all but the first are dead.
//  2. A rule that decides no command alone (see alone.go) is a candidate.
//  3. If all candidates can go at once, they are dead. If not, the difference
//     that this would make is a command that only candidates decide, and the
//     broadest of them stays. Repeat; and from 2, because a rule that stayed may
//     have become dead by one that stayed later.
//
// In the example all three are candidates, push is what would differ first,
// [push|fetch] stays, and then the other two can go.
//
// Rules on paths make one thing harder: a direct rule hides indirect ones, even
// stricter ones, so that taking away a part of the dead rules could change an
// answer which taking away all of them does not. Step 3 demands that each of them
// makes no difference alone as well.
//
// Each step is a walk over one family of rules, and few families have candidates
// that cannot go at once. Covering sets are found from below: as long as a
// command is left that the dead rule would decide alone beside the set, the rule
// that decides it in its place joins the set.

// Findings say of every rule of a policy whether it decides anything. All rules
// are indexes into Policy.Rules, ascending in each list.
type Findings struct {
	Dead         []DeadRule        `json:"dead"`
	Alternatives []DeadAlternative `json:"alternatives"` // of rules that live
	Live         []LiveRule        `json:"live"`

	// Tangled rules decide nothing alone, but can not be taken away together with
	// the dead ones: a dead rule on a path would have a say without them. They
	// are rare, and the dead rule is what to take away first.
	Tangled []int `json:"tangled"`

	// Unknown are the rules of families that overlap too much to be walked within
	// Options.Steps: nothing is said of them.
	Unknown []int `json:"unknown"`
}

// A DeadRule never decides: without it, without any other choice of dead rules
// and dead alternatives, or without all of them, every command has the answer
// that it has.
type DeadRule struct {
	Rule int `json:"rule"`

	// CoveredBy are rules which are not dead and which together, with nothing
	// else, give the answer to all commands that Rule speaks about. None of them
	// can be left out, if they are 32 or fewer.
	CoveredBy []int `json:"covered_by"`

	// DuplicateOf is the first rule that says the same in the same words, -1 if
	// there is none. Order and case (of canonical rules) of alternatives do not
	// count.
	DuplicateOf int `json:"duplicate_of"`
}

// A DeadAlternative can be taken out of its rule: no command changes its answer.
type DeadAlternative struct {
	Rule     int    `json:"rule"`
	Position int    `json:"position"` // index into the pattern, not 0
	Index    int    `json:"index"`    // index into the alternatives there
	Token    string `json:"token"`

	// Repeats says that the same token, or one that a canonical rule takes for
	// the same, stands before it.
	Repeats bool `json:"repeats"`
}

// A LiveRule has a command of its own.
type LiveRule struct {
	Rule int `json:"rule"`

	// Witness is a shortest command whose answer would be another one without
	// the rule, once the rules in Shared are taken away.
	Witness []string `json:"witness"`

	// Shared are dead rules that decide the witness as Rule does. Mostly there
	// are none, and Rule decides it alone.
	Shared []int `json:"shared"`
}

// Dead finds the rules and alternatives that never decide, with proof: for each
// dead rule those that cover it, for each other rule a command that needs it.
//
// A family of rules that overlaps too much does not keep others from being looked
// at. The error says which rule is not one.
func Dead(p *ir.Policy, o Options) (*Findings, error) {
	if err := check(p); err != nil {
		return nil, err
	}
	found := &Findings{}
	byName, order := families(p)
	for _, name := range order {
		f := byName[name]
		if len(f.rules) == 0 {
			continue
		}
		q, from := part(p, []*family{f})
		s := sieve{policy: q, options: o}
		err := s.run()
		if errors.Is(err, ErrOverlap) {
			found.Unknown = append(found.Unknown, from...)
			continue
		}
		if err != nil {
			return nil, err
		}
		s.report(found, from)
	}
	slices.SortFunc(found.Dead, func(a, b DeadRule) int { return cmp.Compare(a.Rule, b.Rule) })
	slices.SortFunc(found.Live, func(a, b LiveRule) int { return cmp.Compare(a.Rule, b.Rule) })
	slices.Sort(found.Tangled)
	slices.Sort(found.Unknown)
	slices.SortFunc(found.Alternatives, func(a, b DeadAlternative) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Position, b.Position), cmp.Compare(a.Index, b.Index))
	})
	return found, nil
}

// A sieve sorts the rules of one family.
type sieve struct {
	policy  *ir.Policy
	options Options

	duplicateOf []int // by rule, -1 for none
	dead        []bool
	rules       []int // that are not dead, ascending
	own, later  *solo // among all rules but duplicates, and among those that are not dead

	covers       map[int][]int
	alternatives []DeadAlternative
}

func (s *sieve) run() error {
	if err := s.duplicates(); err != nil {
		return err
	}
	var err error
	if s.own, err = walkAlone(s.policy, s.rules, s.options); err != nil {
		return err
	}
	s.later = s.own
	everything := s.rules
	for {
		var candidates []int
		for _, r := range s.rules {
			if s.own.at[r] < 0 && s.later.at[r] < 0 {
				candidates = append(candidates, r)
			}
		}
		gone, err := s.removable(everything, candidates)
		if err != nil {
			return err
		}
		if len(gone) == 0 {
			break
		}
		for _, r := range gone {
			s.dead[r] = true
		}
		s.rules = slices.DeleteFunc(slices.Clone(s.rules), func(r int) bool { return s.dead[r] })
		if s.later, err = walkAlone(s.policy, s.rules, s.options); err != nil {
			return err
		}
	}
	if err := s.cover(); err != nil {
		return err
	}
	return s.deadAlternatives()
}

// duplicates finds rules that are written alike, and starts the list of rules
// with the others.
func (s *sieve) duplicates() error {
	n := len(s.policy.Rules)
	s.dead = make([]bool, n)
	s.duplicateOf = make([]int, n)
	all := index(s.policy, allRules(s.policy))
	m, err := newReader(newSpace(s.options, all), []*ir.Policy{s.policy}, s.options, whole)
	if err != nil {
		return err
	}
	programs := make([]*program, n)
	for _, p := range all.exact {
		for _, r := range p.rules {
			programs[r] = p
		}
	}
	for _, list := range all.canonical {
		for _, p := range list {
			for _, r := range p.rules {
				programs[r] = p
			}
		}
	}
	type words struct {
		program *program
		tail    uint32
	}
	first := make(map[words]int)
	for r := range n {
		w := words{programs[r], m.tailOf(&s.policy.Rules[r])}
		of, known := first[w]
		if known {
			s.duplicateOf[r], s.dead[r] = of, true
			continue
		}
		first[w] = r
		s.duplicateOf[r] = -1
		s.rules = append(s.rules, r)
	}
	return nil
}

// removable returns those of the candidates that can go together, from
// everything that there was, after those that are gone already.
func (s *sieve) removable(everything, candidates []int) ([]int, error) {
	gone, err := s.removing(everything, candidates, many)
	if len(gone) > 0 || len(candidates) == 0 || err != nil {
		return gone, err
	}
	return s.removing(everything, candidates, 1)
}

// many differences are mended at a time. That may keep more than needed, even
// all, where one at a time always lets something go; what is kept is looked at
// again.
const many = 1000

func (s *sieve) removing(everything, candidates []int, atOnce int) ([]int, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	goes := make(map[int]bool)
	for _, r := range candidates {
		goes[r] = true
	}
	full := s.subset(everything, func(int) bool { return true })
	judge := newJudge(s.policy, index(s.policy, everything), s.options)
	decisions := []ir.Decision{ir.None}
	if slices.ContainsFunc(everything, func(r int) bool { return strings.Contains(s.policy.Rules[r].Pattern.Program(), "/") }) {
		decisions = []ir.Decision{ir.None, ir.Allow, ir.Prompt, ir.PromptUser, ir.Forbidden}
	}
	for _, back := range decisions {
		for {
			// Without the candidates; with those among the dead that say back.
			rest := s.subset(everything, func(r int) bool {
				return !s.dead[r] && !goes[r] || s.policy.Rules[r].Decision == back
			})
			differ, err := samples(full, rest, atOnce, s.options)
			if err != nil {
				return nil, err
			}
			if len(differ) == 0 {
				break
			}
			before := len(goes)
			for _, command := range differ {
				if stays := s.broadest(judge, command, goes); stays >= 0 {
					delete(goes, stays)
				}
			}
			if len(goes) == before {
				return nil, nil // what is gone already is in the way of the rest
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(candidates), func(r int) bool { return !goes[r] }), nil
}

// broadest returns the rule that is to stay of those that decide a command and
// would go; -1 if there is none.
func (s *sieve) broadest(j *judge, command []string, goes map[int]bool) int {
	deciding := slices.DeleteFunc(j.deciders(command), func(r int) bool { return !goes[r] })
	if len(deciding) == 0 {
		return -1
	}
	return slices.MinFunc(deciding, func(a, b int) int {
		p, q := s.policy.Rules[a].Pattern, s.policy.Rules[b].Pattern
		return cmp.Or(cmp.Compare(len(p), len(q)), cmp.Compare(breadth(q), breadth(p)), cmp.Compare(a, b))
	})
}

// breadth returns the number of alternatives.
func breadth(p ir.Pattern) int {
	n := 0
	for _, position := range p {
		n += len(position)
	}
	return n
}

// subset returns the policy of some of the rules.
func (s *sieve) subset(rules []int, keep func(r int) bool) *ir.Policy {
	p := &ir.Policy{Hosts: s.policy.Hosts}
	for _, r := range rules {
		if keep(r) {
			p.Rules = append(p.Rules, s.policy.Rules[r])
		}
	}
	return p
}

// cover finds the rules that cover the dead ones.
func (s *sieve) cover() error {
	s.covers = make(map[int][]int)
	var judge *judge
	for r := range s.dead {
		if !s.dead[r] || s.duplicateOf[r] >= 0 {
			continue
		}
		if judge == nil {
			judge = newJudge(s.policy, index(s.policy, s.rules), s.options)
		}
		var set []int
		// witness returns a command that r would decide alone beside some rules.
		witness := func(rules []int) ([]string, error) {
			beside := append(slices.Clone(rules), r)
			slices.Sort(beside)
			w, err := walkAlone(s.policy, beside, s.options)
			if err != nil {
				return nil, err
			}
			return w.witness(r), nil
		}
		for {
			command, err := witness(set)
			if err != nil {
				return err
			}
			if command == nil {
				break
			}
			set = append(set, judge.decider(command))
		}
		for i := 0; len(set) > 1 && len(set) <= 32 && i < len(set); {
			without := slices.Delete(slices.Clone(set), i, i+1)
			command, err := witness(without)
			if err != nil {
				return err
			}
			if command == nil {
				set = without
			} else {
				i++
			}
		}
		slices.Sort(set)
		s.covers[r] = set
	}
	return nil
}

// A place is where an alternative stands in the rules of a family.
type place struct{ rule, position, index int }

// deadAlternatives finds the alternatives of living rules that can go together,
// as rules are found that can.
func (s *sieve) deadAlternatives() error {
	full := s.subset(s.rules, func(int) bool { return true })
	judge := newJudge(full, index(full, allRules(full)), s.options)
	gone := make(map[place]bool)
	current := full
	walk, err := walkAlone(full, allRules(full), s.options)
	if err != nil {
		return err
	}
	for {
		candidates := candidateAlternatives(full, walk, gone)
		removed := 0
		for _, atOnce := range []int{many, 1} {
			if removed, err = s.removingAlternatives(full, judge, gone, candidates, atOnce); err != nil {
				return err
			}
			if removed > 0 || len(candidates) == 0 {
				break
			}
		}
		if removed == 0 {
			break
		}
		current = without(full, gone)
		if walk, err = walkAlone(current, allRules(current), s.options); err != nil {
			return err
		}
	}
	for k, r := range s.rules {
		for i, position := range full.Rules[k].Pattern {
			for n, token := range position {
				if gone[place{k, i, n}] {
					repeats := slices.ContainsFunc(position[:n], func(before string) bool {
						return before == token || full.Rules[k].Canonical && caseless.Equal(before, token)
					})
					s.alternatives = append(s.alternatives, DeadAlternative{r, i, n, token, repeats})
				}
			}
		}
	}
	return nil
}

// candidateAlternatives returns the alternatives that do not matter, or stand
// behind their like, of rules that decide something alone.
func candidateAlternatives(full *ir.Policy, walk *solo, gone map[place]bool) []place {
	var candidates []place
	for r := range full.Rules {
		if walk.at[r] < 0 {
			continue
		}
		rule := &full.Rules[r]
		for i, position := range rule.Pattern[1:] {
			if len(position) == 1 {
				continue
			}
			seen := make(map[symbol]bool)
			for n, token := range position {
				at := place{r, i + 1, n}
				if gone[at] {
					continue
				}
				sym := walk.symbolOf(rule, token)
				if _, matters := walk.matters[alternative{int32(r), int32(i + 1), sym}]; !matters || seen[sym] {
					candidates = append(candidates, at)
				}
				seen[sym] = true
			}
		}
	}
	return candidates
}

// removingAlternatives adds those of the candidates to gone that can go together.
func (s *sieve) removingAlternatives(full *ir.Policy, j *judge, gone map[place]bool, candidates []place, atOnce int) (removed int, err error) {
	goes := make(map[int][]place) // by rule
	for _, c := range candidates {
		gone[c] = true
		goes[c.rule] = append(goes[c.rule], c)
	}
	for len(goes) > 0 {
		differ, err := samples(full, without(full, gone), atOnce, s.options)
		if err != nil {
			return 0, err
		}
		if len(differ) == 0 {
			break
		}
		before := len(goes)
		for _, command := range differ {
			for _, r := range j.deciders(command) {
				if list := goes[r]; len(list) > 0 {
					for _, c := range list {
						delete(gone, c)
					}
					delete(goes, r)
					break
				}
			}
		}
		if len(goes) == before { // what is gone already is in the way of the rest
			for _, list := range goes {
				for _, c := range list {
					delete(gone, c)
				}
			}
			return 0, nil
		}
	}
	return len(goes), nil
}

// without returns the policy without some alternatives.
func without(p *ir.Policy, gone map[place]bool) *ir.Policy {
	q := &ir.Policy{Rules: slices.Clone(p.Rules), Hosts: p.Hosts}
	seen := make(map[int]bool)
	for at := range gone {
		if seen[at.rule] {
			continue
		}
		seen[at.rule] = true
		rule := &q.Rules[at.rule]
		pattern := make(ir.Pattern, len(rule.Pattern))
		for i, position := range rule.Pattern {
			for n, token := range position {
				if !gone[place{at.rule, i, n}] {
					pattern[i] = append(pattern[i], token)
				}
			}
		}
		rule.Pattern = pattern
	}
	return q
}

// report adds what was found; from translates the rules.
func (s *sieve) report(found *Findings, from []int) {
	shared := make(map[int][]int)
	for r, of := range s.duplicateOf {
		if of >= 0 {
			shared[of] = append(shared[of], r)
		}
	}
	outer := func(rules []int) []int {
		list := make([]int, len(rules))
		for i, r := range rules {
			list[i] = from[r]
		}
		return list
	}
	var judge *judge
	for r := range s.dead {
		switch of := s.duplicateOf[r]; {
		case of >= 0:
			by := []int{of}
			if s.dead[of] {
				by = s.covers[of]
			}
			found.Dead = append(found.Dead, DeadRule{Rule: from[r], CoveredBy: outer(by), DuplicateOf: from[of]})
		case s.dead[r]:
			found.Dead = append(found.Dead, DeadRule{Rule: from[r], CoveredBy: outer(s.covers[r]), DuplicateOf: -1})
		case s.own.at[r] >= 0:
			found.Live = append(found.Live, LiveRule{Rule: from[r], Witness: s.own.witness(r), Shared: outer(shared[r])})
		case s.later.at[r] >= 0:
			witness := s.later.witness(r)
			if judge == nil {
				judge = newJudge(s.policy, index(s.policy, allRules(s.policy)), s.options)
			}
			var others []int
			for _, d := range judge.deciders(witness) {
				if s.dead[d] {
					others = append(others, d)
				}
			}
			found.Live = append(found.Live, LiveRule{Rule: from[r], Witness: witness, Shared: outer(others)})
		default:
			found.Tangled = append(found.Tangled, from[r])
		}
	}
	for _, a := range s.alternatives {
		a.Rule = from[a.Rule]
		found.Alternatives = append(found.Alternatives, a)
	}
}
