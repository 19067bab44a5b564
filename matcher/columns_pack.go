package matcher

import (
	"math/bits"
	"slices"
)

// PackImage returns the columns of an image in pieces, which are best compressed each by
// itself, the first one by whatever finds what was there before. One behind the other they
// are what [UnpackImage] takes. It is an error if b is no image, or has more in it than its
// columns say, which no image has that AppendImage makes.
func PackImage(b []byte) (pieces [][]byte, err error) {
	m, err := OpenImage(b)
	if err != nil {
		return nil, err
	}
	p := packer{image: m}
	p.columns[columnHeader] = b[:imgHeader]
	for a := range numAreas {
		if !isPacked(a) {
			p.columns[columnAreas+column(a)] = m.areas[a]
		}
	}
	p.tokens()
	p.slots()
	p.words()
	p.tails()
	pieces = p.pieces()
	restored := make([]byte, len(b))
	if err := UnpackImage(restored, slices.Concat(pieces...)); err != nil {
		return nil, err
	}
	if string(restored) != string(b) {
		return nil, errorf("the image has more in it than its columns say")
	}
	return pieces, nil
}

// A packer fills the columns of an image.
type packer struct {
	image   *Image
	columns [numColumns][]byte
	widths  [numFields]byte
}

// pieces returns the directory with the first columns, up to text, and each of the others.
func (p *packer) pieces() [][]byte {
	p.columns[columnWidths] = p.widths[:]
	directory := make([]byte, 0, directorySize)
	for _, c := range p.columns {
		directory = append32(directory, uint32(len(c)))
	}
	const text = columnAreas + column(areaText)
	first := append(directory, slices.Concat(p.columns[:text]...)...)
	return append([][]byte{first}, p.columns[text:]...)
}

// A number is what is to be a field.
type number struct {
	field columnField
	value uint32
}

// fields returns the column of some numbers, and keeps the widths.
func (p *packer) fields(numbers []number) []byte {
	for _, n := range numbers {
		p.widths[n.field] = max(p.widths[n.field], byte(bits.Len32(n.value)))
	}
	var column []byte
	rest, at := uint64(0), 0
	for _, n := range numbers {
		rest |= uint64(n.value) << at
		for at += int(p.widths[n.field]); at >= 8; at -= 8 {
			column = append(column, byte(rest))
			rest >>= 8
		}
	}
	if at > 0 {
		column = append(column, byte(rest))
	}
	return append(column, make([]byte, fieldsEnd)...)
}

// inQuarters returns forms of two bits, four in a byte.
func inQuarters(forms []byte) []byte {
	column := make([]byte, quarters(len(forms)))
	for i, form := range forms {
		column[i/4] |= form << (i % 4 * 2)
	}
	return column
}

func (p *packer) slots() {
	var known slotForms
	known.fill()
	// Of forms that stand for the same the lowest is the one that there is.
	var forms [1 << slotToken]byte
	for form, bits := range slices.Backward(known[:]) {
		forms[bits&^slotRule] = byte(form)
	}
	area := p.image.areas[areaNodes]
	column := make([]byte, 0, len(area)/8)
	numbers := make([]number, 0, len(area)/4)
	for at := 0; at < len(area); at += 8 {
		slot := le64(area, at)
		form := forms[uint32(slot)%(1<<slotToken)]
		value := fieldValue
		if known[form]&slotRule != 0 {
			value = fieldRule
		}
		column = append(column, form)
		numbers = append(numbers, number{fieldToken, tokenOf(slot)}, number{value, refOf(slot).value()})
	}
	p.columns[columnSlotForms], p.columns[columnSlots] = column, p.fields(numbers)
}

func (p *packer) words() {
	area := p.image.areas[areaDisplacements]
	step := stepOf(p.image.count(areaNodes))
	forms := make([]byte, 0, len(area)/4)
	numbers := make([]number, 0, len(area)/4)
	before := byte(wordStep)
	for at := 0; at < len(area); at += 4 {
		word := le32(area, at)
		form, n := byte(wordMark), number{fieldMark, word}
		switch {
		case word%step == 0:
			form, n = wordStep, number{fieldStep, word / step}
		case before != wordKind:
			form, n = wordKind, number{fieldKind, word}
		}
		forms, numbers = append(forms, form), append(numbers, n)
		before = form
	}
	p.columns[columnWordForms], p.columns[columnWords] = inQuarters(forms), p.fields(numbers)
}

func (p *packer) tails() {
	n := p.image.count(areaTails) - 1
	forms := make([]byte, 0, n)
	numbers := make([]number, 0, n)
	before := false
	for i := range n {
		word := p.image.tailAt(areaTails, i)
		if word&tailHead != 0 {
			forms, numbers = append(forms, tailHead>>tailFormBit), append(numbers, number{fieldTailRule, word &^ tailHead})
			before = false
			continue
		}
		more := word&tailMore != 0
		if before || more {
			word &^= p.image.tags
		}
		forms, numbers = append(forms, byte(word>>tailFormBit)), append(numbers, number{fieldTailToken, word & tailNumber})
		before = more
	}
	p.columns[columnTailForms], p.columns[columnTails] = inQuarters(forms), p.fields(numbers)
}

func (p *packer) tokens() {
	lengths, longs, short := []byte{0}, []byte(nil), []byte(nil)
	for i := uint32(1); i < p.image.count(areaTokens); i++ {
		record := p.image.record(areaTokens, i)
		n := uint32(record[tokenSize-1])
		if n <= maxInline {
			short = append(short, record[:n]...)
		} else if _, n = long(le64(record, tokenLast)); n >= longByte {
			longs = append32(longs, n)
		}
		lengths = append(lengths, byte(min(n, longByte)))
	}
	p.columns[columnLengths], p.columns[columnLong], p.columns[columnShort] = lengths, longs, append(short, make([]byte, shortEnd)...)
}
