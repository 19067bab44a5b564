package matcher

// An image is made to be walked, and is a poor thing to compress: its records are
// mixtures of numbers that have nothing to do with each other, in whole bytes, and some of
// it follows from the rest. So a compressed artifact has the image in another form, its
// columns, from which it is restored, byte for byte, when it is opened:
//
//   - Numbers of tokens, values of refs and displacements are as good as random, and no
//     code makes them shorter. They are fields of as many bits as the largest has, which
//     are stored as they are, and cost nothing to decode. Displacements are multiples of a
//     step, so it is in steps that they are fields.
//   - What says of which kind a record is, its form, is apart: a byte or two bits, that a
//     code makes shorter.
//   - Of tokens there is the text, of which records are made. Tags of alternatives are
//     left out, since they are parts of hashes.
//
// What was tried, with bytes a rule when compressed, and the time of decoding and
// restoring, relative to that of decoding the image, at 10,000 and 100,000 rules:
//
//	27.5  27.0  1.0  1.0  the image
//	17.9  18.6  0.7  1.1  this
//	17.3  17.7  0.7  1.2  tails in the order of the slots that lead to them, of which there
//	                      is how far they are from one another
//	17.8  18.8  1.0  1.7  each byte of a number in a column of its own, with a code
//	16.6  16.4  1.2  2.1  edges in the order of nodes and tokens: their slots follow
//	14.6  14.8  2.0  3.1  the same, and tails by their parts
//
// Restoring is one pass over the columns, without memory. It believes nothing: what it
// writes is within the image, and all columns have to be as long as there is use for.
// Whether the image is the right one, or is one at all, its checksum and [Image.Open] say.
// The packer, which only the compiler needs, is here since the two are one: a linker leaves
// it out elsewhere.

// A column is some bytes. The columns are in this order.
type column int

const (
	columnHeader    column = 0                              // of the image
	columnWidths    column = 1                              // of fields, a byte each
	columnAreas     column = 2                              // one for each area, as it is; empty for those below
	columnLengths   column = columnAreas + column(numAreas) // of tokens
	columnLong      column = columnLengths + 1              // lengths of tokens that are too long for a byte
	columnShort     column = columnLengths + 2              // text of tokens up to maxInline, and shortEnd
	columnSlotForms column = columnLengths + 3              // a byte each
	columnWordForms column = columnLengths + 4              // two bits each
	columnTailForms column = columnLengths + 5              // two bits each
	columnSlots     column = columnLengths + 6              // fields: of each slot the token and the value
	columnWords     column = columnLengths + 7              // fields: of each word of displacements
	columnTails     column = columnLengths + 8              // fields: of each word of tails
	numColumns      column = columnLengths + 9
)

// A columnField is numbers of one kind. They have one width, in bits, which is that of
// the largest.
type columnField int

const (
	fieldToken     columnField = iota // of a slot
	fieldRule                         // the value of a slot where it is the rule of a leaf
	fieldValue                        // the value of a slot where it is anything else
	fieldStep                         // a displacement, in steps
	fieldKind                         // the lower half of a mark
	fieldMark                         // the upper half of a mark
	fieldTailToken                    // of a tail
	fieldTailRule                     // of a tail
	numFields
)

const (
	// maxWidth bounds the width of a field. Two that follow one another are read at once.
	maxWidth = 24

	// fieldsEnd is how many zeros there are behind fields, so that 8 bytes can be read
	// wherever one begins.
	fieldsEnd = 8
)

// directorySize is the size of what is before the columns: the length of each in 4 bytes.
const directorySize = 4 * int(numColumns)

// isPacked reports whether an area is in columns that are made for it.
func isPacked(a area) bool {
	return a == areaTokens || a == areaNodes || a == areaDisplacements || a == areaTails
}

// UnpackImage restores an image from its columns, one behind the other, as [PackImage]
// gives them. dst has the size of the image, and all of it is zero. Errors are
// *FormatError, with offsets in the columns, or in the image if it is its header that is
// wrong; after one, dst has anything in it.
//
// It takes time linear in the sizes of both, and keeps neither.
func UnpackImage(dst, packed []byte) error {
	var u unpacker
	if err := u.directory(packed); err != nil {
		return err
	}
	if err := u.plain(dst); err != nil {
		return err
	}
	if err := u.slots(); err != nil {
		return err
	}
	if err := u.words(); err != nil {
		return err
	}
	if err := u.alternatives(); err != nil {
		return err
	}
	if err := u.tails(); err != nil {
		return err
	}
	u.tokens()
	return nil
}

// An unpacker restores an image.
type unpacker struct {
	image   Image // what its header says
	columns [numColumns][]byte
	offsets [numColumns]int
	widths  [numFields]uint
}

// directory finds the columns.
func (u *unpacker) directory(packed []byte) error {
	if len(packed) < directorySize {
		return damagedf(SectionHot, len(packed), "the columns end within their directory of %d bytes", directorySize)
	}
	at := directorySize
	for c := range numColumns {
		size := uint64(le32(packed, 4*int(c)))
		if size > uint64(len(packed)-at) {
			return damagedf(SectionHot, 4*int(c), "column %d of %d bytes, of which there are %d", int(c), size, len(packed)-at)
		}
		u.offsets[c], u.columns[c] = at, packed[at:at+int(size)]
		at += int(size)
	}
	if at != len(packed) {
		return damagedf(SectionHot, at, "%d bytes behind the last column", len(packed)-at)
	}
	return nil
}

// plain restores the header and the areas that are as they are.
func (u *unpacker) plain(dst []byte) error {
	if err := u.has(columnHeader, imgHeader); err != nil {
		return err
	}
	copy(dst, u.columns[columnHeader])
	u.image.bytes = dst
	v := validator{m: &u.image}
	if err := v.header(); err != nil {
		return err
	}
	if err := u.has(columnWidths, int(numFields)); err != nil {
		return err
	}
	for f, width := range u.columns[columnWidths] {
		if width > maxWidth {
			return u.bad(columnWidths, "fields of %d bits, the most is %d", width, maxWidth)
		}
		u.widths[f] = uint(width)
	}
	for a := range numAreas {
		c, size := columnAreas+column(a), len(u.image.areas[a])
		if isPacked(a) {
			size = 0
		}
		if err := u.has(c, size); err != nil {
			return err
		}
		copy(u.image.areas[a], u.columns[c])
	}
	return nil
}

// has returns an error if a column has not just so many bytes.
func (u *unpacker) has(c column, size int) error {
	if have := len(u.columns[c]); have != size {
		return u.bad(c, "it has %d bytes, and there have to be %d", have, size)
	}
	return nil
}

// hasFields returns an error if a column of fields has not just so many bits, and zeros
// behind them.
func (u *unpacker) hasFields(c column, bits uint) error {
	end := int(bits / 8)
	if err := u.has(c, end+int(bits%8+7)/8+fieldsEnd); err != nil {
		return err
	}
	if u.columns[c][end]>>(bits%8) != 0 || nonZero(u.columns[c][end+1:]) >= 0 {
		return u.bad(c, "behind its %d bits are others", bits)
	}
	return nil
}

// bad says what is wrong with a column.
func (u *unpacker) bad(c column, format string, args ...any) error {
	return damagedf(SectionHot, u.offsets[c], "column %d: %s", int(c), sprintf(format, args...))
}

// mask returns the bits of a field.
func (u *unpacker) mask(f columnField) uint32 { return 1<<(u.widths[f]&31) - 1 }
