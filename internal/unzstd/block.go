package unzstd

// block decodes a block: literals, and sequences that say how many literals come
// before each copy of what was decoded before.
func (d *Decoder) block(in *input) {
	literals := d.literals(in)
	n := int(in.number(1))
	switch {
	case n == 255:
		n = int(in.number(2)) + 0x7f00
	case n >= 128:
		n = (n-128)<<8 + int(in.number(1))
	}
	if n > 0 {
		modes := in.number(1)
		in.need(modes&3 == 0)
		d.table(in, &d.literal, modes>>6, 9, 35, literalCounts[:])
		d.table(in, &d.offset, modes>>4&3, 8, 31, offsetCounts[:])
		d.table(in, &d.match, modes>>2&3, 9, 52, matchCounts[:])
		if in.ok {
			literals = d.sequences(in, n, literals)
		}
	} else {
		in.need(len(in.rest) == 0)
	}
	d.put(in, literals)
}

// literals returns the literals of a block. They are where they do no harm: at the end
// of dst, of which the decoded part never reaches those that are still to come. What
// is left of a block has at least so many bytes.
func (d *Decoder) literals(in *input) []byte {
	head := in.number(1)
	format := head >> 2 & 3
	kind := head & 3
	if kind < 2 {
		size := int(head >> 3)
		switch format {
		case 1:
			size = int(head>>4 | in.number(1)<<4)
		case 3:
			size = int(head>>4 | in.number(2)<<4)
		}
		room := d.room(in, size)
		if kind == 0 {
			copy(room, in.take(size))
			return room
		}
		b := in.take(1)
		for i := range room {
			room[i] = b[0]
		}
		return room
	}
	width, more := 10, 2
	switch format {
	case 2:
		width, more = 14, 3
	case 3:
		width, more = 18, 4
	}
	sizes := head>>4 | in.number(more)<<4
	room := d.room(in, int(sizes&(1<<width-1)))
	coded := input{in.take(int(sizes >> width)), in.ok}
	if kind == 2 {
		d.tree.read(&coded, &d.weights)
	}
	if coded.need(d.tree.bits > 0) {
		d.streams(&coded, room, format > 0)
	}
	in.ok = coded.ok
	return room
}

// room returns where so many literals go.
func (d *Decoder) room(in *input, size int) []byte {
	if !in.need(size <= maxBlock && size <= len(d.dst)-d.done) {
		return nil
	}
	return d.dst[len(d.dst)-size:]
}

// streams decodes literals from one stream or four.
func (d *Decoder) streams(in *input, literals []byte, four bool) {
	if !four {
		s := newStream(in, literals, in.rest)
		d.tree.finish(in, &s)
		return
	}
	var sizes [3]int
	for i := range sizes {
		sizes[i] = int(in.number(2))
	}
	each := (len(literals) + 3) / 4
	if !in.need(3*each <= len(literals)) {
		return
	}
	var all [4]stream
	for i, size := range sizes {
		all[i] = newStream(in, literals[i*each:][:each], in.take(size))
	}
	all[3] = newStream(in, literals[3*each:], in.rest)
	if !in.ok {
		return
	}
	// By turns, since in one stream each code waits for the one before.
	for all[0].hasFive() && all[1].hasFive() && all[2].hasFive() && all[3].hasFive() {
		for i := range all {
			d.tree.five(&all[i])
		}
	}
	for i := range all {
		d.tree.finish(in, &all[i])
	}
}

// A stream is literals that are still to be decoded, and from what.
type stream struct {
	bitReader
	literals []byte
}

func newStream(in *input, literals, coded []byte) stream {
	r, ok := startBits(coded)
	in.need(ok)
	return stream{r, literals}
}

// hasFive reports whether there are five literals to decode, and eight bytes to take
// bits from, so that there are bits for five codes.
func (s *stream) hasFive() bool { return len(s.literals) >= 5 && len(s.bytes) >= 8 }

// five decodes five literals. Bits of a byte that is taken in part are in value, and
// come again with the byte.
func (t *tree) five(s *stream) {
	value, left := s.value|eightBefore(s.bytes)>>(s.left&63), s.left
	taken := (63 - left) >> 3
	s.bytes = s.bytes[:len(s.bytes)-taken]
	left += 8 * taken
	unused := 64 - t.bits
	dst := s.literals[:5]
	for i := range dst {
		c := t.codes[value>>(unused&63)&(1<<maxCode-1)]
		dst[i] = c.symbol
		value <<= c.bits & 63
		left -= int(c.bits)
	}
	s.literals = s.literals[5:]
	s.value, s.left = value, left
}

// finish decodes what is left of a stream, which has to have just so many codes.
func (t *tree) finish(in *input, s *stream) {
	for s.hasFive() {
		t.five(s)
	}
	for i := range s.literals {
		s.fill()
		c := t.codes[s.peek(t.bits)&(1<<maxCode-1)]
		s.literals[i] = c.symbol
		s.skip(int(c.bits))
	}
	in.need(s.ended())
}

// table gets a table ready as a block's mode says.
func (d *Decoder) table(in *input, t *table, mode uint64, maxBits, maxSymbol int, counts []int16) {
	switch mode {
	case 0:
		t.bits = predefinedBits(counts)
		in.need(t.make(counts))
	case 1:
		symbol := in.take(1)[0]
		in.need(int(symbol) <= maxSymbol)
		t.only(symbol)
	case 2:
		t.read(in, maxBits, maxSymbol)
	case 3:
		in.need(t.ready)
	}
}

// sequences decodes n sequences, which are the rest of a block, and returns the
// literals that are left.
func (d *Decoder) sequences(in *input, n int, literals []byte) []byte {
	r, ok := startBits(in.rest)
	if !in.need(ok) {
		return nil
	}
	literal, offset, match := r.read(d.literal.bits), r.read(d.offset.bits), r.read(d.match.bits)
	for ; n > 0; n-- {
		l, o, m := &d.literal.states[literal&511], &d.offset.states[offset&511], &d.match.states[match&511]
		r.fill() // an offset has at most 31 bits, lengths 16 each, states 9, 9 and 8
		distance := 1<<o.symbol + r.read(int(o.symbol))
		if r.left < 2*16 {
			r.fill()
		}
		length := int(matchLengths[m.symbol]) + r.read(int(matchBits[m.symbol]))
		before := int(literalLengths[l.symbol]) + r.read(int(literalBits[l.symbol]))
		distance = d.distance(distance, before)
		if n > 1 {
			if r.left < 9+9+8 {
				r.fill()
			}
			literal = int(l.base) + r.read(int(l.bits))
			match = int(m.base) + r.read(int(m.bits))
			offset = int(o.base) + r.read(int(o.bits))
		}
		left := len(d.dst) - d.done - len(literals)
		if !in.need(!r.overrun() && before <= len(literals) && length <= left && 0 < distance && distance <= min(d.done+before, d.window)) {
			return nil
		}
		copy(d.dst[d.done:], literals[:before])
		literals = literals[before:]
		d.done += before
		d.repeat(distance, length)
	}
	in.need(r.ended())
	return literals
}

// distance returns how far back an offset value points, and keeps the last three
// distances, which the smallest values stand for.
func (d *Decoder) distance(value, literals int) int {
	if value > 3 {
		d.repeated[2], d.repeated[1], d.repeated[0] = d.repeated[1], d.repeated[0], value-3
		return d.repeated[0]
	}
	if literals == 0 {
		value++
	}
	distance := 0
	switch value {
	case 1:
		return d.repeated[0]
	case 2, 3:
		distance = d.repeated[value-1]
	case 4:
		distance = d.repeated[0] - 1
	}
	if value != 2 {
		d.repeated[2] = d.repeated[1]
	}
	d.repeated[1], d.repeated[0] = d.repeated[0], distance
	return distance
}

// repeat appends what stands at a distance before, which may be what it appends.
func (d *Decoder) repeat(distance, length int) {
	from := d.done - distance
	for end := d.done + length; d.done < end; {
		d.done += copy(d.dst[d.done:end], d.dst[from:d.done])
	}
}

// What symbols of lengths stand for: a number, and how many bits are added to it.
var (
	literalLengths = [36]uint32{
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64,
		1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 16,
	}
	literalBits = [36]uint8{
		16: 1, 17: 1, 18: 1, 19: 1, 20: 2, 21: 2, 22: 3, 23: 3, 24: 4, 25: 6,
		26: 7, 27: 8, 28: 9, 29: 10, 30: 11, 31: 12, 32: 13, 33: 14, 34: 15, 35: 16,
	}
	matchLengths = [53]uint32{
		3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34,
		35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
	}
	matchBits = [53]uint8{
		32: 1, 33: 1, 34: 1, 35: 1, 36: 2, 37: 2, 38: 3, 39: 3, 40: 4, 41: 4, 42: 5, 43: 7,
		44: 8, 45: 9, 46: 10, 47: 11, 48: 12, 49: 13, 50: 14, 51: 15, 52: 16,
	}
)

// The counts of tables that need no description.
var (
	literalCounts = [36]int16{
		4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
	}
	offsetCounts = [29]int16{
		1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
	}
	matchCounts = [53]int16{
		1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
	}
)

// predefinedBits returns the bits of the states of one of them.
func predefinedBits(counts []int16) int {
	if len(counts) == len(offsetCounts) {
		return 5
	}
	return 6
}
