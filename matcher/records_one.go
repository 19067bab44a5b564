package matcher

// ReadRule returns one rule of a rules section, and how many rules there are. It
// is for who asks for few of them, of a section that is known to be whole from
// its checksum: it copies nothing else, passes over the rules before without
// looking at more than it needs, and leaves alone what comes after. Everybody
// else takes [OpenRules]. Errors are of type [*FormatError].
func ReadRule(b []byte, id int) (rule RuleRecord, n int, err error) {
	r, err := skipTexts(SectionRules, b)
	if err != nil {
		return RuleRecord{}, 0, err
	}
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
	if r.err == nil {
		rule = r.rule()
	}
	if r.err != nil {
		return RuleRecord{}, n, r.err
	}
	return rule, n, nil
}

// skipTexts is openRecords without a table of the strings: each is looked for
// when it is asked for.
func skipTexts(section Section, b []byte) (*recordReader, error) {
	r := &recordReader{body: body{section: section, bytes: b}}
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
		return nil, r.err
	}
	rest := r.at + int(total)
	r.texts = texts{lengths: b[lengths:r.at], bytes: b[r.at:rest], n: n}
	r.body = body{section: section, bytes: b[rest:], start: rest}
	r.at = 0
	return r, nil
}

// find returns a string of texts that have no table.
func (t texts) find(i uint64) (string, bool) {
	if i >= uint64(t.n) {
		return "", false
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
	return string(t.bytes[start : start+size]), true
}
