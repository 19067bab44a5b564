package matcher

import "github.com/rulesc/rulesc/internal/caseless"

// A tail is the rest of a pattern, from where no other rule can match any
// more: what would be a chain of nodes with one way on is a list of tokens.
// Nothing is hashed or searched in it. For rule 7, prompt, on what is left of
// "git push origin main|master":
//
//	head, prompt, rule 7    origin    2 alternatives    main    master
//
// Words are 4 bytes. Heads and nothing else have the top bit, so that a ref to
// a head is one that can be followed, and a tail ends where the next head is.
// The last word of the area is a head that no ref leads to.
//
//	head          31: 1    30-28: decision    27-0: rule
//	token         31-30: 0    21-0: number
//	set           31-30: 1    how many alternatives follow, at most MaxTailWidth
//	alternative   31: 0    30-22: tag, the lowest bits of the hash    21-0: number
//
// A list of ends is of such words too: a head with the number of rules, and the
// rules, by ascending id.
const (
	wordHead = 1 << 31
	wordSet  = 1 << 30

	memberTag  = 22
	memberTags = 1<<9 - 1 // the lowest bits of the hash

	headDecision = 28
)

// tailsOf puts down the tails of a graph and returns where they are.
func (e *encoder) tailsOf(w world, g *Graph) []uint32 {
	places := make([]uint32, len(g.Tails))
	for i, t := range g.Tails {
		places[i] = e.count(w.tails)
		e.put32(w.tails, wordHead|uint32(t.Decision)<<headDecision|t.Rule)
		for _, alternatives := range t.Positions {
			if len(alternatives) == 1 {
				e.put32(w.tails, alternatives[0]+1)
				continue
			}
			e.put32(w.tails, wordSet|uint32(len(alternatives)))
			for _, token := range alternatives {
				e.put32(w.tails, uint32(w.hashes[token]&memberTags)<<memberTag|(token+1))
			}
		}
	}
	e.put32(w.tails, wordHead)
	return places
}

func (v *validator) tails() error {
	if err := v.tailsIn(areaTails, v.m.count(areaTokens)); err != nil {
		return err
	}
	return v.tailsIn(areaFoldTails, v.m.count(areaFolds))
}

func (v *validator) tailsIn(a area, numbers uint32) error {
	tails := v.m.areas[a]
	n := len(tails) / 4
	if n == 0 || le32(tails, 4*(n-1)) != wordHead {
		return v.bad(imgAreas+8*int(a), "%s: the last word is not the one behind the last tail", areaShape[a].name)
	}
	for i := 0; i < n-1; i++ {
		word := le32(tails, 4*i)
		switch {
		case word&wordHead != 0:
			if !v.m.isDecision(word &^ wordHead) {
				return v.badRecord(a, uint32(i), "%#x is no decision of a rule", word)
			}
		case i == 0:
			return v.badRecord(a, 0, "a tail without a head")
		case word&wordSet == 0:
			if word == 0 || word >= numbers {
				return v.badRecord(a, uint32(i), "there is no token %d", word)
			}
		default:
			width := int(word &^ wordSet)
			if width == 0 || width > MaxTailWidth || i+width >= n-1 {
				return v.badRecord(a, uint32(i), "a set of %d alternatives does not fit", width)
			}
			for ; width > 0; width-- {
				i++
				if m := le32(tails, 4*i); m&wordHead != 0 || m%maxNumber == 0 || m%maxNumber >= numbers {
					return v.badRecord(a, uint32(i), "there is no token %#x", m)
				}
			}
		}
	}
	return nil
}

func (v *validator) ends() error {
	ends := v.m.areas[areaEnds]
	n := len(ends) / 4
	for i := 0; i < n; {
		head := le32(ends, 4*i)
		count := int(head &^ wordHead)
		if head&wordHead == 0 || count == 0 || count >= n-i {
			return v.badRecord(areaEnds, uint32(i), "%#x is no number of rules that fits", head)
		}
		last := -1
		for i++; count > 0; i, count = i+1, count-1 {
			rule := int(le32(ends, 4*i))
			if rule <= last || rule >= int(v.m.rules) {
				return v.badRecord(areaEnds, uint32(i), "rule id %d behind %d, of %d", rule, last, v.m.rules)
			}
			last = rule
		}
	}
	return nil
}

// hasHead reports whether there is a head, other than the one behind the last,
// at index i of an area of words.
func (m *Image) hasHead(a area, i uint32) bool {
	end := m.count(a)
	if a != areaEnds {
		end--
	}
	return i < end && le32(m.areas[a], int(4*i))&wordHead != 0
}

// tail returns the rule of the tail at an index, if it matches the tokens of a
// command from where the tail begins. tokens is how many it covers. If the tail
// matches as far as the command goes, ok is false, and if it does not even do
// that, head is 0.
func (m *Image) tail(index uint32, command []string) (head uint32, tokens int, ok bool) {
	tails := m.areas[areaTails][4*index:]
	head = le32(tails, 0)
	for tails = tails[4:]; ; tokens++ {
		word := le32(tails, 0)
		if word&wordHead != 0 {
			return head, tokens, true
		}
		if tokens >= len(command) {
			return head, tokens, false
		}
		token := command[tokens]
		tails = tails[4:]
		if word&wordSet == 0 {
			if first, last := wordsOf(token); !m.has(word, first, last, token) {
				return 0, 0, false
			}
			continue
		}
		k := m.hash.key(token)
		width := 4 * (word &^ wordSet)
		if !m.isOneOf(tails[:width], &k) {
			return 0, 0, false
		}
		tails = tails[width:]
	}
}

// isOneOf reports whether the token with key k is among alternatives.
func (m *Image) isOneOf(members []byte, k *key) bool {
	for ; len(members) > 0; members = members[4:] {
		member := le32(members, 0)
		if member>>memberTag == uint32(k.hash&memberTags) && m.is(member%maxNumber, k) {
			return true
		}
	}
	return false
}

// tailFolded is tail for canonical rules.
func (m *Image) tailFolded(index uint32, command []string) (head uint32, tokens int, ok bool) {
	tails := m.areas[areaFoldTails][4*index:]
	head = le32(tails, 0)
	for tails = tails[4:]; ; tokens++ {
		word := le32(tails, 0)
		if word&wordHead != 0 {
			return head, tokens, true
		}
		if tokens >= len(command) {
			return head, tokens, false
		}
		members := tails[:4]
		tails = tails[4:]
		if word&wordSet != 0 {
			width := 4 * (word &^ wordSet)
			members, tails = tails[:width], tails[width:]
		}
		for ; len(members) > 0; members = members[4:] {
			if caseless.Equal(m.fold(le32(members, 0)%maxNumber), command[tokens]) {
				break
			}
		}
		if len(members) == 0 {
			return 0, 0, false
		}
	}
}
