package matcher

import (
	"encoding/binary"
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
// are 64 rules: 3,000 rules with 16 tokens some 1,000 operations on words.
const (
	blockRules = 4096
	blockWords = blockRules / 64
)

// Fields of the records, each 4 bytes.
const (
	blockOrder     = 0  // index in order of the rules
	blockCount     = 4  // how many they are
	blockPositions = 8  // index of the first position
	blockDepths    = 12 // how many positions: one more than the longest rule has tokens behind the first

	positionNode = 0 // ref of the node that leads from tokens to rows; 0 if no rule goes on
	positionEnds = 4 // row of the rules that end before this position; 0 if none does
)

// A row is its header and, in further units, its members: for a dense row a bit
// for each rule, else 16 bits for each member, ascending, the last unit filled
// with repetitions of the last. A row with as many units as bits would take is
// dense.
const (
	rowUnits = 0 // how many units follow
	rowDense = 4 // 1 or 0
)

// group puts down the blocks of a program whose rules begin at record first.
func (e *encoder) group(p *Program, a area, hashes []uint64) (block, count uint32, err error) {
	block = e.count(areaBlocks)
	for order := range slices.Chunk(p.Order, blockRules) {
		if err := e.block(p.Rules, order, a, hashes); err != nil {
			return 0, 0, err
		}
	}
	return block, e.count(areaBlocks) - block, nil
}

func (e *encoder) block(rules []Rule, order []uint32, a area, hashes []uint64) error {
	depths := 1
	for _, r := range order {
		depths = max(depths, len(rules[r].Tail)+1)
	}
	e.put32(areaBlocks, e.count(areaOrder), uint32(len(order)), e.count(areaPositions), uint32(depths))
	e.put32(areaOrder, order...)

	alive := make([]uint16, len(order)) // rules with a token at the depth, or an end
	for i := range alive {
		alive[i] = uint16(i)
	}
	var members []uint16
	var pairs []uint64 // token, rule
	for depth := range depths {
		members, pairs = members[:0], pairs[:0]
		goOn := alive[:0]
		for _, i := range alive {
			tail := rules[order[i]].Tail
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
			ends = e.row(members, len(order))
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
			rows = append(rows, leafRef(None, e.row(members, len(order))))
		}
		var node ref
		if len(tokens) > 0 {
			var err error
			if node, err = e.index(a, tokens, hashes, rows); err != nil {
				return err
			}
		}
		e.put32(areaPositions, uint32(node), ends)
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
		units = binary.LittleEndian.AppendUint32(units, uint32(words))
		units = binary.LittleEndian.AppendUint32(units, 1)
		for _, w := range dense[:words] {
			units = binary.LittleEndian.AppendUint64(units, w)
		}
	} else {
		units = binary.LittleEndian.AppendUint64(units, uint64(len(members)+3)/4)
		for _, i := range members {
			units = binary.LittleEndian.AppendUint16(units, i)
		}
		for len(units)%8 != 0 {
			units = binary.LittleEndian.AppendUint16(units, members[len(members)-1])
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
		if units == 0 || units > blockRules/4 || dense > 1 || dense == 1 && units > blockWords || !within(i+1, units, int(n)) {
			return v.badRecord(areaRows, i, "a row of %d units does not fit", units)
		}
		for j := range 4 * units * (1 - dense) {
			if member := binary.LittleEndian.Uint16(m.areas[areaRows][8*(i+1)+2*j:]); member >= blockRules {
				return v.badRecord(areaRows, i+1+j/4, "there is no rule %d in a block", member)
			}
		}
		v.rows.add(i)
		i += 1 + units
	}
	return nil
}

// blocks checks the blocks of a program, which follow those before; its rules
// are as many. What is left of the areas is for the groups behind.
func (v *validator) blocks(program, first, count, rules uint32) error {
	m := v.m
	if first != v.nextBlock || count == 0 || !within(first, count, int(m.count(areaBlocks))) {
		return v.badRecord(areaPrograms, program, "program %d: its blocks do not follow those before", program)
	}
	for ; v.nextBlock < first+count; v.nextBlock++ {
		r := m.record(areaBlocks, v.nextBlock)
		n, depths := le32(r, blockCount), le32(r, blockDepths)
		if le32(r, blockOrder) != v.nextOrder || n == 0 || n > blockRules || !within(v.nextOrder, n, int(m.count(areaOrder))) ||
			le32(r, blockPositions) != v.nextPosition || depths == 0 || !within(v.nextPosition, depths, int(m.count(areaPositions))) {
			return v.badRecord(areaBlocks, v.nextBlock, "its rules or positions do not follow those before")
		}
		for ; n > 0; n-- {
			if le32(m.record(areaOrder, v.nextOrder), 0) >= rules {
				return v.badRecord(areaOrder, v.nextOrder, "program %d has no such rule", program)
			}
			v.nextOrder++
		}
		for ; depths > 0; depths-- {
			r := m.record(areaPositions, v.nextPosition)
			if ends := le32(r, positionEnds); ends != 0 && !v.rows.has(ends) {
				return v.badRecord(areaPositions, v.nextPosition, "there is no row %d", ends)
			}
			v.nextPosition++
		}
	}
	return nil
}

// positions checks that positions of the groups of exact rules, or of those of
// canonical ones, lead to nodes of the area that c has checked.
func (v *validator) positions(c *nodeCheck, first, end uint32) error {
	m := v.m
	for i := first; i < end; i++ {
		program := m.record(areaPrograms, i)
		for b := range le32(program, programBlocks) {
			block := m.record(areaBlocks, le32(program, programBlock)+b)
			for d := range le32(block, blockDepths) {
				at := le32(block, blockPositions) + d
				if node := ref(le32(m.record(areaPositions, at), positionNode)); node != 0 && !c.isNode(node) {
					return v.badRecord(areaPositions, at, "%#x is no node", uint32(node))
				}
			}
		}
	}
	return nil
}

// decideGroup returns the answer of a program that is a group.
func (m *Image) decideGroup(program uint32, t *tail) answer {
	r := m.record(areaPrograms, program)
	first := le32(r, programBlock)
	for b := range le32(r, programBlocks) {
		block := m.record(areaBlocks, first+b)
		best := m.decideBlock(block, t)
		if best < 0 {
			continue
		}
		at := le32(m.record(areaOrder, le32(block, blockOrder)+uint32(best)), 0)
		rule := m.record(areaRules, le32(r, programRules)+at)
		shape := le32(rule, ruleShape)
		// Only in a forged image may the rule be longer than the command.
		return answer{
			rule:   leafRef(Decision(shape>>decisionByte), le32(rule, ruleID)),
			tokens: min(shape&MaxPattern, uint32(len(t.tokens)+1)),
		}
	}
	return answer{}
}

// decideBlock returns the number of the best rule of a block, -1 if none
// matches.
func (m *Image) decideBlock(block []byte, t *tail) int {
	var alive [blockWords]uint64
	n := le32(block, blockCount)
	for i := range alive[:n/64] {
		alive[i] = 1<<64 - 1
	}
	if n%64 != 0 {
		alive[n/64] = 1<<(n%64) - 1
	}
	words := int(n+63) / 64 // the rest is zero
	best := -1
	for depth := range le32(block, blockDepths) {
		r := m.record(areaPositions, le32(block, blockPositions)+depth)
		if ends := le32(r, positionEnds); ends != 0 {
			ended := alive
			m.and(ended[:words], ends)
			if i := lowest(ended[:words]); i >= 0 {
				best = i
				words = i/64 + 1
				alive[i/64] &= 1<<(i%64) - 1
			}
		}
		node := ref(le32(r, positionNode))
		if node == 0 || int(depth) >= len(t.tokens) || lowest(alive[:words]) < 0 {
			break
		}
		slot := t.find(node, int(depth))
		if slot == 0 {
			break
		}
		m.and(alive[:words], ref(slot>>slotRef).index())
	}
	return best
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
		member := binary.LittleEndian.Uint16(members[2*i:])
		kept[member/64%blockWords] |= 1 << (member % 64)
	}
	for i := range set {
		set[i] &= kept[i]
	}
}
