package matcher

// An Origin is the file that a rule was written in.
type Origin struct{ Layer, File string }

// CountOrigins returns how many rules of a rules section come from each file.
// It is for sections that are known to be whole, from their checksums, and
// validates no more than it needs: that takes a tenth of the time of
// [OpenRules]. Errors are of type [*FormatError].
func CountOrigins(rules []byte) (map[Origin]int, error) {
	r, err := openRecords(SectionRules, rules)
	if err != nil {
		return nil, err
	}
	// Rules of a file stand together mostly, so the names are looked up once a run.
	type pair struct{ layer, file uint64 }
	var last pair
	run := 0 // rules in a row from last
	origins := make(map[Origin]int)
	add := func() {
		if run > 0 {
			origins[Origin{Layer: r.text(0, last.layer), File: r.text(0, last.file)}] += run
		}
	}
	for range r.count(minRecord) {
		r.skipPattern()
		from := pair{layer: r.uint64(), file: r.uint64()}
		r.skip(2) // line and column
		r.skip(4 * r.tokens())
		if r.err != nil {
			return nil, r.err
		}
		if from != last {
			add()
			last, run = from, 0
		}
		run++
	}
	add()
	return origins, r.close()
}

// CountRecords returns how many records a section says that it has. Errors are
// of type [*FormatError].
func CountRecords(section Section, b []byte) (int, error) {
	r, err := openRecords(section, b)
	if err != nil {
		return 0, err
	}
	n := r.count(minRecord)
	return n, r.err
}

// skipPattern passes over what stands in a rule before its source.
func (r *recordReader) skipPattern() {
	head := r.uint64()
	r.skipPositions()
	if head&ruleJustified != 0 {
		r.skip(1)
	}
}

func (r *recordReader) skipPositions() {
	for range r.tokens() {
		if position := r.uint64(); position&1 != 0 {
			if n := position >> 1; n <= uint64(len(r.bytes)-r.at) {
				r.skip(int(n))
			} else {
				r.fail("%d alternatives in the %d bytes that are left", n, len(r.bytes)-r.at)
			}
		}
	}
}

// skip passes over n numbers.
func (r *recordReader) skip(n int) {
	for ; n > 0; n-- {
		for r.at < len(r.bytes) && r.bytes[r.at] >= 0x80 {
			r.at++
		}
		if r.at++; r.at > len(r.bytes) {
			r.at = len(r.bytes)
			r.fail("the section ends within a number")
			return
		}
	}
}
