package caseless

import (
	"math/bits"
	"unicode/utf8"
)

// The key of a text, NFD(casefold(NFD(text))), is made one symbol at a time. Two facts of the Unicode data, which the
// generator of the tables checks, let one pass do for the three steps:
//
//   - No mark folds but U+0345, and no letter folds to a leading mark. So folding neither joins nor cuts the runs of marks
//     that normalisation puts in order, and each character can be replaced at once by the decomposed folding of its
//     decomposition: that is what the tables hold.
//   - U+0345 folds to the letter iota, and would end a run. But it alone has the highest class: once the run is in order
//     it stands at its end. So it stays a mark until the run is in order, and becomes iota when it is handed out.
//
// A run that is not in order is handed out class by class, in ascending order, by reading it again for each class that it
// holds. That is a stable sort without memory; there are at most 55 classes.

// A symbol is a code point of a key, or an invalid byte b as invalidByte+b, or end.
type symbol int32

const (
	end         symbol = -1
	invalidByte symbol = utf8.MaxRune + 1
)

func appendSymbol(b []byte, c symbol) []byte {
	if c >= invalidByte {
		return append(b, byte(c-invalidByte))
	}
	return utf8.AppendRune(b, rune(c))
}

const (
	iotaBelow  = 0x345
	letterIota = 0x3B9
)

// A keyReader reads the key of the text that raw holds.
type keyReader struct {
	raw decoder // stands behind the run, if there is one

	run    decoder // where the current run of marks begins
	length int     // marks in the run; 0 outside runs

	scan    decoder // where the current pass over the run stands
	scanned int     // marks that the pass has read
	class   uint8   // class that the pass hands out; 0: all, for a run in order
	later   uint64  // bit c: a pass for class c is to come
}

// next returns the next symbol of the key, and end, again and again, after the last.
func (r *keyReader) next() symbol {
	for r.length > 0 {
		if r.scanned == r.length {
			if r.later == 0 {
				r.length = 0
				break
			}
			r.class = uint8(bits.TrailingZeros64(r.later))
			r.later &= r.later - 1
			r.scan, r.scanned = r.run, 0
		}
		c, class := r.scan.next()
		r.scanned++
		if r.class == 0 || r.class == class {
			return folded(c)
		}
	}
	before := r.raw
	c, class := r.raw.next()
	if class == 0 {
		return c
	}
	r.readRun(before, class)
	return r.next()
}

// readRun prepares the passes over the run whose first mark, of the given class, was read at before.
func (r *keyReader) readRun(before decoder, class uint8) {
	r.run, r.length = before, 1
	classes, ordered, last := uint64(1)<<class, true, class
	for {
		behind := r.raw
		_, class := r.raw.next()
		if class == 0 {
			r.raw = behind
			break
		}
		r.length++
		classes |= 1 << class
		ordered = ordered && class >= last
		last = class
	}
	r.scan, r.scanned = r.run, 0
	if ordered {
		r.class, r.later = 0, 0
		return
	}
	r.class = uint8(bits.TrailingZeros64(classes))
	r.later = classes & (classes - 1)
}

// folded maps the one mark that folds.
func folded(c symbol) symbol {
	if c == iotaBelow {
		return letterIota
	}
	return c
}

// A decoder reads a text and replaces each character by its mapping; marks come in the order of the text.
type decoder struct {
	text    string
	mapping string // rest of the mapping that is being read
	vowel   symbol // jamo to come of the Hangul syllable that is being read, or 0
	final   symbol
}

// next returns the next symbol and the number of its combining class, 0 for what is not a mark. At the end it returns
// end and 0.
func (d *decoder) next() (symbol, uint8) {
	switch {
	case d.mapping != "":
		r, n := utf8.DecodeRuneInString(d.mapping)
		d.mapping = d.mapping[n:]
		return symbol(r), uint8(lookup(r)) // mappings map to themselves: their values are classes
	case d.vowel != 0:
		c := d.vowel
		d.vowel, d.final = d.final, 0
		return c, 0
	case d.text == "":
		return end, 0
	case d.text[0] < utf8.RuneSelf:
		c := lower(d.text[0])
		d.text = d.text[1:]
		return symbol(c), 0
	}
	r, n := utf8.DecodeRuneInString(d.text)
	if r == utf8.RuneError && n == 1 {
		c := invalidByte + symbol(d.text[0])
		d.text = d.text[1:]
		return c, 0
	}
	d.text = d.text[n:]
	if 0 <= r-firstSyllable && r-firstSyllable < syllables {
		return d.syllable(r - firstSyllable), 0
	}
	value := lookup(r)
	switch {
	case value < firstDelta:
		return symbol(r), uint8(value)
	case value < firstText:
		return symbol(r + deltas[value-firstDelta]), 0
	}
	at := int(value-firstText) + 1
	d.mapping = texts[at : at+int(texts[at-1])]
	return d.next()
}

// Hangul syllables decompose by arithmetic (The Unicode Standard, section 3.12).
const (
	firstSyllable = 0xAC00
	syllables     = 19 * vowels * finals
	vowels        = 21
	finals        = 28 // having none is one of them

	firstInitial = 0x1100
	firstVowel   = 0x1161
	noFinal      = 0x11A7
)

// syllable returns the first jamo of the syllable with the given number and leaves the others for later calls.
func (d *decoder) syllable(n rune) symbol {
	d.vowel = symbol(firstVowel + n/finals%vowels)
	if n%finals != 0 {
		d.final = symbol(noFinal + n%finals)
	}
	return symbol(firstInitial + n/(vowels*finals))
}

// lookup returns the value of r in the two-stage table: below firstDelta it is the number of r's combining class, and r
// maps to itself; below firstText it is firstDelta plus the index of the delta that maps r; otherwise it is firstText
// plus the offset in texts of the mapping, a length byte and so many bytes of UTF-8.
func lookup(r rune) uint16 {
	if r >= tableLimit {
		return 0
	}
	block := int(blockIndex[r>>blockShift]) << blockShift
	return blockValues[block+int(r&(1<<blockShift-1))]
}
