package matcher

import "github.com/rulesc/rulesc/internal/caseless"

// A tail is the rest of a pattern, from where no other rule can match any
// more: what would be a chain of nodes with one way on is a list of tokens.
// Nothing is searched in it. For rule 7 on what is left of "git push origin
// main|master":
//
//	head: rule 7    origin    main, more    master
//
// The decision is in the ref. Words are 3 bytes. Heads and nothing else have the
// top bit, so that a ref to a head is one that can be followed, and a tail ends
// where the next head is. The last word of the area is a head that no ref leads to.
//
//	head           23: 1    22-0: rule
//	token          23: 0    22: 0       21-0: number
//	alternative    23: 0    22: more    21-0: number, and above it a tag
//
// All alternatives but the last say that there is one more. A tag is those bits of a
// token's hash that are where no number has bits: so most alternatives are told from
// a command's token without a look at their records. Folded ones have none.
const (
	tailWord   = 3
	tailHead   = 1 << 23
	tailMore   = 1 << 22
	tailNumber = tailMore - 1
)

// tailAt returns word i of an area of tails.
func (m *Image) tailAt(a area, i uint32) uint32 {
	tails, at := m.areas[a], tailWord*int(i)
	b := tails[at : at+tailWord : len(tails)]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
}

// isHead reports whether word i of tails is a head.
func isHead(tails []byte, i uint32) bool { return int8(tails[tailWord*int(i)+tailWord-1]) < 0 }

// tailsOf puts down the tails of a graph and returns the refs to them, as of rules
// that are the answer.
func (e *encoder) tailsOf(w *world, g *Graph) []ref {
	refs := make([]ref, len(g.Tails))
	for i, t := range g.Tails {
		refs[i] = leafRef(kindTail+int(t.Decision), e.count(w.tails))
		e.putTail(w.tails, tailHead|t.Rule)
		for _, alternatives := range t.Positions {
			for j, token := range alternatives {
				word := token + 1
				if len(alternatives) > 1 {
					word |= uint32(w.hashes[token]) & w.tags
				}
				if j < len(alternatives)-1 {
					word |= tailMore
				}
				e.putTail(w.tails, word)
			}
		}
	}
	e.putTail(w.tails, tailHead)
	return refs
}

func (e *encoder) putTail(a area, word uint32) {
	e.areas[a] = append(e.areas[a], byte(word), byte(word>>8), byte(word>>16))
}

func (v *validator) tails() error {
	if v.m.tags&^tailNumber != 0 {
		return v.bad(imgTags, "tags in bits %#x", v.m.tags)
	}
	if err := v.tailsIn(areaTails, v.m.tags, v.m.count(areaTokens)); err != nil {
		return err
	}
	return v.tailsIn(areaFoldTails, 0, v.m.count(areaFolds))
}

func (v *validator) tailsIn(a area, tags, numbers uint32) error {
	n := v.m.count(a)
	switch {
	case n == 0 || v.m.tailAt(a, n-1) != tailHead:
		return v.bad(imgAreas+8*int(a), "%s: the last word is not the one behind the last tail", areaShape[a].name)
	case v.m.tailAt(a, 0)&tailHead == 0:
		return v.badRecord(a, 0, "a tail without a head")
	}
	// Where tails end no processor can guess, so words of all forms are checked alike.
	// An index is the two upper bits of a word, and 1 if the word before says that there
	// is one more: then it is no head.
	token := tailForm{tailNumber, 1, numbers - 1}
	oneOf := tailForm{tailNumber &^ tags, 1, numbers - 1}
	head := tailForm{tailHead - 1, 0, v.m.rules}
	forms := [8]tailForm{token, oneOf, oneOf, oneOf, head, {}, head, {}}
	tails := v.m.areas[a]
	alternative := uint32(0)
	before := uint32(0) // how many alternatives of the same position
	all := uint32(0)    // the bits of all of these numbers; MaxTailWidth is a power of two
	for i := range n - 1 {
		word := le32(tails, tailWord*int(i)) & (1<<(8*tailWord) - 1)
		f := &forms[word>>22<<1|alternative]
		if word&f.mask-f.first >= f.count {
			return v.badTail(a, i, word, alternative != 0)
		}
		alternative = word >> 22 & 1 &^ (word >> 23)
		before = (before + 1) & -alternative
		all |= before
	}
	if all >= MaxTailWidth {
		return v.bad(imgAreas+8*int(a), "%s: a position with more than %d alternatives", areaShape[a].name, MaxTailWidth)
	}
	if alternative != 0 {
		return v.badTail(a, n-1, tailHead, true)
	}
	return nil
}

// A tailForm is what words of tails look like: under a mask there is a number, of which
// there are as many.
type tailForm struct{ mask, first, count uint32 }

// badTail says what is wrong with a word of tails. alternative is whether the word
// before says that there is one more.
func (v *validator) badTail(a area, i, word uint32, alternative bool) error {
	switch {
	case word&tailHead == 0:
		return v.badRecord(a, i, "there is no token %#x", word)
	case alternative:
		return v.badRecord(a, i, "a head in place of an alternative")
	}
	return v.badRecord(a, i, "there is no rule %d", word&^tailHead)
}

// tailRule returns the rule of a tail.
func (m *Image) tailRule(a area, index uint32) uint32 { return m.tailAt(a, index) &^ tailHead }

// tail returns how many tokens of a command the exact tail at an index and the depth
// tokens before it cover. whole is whether that is all of the tail; if tokens is the
// command's length and whole is false, it may match what follows. It is -1 if the
// tail does not match.
func (m *Image) tail(index uint32, command []string, depth int) (tokens int, whole bool) {
	tails := m.areas[areaTails]
	for at := tailWord*index + tailWord - 1; ; at += tailWord {
		word := tailBehind(tails, at)
		if word&tailHead != 0 {
			return depth, true
		}
		if depth >= len(command) {
			return depth, false
		}
		token := command[depth]
		depth++
		switch {
		case word&tailMore != 0:
			if at = m.alternative(at, token); at == 0 {
				return -1, false
			}
		case len(token) > maxInline:
			if !m.hasLong(word, token) {
				return -1, false
			}
		default: // Image.has without a call
			first, last := wordsOf(token)
			if r := m.tokenRecord(word); le64(r, tokenFirst) != first || le64(r, tokenLast) != last {
				return -1, false
			}
		}
	}
}

// alternative looks for a token among alternatives, of which the first is behind a byte.
// It returns the byte before the last of them, 0 if none is the token.
func (m *Image) alternative(at uint32, token string) uint32 {
	first, last := wordsOf(token)
	hash := fold64(first^m.hash.a, last^m.hash.b)
	if m.hash.reach > 0 {
		hash = m.hash.middle(hash, token)
	}
	tails, tags := m.areas[areaTails], m.tags
	tag := uint32(hash) & tags
	for {
		word := tailBehind(tails, at)
		if word&tags == tag && m.has(word&tailNumber&^tags, first, last, token) {
			for word&tailMore != 0 {
				at += tailWord
				word = tailBehind(tails, at)
			}
			return at
		}
		if word&tailMore == 0 {
			return 0
		}
		at += tailWord
	}
}

// tailBehind returns the word of tails behind a byte. All words but the first, which is a
// head, have one before them, and with it each is one load, the last one, too.
func tailBehind(tails []byte, at uint32) uint32 { return le32(tails, int(at)) >> 8 }

// tailFolded is tail for canonical rules.
func (m *Image) tailFolded(index uint32, command []string, depth int) (tokens int, whole bool) {
	tokens = depth
	for i := index + 1; ; i++ {
		word := m.tailAt(areaFoldTails, i)
		if word&tailHead != 0 {
			return tokens, true
		}
		if tokens >= len(command) {
			return tokens, false
		}
		found := caseless.Equal(m.fold(word&tailNumber), command[tokens])
		for word&tailMore != 0 {
			i++
			word = m.tailAt(areaFoldTails, i)
			found = found || caseless.Equal(m.fold(word&tailNumber), command[tokens])
		}
		if !found {
			return -1, false
		}
		tokens++
	}
}
