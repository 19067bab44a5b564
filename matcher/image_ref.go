package matcher

// A ref says what an edge leads to: a node, or a leaf, behind which nothing can
// follow.
//
//	        node                       leaf
//	63-32   unit of its first slot     value: a rule, an index or a unit
//	31-10   0; in a slot the token's number
//	9       answer: of the rules that end here one decides against all that ended
//	        before
//	8       ends: rules end here, and not just the answer
//	7       0                          rest: a tail or a group says whether a rule matches
//	6       on: a rule behind can      0
//	        change the answer
//	5       1                          0
//	5-0     64 - size class            kind
//
// What stands before a node's first slot, the nearest first: its answer, if it
// has one; its ends, if it has any; and, if it goes on, the strictest rule behind.
// Each takes a unit, which is a ref. A leaf where several rules end, or one beside
// the answer, has units in the same way, but no slots.
type ref uint64

const (
	refAnswer ref = 1 << 9
	refEnds   ref = 1 << 8
	refRest   ref = 1 << 7
	refOn     ref = 1 << 6
	refNode   ref = 1 << 5

	sizeMask  = 63 // of a node: how far the hash is shifted
	maxClass  = 22
	kindMask  = 31
	valueBit  = 32
	maxValues = 1 << 24
	maxRules  = maxValues
	maxUnits  = maxValues
)

// Kinds of leaves. From 1 to 4 they are decisions: a rule ends here, and it is
// the answer.
const (
	kindRule  = 0 // a rule ends here, and changes nothing; or an index
	kindTail  = 5 // one rule is left, and is the answer if it matches: an index in tails
	kindWeak  = 6 // the same, but the rule changes nothing
	kindGroup = 7 // a group; behind first tokens only
	kindUnit  = 8 // several rules end here

	// Before nodes only.
	kindEnds   = 9  // several rules end here: an index in ends
	kindEnd    = 10 // one rule ends here
	kindBehind = 16 // plus a decision: of the rules behind the first by precedence
)

func leafRef(kind int, value uint32) ref {
	r := ref(kind) | ref(value)<<valueBit
	switch {
	case kind == kindTail || kind == kindGroup:
		r |= refRest
	case int(Allow) <= kind && kind <= int(Forbidden):
		r |= refAnswer
	}
	return r
}

// nodeRef returns the ref of a node of which nothing else is said.
func nodeRef(class, unit int) ref { return ref(64-class) | ref(unit)<<valueBit }

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

// behindUnit returns the unit that holds the strictest rule behind a node that
// goes on.
func (r ref) behindUnit() uint32 { return r.endsUnit() - uint32(r/refEnds&1) }

// A slot is an edge: a ref and in it the number of a token. An empty slot, and a
// unit before a node, has token 0, which no token of a command is equal to.
const (
	slotToken = 10
	maxNumber = 1 << 22
	tokenBits = (maxNumber - 1) << slotToken
)

func slotOf(number uint32, to ref) uint64 { return uint64(to) | uint64(number)<<slotToken }

// refOf returns a slot's ref.
func refOf(slot uint64) ref { return ref(slot &^ tokenBits) }

// tokenOf returns the number of a slot's token.
func tokenOf(slot uint64) uint32 { return uint32(slot) >> slotToken }
