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
	for i := range uint32(1) << node.class() {
		slot := le64(d.m.areas[a], int(8*(node.unit()+i)))
		if slot == 0 {
			continue
		}
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

// box returns the name of the box that a ref leads to, and draws it the first
// time.
func (d *drawing) box(a area, r ref) string {
	name, label := "", ""
	switch {
	case r.inPlace() && r.kind() == kindGroup:
		name = sprintf("group%d", r.value())
		label = sprintf("group of %d rules", d.groupRules(r.value()))
	case r.inPlace() && (r.kind() == kindTail || r.kind() == kindWeak):
		name, label = d.tail(a, r.value())
	case r.inPlace():
		label = d.refName(a, r)
		return d.draw(dotText(label), label, boxed{})
	default:
		name = sprintf("%s%d", dotName(a), r.unit())
		if r&refAnswer != 0 {
			label = d.refName(a, ref(le64(d.m.areas[a], int(8*r.unit()-8))))
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
func (d *drawing) tail(nodes area, index uint32) (name, label string) {
	a := areaTails
	if nodes == areaFoldNodes {
		a = areaFoldTails
	}
	tails := d.m.areas[a][4*index:]
	head := le32(tails, 0)
	var text []byte
	for i := 4; le32(tails, i)&wordHead == 0; i += 4 {
		word := le32(tails, i)
		text = append(text, ' ')
		if word&wordSet == 0 {
			text = append(text, d.tokenName(a, word%maxNumber)...)
			continue
		}
		for n := 4 * int(word&^wordSet); n > 0; n -= 4 {
			i += 4
			text = append(text, d.tokenName(a, le32(tails, i)%maxNumber)...)
			if n > 4 {
				text = append(text, '|')
			}
		}
	}
	label = sprintf("%s: %v, rule %d", text[1:], Decision(head>>headDecision&7), head&(maxRules-1))
	return sprintf("%s%d", dotName(a), index), label
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
