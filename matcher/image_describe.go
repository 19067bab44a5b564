package matcher

// Describe writes what each byte of an image means: a line for each field, with
// its offset, its bytes and what they say. It returns the error of OpenImage,
// or else the first one of w.
func Describe(w Writer, image []byte) error {
	m, err := OpenImage(image)
	if err != nil {
		return err
	}
	d := describer{m: m, w: &textWriter{w: w}}
	d.header()
	for a := range numAreas {
		if len(m.areas[a]) == 0 {
			continue
		}
		d.paddingTo(int(le32(image, imgAreas+8*int(a))))
		d.w.printf("\n%s\n", areaShape[a].name)
		d.area(a)
	}
	return d.w.flush()
}

type describer struct {
	m  *Image
	w  *textWriter
	at int // of the next byte
}

// field describes the next size bytes, at most eight to a line.
func (d *describer) field(size int, format string, args ...any) {
	meaning := sprintf(format, args...)
	for size > 0 {
		n := min(size, 8)
		bytes := sprintf("% x", d.m.bytes[d.at:d.at+n])
		if meaning != "" {
			bytes = sprintf("%-24s%s", bytes, meaning)
		}
		d.w.printf("%08x  %s\n", d.at, bytes)
		d.at += n
		size -= n
		meaning = ""
	}
}

func (d *describer) next32() uint32 { return le32(d.m.bytes, d.at) }
func (d *describer) next64() uint64 { return le64(d.m.bytes, d.at) }

func (d *describer) paddingTo(offset int) {
	d.field(offset-d.at, "padding")
}

func (d *describer) header() {
	d.w.printf("header\n")
	d.field(4, "magic %q", imageMagic)
	d.field(4, "layout %d", d.next32())
	d.field(4, "hash seed %d", d.next32())
	d.field(4, "hash reach %d", d.next32())
	d.field(4, "%d rules", d.next32())
	d.field(4, "folding tables %#x", d.next32())
	d.field(4, "%d groups of exact rules", d.next32())
	d.field(4, "strictest of all: %v, rule %d", Decision(d.next32()>>headDecision), d.next32()&(maxRules-1))
	d.field(4, "up to %d words of rows a token", d.next32())
	d.field(4, "tags in bits %#x", d.next32())
	d.field(8, "program names: %v", d.refName(areaNodes, d.m.root))
	d.field(8, "classes: %v", d.refName(areaClassNodes, d.m.classes))
	d.field(8, "host lists: %v", d.refName(areaHostNodes, d.m.hosts))
	for a := range numAreas {
		d.field(8, "%s: %d at %#x", areaShape[a].name, d.m.count(a), d.next32())
	}
}

// refName says where a ref in the given area leads.
func (d *describer) refName(a area, r ref) string {
	if !r.inPlace() {
		return d.nodeName(r)
	}
	if a != areaNodes && a != areaFoldNodes {
		return sprintf("index %d", r.value())
	}
	switch kind := r.kind(); {
	case kind == kindRule:
		return sprintf("rule %d, changes nothing", r.value())
	case isTail(kind):
		return sprintf("%v, tail %d", Decision(kind&^kindTail), r.value())
	case kind == kindWeak:
		return sprintf("tail %d, changes nothing", r.value())
	case kind == kindGroup:
		return sprintf("group %d", r.value())
	}
	return sprintf("%v, rule %d", Decision(r.kind()), r.value())
}

func (d *describer) nodeName(r ref) string {
	name := sprintf("node at displacement %d", r.value())
	if !r.isLeaf() {
		name += sprintf(", %d buckets", 1<<r.class())
	}
	for _, flag := range []struct {
		bit  ref
		name string
	}{{refOn, "goes on"}, {refAnswer, "answer"}, {refEnds, "ends"}} {
		if r&flag.bit != 0 {
			name += ", " + flag.name
		}
	}
	return name
}

// tokenName returns the text of a token of the given area, quoted.
func (d *describer) tokenName(a area, number uint32) string {
	if a == areaFoldNodes || a == areaClassNodes || a == areaFolds || a == areaFoldTails || a == areaFoldBlockNodes {
		return sprintf("%q", d.m.fold(number))
	}
	return sprintf("%q", d.m.token(number))
}

func (d *describer) area(a area) {
	m := d.m
	switch a {
	case areaNodes, areaFoldNodes, areaClassNodes, areaHostNodes, areaBlockNodes, areaFoldBlockNodes:
		d.nodes(a)
		return
	case areaDisplacements, areaFoldDisplacements, areaClassDisplacements, areaHostDisplacements, areaBlockDisplacements, areaFoldBlockDisplacements:
		d.displacements(a - 1)
		return
	case areaTails, areaFoldTails:
		d.tails(a)
		return
	case areaEnds:
		d.ends()
		return
	case areaRows:
		d.rows()
		return
	case areaText, areaFoldText:
		d.field(len(m.areas[a]), "%q", abridged(string(m.areas[a])))
		return
	}
	for i := range m.count(a) {
		switch a {
		case areaTokens:
			d.token(i)
		case areaFolds:
			d.field(4, "folded token %d: text at %d", i, d.next32())
			d.field(4, "%d bytes: %s", d.next32(), d.tokenName(a, i))
		case areaSpellings:
			d.spelling(i)
		case areaClasses:
			d.field(4, "class %d: spellings from %d on", i, d.next32())
			d.field(4, "%d spellings", d.next32())
		case areaGroups:
			d.field(4, "group %d: blocks from %d on", i, d.next32())
			d.field(4, "%d blocks", d.next32())
		case areaBlocks:
			d.field(4, "block %d: order from %d on", i, d.next32())
			d.field(4, "%d rules", d.next32())
			d.field(4, "positions from %d on", d.next32())
			d.field(4, "%d positions", d.next32())
		case areaPositions:
			node, ends := m.position(i)
			d.field(8, "position %d: node at displacement %d; ends: row %d", i, node.value(), ends)
		case areaOrder:
			d.field(4, "%v, rule %d", Decision(d.next32()>>headDecision), d.next32()&(maxRules-1))
		case areaHosts:
			d.field(4, "list %d: paths from %d on", i, d.next32())
			d.field(4, "%d paths", d.next32())
		case areaPaths:
			text, n := le32(m.record(a, i), 0), le32(m.record(a, i), 4)
			d.field(4, "path %d: text at %d", i, text)
			d.field(4, "%d bytes: %q", n, m.areas[areaText][text:text+n])
		}
	}
}

func abridged(s string) string {
	if len(s) > 60 {
		return s[:57] + "..."
	}
	return s
}

func (d *describer) token(i uint32) {
	if i == 0 {
		d.field(tokenSize, "token 0: not used")
		return
	}
	d.field(8, "token %d: %q", i, abridged(d.m.token(i)))
	if word := d.next64(); word>>keyLength == tokenLong {
		text, n := long(word)
		d.field(8, "%d bytes, text at %d", n, text)
	} else {
		d.field(8, "%d bytes", word>>keyLength)
	}
}

func (d *describer) spelling(i uint32) {
	m := d.m
	d.field(8, "spelling %d, %q: %s", i, m.spellingName(m.record(areaSpellings, i)), d.refName(areaFoldNodes, ref(d.next64())))
	if host := d.next32(); host == 0 {
		d.field(4, "no host list")
	} else {
		d.field(4, "host list %d", host-1)
	}
	d.field(4, "name: text at %d", d.next32())
	d.field(4, "name: %d bytes", d.next32())
	d.field(4, "not used")
}

func (d *describer) nodes(a area) {
	for range d.m.count(a) {
		slot := d.next64()
		if number := tokenOf(slot); number == 0 {
			d.field(8, "empty")
		} else {
			d.field(8, "token %d %s: %s", number, d.tokenName(a, number), d.refName(a, refOf(slot)))
		}
	}
}

// displacements describes the words behind an area of nodes. What of them are
// marks, only the refs to nodes say.
func (d *describer) displacements(a area) {
	marks := make(map[uint32]string)
	mark := func(to, flag ref, at uint32) {
		if to&flag == 0 {
			return
		}
		switch r := d.m.mark(a, at); {
		case r.kind() == kindEnds:
			marks[at] = sprintf("ends, list at %d", r.value())
		case r.kind() == kindEnd:
			marks[at] = sprintf("ends, rule %d", r.value())
		case r.kind() > kindBehind:
			marks[at] = sprintf("behind it %v, rule %d", Decision(r.kind()-kindBehind), r.value())
		default:
			marks[at] = "answer, " + d.refName(a, r)
		}
	}
	follow := func(to ref) {
		if !to.inPlace() {
			mark(to, refAnswer, to.answerAt())
			mark(to, refEnds, to.endsAt())
			mark(to, refOn, to.behindAt())
		}
	}
	for i := range d.m.count(a) {
		follow(refOf(le64(d.m.areas[a], int(8*i))))
	}
	if a == areaFoldNodes {
		for i := range d.m.count(areaSpellings) {
			follow(ref(le64(d.m.record(areaSpellings, i), spellingGraph)))
		}
	}
	for i := uint32(0); i < d.m.count(a+1); i++ {
		if what := marks[i]; what != "" {
			d.field(8, "before %d: %s", i+markWords, what)
			i++
			continue
		}
		d.field(4, "displacement %d", i)
	}
}

func (d *describer) tails(a area) {
	tags := d.m.tags
	if a == areaFoldTails {
		tags = 0
	}
	more := false
	n := d.m.count(a)
	for i := range n - 1 {
		word := d.m.tailAt(a, i)
		if word&tailHead != 0 {
			d.field(tailWord, "tail %d: rule %d", i, word&^tailHead)
			continue
		}
		number, tag, or := word&tailNumber, "", ""
		if more || word&tailMore != 0 {
			tag = sprintf(", tag %#x", number&tags)
			number &^= tags
		}
		if more = word&tailMore != 0; more {
			or = ", or"
		}
		d.field(tailWord, "token %d %s%s%s", number, d.tokenName(a, number), tag, or)
	}
	d.field(tailWord, "behind the last tail")
}

func (d *describer) ends() {
	for n := d.m.count(areaEnds); n > 0; n-- {
		if word := d.next32(); word&endsHead != 0 {
			d.field(4, "%d rules end here", word&^endsHead)
		} else {
			d.field(4, "rule %d", word)
		}
	}
}

func (d *describer) rows() {
	d.field(8, "unit 0: not used")
	for i := uint32(1); i < d.m.count(areaRows); {
		units := d.next32()
		what := "in 16 bits each"
		if le32(d.m.bytes, d.at+rowDense) != 0 {
			what = "as bits"
		}
		d.field(8, "row %d: rules %s, %d units", i, what, units)
		d.field(8*int(units), "")
		i += 1 + units
	}
}
