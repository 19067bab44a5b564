package matcher

// A slot is a form and the fields of its token and its value. The form stands for all
// other bits of its ref, of which there are few combinations:
//
//	0 to 7, 16 to 23    a leaf in place of that kind
//	8 to 11             a leaf with marks: 8, and 1 for an answer, 2 for ends
//	80 to 255           a node: 72 + 8 times its class, and 1 for an answer, 2 for ends, 4 for on
const (
	formNode   = 72
	formFlags  = 8
	formAnswer = 1
	formEnds   = 2
	formOn     = 4
)

// A slotForms has for each form the bits of a slot without fields, and slotRule if its
// value is the rule of a leaf. Forms that there are not are like an empty slot.
type slotForms [256]uint32

// fill makes them, for who needs them: a process that just answers has no time to do so
// when it starts.
func (forms *slotForms) fill() {
	for form := range forms {
		var r ref
		switch {
		case form >= formNode+formFlags:
			r = nodeRef((form-formNode)/formFlags, 0)
		case kindMarks <= form && form < kindMarks+formOn:
			r = leafRef(kindMarks, 0)
		case form <= kindMask && ref(form).inPlace():
			forms[form] = uint32(leafRef(form, 0))
			if form <= int(Forbidden) {
				forms[form] |= slotRule
			}
			continue
		default:
			continue
		}
		if form&formAnswer != 0 {
			r |= refAnswer
		}
		if form&formEnds != 0 {
			r |= refEnds
		}
		if form&formOn != 0 {
			r |= refOn
		}
		forms[form] = uint32(r)
	}
}

const (
	slotRuleBit = 31
	slotRule    = 1 << slotRuleBit
)

// slots restores the slots.
func (u *unpacker) slots() error {
	area, forms, fields := u.image.areas[areaNodes], u.columns[columnSlotForms], u.columns[columnSlots]
	if err := u.has(columnSlotForms, len(area)/8); err != nil {
		return err
	}
	width := u.widths[fieldToken] & 31
	tokens := uint64(u.mask(fieldToken))
	values := [2]uint32{u.mask(fieldValue), u.mask(fieldRule)}
	widths := [2]uint{width + u.widths[fieldValue], width + u.widths[fieldRule]}
	var known slotForms
	known.fill()
	at := uint(0)
	for i, form := range forms {
		begin := int(at >> 3)
		if begin+8 > len(fields) {
			return u.bad(columnSlots, "it ends within slot %d", i)
		}
		f := le64(fields, begin) >> (at & 7)
		bits := known[form]
		isRule := bits >> slotRuleBit
		value := uint32(f>>width) & values[isRule]
		at += widths[isRule]
		slot := 8 * int(uint32(i))
		put64(area[slot:slot+8:len(area)], uint64(bits&^slotRule)|f&tokens<<slotToken|uint64(value)<<valueBit)
	}
	return u.hasFields(columnSlots, at)
}

// A word of displacements is one, and so a multiple of the step between them; so is 0. Or
// it is half of a mark. Its form says what.
const (
	wordStep = 0 // fieldStep
	wordKind = 1 // fieldKind
	wordMark = 2 // fieldMark
)

// stepOf returns the step between displacements for so many slots.
func stepOf(slots uint32) uint32 {
	n := uint64(max(2, slots))
	return uint32((1<<32 + n - 1) / n)
}

// words restores displacements and marks.
func (u *unpacker) words() error {
	area, forms, fields := u.image.areas[areaDisplacements], u.columns[columnWordForms], u.columns[columnWords]
	if err := u.has(columnWordForms, quarters(len(area)/4)); err != nil {
		return err
	}
	masks := [4]uint32{u.mask(fieldStep), u.mask(fieldKind), u.mask(fieldMark)}
	widths := [4]uint{u.widths[fieldStep], u.widths[fieldKind], u.widths[fieldMark]}
	times := [4]uint32{stepOf(u.image.count(areaNodes)), 1, 1}
	at := uint(0)
	for i := range len(area) / 4 {
		begin := int(at >> 3)
		if begin+8 > len(fields) {
			return u.bad(columnWords, "it ends within word %d", i)
		}
		form := forms[i/4] >> (i % 4 * 2) & 3
		value := uint32(le64(fields, begin)>>(at&7)) & masks[form] * times[form]
		at += widths[form]
		word := 4 * int(uint32(i))
		put32(area[word:word+4:len(area)], value)
	}
	return u.hasFields(columnWords, at)
}

// quarters returns how many bytes have two bits for each of n things.
func quarters(n int) int { return (n + 3) / 4 }
