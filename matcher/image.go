package matcher

import (
	"math/bits"
	"slices"
)

// The image answers one question: of all rules whose pattern a command starts
// with, which one decides? Trying every rule costs time by the number of rules;
// so the rules of a program are compiled into a graph that the command's tokens
// are walked along, one edge a token.
//
//	0  git              allow         node: git        answer rule 0
//	1  git push         prompt          push ........> node: git push
//	2  git push -f|-F   forbidden     node: git push   answer rule 1
//	                                    -f, -F ......> leaf: rule 2
//
// "git push -n" ends in the second node, because it has no edge for -n: prompt,
// rule 1. The node says that its rule decides against all before, so the walk
// has to remember no more than the last node that did. Package compiler/graph
// makes the graph and says how it is kept small. Here it is bytes.
//
//   - A token is hashed once, with one multiplication, from its first and its last
//     8 bytes (image_token.go).
//   - A look-up reads one slot, never a second one: all nodes share one array, and
//     a word for each few edges of a node, their displacement, says where in it they
//     are, such that no two edges of all meet (image_node.go, image_pack.go). So
//     there is no loop whose end a processor would have to guess, hardly a slot is
//     empty, and no command can make a look-up longer.
//   - A node has no header. What there is to know of it in advance, how many
//     displacements it has, whether rules end there and whether any behind can
//     matter, is in the refs that lead to it, so that the next slot can be loaded as
//     soon as the one before is there (image_ref.go).
//   - A slot is nothing but what it leads to and its token's number. Whether it is
//     the right one is told by the record of that token. Up to 15 bytes a token is
//     its record, behind zeros and its length, so that two masks make the one of the
//     other; four records are a cache line.
//   - Where one rule is left, the rest of its pattern is a list of tokens, a tail.
//     Most rules end in one, and it takes 3 bytes a token (image_tail.go).
//
// One graph serves both questions, which rule decides and which rules match:
// nothing is left out of it, and refs say where the answer cannot change any more.
// A second graph for the first question, of the rules that can decide, would have
// a third of the edges, but no cache line less on the way to an answer.
//
// What was tried before, with the time of a decision at 1,000 and 100,000 rules,
// relative to this layout, and bytes a rule at 100,000:
//
//	1.0  1.0   34  this
//	1.0  1.0   51  a table for each node, of a power of two slots, and for four slots a
//	               byte, the turn, that says which bits of a hash name one of them
//	1.1  1.0   50  a tag of the hash in each slot, keys made by shifts
//	1.2  1.0   60  linear probing, tables half full, eight windows of the hash
//	1.3  1.0   65  the same without windows
//	1.2  1.1  110  the same, tables an eighth full
//	2.0  2.1   76  nodes with headers, records of 32 bytes, rules apart for the matches
//
// A decision takes two and a half to three times as long as looking at the tokens (package
// bench/limit) up to 10,000 rules, five times at 100,000; bench/RESULTS.md has what was
// measured last. Where it goes, per command: 256 instructions, where the limit has 118;
// 2.3 branches that a simple predictor misses, most of them where the walk ends, and
// 0.8 of the limit's; at 10,000 rules 7 lines that are not in a first cache of 48 KB,
// 3.5 of the limit's, which are the command's own; at 100,000 rules 5.6 that are not in
// a second one of 1 MB. A processor knows commands that come again in the same order,
// as those of a benchmark do, and guesses most branches; then instructions count, and
// one that is saved is worth more than a branch: masks in place of branches in tails,
// a test for slashes without a loop, and one way for short tokens of all lengths in
// the safe build, made nothing faster. At 100,000 rules most of
// the time is lines: each token takes a displacement, a slot and a record, none of
// which is near another, and where each is follows from the one before. The limit has
// its records in a row.
//
// What did not help either: a walk in assembly that looks up two tokens without any
// branch and takes tails along; tags, which let a walk end without a record; the node
// of program names in an array of its own; the records of these names, or of the tokens
// that most edges have, before all others; the length of a token in keyMasks.
//
// Of the 34 bytes a rule at 100,000 rules 17 are slots, 2 displacements and 1.4 marks,
// 7.5 tails, 6 tokens and their text. Compressed by itself, an image takes 27 bytes a rule;
// a compressed artifact has it in columns, which take less (columns.go). What rules are in
// all, in an order that leaves nothing to be said about where edges are, is about 12
// bytes; then the image would have to be built whenever it is opened.
//
// The rare program whose rules overlap so much that its graph would outgrow them
// is a group, a matrix of bits instead of a graph: see image_group.go. Canonical
// rules are a second such world: a class of first tokens that are caselessly
// equal leads to one program for each of its spellings, whose graph has one token
// for all spellings of an argument, hashed by its folded form and compared with
// caseless.Equal. Spellings are kept apart since the reference orders matches by
// them and gates them by their host lists one by one.
//
// OpenImage proves once that no walk can leave the image (image_node_check.go).
// FORMAT.md has the tables.

// imageVersion is the version of the layout, the one that is written and read.
const imageVersion = 2

const imageMagic = "RIMG"

// Offsets of fields in the image's header: 4 bytes, refs 8.
const (
	imgMagic       = 0
	imgVersion     = 4
	imgSeed        = 8  // of the token hash
	imgReach       = 12 // how many middle words of long tokens are hashed
	imgRules       = 16 // rule ids are below this
	imgFolding     = 20 // foldingTables if there are canonical rules, else 0
	imgExactGroups = 24 // how many groups are of exact rules; the others are of spellings
	imgStrictest   = 28 // the first of all rules in order of precedence: decision in bits 30-28, id below; 0 if there are none
	imgRowWords    = 32 // see RowWords
	imgTags        = 36 // which bits of an alternative are its tag
	imgRoot        = 40 // ref of the node of program names
	imgClassRoot   = 48 // ref of the node of classes
	imgHostRoot    = 56 // ref of the node of host list names
	imgAreas       = 64 // offset and count of each area
	imgHeader      = imgAreas + 8*int(numAreas)
)

// foldingTables names the tables of package caseless, whose hashes are in the
// image: folding of Unicode 16, normalisation of Unicode 17.
const foldingTables = 16<<8 | 17

// An area is an array of records of one kind.
type area int

const (
	areaTokens                 area = iota // token records; number 0 is not used
	areaNodes                              // nodes of exact rules, in units
	areaDisplacements                      // displacements of these
	areaTails                              // what is left of exact rules
	areaEnds                               // lists of rules that end in one place
	areaFolds                              // folded tokens; number 0 is not used
	areaFoldNodes                          // nodes of canonical rules
	areaFoldDisplacements                  // displacements of these
	areaFoldTails                          // what is left of canonical rules
	areaClassNodes                         // the one node of classes
	areaClassDisplacements                 // displacements of these
	areaHostNodes                          // the one node of host list names
	areaHostDisplacements                  // displacements of these
	areaSpellings                          // programs of canonical rules
	areaClasses                            // classes of spellings
	areaGroups                             // groups: those of exact rules, then those of spellings
	areaBlocks                             // parts of groups
	areaPositions                          // positions of blocks
	areaRows                               // rules of a block, in units
	areaBlockNodes                         // nodes of positions, exact rules
	areaBlockDisplacements                 // displacements of these
	areaFoldBlockNodes                     // nodes of positions, canonical rules
	areaFoldBlockDisplacements             // displacements of these
	areaOrder                              // rules of groups in order of precedence
	areaHosts                              // host lists
	areaPaths                              // paths of host lists
	areaFoldText
	areaText
	numAreas
)

// areaShape is the name, the size of a record and the alignment of each area.
var areaShape = [numAreas]struct {
	name        string
	size, align int
}{
	areaTokens:                 {"tokens", tokenSize, 64},
	areaNodes:                  {"nodes", 8, 64},
	areaDisplacements:          {"displacements", 4, 4},
	areaTails:                  {"tails", tailWord, 1},
	areaEnds:                   {"ends", 4, 4},
	areaFolds:                  {"folds", 8, 8},
	areaFoldNodes:              {"fold nodes", 8, 8},
	areaFoldDisplacements:      {"fold displacements", 4, 4},
	areaFoldTails:              {"fold tails", tailWord, 1},
	areaClassNodes:             {"class node", 8, 8},
	areaClassDisplacements:     {"class displacements", 4, 4},
	areaHostNodes:              {"host node", 8, 8},
	areaHostDisplacements:      {"host displacements", 4, 4},
	areaSpellings:              {"spellings", 24, 8},
	areaClasses:                {"classes", 8, 8},
	areaGroups:                 {"groups", 8, 8},
	areaBlocks:                 {"blocks", 16, 8},
	areaPositions:              {"positions", 8, 8},
	areaRows:                   {"rows", 8, 8},
	areaBlockNodes:             {"block nodes", 8, 8},
	areaBlockDisplacements:     {"block displacements", 4, 4},
	areaFoldBlockNodes:         {"fold block nodes", 8, 8},
	areaFoldBlockDisplacements: {"fold block displacements", 4, 4},
	areaOrder:                  {"order", 4, 4},
	areaHosts:                  {"hosts", 8, 4},
	areaPaths:                  {"paths", 8, 4},
	areaFoldText:               {"folded text", 1, 1},
	areaText:                   {"text", 1, 1},
}

// MaxPattern bounds the number of tokens in a pattern.
const MaxPattern = 1<<21 - 1

// An Image answers what the rules in it say of a command. It is immutable and
// safe for concurrent use; it aliases the bytes it was opened on, which must
// not change and must stay mapped as long as it is used.
type Image struct {
	hash      hashing
	root      ref
	canonical bool   // there are canonical rules
	plain     bool   // there are none, long tokens are hashed like others, and all of it is proved
	slots     uint32 // of areaNodes
	tags      uint32
	areas     [numAreas][]byte

	bytes       []byte
	rules       uint32
	exactGroups uint32
	strictest   uint32
	rowWords    uint32
	classes     ref
	hosts       ref
	foldText    string // a copy: comparing folded text takes strings
}

// record returns record i of an area.
func (m *Image) record(a area, i uint32) []byte {
	size := areaShape[a].size
	return m.areas[a][int(i)*size : (int(i)+1)*size]
}

func (m *Image) count(a area) uint32 { return uint32(len(m.areas[a]) / areaShape[a].size) }

// Rules returns how many rules the image was compiled from; rule ids are below.
func (m *Image) Rules() int { return int(m.rules) }

// RowWords bounds what a decision costs where rules overlap so much that they are
// tried as sets: it is how many words of such sets are read at most for each token
// of a command, and 0 if there are no such rules. Everything else takes one look-up
// a token, which reads one slot, or compares with at most MaxTailWidth alternatives;
// and no command has more tokens looked at than the longest pattern has.
func (m *Image) RowWords() int { return int(m.rowWords) }

// AppendImage appends the image of a draft. It is an error if the draft is
// larger than the format can say; of a draft that breaks the rules above
// nothing is promised.
func AppendImage(dst []byte, d *Draft) ([]byte, error) {
	for seed := uint32(0); ; seed++ {
		e := newEncoder(d, seed)
		switch err := e.encode(); {
		case err == errAlike && e.hash.seed < maxSeed:
			seed = e.hash.seed
		case err != nil:
			return nil, err
		default:
			return e.append(dst)
		}
	}
}

// maxSeed is the last seed that is tried. That hashes under one are too much alike
// happens once in hundreds of images; under all it was made to happen.
const maxSeed = 64

// errAlike is the error of tokens whose hashes are too much alike.
var errAlike error = &limitError{"tokens made to have like hashes", 2, 1}

// OpenImage checks the image in b, which may be anything, and returns it ready
// to use. The image aliases b. Errors are *FormatError and name the offset of
// what is wrong.
//
// After this no index read from the image needs another check: a forged image
// may give wrong answers, but cannot make a walk leave it or run on for ever.
func OpenImage(b []byte) (*Image, error) {
	m := new(Image)
	if err := m.Open(b); err != nil {
		return nil, err
	}
	return m, nil
}

// Open is [OpenImage] for an image that is a part of something else. After an
// error nobody may use m.
func (m *Image) Open(b []byte) error {
	if err := m.openHeader(b); err != nil {
		return err
	}
	v := validator{m: m}
	if err := v.contents(); err != nil {
		return err
	}
	m.plain = !m.canonical && m.hash.reach == 0
	return nil
}

// openHeader looks at the header, and nothing else.
func (m *Image) openHeader(b []byte) error {
	*m = Image{bytes: b}
	v := validator{m: m}
	if err := v.header(); err != nil {
		return err
	}
	m.foldText = string(m.areas[areaFoldText])
	m.slots = m.count(areaNodes)
	m.canonical = m.count(areaClasses) > 0
	return nil
}

func newEncoder(d *Draft, seed uint32) *encoder {
	numbers := bits.Len(uint(len(d.Tokens)))
	return &encoder{
		draft:  d,
		hash:   hashing{seed: seed},
		exact:  world{nodes: areaNodes, tails: areaTails, blockNodes: areaBlockNodes, tags: tailNumber >> numbers << numbers},
		folded: world{nodes: areaFoldNodes, tails: areaFoldTails, blockNodes: areaFoldBlockNodes},
	}
}

type limitError struct {
	what      string
	have, max int
}

func (e *limitError) Error() string {
	return sprintf("the policy is too large for an image: it has %d %s, the limit is %d", e.have, e.what, e.max)
}

// An encoder fills the areas one after the other; the files beside this one have
// its methods next to those of the validator.
type encoder struct {
	draft *Draft
	areas [numAreas][]byte
	hash  hashing

	packings [numAreas]packing // of areas of nodes

	exact, folded world
	rows          map[string]uint32 // index of what is there already

	root, classes, hosts  ref
	exactGroups, rowWords uint32
}

func (e *encoder) put32(a area, values ...uint32) {
	for _, v := range values {
		e.areas[a] = append32(e.areas[a], v)
	}
}

func (e *encoder) put64(a area, values ...uint64) {
	for _, v := range values {
		e.areas[a] = append64(e.areas[a], v)
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
		{"different tokens", max(len(d.Tokens), len(d.Folds)), maxNumber - 1},
	} {
		if limit.have > limit.max {
			return &limit
		}
	}
	e.rows = make(map[string]uint32)
	if err := e.tokens(); err != nil {
		return err
	}
	e.folds()
	if err := e.graphs(); err != nil {
		return err
	}
	if err := e.hostLists(); err != nil {
		return err
	}
	for _, a := range []area{areaNodes, areaFoldNodes, areaClassNodes, areaHostNodes, areaBlockNodes, areaFoldBlockNodes} {
		if err := e.place(a); err != nil {
			return err
		}
	}
	for _, a := range []area{areaTails, areaFoldTails, areaEnds, areaRows} {
		if n := e.count(a); n > maxValues {
			return &limitError{"records of " + areaShape[a].name, int(n), maxValues}
		}
	}
	return nil
}

// append appends the header and the areas behind it.
func (e *encoder) append(dst []byte) ([]byte, error) {
	for a := range e.areas {
		if len(e.areas[a]) > maxSize[SectionHot-1] {
			return nil, &limitError{"bytes of " + areaShape[a].name, len(e.areas[a]), maxSize[SectionHot-1]}
		}
	}
	size := imgHeader
	var offsets [numAreas]int
	for a, area := range e.areas {
		offsets[a] = alignUp(size, areaShape[a].align)
		size = offsets[a] + len(area)
	}
	if size > maxSize[SectionHot-1] {
		return nil, &limitError{"bytes of image", size, maxSize[SectionHot-1]}
	}
	base := len(dst)
	dst = append(slices.Grow(dst, size), make([]byte, imgHeader)...)
	for a, area := range e.areas {
		dst = append(dst, make([]byte, base+offsets[a]-len(dst))...)
		dst = append(dst, area...)
	}
	header := dst[base : base : base+imgHeader]
	header = append(header, imageMagic...)
	folding := uint32(0)
	if len(e.draft.Spellings) > 0 {
		folding = foldingTables
	}
	strictest := e.draft.Strictest
	for _, v := range []uint32{
		imageVersion, e.hash.seed, e.hash.reach, uint32(e.draft.Rules), folding, e.exactGroups,
		uint32(strictest.Decision)<<headDecision | strictest.Rule, e.rowWords, e.exact.tags,
	} {
		header = append32(header, v)
	}
	for _, r := range []ref{e.root, e.classes, e.hosts} {
		header = append64(header, uint64(r))
	}
	for a := range e.areas {
		header = append32(header, uint32(offsets[a]))
		header = append32(header, e.count(area(a)))
	}
	return dst, nil
}

func alignUp(n, align int) int { return (n + align - 1) &^ (align - 1) }

// A validator checks an image once, record by record, in time linear in its
// size.
type validator struct {
	m *Image

	rows bitSet // where rows begin

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
			Reason: sprintf("the image has layout %d, this version reads %d", le32(b, imgVersion), imageVersion),
		}
	}
	m.hash = newHashing(le32(b, imgSeed), le32(b, imgReach))
	m.rules, m.exactGroups, m.strictest = le32(b, imgRules), le32(b, imgExactGroups), le32(b, imgStrictest)
	m.rowWords, m.tags = le32(b, imgRowWords), le32(b, imgTags)
	m.root, m.classes, m.hosts = ref(le64(b, imgRoot)), ref(le64(b, imgClassRoot)), ref(le64(b, imgHostRoot))
	if m.rules >= maxRules {
		return v.bad(imgRules, "%d rules, the limit is %d", m.rules, maxRules-1)
	}
	if m.rules == 0 && m.strictest != 0 || m.rules > 0 && !m.isDecision(m.strictest) {
		return v.bad(imgStrictest, "%#x is no decision of a rule", m.strictest)
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
	for _, check := range []func() error{v.tokens, v.folds, v.rowsAt, v.groups, v.spellings, v.ends, v.tails, v.graphs, v.hostLists} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// headDecision is where, in a word with a rule's id, its decision is.
const headDecision = 28

// isDecision reports whether a word is a rule's decision in bits 30-28 and its id
// below.
func (m *Image) isDecision(word uint32) bool {
	d := Decision(word >> headDecision)
	return Allow <= d && d <= Forbidden && word&(1<<headDecision-1) < m.rules
}

// within reports whether count items from first on are among the first limit.
func within(first, count uint32, limit int) bool {
	return uint64(first)+uint64(count) <= uint64(limit)
}
