package matcher

// The rules that end in one place are, where they are several, a list of words: a
// head with their number, and the rules, by ascending id. A head and nothing else
// has the top bit, so that a ref to one can be told from others.
const endsHead = 1 << 31

func (v *validator) ends() error {
	ends := v.m.areas[areaEnds]
	n := len(ends) / 4
	for i := 0; i < n; {
		head := le32(ends, 4*i)
		count := int(head &^ endsHead)
		if head&endsHead == 0 || count == 0 || count >= n-i {
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

// hasEnds reports whether a list of ends begins at index i.
func (m *Image) hasEnds(i uint32) bool {
	return i < m.count(areaEnds) && le32(m.areas[areaEnds], int(4*i))&endsHead != 0
}
