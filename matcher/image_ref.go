package matcher

// A ref says in 36 bits what an edge leads to: a node, or a leaf, behind which
// nothing can follow.
//
//	        node                     leaf
//	35      it has an answer: of the rules that end here one decides against all
//	        that ended before
//	34      it has ends: the rules that end here, unless they are the answer alone
//	33      stop: no rule behind changes the answer any more; set in leaves, too
//	32-30   window                   kind
//	29      1                        0
//	28      64 - size class          27-0 value: a rule, or an index
//	23-0    unit of its first slot
//
// The unit before a node's first slot holds its answer, if it has one; and the
// unit before that its ends, if it has any. A leaf where several rules end, or
// one beside the answer, has a unit in the same way, but no slots: it has bit 35
// or 34.
type ref uint64

const (
	refAnswer ref = 1 << 35
	refEnds   ref = 1 << 34
	refStop   ref = 1 << 33
	refNode   ref = 1 << 29
	refBits       = 36

	windowBit  = 30
	windowBits = 3 // a window begins windowStep bits below the one before, from the top of the hash
	windowStep = 1 << windowBits
	numWindows = 1 << windowBits
	sizeBit    = 24
	maxClass   = 22
	unitBits   = 24
	maxUnits   = 1 << unitBits

	kindBit  = 30
	maxRules = 1 << 28
)

// Kinds of leaves. From 1 to 4 they are decisions: a rule ends here, and it is
// the answer.
const (
	kindRule  = 0 // a rule ends here, and changes nothing; or an index
	kindTail  = 5 // one rule is left, and is the answer if it matches: an index in tails
	kindWeak  = 6 // the same, but the rule changes nothing
	kindGroup = 7 // a group; behind first tokens only. As ends: a list of rules
)

func leafRef(kind int, value uint32) ref { return refStop | ref(kind)<<kindBit | ref(value) }

// nodeRef returns the ref of a node without answer, ends or stop.
func nodeRef(class, window, unit int) ref {
	return refNode | ref(window)<<windowBit | ref(32-class)<<sizeBit | ref(unit)
}

func (r ref) isLeaf() bool  { return r&refNode == 0 }
func (r ref) kind() int     { return int(r >> kindBit & 7) }
func (r ref) value() uint32 { return uint32(r & (maxRules - 1)) }
func (r ref) class() int    { return 64 - int(r>>sizeBit&63) }
func (r ref) unit() uint32  { return uint32(r & (maxUnits - 1)) }

// home returns the unit of the slot that a hash names in a node.
func (r ref) home(hash uint64) uint32 {
	window := hash << (r >> (windowBit - windowBits) & ((numWindows - 1) << windowBits))
	return r.unit() + uint32(window>>(r>>sizeBit&63))
}

// inPlace reports whether a ref is a leaf that is all there is to say, and has
// no unit.
func (r ref) inPlace() bool { return r&(refNode|refAnswer|refEnds) == 0 }

// endsUnit returns the unit that holds the ends of a node that has them.
func (r ref) endsUnit() uint32 { return r.unit() - 1 - uint32(r/refAnswer&1) }

// A slot is an edge: a token and a ref. An empty slot, and one that holds an
// answer or ends, has token 0, which no token of a command is equal to.
//
//	63-28   ref
//	27      more: an edge may be in the next slot although its hash names this one
//	26-22   tag: the lowest bits of the token's hash
//	21-0    the token's number
const (
	slotRef   = 64 - refBits
	slotMore  = 1 << 27
	slotTag   = 22
	tagMask   = 31
	maxNumber = 1 << slotTag
)

func slotOf(number uint32, hash uint64, to ref) uint64 {
	return uint64(to)<<slotRef | hash&tagMask<<slotTag | uint64(number)
}

// tagged reports whether a slot has the tag of a hash.
func tagged(slot, hash uint64) bool { return (slot>>slotTag^hash)&tagMask == 0 }
