package matcher

// A word of tails is a form and a field: its two upper bits, and its rule, or its token
// without a tag. The word behind the last tail is known.
const tailFormBit = 22

// tails restores the words of tails.
func (u *unpacker) tails() error {
	area, forms, fields := u.image.areas[areaTails], u.columns[columnTailForms], u.columns[columnTails]
	n := len(area)/tailWord - 1
	if n < 0 {
		return u.bad(columnTails, "there is not even a word behind the last tail")
	}
	if err := u.has(columnTailForms, quarters(n)); err != nil {
		return err
	}
	token, rule := u.widths[fieldTailToken], u.widths[fieldTailRule]
	widths := [4]uint{token, token, rule, rule}
	masks := [4]uint32{u.mask(fieldTailToken), u.mask(fieldTailToken), u.mask(fieldTailRule), u.mask(fieldTailRule)}
	records := u.image.areas[areaTokens]
	at := uint(0)
	form, before := uint32(0), uint32(0) // of four words, and whether the word before says that there is one more
	for i := range n {
		begin := int(at >> 3)
		if begin+8 > len(fields) {
			return u.bad(columnTails, "it ends within word %d", i)
		}
		if i%4 == 0 {
			form = uint32(forms[i/4])
		}
		number := uint32(le64(fields, begin)>>(at&7)) & masks[form%4]
		at += widths[form%4]
		// For the others it is record 0, which has no bits.
		more := form & 1
		record := tokenSize * int(number&-(before|more))
		if record+4 > len(records) {
			return u.bad(columnTails, "there is no token %d", number)
		}
		before = more
		word := tailWord * int(uint32(i))
		// The fourth byte is one of the next word.
		put32(area[word:word+4:len(area)], number|form%4<<tailFormBit|le32(records, record))
		form >>= 2
	}
	copy(area[tailWord*n:], []byte{tailHead & 0xff, tailHead >> 8 & 0xff, tailHead >> 16})
	return u.hasFields(columnTails, at)
}
