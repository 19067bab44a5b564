package matcher

// Dot writes the graphs of an image in the language of Graphviz: a box for each
// node with its answer, an edge for each token, several tokens that lead to
// one place on one edge. Tails and groups are a box each. It returns the error
// of OpenImage, or else the first one of w.
func Dot(w Writer, image []byte) error {
	m, err := OpenImage(image)
	if err != nil {
		return err
	}
	d := drawing{describer: describer{m: m, w: &textWriter{w: w}}, drawn: make(map[string]bool)}
	d.w.printf("digraph rules {\n\trankdir=LR\n\tnode [shape=box]\n\tstart [shape=circle, label=\"\"]\n")
	d.edges("start", areaNodes, m.root)
	for i := range m.count(areaSpellings) {
		r := m.record(areaSpellings, i)
		to := d.box(areaFoldNodes, ref(le64(r, spellingGraph)))
		d.w.printf("\tstart -> %s [label=%s, style=dashed]\n", to, dotText(sprintf("%q", m.spellingName(r))))
	}
	for len(d.todo) > 0 {
		next := d.todo[0]
		d.todo = d.todo[1:]
		d.edges(next.name, next.area, next.node)
	}
	d.w.printf("}\n")
	return d.w.flush()
}

type drawing struct {
	describer
	drawn map[string]bool
	todo  []boxed
}

// A boxed is a node that has a box, but whose edges are still to be drawn.
type boxed struct {
	name string
	area area
	node ref
}

// edges writes the edges of a node, those to one place together.
func (d *drawing) edges(from string, a area, node ref) {
	tokens := make(map[ref][]byte)
	var order []ref
	for _, slot := range d.slotsOf(a, node) {
		to := refOf(slot)
		if tokens[to] == nil {
			order = append(order, to)
		} else {
			tokens[to] = append(tokens[to], " | "...)
		}
		tokens[to] = append(tokens[to], d.tokenName(a, tokenOf(slot))...)
	}
	for _, to := range order {
		d.w.printf("\t%s -> %s [label=%s]\n", from, d.box(a, to), dotText(string(tokens[to])))
	}
}

// slotsOf returns the edges of a node: the slots whose token would be looked for
// there.
func (d *drawing) slotsOf(a area, node ref) (slots []uint64) {
	m := d.m
	for i := range m.count(a) {
		slot := le64(m.areas[a], int(8*i))
		number := tokenOf(slot)
		if number == 0 {
			continue
		}
		hash := d.hash(a, number)
		displacement := le32(m.areas[a+1], 4*int(node.bucket(hash)))
		if displaced(hash, displacement, m.count(a)) == i {
			slots = append(slots, slot)
		}
	}
	return slots
}

func (d *drawing) hash(a area, number uint32) uint64 {
	if a == areaFoldNodes {
		return d.m.foldHash(d.m.fold(number))
	}
	k := d.m.hash.key(d.m.token(number))
	return k.hash
}

// box returns the name of the box that a ref leads to, and draws it the first
// time.
func (d *drawing) box(a area, r ref) string {
	name, label := "", ""
	switch {
	case r.inPlace() && r.kind() == kindGroup:
		name = sprintf("group%d", r.value())
		label = sprintf("group of %d rules", d.groupRules(r.value()))
	case r.inPlace() && (isTail(r.kind()) || r.kind() == kindWeak):
		name, label = d.tail(a, r)
	case r.inPlace():
		label = d.refName(a, r)
		return d.draw(dotText(label), label, boxed{})
	default:
		name = sprintf("%s%d", dotName(a), r.value())
		if r&refAnswer != 0 {
			label = d.refName(a, d.m.mark(a, r.answerAt()))
		}
		for _, end := range d.m.appendEnds(nil, a, r, 0) {
			switch rule := sprintf("rule %d", end.Rule); {
			case label == "":
				label = rule
			case len(label) < len(rule) || label[len(label)-len(rule):] != rule:
				label += "\n" + rule
			}
		}
		if r.isLeaf() {
			return d.draw(name, label, boxed{})
		}
		return d.draw(name, label, boxed{name, a, r})
	}
	return d.draw(name, label, boxed{})
}

func (d *drawing) draw(name, label string, b boxed) string {
	if d.drawn[name] {
		return name
	}
	d.drawn[name] = true
	d.w.printf("\t%s [label=%s]\n", name, dotText(label))
	if b.name != "" {
		d.todo = append(d.todo, b)
	}
	return name
}

func (d *drawing) groupRules(group uint32) (rules uint32) {
	r := d.m.record(areaGroups, group)
	for b := range le32(r, groupBlocks) {
		rules += le32(d.m.record(areaBlocks, le32(r, groupBlock)+b), blockCount)
	}
	return rules
}

// tail returns the name and the label of a tail's box.
func (d *drawing) tail(nodes area, r ref) (name, label string) {
	a := areaTails
	if nodes == areaFoldNodes {
		a = areaFoldTails
	}
	var text []byte
	between := ""
	for i := r.value() + 1; d.m.tailAt(a, i)&tailHead == 0; i++ {
		word := d.m.tailAt(a, i)
		number := word & tailNumber
		if a == areaTails && (between == "|" || word&tailMore != 0) {
			number &^= d.m.tags
		}
		text = append(text, between...)
		text = append(text, d.tokenName(a, number)...)
		between = " "
		if word&tailMore != 0 {
			between = "|"
		}
	}
	what := "changes nothing"
	if isTail(r.kind()) {
		what = Decision(r.kind() &^ kindTail).String()
	}
	label = sprintf("%s: %s, rule %d", text, what, d.m.tailRule(a, r.value()))
	return sprintf("%s%d", dotName(a), r.value()), label
}

// dotName returns the name of an area in one word.
func dotName(a area) string {
	var word []byte
	for _, c := range []byte(areaShape[a].name) {
		if c != ' ' {
			word = append(word, c)
		}
	}
	return string(word)
}

// dotText quotes a text for dot, which knows no escapes but these.
func dotText(s string) string {
	quoted := []byte{'"'}
	for _, c := range []byte(s) {
		switch c {
		case '\\', '"':
			quoted = append(quoted, '\\', c)
		case '\n':
			quoted = append(quoted, `\n`...)
		default:
			quoted = append(quoted, c)
		}
	}
	return string(append(quoted, '"'))
}
