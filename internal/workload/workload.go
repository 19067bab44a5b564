// Package workload makes the rules and the commands that speed and size are
// measured on: always the same ones, so that numbers of different engines, and
// of different days, can be held side by side.
//
// The rules are meant to look like those of people who write many. How many
// rules a program has follows Zipf's law; a pattern has one to five tokens,
// shorter ones being more frequent, but just one pattern of a program is nothing
// but its name; a quarter of the positions behind the first have two to eight
// alternatives; 60 of 100 rules allow, 25 prompt and 15 forbid. Tokens have eight to ten bytes on
// average and one in ten is longer than sixteen: sub-commands, options, words
// and paths, whose number grows slower than that of the rules, as words do in
// any text.
//
// Nothing here imports other packages of the project: each engine makes what
// it needs of [Rule].
package workload

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// A Rule is a prefix rule: it matches a command that has, at each position of
// the pattern, one of its alternatives.
type Rule struct {
	Pattern  [][]string // the first position has one alternative
	Decision Decision
}

// A Decision is what a rule says, numbered as everywhere in the project.
type Decision uint8

// The decisions that rules of the workload have.
const (
	Allow     Decision = 1
	Prompt    Decision = 2
	Forbidden Decision = 4
)

// Rules returns n rules. The same n gives the same rules.
func Rules(n int) []Rule {
	g := newGenerator(n)
	rules := make([]Rule, n)
	for i := range rules {
		rules[i] = g.rule()
	}
	return rules
}

type generator struct {
	*rand.Rand
	programs, words []string
	program         *rand.Zipf
	named           map[string]bool // programs with a pattern that is just their name
}

func newGenerator(n int) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(1, uint64(n))), named: make(map[string]bool)}
	g.programs = g.different(4+n/20, func() string { return g.letters(2 + g.IntN(10)) })
	g.words = g.different(16+int(8*math.Pow(float64(n), 0.7)), g.word)
	g.program = rand.NewZipf(g.Rand, 1.2, 4, uint64(len(g.programs)-1))
	return g
}

func (g *generator) rule() Rule {
	name := g.programs[g.program.Uint64()]
	r := Rule{Pattern: [][]string{{name}}}
	positions := g.positions()
	for positions == 0 && g.named[name] {
		positions = g.positions()
	}
	g.named[name] = g.named[name] || positions == 0
	for range positions {
		position := []string{g.pick()}
		if g.IntN(4) == 0 {
			for more := 1 + g.IntN(7); more > 0; {
				if token := g.pick(); !slices.Contains(position, token) {
					position = append(position, token)
					more--
				}
			}
		}
		r.Pattern = append(r.Pattern, position)
	}
	switch p := g.IntN(100); {
	case p < 60:
		r.Decision = Allow
	case p < 85:
		r.Decision = Prompt
	default:
		r.Decision = Forbidden
	}
	return r
}

// positions returns how many tokens a pattern has behind the first: 0 to 4.
func (g *generator) positions() int { return min(g.IntN(5), g.IntN(6)) }

func (g *generator) pick() string { return g.words[g.IntN(len(g.words))] }

// word returns an argument as people write them.
func (g *generator) word() string {
	switch k := g.IntN(20); {
	case k < 3:
		return "-" + g.letters(1+g.IntN(2))
	case k < 8:
		return "--" + g.letters(3+g.IntN(8))
	case k < 11:
		return fmt.Sprintf("--%s-%s=%s", g.letters(4+g.IntN(5)), g.letters(4+g.IntN(5)), g.letters(4+g.IntN(12)))
	case k < 14:
		return g.letters(2+g.IntN(6)) + "/" + g.letters(3+g.IntN(9))
	}
	return g.letters(4 + g.IntN(9))
}

func (g *generator) letters(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte("etaoinshrdlcumwfgypbvk"[min(g.IntN(22), g.IntN(22))])
	}
	return b.String()
}

// different returns n strings of which no two are equal.
func (g *generator) different(n int, next func() string) []string {
	seen := make(map[string]bool, n)
	list := make([]string, 0, n)
	for tries := 0; len(list) < n; tries++ {
		s := next()
		if tries > 4*n {
			s += next()
		}
		if !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}

// NumCommands is how many commands Commands returns.
const NumCommands = 4096

// Commands returns commands of 3 to 20 tokens as a policy with these rules sees
// them: of ten, four match a rule of one or two tokens, two a longer one, two
// have a first token that no rule has, and two begin as a rule of three tokens
// or more but go on otherwise. The same rules give the same commands.
//
// They lie in memory as the system hands a program its arguments: all tokens in
// one text, a zero byte between them, and 8 bytes behind the last. So whoever reads
// words need not care where a token ends, and what a pass over the commands costs
// does not depend on where the allocator found room for 50,000 small strings.
func Commands(rules []Rule) [][]string {
	g := newGenerator(len(rules))
	g.Rand.Shuffle(100, func(i, j int) {}) // not the tokens that the rules were made with
	var short, long []Rule
	for _, r := range rules {
		if len(r.Pattern) <= 2 {
			short = append(short, r)
		} else {
			long = append(long, r)
		}
	}
	commands := make([][]string, NumCommands)
	for i := range commands {
		kind := g.IntN(10)
		from := long
		if kind < 4 && len(short) > 0 || len(long) == 0 {
			from = short
		}
		var argv []string
		for _, alternatives := range from[g.IntN(len(from))].Pattern {
			argv = append(argv, alternatives[g.IntN(len(alternatives))])
		}
		switch {
		case kind >= 8:
			argv[len(argv)-1] = g.unknown()
		case kind >= 6:
			argv[0] = g.unknown()
		}
		for length := 3 + g.IntN(18); len(argv) < length; {
			argv = append(argv, g.word())
		}
		commands[i] = argv
	}
	return packed(commands)
}

// packed returns the commands with all tokens in one text and all tokens' strings
// in one array.
func packed(commands [][]string) [][]string {
	var b strings.Builder
	for _, argv := range commands {
		for _, token := range argv {
			b.WriteString(token)
			b.WriteByte(0)
		}
	}
	b.WriteString("\x00\x00\x00\x00\x00\x00\x00")
	text := b.String()
	tokens := slices.Concat(commands...)
	for i, token := range tokens {
		tokens[i], text = text[:len(token)], text[len(token)+1:]
	}
	for i, argv := range commands {
		commands[i], tokens = tokens[:len(argv):len(argv)], tokens[len(argv):]
	}
	return commands
}

// unknown returns a token that no rule has.
func (g *generator) unknown() string { return g.letters(2+g.IntN(8)) + "Z" }

// Looked returns for each command how many of its tokens have to be looked at:
// those up to the first behind which no rule can change the decision or the
// deciding rule any more.
func Looked(rules []Rule, commands [][]string) []int {
	index := make(map[string][]int)
	for i, r := range rules {
		index[r.Pattern[0][0]] = append(index[r.Pattern[0][0]], i)
	}
	looked := make([]int, len(commands))
	for c, argv := range commands {
		alive := index[argv[0]]
		best := -1
		depth := 1
		for ; ; depth++ {
			var next []int
			for _, i := range alive {
				if len(rules[i].Pattern) == depth && (best < 0 || decides(rules, i, best)) {
					best = i
				}
			}
			for _, i := range alive {
				if len(rules[i].Pattern) > depth && (best < 0 || decides(rules, i, best)) {
					next = append(next, i)
				}
			}
			if len(next) == 0 || depth == len(argv) {
				break
			}
			alive = slices.DeleteFunc(next, func(i int) bool { return !slices.Contains(rules[i].Pattern[depth], argv[depth]) })
		}
		looked[c] = depth
	}
	return looked
}

// decides reports whether rule i decides against rule j: the stricter, then the
// longer, then the later.
func decides(rules []Rule, i, j int) bool {
	a, b := rules[i], rules[j]
	switch {
	case a.Decision != b.Decision:
		return a.Decision > b.Decision
	case len(a.Pattern) != len(b.Pattern):
		return len(a.Pattern) > len(b.Pattern)
	}
	return i > j
}

// Overlapping returns the patterns of k rules that overlap in every way: after any
// tokens, the rules that are alive are another set. They have k+2 positions.
func Overlapping(k int) [][][]string {
	patterns := make([][][]string, k)
	for i := range patterns {
		pattern := [][]string{{"x"}}
		for j := range k {
			position := []string{fmt.Sprintf("t%d", j)}
			if j != i {
				position = append(position, fmt.Sprintf("u%d", j))
			}
			pattern = append(pattern, position)
		}
		patterns[i] = append(pattern, []string{fmt.Sprintf("end%d", i)})
	}
	return patterns
}
