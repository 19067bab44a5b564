package matcher

// A Ruling is what one rule says of the commands that it matches.
type Ruling struct {
	Decision      Decision
	Justification []byte // a part of the section; empty if none
}

// ReadRuling returns what one rule of a rules section says, and how many rules there
// are. It is for who asks for few of them, of a section that is known to be whole
// from its checksum: it passes over the rules before without looking at more than it
// needs, leaves alone what comes after, and allocates nothing. Everybody else takes
// [OpenRules]. Errors are of type [*FormatError].
func ReadRuling(b []byte, id int) (ruling Ruling, n int, err error) {
	var r recordReader
	r.skipTexts(SectionRules, b)
	n = r.count(minRecord)
	if r.err == nil && (id < 0 || id >= n) {
		r.fail("no record %d among %d", id, n)
	}
	for range id {
		r.skipPattern()
		r.skip(2) // layer and file
		r.lineAfter()
		r.skip(1) // column
		r.skip(4 * r.tokens())
		if r.err != nil {
			break
		}
	}
	if ruling = r.ruling(); r.err != nil {
		return Ruling{}, n, r.err
	}
	return ruling, n, nil
}

func (r *recordReader) ruling() (ruling Ruling) {
	head := r.uint()
	ruling.Decision = r.decision(head & ruleDecision)
	r.skipPositions()
	if head&ruleJustified != 0 {
		at := r.at
		id := r.uint64()
		text, ok := r.texts.find(id)
		if !ok || len(text) == 0 {
			r.failAt(at, "string %d is no justification", id)
		}
		ruling.Justification = text
	}
	return ruling
}

// skipTexts is openRecords without a table of the strings: each is looked for
// when it is asked for.
func (r *recordReader) skipTexts(section Section, b []byte) {
	*r = recordReader{body: body{section: section, bytes: b}}
	n := r.count(1)
	lengths := r.at
	total := uint64(0)
	for range n {
		at := r.at
		size := r.uint64()
		if r.err == nil && (size > uint64(len(b)) || total+size > uint64(len(b)-r.at)) {
			r.failAt(at, "a string of %d bytes in a section of %d", size, len(b))
		}
		if r.err != nil {
			break
		}
		total += size
	}
	if r.err != nil {
		return
	}
	rest := r.at + int(total)
	r.texts = texts{lengths: b[lengths:r.at], bytes: b[r.at:rest], n: n}
	r.body = body{section: section, bytes: b[rest:], start: rest}
	r.at = 0
}

// find returns a string of texts that have no table.
func (t *texts) find(i uint64) ([]byte, bool) {
	if i >= uint64(t.n) {
		return nil, false
	}
	start, rest := uint64(0), t.lengths
	for ; i > 0; i-- {
		size, k := uint64(rest[0]), 1
		if size >= 0x80 {
			size, k = uvarint(rest)
		}
		start, rest = start+size, rest[k:]
	}
	size, _ := uvarint(rest)
	return t.bytes[start : start+size], true
}
