package graph

import (
	"slices"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/internal/intern"
	"github.com/rulesc/rulesc/matcher"
)

// A lowering puts numbers for the tokens of exact rules, or of canonical ones.
//
// It takes two steps. Rules come in the order of their files, and so their texts
// lie in memory; but the image numbers tokens program by program, so that what
// is walked together lies together. Whoever looked up texts in that second order
// would wait for memory at each rule, at its pattern and at each of its tokens. So
// first, in the order of rules, tokens become words, which are numbers too; and
// program by program only numbers are renumbered.
type lowering struct {
	rules     []Rule
	canonical bool

	words   intern.Table // of canonical rules: folded
	numbers []uint32     // of all tokens behind the first of their rule: words until the rule is lowered
	begin   []uint32     // where those of a rule begin

	token  []uint32 // of a word: its number in tokens plus one, 0 if it has none yet
	tokens []string
}

func newLowering(rules []Rule, canonical bool) *lowering {
	l := &lowering{rules: rules, canonical: canonical, begin: make([]uint32, len(rules))}
	n := 0
	for i := range rules {
		if rules[i].Canonical == canonical {
			l.begin[i] = uint32(n)
			for _, alternatives := range rules[i].Pattern[1:] {
				n += len(alternatives)
			}
		}
	}
	l.numbers = make([]uint32, 0, n)
	for i := range rules {
		if rules[i].Canonical == canonical {
			for _, alternatives := range rules[i].Pattern[1:] {
				for _, token := range alternatives {
					l.numbers = append(l.numbers, l.word(token))
				}
			}
		}
	}
	l.token = make([]uint32, l.words.Len())
	l.tokens = make([]string, 0, l.words.Len())
	return l
}

// room returns a graph with room for what rules as people write them make: an edge
// for every other token, and a tail for every seventh.
func (l *lowering) room() matcher.Graph {
	n := len(l.numbers)
	return matcher.Graph{Edges: make([]matcher.Edge, 0, n*5/8), Tails: make([]matcher.Tail, 0, n/6)}
}

func (l *lowering) word(token string) uint32 {
	if l.canonical {
		token = caseless.Fold(token)
	}
	return l.words.Number(token)
}

// number returns the number of a token.
func (l *lowering) number(token string) uint32 { return l.numberOf(l.word(token)) }

func (l *lowering) numberOf(word uint32) uint32 {
	if n := l.words.Len() - len(l.token); n > 0 {
		l.token = append(l.token, make([]uint32, n)...)
	}
	if l.token[word] == 0 {
		l.tokens = append(l.tokens, l.words.Strings()[word])
		l.token[word] = uint32(len(l.tokens))
	}
	return l.token[word] - 1
}

// program returns the program's rules with numbers for tokens. It may be asked
// once.
func (l *lowering) program(p program) []matcher.Rule {
	positions := 0
	for _, id := range p.rules {
		positions += len(l.rules[id].Pattern) - 1
	}
	tails := make([][]uint32, 0, positions)
	list := make([]matcher.Rule, len(p.rules))
	for i, id := range p.rules {
		r := &l.rules[id]
		first := len(tails)
		rest := l.numbers[l.begin[id]:]
		for _, alternatives := range r.Pattern[1:] {
			n := len(alternatives)
			position := rest[:n:n]
			rest = rest[n:]
			for k, word := range position {
				position[k] = l.numberOf(word)
			}
			slices.Sort(position)
			tails = append(tails, slices.Compact(position))
		}
		list[i] = matcher.Rule{ID: id, Decision: r.Decision, Tail: tails[first:len(tails):len(tails)]}
	}
	return list
}
