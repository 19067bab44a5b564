package analysis

import (
	"cmp"
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// Which rules would answer commands that none matches? A rule is a prefix, and
// the commands behind two prefixes are nested or have nothing in common. So there
// is nothing to search for as there is in covering by sets of other kinds: the
// fewest prefixes that cover everything that can be covered are, for each
// command, its shortest prefix that may be one. With
//
//	git diff             3 times        git is refused: it is too broad
//	git diff --stat      2
//	git log --oneline    4
//	git log --oneline x  1
//	rm -rf build         1              occurs too rarely
//
// these are git diff and git log. As the second covers no less with one more
// token, it becomes git log --oneline: a rule should not say more than was seen.

// A Frequent is a command and how often it occurs.
type Frequent struct {
	Command []string
	Count   int64
}

// A Suggestion is a rule that would answer commands.
type Suggestion struct {
	Prefix   []string
	Count    int64 // how often commands occur that start so
	Commands []int // these, by index, ascending
}

// SuggestOptions say which prefixes may be suggested.
type SuggestOptions struct {
	// Refuse reports whether a prefix says too little to be a rule. Nil refuses
	// none.
	Refuse func(prefix []string) bool

	// Decision is that of the rules. A prefix is refused, too, if it would take
	// the say from rules that start with it and decide less strictly.
	Decision ir.Decision

	Least   int64 // how often the commands behind a prefix occur; at least 1
	Longest int   // tokens of a prefix; 0 stands for 4
}

// Suggest returns the fewest rules that would answer commands which no rule of p
// matches, so many as the options permit, each as narrow as covers the same. The
// rules that cover most come first. What is not covered, by index, are commands
// of which every prefix is refused, and commands behind prefixes that are too
// rare.
//
// A rule on a path goes before all rules on the name of the program there.
// Where p has such rules, none on the path is suggested. So no command that has
// an answer gets another.
func Suggest(p *ir.Policy, commands []Frequent, o SuggestOptions) (list []Suggestion, refused, rare []int) {
	s := suggester{commands: commands, SuggestOptions: o, rules: make(map[string][]*ir.PrefixRule)}
	if s.Longest == 0 {
		s.Longest = 4
	}
	for i := range p.Rules {
		fold := caseless.Fold(p.Rules[i].Pattern.Program())
		s.rules[fold] = append(s.rules[fold], &p.Rules[i])
	}
	all := make([]int, 0, len(commands))
	for i := range commands {
		if len(commands[i].Command) > 0 {
			all = append(all, i)
		}
	}
	s.below(all, 0)
	slices.SortFunc(s.list, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), slices.Compare(a.Prefix, b.Prefix))
	})
	slices.Sort(s.refused)
	slices.Sort(s.rare)
	return s.list, s.refused, s.rare
}

type suggester struct {
	SuggestOptions
	commands []Frequent
	rules    map[string][]*ir.PrefixRule // by what their programs fold to
	list     []Suggestion
	refused  []int
	rare     []int
}

// below covers commands that share a refused prefix of n tokens.
func (s *suggester) below(commands []int, n int) {
	var tokens []string // in the order in which they are first seen
	behind := make(map[string][]int)
	for _, i := range commands {
		command := s.commands[i].Command
		if len(command) == n {
			s.refused = append(s.refused, i)
			continue
		}
		token := command[n]
		if behind[token] == nil {
			tokens = append(tokens, token)
		}
		behind[token] = append(behind[token], i)
	}
	for _, token := range tokens {
		group := behind[token]
		prefix := s.commands[group[0]].Command[:n+1]
		switch {
		case !s.refuses(prefix):
			s.cover(group, n+1)
		case n+1 < s.Longest:
			s.below(group, n+1)
		default:
			s.refused = append(s.refused, group...)
		}
	}
}

// cover suggests a prefix of n tokens, or a longer one that covers the same.
func (s *suggester) cover(commands []int, n int) {
	count := int64(0)
	for _, i := range commands {
		count += s.commands[i].Count
	}
	if count < s.Least {
		s.rare = append(s.rare, commands...)
		return
	}
	first := s.commands[commands[0]].Command
	for n < min(s.Longest, len(first)) && !s.refuses(first[:n+1]) && !slices.ContainsFunc(commands, func(i int) bool {
		command := s.commands[i].Command
		return len(command) == n || command[n] != first[n]
	}) {
		n++
	}
	s.list = append(s.list, Suggestion{Prefix: slices.Clone(first[:n]), Count: count, Commands: slices.Sorted(slices.Values(commands))})
}

func (s *suggester) refuses(prefix []string) bool {
	if s.Refuse != nil && s.Refuse(prefix) {
		return true
	}
	if _, name, ok := (ir.Place{}).Program(prefix[0]); ok && len(s.rules[caseless.Fold(name)]) > 0 {
		return true
	}
	return slices.ContainsFunc(s.rules[caseless.Fold(prefix[0])], func(rule *ir.PrefixRule) bool {
		if rule.Decision >= s.Decision || len(rule.Pattern) < len(prefix) {
			return false
		}
		for i, token := range prefix {
			if !accepts(rule, i, token) {
				return false
			}
		}
		return true
	})
}
