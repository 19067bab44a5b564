package matcher

import (
	"encoding/binary"
	"fmt"
)

// The image answers one question: of all rules whose pattern a command starts
// with, which one decides? Trying every rule costs time by the number of rules;
// so the rules of a program are compiled into a graph that the command's tokens
// are walked along, one edge a token. The node that the walk ends in holds the
// best answer reached on any way to it, so nothing has to be remembered.
//
//	0  git              allow         node 2: git    answer rule 0, 1 token
//	1  git push         prompt          push ......> node 1
//	2  git push -f|-F   forbidden     node 1: git push   answer rule 1, 2 tokens
//	                                    -f, -F ....> leaf: rule 2, 3 tokens
//
// "git push -n" ends in node 1, because it has no edge for -n: prompt, rule 1.
// Package compiler/graph makes the graph; what it leaves out and how it keeps
// it small is said there. Here it is bytes. All that a step along an edge needs
// is meant to lie on few cache lines and to cost few branches:
//
//   - Every token of the rules is stored once, in a record of fixed size with
//     the bytes that tell most tokens apart, and has a number. Tokens of up to
//     24 bytes are compared without looking anywhere else.
//   - A node is a header of 8 bytes and a hash table of 8-byte slots behind it:
//     an 8-bit tag of the hash, the token's number and where the edge leads.
//   - A token is hashed once, with one multiplication. Each node takes the bits
//     it needs from one of four windows of the hash, the one in which its edges
//     collide least; the longest probe is written in its header.
//   - What an edge leads to says the size and the window of the next node, so
//     that its slot can be loaded together with its header. A leaf is the answer
//     itself.
//
// Edges only lead to nodes that are stored before, so that there are no cycles
// and one pass over the nodes proves that every walk stays inside (OpenImage).
//
// Beside the graph every rule has a record with the tokens of its positions.
// They are tried one by one where all matching rules are wanted. The rare program
// whose rules overlap so much that its graph would outgrow them is a group, a
// matrix of bits instead of a graph: see image_group.go.
//
// Canonical rules are a second such world: a class of first tokens that are
// caselessly equal leads to one program for each of its spellings, whose graph
// has one token for all spellings of an argument, hashed by its folded form and
// compared with caseless.Equal. Spellings are kept apart since the reference
// orders matches by them and gates them by their host lists one by one.
//
// FORMAT.md has the tables.

// imageVersion is the version of the layout, the one that is written and read.
const imageVersion = 1

const imageMagic = "RIMG"

// Offsets of fields in the image's header. All are 4 bytes.
const (
	imgMagic     = 0
	imgVersion   = 4
	imgSeed      = 8  // of the token hash
	imgReach     = 12 // how many middle words of long tokens are hashed
	imgRules     = 16 // rule ids are below this
	imgFolding   = 20 // foldingTables if there are canonical rules, else 0
	imgRoot      = 24 // ref of the node of program names
	imgClassRoot = 28 // ref of the node of classes
	imgHostRoot  = 32 // ref of the node of host list names
	imgExact     = 36 // how many programs have exact rules; the others are spellings
	imgAreas     = 40 // offset and count of each area
	imgHeader    = imgAreas + 8*int(numAreas)
)

// foldingTables names the tables of package caseless, whose hashes are in the
// image: folding of Unicode 16, normalisation of Unicode 17.
const foldingTables = 16<<8 | 17

// An area is an array of records of one kind.
type area int

const (
	areaTokens         area = iota // token records; number 0 is not used
	areaNodes                      // nodes of exact rules, in units
	areaFolds                      // folded tokens; number 0 is not used
	areaFoldNodes                  // nodes of canonical rules
	areaClassNodes                 // the one node of classes
	areaHostNodes                  // the one node of host list names
	areaPrograms                   // programs: exact ones, then spellings
	areaClasses                    // classes of spellings
	areaRules                      // rules, program by program
	areaSpots                      // what a rule's positions hold
	areaSets                       // alternatives
	areaBlocks                     // parts of groups
	areaPositions                  // positions of blocks
	areaRows                       // rules of a block, in units
	areaBlockNodes                 // nodes of positions, exact rules
	areaFoldBlockNodes             // nodes of positions, canonical rules
	areaOrder                      // rules of groups in order of precedence
	areaHosts                      // host lists
	areaPaths                      // paths of host lists
	areaFoldText
	areaText
	numAreas
)

// areaShape is the name, the size of a record and the alignment of each area.
var areaShape = [numAreas]struct {
	name        string
	size, align int
}{
	areaTokens:         {"tokens", 32, 64},
	areaNodes:          {"nodes", 8, 64},
	areaFolds:          {"folds", 8, 8},
	areaFoldNodes:      {"fold nodes", 8, 8},
	areaClassNodes:     {"class node", 8, 8},
	areaHostNodes:      {"host node", 8, 8},
	areaPrograms:       {"programs", 32, 8},
	areaClasses:        {"classes", 8, 8},
	areaRules:          {"rules", 12, 4},
	areaSpots:          {"spots", 4, 4},
	areaSets:           {"sets", 8, 8},
	areaBlocks:         {"blocks", 16, 8},
	areaPositions:      {"positions", 8, 8},
	areaRows:           {"rows", 8, 8},
	areaBlockNodes:     {"block nodes", 8, 8},
	areaFoldBlockNodes: {"fold block nodes", 8, 8},
	areaOrder:          {"order", 4, 4},
	areaHosts:          {"hosts", 8, 4},
	areaPaths:          {"paths", 8, 4},
	areaFoldText:       {"folded text", 1, 1},
	areaText:           {"text", 1, 1},
}

// A ref says where an edge leads: nowhere (0), to a node, to a group, or to a
// leaf, which is an answer.
//
//	31      leaf
//	30-28   leaf: decision     27-0   leaf: rule id (in the nodes of classes and
//	                                  hosts: decision 0 and an index)
//	30-26   size class: the node has 1<<class slots; groupClass: a group
//	25-24   node: window       23-0   node: unit that its header is at
//	25-0    group: program
type ref uint32

const (
	refLeaf       = 1 << 31
	decisionShift = 28
	maxRules      = 1 << decisionShift

	classShift  = 26
	groupClass  = 31
	maxClass    = 23
	windowShift = 24
	numWindows  = 4
	windowStep  = 10 // window w begins at bit w*windowStep of the hash
	maxUnits    = 1 << windowShift
	maxPrograms = 1 << classShift
)

func leafRef(d Decision, rule uint32) ref { return refLeaf | ref(d)<<decisionShift | ref(rule) }
func groupRef(program int) ref            { return groupClass<<classShift | ref(program) }
func nodeRef(class, window, unit int) ref {
	return ref(class)<<classShift | ref(window)<<windowShift | ref(unit)
}

func (r ref) isLeaf() bool       { return r&refLeaf != 0 }
func (r ref) isGroup() bool      { return r>>classShift == groupClass }
func (r ref) decision() Decision { return Decision(r >> decisionShift & 7) }
func (r ref) index() uint32      { return uint32(r & (maxRules - 1)) }
func (r ref) program() uint32    { return uint32(r & (maxPrograms - 1)) }
func (r ref) class() uint32      { return uint32(r >> classShift & 31) }
func (r ref) window() uint32     { return uint32(r >> windowShift & (numWindows - 1)) }
func (r ref) unit() uint32       { return uint32(r & (maxUnits - 1)) }

// A node's header is its answer, a leaf's ref or 0, and the node's shape:
//
//	31-28   longest probe run, 0 if it is longer than 15
//	27-26   window     25-21   size class, both as in refs to the node
//	20-0    tokens of the answer's pattern
const (
	shapeProbe  = 28
	shapeWindow = 26
	shapeClass  = 21

	// MaxPattern bounds the number of tokens in a pattern.
	MaxPattern = 1<<shapeClass - 1
)

// A slot is a ref in its upper half, an 8-bit tag, the top of the hash, and a
// token's number. An empty slot is 0.
const (
	slotTag   = 24
	slotRef   = 32
	tagShift  = 56 // of the hash
	maxNumber = 1 << slotTag
)

// Fields of the records.
const (
	tokenFirst = 0
	tokenLast  = 8
	tokenMid   = 16
	tokenLen   = 24
	tokenText  = 28

	foldText = 0
	foldLen  = 4

	programGraph    = 0
	programRules    = 4
	programCount    = 8
	programBlock    = 12 // index of the first block of a group
	programBlocks   = 16 // how many blocks it has; 0 if the program is no group
	programHost     = 20 // spellings: 1 + index of the list under the same name
	programNameText = 24 // spellings
	programNameLen  = 28

	ruleID    = 0
	ruleShape = 4 // decision in bits 31-24, tokens in bits 20-0
	ruleSpots = 8

	decisionByte = 24

	spotSet = 1 << 31 // a spot is a token's number, or spotSet and the index of a set
)

// An Image answers what the rules in it say of a command. It is immutable and
// safe for concurrent use; it aliases the bytes it was opened on, which must
// not change and must stay mapped as long as it is used.
type Image struct {
	bytes []byte
	areas [numAreas][]byte

	hash     hashing
	rules    uint32
	exact    uint32
	root     ref
	classes  ref
	hosts    ref
	foldText string // a copy: comparing folded text takes strings
}

func le32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
func le64(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }

// record returns record i of an area.
func (m *Image) record(a area, i uint32) []byte {
	size := areaShape[a].size
	return m.areas[a][int(i)*size : (int(i)+1)*size]
}

func (m *Image) count(a area) uint32 { return uint32(len(m.areas[a]) / areaShape[a].size) }

// Rules returns how many rules the image was compiled from; rule ids are below.
func (m *Image) Rules() int { return int(m.rules) }

// AppendImage appends the image of a draft. It is an error if the draft is
// larger than the format can say; of a draft that breaks the rules above
// nothing is promised.
func AppendImage(dst []byte, d *Draft) ([]byte, error) {
	e := encoder{draft: d}
	if err := e.encode(); err != nil {
		return nil, err
	}
	return e.append(dst)
}

// OpenImage checks the image in b, which may be anything, and returns it ready
// to use. The image aliases b. Errors are *FormatError and name the offset of
// what is wrong.
//
// After this no index read from the image needs another check: a forged image
// may give wrong answers, but cannot make a walk leave it or run on for ever.
func OpenImage(b []byte) (*Image, error) {
	m := &Image{bytes: b}
	v := validator{m: m}
	if err := v.header(); err != nil {
		return nil, err
	}
	if err := v.contents(); err != nil {
		return nil, err
	}
	m.foldText = string(m.areas[areaFoldText])
	return m, nil
}

type limitError struct {
	what      string
	have, max int
}

func (e *limitError) Error() string {
	return fmt.Sprintf("the policy is too large for an image: it has %d %s, the limit is %d", e.have, e.what, e.max)
}

// An encoder fills the areas one after the other; the files beside this one have
// its methods next to those of the validator.
type encoder struct {
	draft *Draft
	areas [numAreas][]byte
	hash  hashing

	tokenHash, foldHash []uint64          // of Tokens and Folds
	sets, rows          map[string]uint32 // index of what is there already

	root, classes, hosts ref
}

func (e *encoder) put32(a area, values ...uint32) {
	for _, v := range values {
		e.areas[a] = binary.LittleEndian.AppendUint32(e.areas[a], v)
	}
}

func (e *encoder) put64(a area, values ...uint64) {
	for _, v := range values {
		e.areas[a] = binary.LittleEndian.AppendUint64(e.areas[a], v)
	}
}

func (e *encoder) putText(a area, text string) (offset uint32) {
	offset = uint32(len(e.areas[a]))
	e.areas[a] = append(e.areas[a], text...)
	return offset
}

// count returns how many records an area has so far.
func (e *encoder) count(a area) uint32 { return uint32(len(e.areas[a]) / areaShape[a].size) }

func (e *encoder) encode() error {
	d := e.draft
	for _, limit := range []limitError{
		{"rules", d.Rules, maxRules - 1},
		{"programs", len(d.Programs) + len(d.Spellings), maxPrograms - 1},
		{"different tokens", max(len(d.Tokens), len(d.Folds)), maxNumber - 2},
	} {
		if limit.have > limit.max {
			return &limit
		}
	}
	e.sets, e.rows = make(map[string]uint32), make(map[string]uint32)
	e.tokens()
	e.folds()
	if err := e.graphs(); err != nil {
		return err
	}
	return e.hostLists()
}

// append appends the header and the areas behind it.
func (e *encoder) append(dst []byte) ([]byte, error) {
	for a := range e.areas {
		if len(e.areas[a]) > maxSize[SectionHot-1] {
			return nil, &limitError{"bytes of " + areaShape[a].name, len(e.areas[a]), maxSize[SectionHot-1]}
		}
	}
	base := len(dst)
	dst = append(dst, make([]byte, imgHeader)...)
	var offsets [numAreas]int
	for a, area := range e.areas {
		dst = append(dst, make([]byte, alignUp(len(dst)-base, areaShape[a].align)-(len(dst)-base))...)
		offsets[a] = len(dst) - base
		dst = append(dst, area...)
	}
	if len(dst)-base > maxSize[SectionHot-1] {
		return nil, &limitError{"bytes of image", len(dst) - base, maxSize[SectionHot-1]}
	}
	header := dst[base : base : base+imgHeader]
	header = append(header, imageMagic...)
	folding := uint32(0)
	if len(e.draft.Spellings) > 0 {
		folding = foldingTables
	}
	for _, v := range []uint32{
		imageVersion, e.hash.seed, e.hash.reach, uint32(e.draft.Rules), folding,
		uint32(e.root), uint32(e.classes), uint32(e.hosts), uint32(len(e.draft.Programs)),
	} {
		header = binary.LittleEndian.AppendUint32(header, v)
	}
	for a := range e.areas {
		header = binary.LittleEndian.AppendUint32(header, uint32(offsets[a]))
		header = binary.LittleEndian.AppendUint32(header, e.count(area(a)))
	}
	return dst, nil
}

func alignUp(n, align int) int { return (n + align - 1) &^ (align - 1) }

// A validator checks an image once, record by record, in time linear in its
// size.
type validator struct {
	m *Image

	exactSets, foldSets bitSet // where sets of these tokens begin
	rows                bitSet // where rows begin

	nextBlock, nextOrder, nextPosition uint32 // of the next group
}

func (v *validator) bad(offset int, format string, args ...any) error {
	return damagedf(SectionHot, offset, format, args...)
}

// badRecord says what is wrong with record i of an area.
func (v *validator) badRecord(a area, i uint32, format string, args ...any) error {
	offset := le32(v.m.bytes, imgAreas+8*int(a)) + i*uint32(areaShape[a].size)
	return v.bad(int(offset), areaShape[a].name+": "+format, args...)
}

func (v *validator) header() error {
	m, b := v.m, v.m.bytes
	switch {
	case len(b) > maxSize[SectionHot-1]:
		return v.bad(0, "the image has %d bytes, the limit is %d", len(b), maxSize[SectionHot-1])
	case len(b) < imgHeader:
		return v.bad(len(b), "the image ends within its header of %d bytes", imgHeader)
	case string(b[:len(imageMagic)]) != imageMagic:
		return v.bad(imgMagic, "this is no image: it begins with %q, not %q", b[:len(imageMagic)], imageMagic)
	case le32(b, imgVersion) != imageVersion:
		return &FormatError{
			Section: SectionHot, Offset: imgVersion, Kind: ErrVersion,
			Reason: fmt.Sprintf("the image has layout %d, this version reads %d", le32(b, imgVersion), imageVersion),
		}
	}
	m.hash = hashing{seed: le32(b, imgSeed), reach: le32(b, imgReach)}
	m.rules = le32(b, imgRules)
	m.root, m.classes, m.hosts = ref(le32(b, imgRoot)), ref(le32(b, imgClassRoot)), ref(le32(b, imgHostRoot))
	m.exact = le32(b, imgExact)
	if m.rules >= maxRules {
		return v.bad(imgRules, "%d rules, the limit is %d", m.rules, maxRules-1)
	}
	end := imgHeader
	for a := range numAreas {
		shape, at := areaShape[a], imgAreas+8*int(a)
		begin := alignUp(end, shape.align)
		if offset := le32(b, at); uint64(offset) != uint64(begin) {
			return v.bad(at, "%s begin at %d, not at %d behind what is before", shape.name, offset, begin)
		}
		size := uint64(le32(b, at+4)) * uint64(shape.size)
		if uint64(begin)+size > uint64(len(b)) {
			return v.bad(at+4, "%s end at %d, behind the image's end at %d", shape.name, uint64(begin)+size, len(b))
		}
		if i := nonZero(b[end:begin]); i >= 0 {
			return v.bad(end+i, "padding before %s is not zero", shape.name)
		}
		end = begin + int(size)
		m.areas[a] = b[begin:end:end]
	}
	if end != len(b) {
		return v.bad(end, "%d bytes too many", len(b)-end)
	}
	return nil
}

func (v *validator) contents() error {
	for _, check := range []func() error{v.tokens, v.folds, v.sets, v.rowsAt, v.programs, v.graphs, v.hostLists} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// within reports whether count items from first on are among the first limit.
func within(first, count uint32, limit int) bool {
	return uint64(first)+uint64(count) <= uint64(limit)
}
