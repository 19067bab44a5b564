package matcher

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Describe writes what each byte of an image means: a line for each field, with
// its offset, its bytes and what they say. It returns the error of OpenImage,
// or else the first one of w.
func Describe(w io.Writer, image []byte) error {
	m, err := OpenImage(image)
	if err != nil {
		return err
	}
	d := describer{m: m, w: bufio.NewWriter(w)}
	d.header()
	for a := range numAreas {
		if len(m.areas[a]) == 0 {
			continue
		}
		d.paddingTo(int(le32(image, imgAreas+8*int(a))))
		fmt.Fprintf(d.w, "\n%s\n", areaShape[a].name)
		d.area(a)
	}
	return d.w.Flush()
}

type describer struct {
	m  *Image
	w  *bufio.Writer
	at int // of the next byte
}

// field describes the next size bytes, at most eight to a line.
func (d *describer) field(size int, format string, args ...any) {
	meaning := fmt.Sprintf(format, args...)
	for size > 0 {
		n := min(size, 8)
		line := fmt.Sprintf("%08x  %-24s%s", d.at, fmt.Sprintf("% x", d.m.bytes[d.at:d.at+n]), meaning)
		fmt.Fprintln(d.w, strings.TrimRight(line, " "))
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
	fmt.Fprintln(d.w, "header")
	d.field(4, "magic %q", imageMagic)
	d.field(4, "layout %d", d.next32())
	d.field(4, "hash seed %d", d.next32())
	d.field(4, "hash reach %d", d.next32())
	d.field(4, "%d rules", d.next32())
	d.field(4, "folding tables %#x", d.next32())
	d.field(4, "program names: %v", d.refName(areaNodes, d.m.root))
	d.field(4, "classes: %v", d.refName(areaClassNodes, d.m.classes))
	d.field(4, "host lists: %v", d.refName(areaHostNodes, d.m.hosts))
	d.field(4, "%d programs of exact rules", d.next32())
	for a := range numAreas {
		d.field(8, "%s: %d at %#x", areaShape[a].name, d.m.count(a), d.next32())
	}
}

// refName says where a ref in the given area leads.
func (d *describer) refName(a area, r ref) string {
	switch {
	case r == 0:
		return "nothing"
	case r.isLeaf() && r.decision() == None:
		return fmt.Sprint("index ", r.index())
	case r.isLeaf():
		return fmt.Sprintf("%v, rule %d", r.decision(), r.index())
	case r.isGroup():
		return fmt.Sprint("group of program ", r.program())
	}
	return fmt.Sprintf("node at %#x (%d slots, window %d)", d.offset(a, r), 1<<r.class(), r.window())
}

// offset returns where in the image a node is.
func (d *describer) offset(a area, r ref) int {
	return int(le32(d.m.bytes, imgAreas+8*int(a))) + 8*int(r.unit())
}

// tokenName returns the text of a token of the given area, quoted.
func (d *describer) tokenName(a area, number uint32) string {
	if a == areaFoldNodes || a == areaClassNodes || a == areaFolds || a == areaFoldBlockNodes {
		return fmt.Sprintf("%q", d.m.fold(number))
	}
	return fmt.Sprintf("%q", d.m.token(number))
}

func (d *describer) area(a area) {
	m := d.m
	switch a {
	case areaNodes, areaFoldNodes, areaClassNodes, areaHostNodes:
		d.nodes(a)
		return
	case areaBlockNodes, areaFoldBlockNodes:
		d.nodes(a)
		return
	case areaSets:
		d.sets()
		return
	case areaRows:
		d.rows()
		return
	case areaText, areaFoldText:
		d.field(len(m.areas[a]), "%q", abridged(string(m.areas[a])))
		return
	}
	program, end := uint32(0), uint32(0) // whose rules come next
	for i := range m.count(a) {
		switch a {
		case areaTokens:
			d.token(i)
		case areaFolds:
			d.field(4, "folded token %d: text at %d", i, d.next32())
			d.field(4, "%d bytes: %s", d.next32(), d.tokenName(a, i))
		case areaPrograms:
			d.program(i)
		case areaClasses:
			d.field(4, "class %d: spellings from program %d on", i, d.next32())
			d.field(4, "%d spellings", d.next32())
		case areaRules:
			if i == end {
				r := m.record(areaPrograms, program)
				end = le32(r, programRules) + le32(r, programCount)
				program++
			}
			d.field(4, "rule record %d, of program %d: rule %d", i, program-1, d.next32())
			d.field(4, "%v, %d tokens", Decision(d.next32()>>decisionByte), d.next32()&MaxPattern)
			d.field(4, "its spots begin at %d", d.next32())
		case areaSpots:
			if spot := d.next32(); spot&spotSet != 0 {
				d.field(4, "spot %d: set at %d", i, spot&^spotSet)
			} else {
				d.field(4, "spot %d: token %d", i, spot)
			}
		case areaBlocks:
			d.field(4, "block %d: order from %d on", i, d.next32())
			d.field(4, "%d rules", d.next32())
			d.field(4, "positions from %d on", d.next32())
			d.field(4, "%d positions", d.next32())
		case areaPositions:
			d.field(4, "position %d: node at unit %d", i, ref(d.next32()).unit())
			d.field(4, "ends: row %d", d.next32())
		case areaOrder:
			d.field(4, "rule record %d of the group", d.next32())
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
	n := le32(d.m.record(areaTokens, i), tokenLen)
	if i == 0 {
		d.field(32, "token 0: not used")
		return
	}
	d.field(8, "token %d: %q", i, abridged(d.m.token(i)))
	d.field(8, "last bytes")
	d.field(8, "middle bytes")
	d.field(4, "%d bytes", n)
	if n > maxInline {
		d.field(4, "text at %d", d.next32())
	} else {
		d.field(4, "no text")
	}
}

func (d *describer) program(i uint32) {
	m := d.m
	r := m.record(areaPrograms, i)
	a, what := areaNodes, "exact "+d.tokenName(areaTokens, i+1)
	if i >= m.exact {
		a, what = areaFoldNodes, fmt.Sprintf("canonical %q", m.name(r))
	}
	d.field(4, "program %d, %s: %s", i, what, d.refName(a, ref(d.next32())))
	d.field(4, "rule records from %d on", d.next32())
	d.field(4, "%d rules", d.next32())
	d.field(4, "group: blocks from %d on", d.next32())
	d.field(4, "group: %d blocks", d.next32())
	if host := d.next32(); host == 0 {
		d.field(4, "no host list")
	} else {
		d.field(4, "host list %d", host-1)
	}
	d.field(4, "name: text at %d", d.next32())
	d.field(4, "name: %d bytes", d.next32())
}

func (d *describer) nodes(a area) {
	end := d.at + len(d.m.areas[a])
	d.field(8, "unit 0: not used")
	for d.at < end {
		answer, shape := ref(d.next32()), le32(d.m.bytes, d.at+4)
		fmt.Fprintln(d.w)
		d.field(4, "node: %s", d.refName(a, answer))
		class := shape >> shapeClass & 31
		d.field(4, "%d tokens, %d slots, window %d, probe %d",
			shape&MaxPattern, 1<<class, shape>>shapeWindow&(numWindows-1), probe(shape, class))
		for range uint32(1) << class {
			slot := d.next64()
			if slot == 0 {
				d.field(8, "empty")
				continue
			}
			number := uint32(slot & (maxNumber - 1))
			d.field(8, "token %d %s, tag %#02x: %s", number, d.tokenName(a, number), slot>>slotTag&0xff, d.refName(a, ref(slot>>slotRef)))
		}
	}
}

func (d *describer) sets() {
	for i := uint32(0); i < d.m.count(areaSets); {
		n := uint32(d.next64())
		d.field(8, "set at %d: %d tokens", i, n)
		for range n {
			d.field(8, "token %d, hash %#08x...", d.next32(), d.next64()>>32)
		}
		i += 1 + n
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

// Dot writes the graphs of an image in the language of Graphviz: a box for each
// node with its answer, an edge for each token, several tokens that lead to
// one place on one edge. Groups are drawn as one box, with their rules counted.
// It returns the error of OpenImage, or else the first one of w.
func Dot(w io.Writer, image []byte) error {
	m, err := OpenImage(image)
	if err != nil {
		return err
	}
	d := describer{m: m, w: bufio.NewWriter(w)}
	fmt.Fprint(d.w, "digraph rules {\n\trankdir=LR\n\tnode [shape=box]\n\tstart [shape=circle, label=\"\"]\n")
	d.dotEdges("start", areaNodes, m.root)
	for i := range m.count(areaClasses) {
		r := m.record(areaClasses, i)
		for p := le32(r, 0); p < le32(r, 0)+le32(r, 4); p++ {
			program := m.record(areaPrograms, p)
			to := d.dotTarget(areaFoldNodes, ref(le32(program, programGraph)))
			fmt.Fprintf(d.w, "\tstart -> %s [label=%s, style=dashed]\n", to, dotText(fmt.Sprintf("%q", m.name(program))))
		}
	}
	d.dotNodes(areaNodes, m.root.unit())
	d.dotNodes(areaFoldNodes, m.count(areaFoldNodes))
	fmt.Fprintln(d.w, "}")
	return d.w.Flush()
}

// dotNodes writes the nodes of an area that lie before a unit.
func (d *describer) dotNodes(a area, before uint32) {
	for unit := uint32(1); unit < before; {
		nodes := d.m.areas[a]
		answer, shape := ref(le32(nodes, int(8*unit))), le32(nodes, int(8*unit+4))
		class := shape >> shapeClass & 31
		here := nodeRef(int(class), int(shape>>shapeWindow&(numWindows-1)), int(unit))
		label := ""
		if answer != 0 {
			label = d.refName(a, answer)
		}
		name := d.dotTarget(a, here)
		fmt.Fprintf(d.w, "\t%s [label=%s]\n", name, dotText(label))
		d.dotEdges(name, a, here)
		unit += 1 + 1<<class
	}
}

// dotEdges writes the edges of a node, those to one place together.
func (d *describer) dotEdges(from string, a area, node ref) {
	tokens := make(map[ref][]string)
	var order []ref
	slots := d.m.areas[a][8*(node.unit()+1):]
	for i := range uint32(1) << node.class() {
		slot := le64(slots, int(8*i))
		if slot == 0 {
			continue
		}
		to := ref(slot >> slotRef)
		if tokens[to] == nil {
			order = append(order, to)
		}
		tokens[to] = append(tokens[to], d.tokenName(a, uint32(slot&(maxNumber-1))))
	}
	for _, to := range order {
		fmt.Fprintf(d.w, "\t%s -> %s [label=%s]\n", from, d.dotTarget(a, to), dotText(strings.Join(tokens[to], " | ")))
	}
}

// dotTarget returns the name of the box that a ref leads to. Leaves of one rule
// are one box.
func (d *describer) dotTarget(a area, r ref) string {
	switch {
	case r.isLeaf():
		return dotText(d.refName(a, r))
	case r.isGroup():
		return dotText(fmt.Sprintf("group of %d rules", le32(d.m.record(areaPrograms, r.program()), programCount)))
	case a == areaFoldNodes:
		return fmt.Sprint("folded", r.unit())
	}
	return fmt.Sprint("node", r.unit())
}

// dotText quotes a text for dot, which knows no escapes but these two.
func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
