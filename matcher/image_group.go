package matcher

import (
	"math/bits"
	"slices"
)

// A group decides for a program whose rules overlap so much that its graph was
// given up. Its rules are numbered by precedence, the deciding one of any two
// first, and cut into blocks of up to 4096 of them. A block knows for each
// position and token which of its rules accept that token there, as a row of
// bits, and for each depth which rules end there:
//
//	0  g a|b c   forbidden      position 0:  a -> 0 1    b -> 0    ends: 2
//	1  g a   d   prompt         position 1:  c -> 0      d -> 1    ends: -
//	2  g         allow          position 2:                        ends: 0 1
//
// The rules still alive after some tokens are the AND of rows. The lowest of
// them that ends at a depth is the best answer so far, and all that are higher
// die: they cannot decide any more. The first block with an answer has the
// group's. So "g b c" has alive 0 1 2, answer 2, then 0, then 0, answer 0.
//
// The rows of a block hold each alternative of a rule once, so a group's size is
// linear in its rules', and a command costs as many words per token as there
// are 64 rules: 3,000 rules with 16 tokens some 1,000 operations on words. The header
// says how many words a token can take in the worst of all groups.
const (
	blockRules = 4096
	blockWords = blockRules / 64
)

// Fields of the records, each 4 bytes.
const (
	groupBlock  = 0 // index of the first block
	groupBlocks = 4 // how many there are

	blockOrder     = 0  // index in order of the rules
	blockCount     = 4  // how many they are
	blockPositions = 8  // index of the first position
	blockDepths    = 12 // how many positions: one more than the longest rule has tokens behind the first
)

// A position is 8 bytes: the ref of the node that leads from tokens to rows, 0 if
// no rule goes on, and in bits 31-6 of it the row of the rules that end before it,
// 0 if none does.
func position(node ref, ends uint32) uint64 { return uint64(node) | uint64(ends)<<positionEnds }

const positionEnds = 6

func (m *Image) position(i uint32) (node ref, ends uint32) {
	p := le64(m.areas[areaPositions], int(8*i))
	return ref(p &^ (1<<valueBit - 1<<positionEnds)), uint32(p) >> positionEnds
}

// An entry of order is a rule: its decision in bits 30-28, its id below.

// A row is its header and, in further units, its members: for a dense row a bit
// for each rule, else 16 bits for each member, ascending, the last unit filled
// with repetitions of the last. A row with as many units as bits would take is
// dense.
const (
	rowUnits = 0 // how many units follow
	rowDense = 4 // 1 or 0
)

// group puts down the blocks of rules in order of precedence.
func (e *encoder) group(rules []Rule, w *world) error {
	e.put32(areaGroups, e.count(areaBlocks), uint32((len(rules)+blockRules-1)/blockRules))
	words := uint32(0)
	for block := range slices.Chunk(rules, blockRules) {
		words += rowWords(uint32(len(block)))
		if err := e.block(block, w); err != nil {
			return err
		}
	}
	e.rowWords = max(e.rowWords, words)
	return nil
}

// rowWords returns how many words a token can take in a block of n rules: those of
// the row of the rules that have the token, and those of the row of the rules that
// end there. No row has more words than the bits of all rules take.
func rowWords(n uint32) uint32 { return 2 * ((n + 63) / 64) }

func (e *encoder) block(rules []Rule, w *world) error {
	depths := 1
	for i := range rules {
		depths = max(depths, len(rules[i].Tail)+1)
	}
	e.put32(areaBlocks, e.count(areaOrder), uint32(len(rules)), e.count(areaPositions), uint32(depths))
	for i := range rules {
		e.put32(areaOrder, uint32(rules[i].Decision)<<headDecision|rules[i].ID)
	}

	alive := make([]uint16, len(rules)) // rules with a token at the depth, or an end
	for i := range alive {
		alive[i] = uint16(i)
	}
	var members []uint16
	var pairs []uint64 // token, rule
	for depth := range depths {
		members, pairs = members[:0], pairs[:0]
		goOn := alive[:0]
		for _, i := range alive {
			tail := rules[i].Tail
			if len(tail) == depth {
				members = append(members, i)
				continue
			}
			goOn = append(goOn, i)
			for _, token := range tail[depth] {
				pairs = append(pairs, uint64(token)<<32|uint64(i))
			}
		}
		alive = goOn
		var ends uint32
		if len(members) > 0 {
			ends = e.row(members, len(rules))
		}
		slices.Sort(pairs)
		var tokens []uint32
		var rows []ref
		for i := 0; i < len(pairs); {
			token := pairs[i] >> 32
			members = members[:0]
			for ; i < len(pairs) && pairs[i]>>32 == token; i++ {
				members = append(members, uint16(pairs[i]))
			}
			tokens = append(tokens, uint32(token))
			rows = append(rows, leafRef(0, e.row(members, len(rules))))
		}
		var node ref
		if len(tokens) > 0 {
			var err error
			if node, err = e.index(w.blockNodes, w, tokens, rows); err != nil {
				return err
			}
		}
		e.put64(areaPositions, position(node, ends))
	}
	return nil
}

// row puts down a row of a block with n rules, unless it is there, and returns
// its index.
func (e *encoder) row(members []uint16, n int) uint32 {
	var units []byte
	if words := (n + 63) / 64; words <= (len(members)+3)/4 {
		var dense [blockWords]uint64
		for _, i := range members {
			dense[i/64] |= 1 << (i % 64)
		}
		units = append32(units, uint32(words))
		units = append32(units, 1)
		for _, w := range dense[:words] {
			units = append64(units, w)
		}
	} else {
		units = append64(units, uint64(len(members)+3)/4)
		for _, i := range members {
			units = append16(units, i)
		}
		for len(units)%8 != 0 {
			units = append16(units, members[len(members)-1])
		}
	}
	i, known := e.rows[string(units)]
	if !known {
		i = e.count(areaRows)
		e.rows[string(units)] = i
		e.areas[areaRows] = append(e.areas[areaRows], units...)
	}
	return i
}

// rowsAt finds out where rows are. Row 0 does not exist.
func (v *validator) rowsAt() error {
	m := v.m
	n := m.count(areaRows)
	if n == 0 || le64(m.record(areaRows, 0), 0) != 0 {
		return v.bad(imgAreas+8*int(areaRows)+4, "rows: the first unit is not zero")
	}
	v.rows = newBitSet(n)
	for i := uint32(1); i < n; {
		r := m.record(areaRows, i)
		units, dense := le32(r, rowUnits), le32(r, rowDense)
		if units == 0 || units > blockWords || dense > 1 || !within(i+1, units, int(n)) {
			return v.badRecord(areaRows, i, "a row of %d units does not fit", units)
		}
		for j := range 4 * units * (1 - dense) {
			if member := le16(m.areas[areaRows], int(8*(i+1)+2*j)); member >= blockRules {
				return v.badRecord(areaRows, i+1+j/4, "there is no rule %d in a block", member)
			}
		}
		v.rows.add(i)
		i += 1 + units
	}
	return nil
}

// groups checks the groups, whose blocks, rules and positions follow one
// another. Where positions lead is left to positions.
func (v *validator) groups() error {
	m := v.m
	if m.exactGroups > m.count(areaGroups) {
		return v.bad(imgExactGroups, "%d of %d groups are of exact rules", m.exactGroups, m.count(areaGroups))
	}
	rowWordsOfAll := uint32(0)
	for i := range m.count(areaGroups) {
		r := m.record(areaGroups, i)
		first, count := le32(r, groupBlock), le32(r, groupBlocks)
		if first != v.nextBlock || count == 0 || !within(first, count, int(m.count(areaBlocks))) {
			return v.badRecord(areaGroups, i, "its blocks do not follow those before")
		}
		words := uint32(0)
		for ; v.nextBlock < first+count; v.nextBlock++ {
			r := m.record(areaBlocks, v.nextBlock)
			n, depths := le32(r, blockCount), le32(r, blockDepths)
			if le32(r, blockOrder) != v.nextOrder || n == 0 || n > blockRules || !within(v.nextOrder, n, int(m.count(areaOrder))) ||
				le32(r, blockPositions) != v.nextPosition || depths == 0 || !within(v.nextPosition, depths, int(m.count(areaPositions))) {
				return v.badRecord(areaBlocks, v.nextBlock, "its rules or positions do not follow those before")
			}
			v.nextOrder += n
			v.nextPosition += depths
			words += rowWords(n)
		}
		rowWordsOfAll = max(rowWordsOfAll, words)
	}
	if rowWordsOfAll != m.rowWords {
		return v.bad(imgRowWords, "a token takes %d words of rows, not %d", rowWordsOfAll, m.rowWords)
	}
	if v.nextBlock != m.count(areaBlocks) || v.nextOrder != m.count(areaOrder) || v.nextPosition != m.count(areaPositions) {
		return v.bad(imgAreas+8*int(areaGroups), "blocks, rules or positions of no group")
	}
	for i := range m.count(areaOrder) {
		rule := le32(m.record(areaOrder, i), 0)
		if !m.isDecision(rule) {
			return v.badRecord(areaOrder, i, "%#x is no decision of a rule", rule)
		}
	}
	return nil
}

// positions checks that positions lead to nodes and rows.
func (v *validator) positions() error {
	m := v.m
	for g := range m.count(areaGroups) {
		nodes := areaBlockNodes
		if g >= m.exactGroups {
			nodes = areaFoldBlockNodes
		}
		group := m.record(areaGroups, g)
		for b := range le32(group, groupBlocks) {
			block := m.record(areaBlocks, le32(group, groupBlock)+b)
			for d := range le32(block, blockDepths) {
				at := le32(block, blockPositions) + d
				node, ends := m.position(at)
				if node != 0 && !v.isIndex(nodes, node) {
					return v.badRecord(areaPositions, at, "%#x is no node", uint64(node))
				}
				if ends != 0 && !v.rows.has(ends) {
					return v.badRecord(areaPositions, at, "there is no row %d", ends)
				}
			}
		}
	}
	return nil
}

// A bitSet holds numbers below 64 times its length.
type bitSet []uint64

func newBitSet(n uint32) bitSet { return make(bitSet, n/64+1) }

func (s bitSet) add(i uint32)      { s[i/64] |= 1 << (i % 64) }
func (s bitSet) remove(i uint32)   { s[i/64] &^= 1 << (i % 64) }
func (s bitSet) has(i uint32) bool { return i/64 < uint32(len(s)) && s[i/64]>>(i%64)&1 != 0 }

// A groupWalk is a command's tokens behind the first as a group sees them.
type groupWalk struct {
	image  *Image
	tokens []string
	folded bool
}

// find returns the row of a position's node that is for token i, 0 if none is.
func (g *groupWalk) find(node ref, i int) uint32 {
	var slot uint64
	if g.folded {
		slot = g.image.findFolded(areaFoldBlockNodes, node, g.tokens[i], g.image.foldHash(g.tokens[i]))
	} else {
		k := g.image.hash.key(g.tokens[i])
		slot = g.image.find(areaBlockNodes, node, &k)
	}
	return refOf(slot).value()
}

// decide returns the answer of a group.
func (g *groupWalk) decide(group uint32) answer {
	m := g.image
	r := m.record(areaGroups, group)
	for b := range le32(r, groupBlocks) {
		block := m.record(areaBlocks, le32(r, groupBlock)+b)
		if best, tokens := g.decideBlock(block); best >= 0 {
			rule := le32(m.record(areaOrder, le32(block, blockOrder)+uint32(best)), 0)
			return answer{decision: Decision(rule >> headDecision), rule: rule & (maxRules - 1), tokens: tokens}
		}
	}
	return answer{}
}

// all returns a block's rules, as a set, and how many words of it are in use.
func all(block []byte) (set [blockWords]uint64, words int) {
	n := le32(block, blockCount)
	for i := range set[:n/64] {
		set[i] = 1<<64 - 1
	}
	if n%64 != 0 {
		set[n/64] = 1<<(n%64) - 1
	}
	return set, int(n+63) / 64
}

// decideBlock returns the number of the best rule of a block, -1 if none
// matches, and how many tokens it has.
func (g *groupWalk) decideBlock(block []byte) (best int, tokens uint32) {
	m := g.image
	alive, words := all(block)
	best = -1
	for depth := range le32(block, blockDepths) {
		node, ends := m.position(le32(block, blockPositions) + depth)
		if ends != 0 {
			ended := alive
			m.and(ended[:words], ends)
			if i := lowest(ended[:words]); i >= 0 {
				best, tokens = i, depth+1
				words = i/64 + 1
				alive[i/64] &= 1<<(i%64) - 1
			}
		}
		if node == 0 || int(depth) >= len(g.tokens) || lowest(alive[:words]) < 0 {
			break
		}
		row := g.find(node, int(depth))
		if row == 0 {
			break
		}
		m.and(alive[:words], row)
	}
	return best, tokens
}

// strictest returns the first rule by precedence of a group that accepts all tokens,
// and may have more.
func (g *groupWalk) strictest(group uint32) answer {
	m := g.image
	r := m.record(areaGroups, group)
next:
	for b := range le32(r, groupBlocks) {
		block := m.record(areaBlocks, le32(r, groupBlock)+b)
		alive, words := all(block)
		for depth := range g.tokens {
			if depth >= int(le32(block, blockDepths)) {
				continue next
			}
			node, _ := m.position(le32(block, blockPositions) + uint32(depth))
			row := uint32(0)
			if node != 0 && lowest(alive[:words]) >= 0 {
				row = g.find(node, depth)
			}
			if row == 0 {
				continue next
			}
			m.and(alive[:words], row)
		}
		if best := lowest(alive[:words]); best >= 0 {
			rule := le32(m.record(areaOrder, le32(block, blockOrder)+uint32(best)), 0)
			return answer{decision: Decision(rule >> headDecision), rule: rule & (maxRules - 1), tokens: uint32(len(g.tokens) + 1)}
		}
	}
	return answer{}
}

// appendMatches appends all rules of a group that match, until dst has most matches or
// more.
func (g *groupWalk) appendMatches(dst []Match, most int, group uint32) []Match {
	m := g.image
	r := m.record(areaGroups, group)
	for b := range le32(r, groupBlocks) {
		if len(dst) >= most {
			break
		}
		block := m.record(areaBlocks, le32(r, groupBlock)+b)
		alive, words := all(block)
		for depth := range le32(block, blockDepths) {
			node, ends := m.position(le32(block, blockPositions) + depth)
			if ends != 0 {
				ended := alive
				m.and(ended[:words], ends)
				for i, w := range ended[:words] {
					for ; w != 0; w &= w - 1 {
						at := le32(block, blockOrder) + uint32(64*i+bits.TrailingZeros64(w))
						rule := le32(m.record(areaOrder, at), 0)
						dst = append(dst, Match{Rule: int32(rule & (maxRules - 1)), Tokens: int32(depth + 1)})
					}
				}
			}
			if node == 0 || int(depth) >= len(g.tokens) || lowest(alive[:words]) < 0 {
				break
			}
			row := g.find(node, int(depth))
			if row == 0 {
				break
			}
			m.and(alive[:words], row)
		}
	}
	return dst
}

// lowest returns the lowest number in a set, -1 if it is empty.
func lowest(set []uint64) int {
	for i, w := range set {
		if w != 0 {
			return 64*i + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// and takes all that is not in a row out of a set.
func (m *Image) and(set []uint64, row uint32) {
	r := m.record(areaRows, row)
	units := int(le32(r, rowUnits))
	members := m.areas[areaRows][8*(row+1):]
	if le32(r, rowDense) != 0 {
		for i := range set {
			if i < units {
				set[i] &= le64(members, 8*i)
			} else {
				set[i] = 0
			}
		}
		return
	}
	var kept [blockWords]uint64
	for i := range 4 * units {
		member := le16(members, 2*i)
		kept[member/64%blockWords] |= 1 << (member % 64)
	}
	for i := range set {
		set[i] &= kept[i]
	}
}
