package matcher

// A ref says in 33 bits what an edge leads to: a node, or a leaf, behind which
// nothing can follow.
//
//	        node                     leaf
//	32-9    unit of its first slot   value: a rule, an index or a unit
//	8       answer: of the rules that end here one decides against all that ended
//	        before
//	7       ends: rules end here, and not just the answer
//	6       stop: no rule behind changes the answer any more; set in leaves, too
//	5       1                        0
//	4-0     64 - size class          kind
//
// What stands before a node's first slot, the nearest first: its answer, if it
// has one; its ends, if it has any; and without a stop the strictest rule behind.
// Each takes a unit. A leaf where several rules end, or one beside the answer, has
// units in the same way, but no slots.
type ref uint64

const (
	refAnswer ref = 1 << 8
	refEnds   ref = 1 << 7
	refStop   ref = 1 << 6
	refNode   ref = 1 << 5
	refBits       = 33

	sizeMask  = 63 // with refNode: how far the hash is shifted
	maxClass  = 22
	kindMask  = 31
	valueBit  = 9
	maxValues = 1 << (refBits - valueBit)
	maxRules  = maxValues
	maxUnits  = maxValues
)

// Kinds of leaves. From 1 to 4 they are decisions: a rule ends here, and it is
// the answer.
const (
	kindRule  = 0 // a rule ends here, and changes nothing; or an index
	kindTail  = 5 // one rule is left, and is the answer if it matches: an index in tails
	kindWeak  = 6 // the same, but the rule changes nothing
	kindGroup = 7 // a group; behind first tokens only. As ends: a list of rules
	kindUnit  = 8 // several rules end here

	kindBehind = 16 // plus a decision: of the rules behind a node the first by precedence; before nodes only
)

func leafRef(kind int, value uint32) ref {
	r := refStop | ref(kind) | ref(value)<<valueBit
	if int(Allow) <= kind && kind <= int(Forbidden) {
		r |= refAnswer
	}
	return r
}

// nodeRef returns the ref of a node without answer, ends or stop.
func nodeRef(class, unit int) ref { return refNode | ref(32-class) | ref(unit)<<valueBit }

func (r ref) isLeaf() bool  { return r&refNode == 0 }
func (r ref) kind() int     { return int(r & kindMask) }
func (r ref) value() uint32 { return uint32(r >> valueBit) }
func (r ref) unit() uint32  { return uint32(r >> valueBit) }
func (r ref) class() int    { return 64 - int(r&sizeMask) }

// inPlace reports whether a ref is a leaf that is all there is to say, and has
// no unit.
func (r ref) inPlace() bool { return r&(refNode|kindUnit) == 0 }

// endsUnit returns the unit that holds the ends of a node that has them.
func (r ref) endsUnit() uint32 { return r.unit() - 1 - uint32(r/refAnswer&1) }

// behindUnit returns the unit that holds the strictest rule behind a node without
// a stop.
func (r ref) behindUnit() uint32 { return r.endsUnit() - uint32(r/refEnds&1) }

// A slot is an edge: a token and a ref. An empty slot, and one that holds an
// answer or ends, has token 0, which no token of a command is equal to.
//
//	63-31   ref
//	30-8    the token's number
//	7-0     tag: the lowest byte of the token's hash
const (
	slotRef   = 64 - refBits
	slotToken = 8
	maxNumber = 1 << 22
)

func slotOf(number uint32, hash uint64, to ref) uint64 {
	return uint64(to)<<slotRef | uint64(number)<<slotToken | hash&0xff
}

// tokenOf returns the number of a slot's token.
func tokenOf(slot uint64) uint32 { return uint32(slot>>slotToken) % (2 * maxNumber) }
