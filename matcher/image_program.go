package matcher

import (
	"encoding/binary"
	"slices"
)

// program puts down the record of a program, with its rules. s and host, one
// more than the index of the list under s's name, are of spellings only.
func (e *encoder) program(p *Program, to ref, hashes []uint64, s Spelling, host uint32) error {
	first := e.count(areaRules)
	for i := range p.Rules {
		e.rule(&p.Rules[i], hashes)
	}
	var block, blocks uint32
	if p.Graph == Group {
		nodes := areaBlockNodes
		if int(to.program()) >= len(e.draft.Programs) {
			nodes = areaFoldBlockNodes
		}
		var err error
		if block, blocks, err = e.group(p, nodes, hashes); err != nil {
			return err
		}
	}
	var name uint32
	if s.Name != "" {
		name = e.putText(areaText, s.Name)
	}
	e.put32(areaPrograms, uint32(to), first, uint32(len(p.Rules)), block, blocks, host, name, uint32(len(s.Name)))
	return nil
}

func (e *encoder) rule(r *Rule, hashes []uint64) {
	spots := e.count(areaSpots)
	e.put32(areaRules, r.ID, uint32(r.Decision)<<decisionByte|uint32(len(r.Tail)+1), spots)
	for _, alternatives := range r.Tail {
		spot := alternatives[0] + 1
		if len(alternatives) > 1 {
			spot = spotSet | e.set(alternatives, hashes)
		}
		e.put32(areaSpots, spot)
	}
}

// set puts down a set of alternatives, unless it is there, and returns its
// index: how many they are, then for each the upper half of its hash over its
// number, ascending.
func (e *encoder) set(alternatives []uint32, hashes []uint64) uint32 {
	members := make([]uint64, len(alternatives))
	for i, t := range alternatives {
		members[i] = hashes[t]>>32<<32 | uint64(t+1)
	}
	slices.Sort(members)
	var set []byte
	for _, m := range members {
		set = binary.LittleEndian.AppendUint64(set, m)
	}
	i, known := e.sets[string(set)]
	if !known {
		i = e.count(areaSets)
		e.sets[string(set)] = i
		e.put64(areaSets, uint64(len(members)))
		e.areas[areaSets] = append(e.areas[areaSets], set...)
	}
	return i
}

// spellings puts down the programs of canonical rules and the classes, each
// the spellings of one first token.
func (e *encoder) spellings(nodes []ref) error {
	d := e.draft
	hosts := make(map[string]uint32, len(d.Hosts))
	for i, h := range d.Hosts {
		hosts[d.Tokens[h.Name]] = uint32(i) + 1
	}
	var tokens []uint32
	var classes []ref
	for i := 0; i < len(d.Spellings); {
		fold := d.Spellings[i].Fold
		first := i
		for ; i < len(d.Spellings) && d.Spellings[i].Fold == fold; i++ {
			s := &d.Spellings[i]
			to := target(s.Graph, nodes, len(d.Programs)+i)
			if err := e.program(&s.Program, to, e.foldHash, *s, hosts[s.Name]); err != nil {
				return err
			}
		}
		tokens = append(tokens, fold)
		classes = append(classes, leafRef(None, e.count(areaClasses)))
		e.put32(areaClasses, uint32(len(d.Programs)+first), uint32(i-first))
	}
	var err error
	e.classes, err = e.index(areaClassNodes, tokens, e.foldHash, classes)
	return err
}

// Records of one area lie in the order of those that they belong to, so that
// each is checked once and none belongs to two.

func (v *validator) programs() error {
	m := v.m
	programs := m.count(areaPrograms)
	if m.exact > programs || m.exact >= m.count(areaTokens) || programs >= maxPrograms {
		return v.bad(imgExact, "%d of %d programs are exact, with %d tokens", m.exact, programs, m.count(areaTokens)-1)
	}
	folding := le32(m.bytes, imgFolding)
	if programs == m.exact && folding != 0 || programs > m.exact && folding != foldingTables {
		return v.bad(imgFolding, "canonical rules under folding tables %#x, this version has %#x", folding, foldingTables)
	}
	var rules, spots uint32 // where those of the next program begin
	for i := range programs {
		r := m.record(areaPrograms, i)
		first, count := le32(r, programRules), le32(r, programCount)
		group := ref(le32(r, programGraph)) == groupRef(int(i))
		switch {
		case first != rules || count == 0 || !within(first, count, int(m.count(areaRules))):
			return v.badRecord(areaPrograms, i, "program %d: its rules do not follow those before", i)
		case !group && (le32(r, programBlock)|le32(r, programBlocks)) != 0:
			return v.badRecord(areaPrograms, i, "program %d: blocks, but it is no group", i)
		case le32(r, programHost) > m.count(areaHosts):
			return v.badRecord(areaPrograms, i, "program %d: there is no host list %d", i, le32(r, programHost)-1)
		case !within(le32(r, programNameText), le32(r, programNameLen), len(m.areas[areaText])):
			return v.badRecord(areaPrograms, i, "program %d: its name is not within the text", i)
		case i < m.exact && (le32(r, programHost)|le32(r, programNameText)|le32(r, programNameLen)) != 0:
			return v.badRecord(areaPrograms, i, "program %d: a field that is not used is not zero", i)
		}
		sets, numbers := v.exactSets, m.count(areaTokens)
		if i >= m.exact {
			sets, numbers = v.foldSets, m.count(areaFolds)
		}
		for last := int64(-1); rules < first+count; rules++ {
			r := m.record(areaRules, rules)
			switch {
			case int64(le32(r, ruleID)) <= last || le32(r, ruleID) >= m.rules:
				return v.badRecord(areaRules, rules, "rule id %d behind %d, of %d", le32(r, ruleID), last, m.rules)
			case le32(r, ruleSpots) != spots:
				return v.badRecord(areaRules, rules, "its spots do not follow those before")
			}
			last = int64(le32(r, ruleID))
			n := le32(r, ruleShape) & MaxPattern
			if d := le32(r, ruleShape) >> decisionByte; d == 0 || d > uint32(Forbidden) || n == 0 || le32(r, ruleShape) != d<<decisionByte|n {
				return v.badRecord(areaRules, rules, "%#x is no decision with a length", le32(r, ruleShape))
			}
			if !within(spots, n-1, int(m.count(areaSpots))) {
				return v.badRecord(areaRules, rules, "its spots are not within the spots")
			}
			for end := spots + n - 1; spots < end; spots++ {
				spot := le32(m.record(areaSpots, spots), 0)
				if spot&spotSet != 0 && !sets.has(spot&^spotSet) || spot&spotSet == 0 && (spot == 0 || spot >= numbers) {
					return v.badRecord(areaSpots, spots, "there is no token or set %#x", spot)
				}
			}
		}
		if group {
			if err := v.blocks(i, le32(r, programBlock), le32(r, programBlocks), count); err != nil {
				return err
			}
		}
	}
	if rules != m.count(areaRules) || spots != m.count(areaSpots) ||
		v.nextBlock != m.count(areaBlocks) || v.nextOrder != m.count(areaOrder) || v.nextPosition != m.count(areaPositions) {
		return v.bad(imgAreas+8*int(areaPrograms), "rules, spots, blocks, order or positions of no program")
	}
	return v.classes()
}

func (v *validator) classes() error {
	m := v.m
	next := m.exact
	for i := range m.count(areaClasses) {
		r := m.record(areaClasses, i)
		if le32(r, 0) != next || le32(r, 4) == 0 || !within(next, le32(r, 4), int(m.count(areaPrograms))) {
			return v.badRecord(areaClasses, i, "class %d: its spellings do not follow those before", i)
		}
		next += le32(r, 4)
	}
	if next != m.count(areaPrograms) {
		return v.bad(imgAreas+8*int(areaClasses), "spellings of no class")
	}
	return nil
}

// A bitSet holds numbers below 64 times its length.
type bitSet []uint64

func newBitSet(n uint32) bitSet { return make(bitSet, n/64+1) }

func (s bitSet) add(i uint32)      { s[i/64] |= 1 << (i % 64) }
func (s bitSet) has(i uint32) bool { return i/64 < uint32(len(s)) && s[i/64]>>(i%64)&1 != 0 }

// sets finds out where sets are and which kinds of rule may have them.
func (v *validator) sets() error {
	m := v.m
	n := m.count(areaSets)
	v.exactSets, v.foldSets = newBitSet(n), newBitSet(n)
	for i := uint32(0); i < n; {
		count := le64(m.record(areaSets, i), 0)
		if count == 0 || count >= uint64(n-i) {
			return v.badRecord(areaSets, i, "a set of %d does not fit", count)
		}
		greatest := uint32(0)
		for j := range uint32(count) {
			number := le32(m.record(areaSets, i+1+j), 0)
			if number == 0 {
				return v.badRecord(areaSets, i+1+j, "there is no token 0")
			}
			greatest = max(greatest, number)
		}
		if greatest < m.count(areaTokens) {
			v.exactSets.add(i)
		}
		if greatest < m.count(areaFolds) {
			v.foldSets.add(i)
		}
		i += 1 + uint32(count)
	}
	return nil
}
