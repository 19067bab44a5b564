package matcher

// A ref says what an edge leads to: a node, or a leaf, behind which nothing can
// follow.
//
//	        node                       leaf
//	63-32   its first displacement     value: a rule, or an index
//	31-10   0; in a slot the token's number
//	9       answer: of the rules that end here one decides against all that ended
//	        before
//	8       ends: rules end here, and not just the answer
//	7       0                          rest: a tail or a group says whether a rule matches
//	6       on: a rule behind can      0
//	        change the answer
//	5       1                          0
//	5-0     64 - class                 kind
//
// What stands before a node's first displacement, the nearest first, are its marks:
// its answer, if it has one; its ends, if it has any; and, if it goes on, the
// strictest rule behind. Each takes two words, which are a ref. A leaf where several
// rules end, or one beside the answer, has marks in the same way, but no
// displacements.
type ref uint64

const (
	refAnswer ref = 1 << 9
	refEnds   ref = 1 << 8
	refRest   ref = 1 << 7
	refOn     ref = 1 << 6
	refNode   ref = 1 << 5

	classMask = 63 // of a node: 64 - class, how far a hash is shifted
	minClass  = 1
	maxClass  = 22
	kindMask  = 31
	valueBit  = 32
	maxValues = 1 << 24
	maxRules  = 1 << 23
	maxSlots  = maxValues
)

// Kinds of leaves. From 1 to 4 they are decisions: a rule ends here, and it is
// the answer.
const (
	kindRule  = 0  // a rule ends here, and changes nothing; or an index
	kindWeak  = 6  // one rule is left, and changes nothing if it matches: an index in tails
	kindGroup = 7  // a group; behind first tokens only
	kindMarks = 8  // several rules end here: as marks of a node
	kindTail  = 16 // plus a decision: one rule is left, and is the answer if it matches

	// Marks only.
	kindEnds   = 9  // several rules end here: an index in ends
	kindEnd    = 10 // one rule ends here
	kindBehind = 24 // plus a decision: of the rules behind the first by precedence
)

func leafRef(kind int, value uint32) ref {
	r := ref(kind) | ref(value)<<valueBit
	switch {
	case isTail(kind) || kind == kindGroup:
		r |= refRest
	case int(Allow) <= kind && kind <= int(Forbidden):
		r |= refAnswer
	}
	return r
}

// isTail reports whether a kind of leaf is that of a tail whose rule is the answer
// if it matches.
func isTail(kind int) bool { return kind&^7 == kindTail }

// nodeRef returns the ref of a node of which nothing else is said.
func nodeRef(class int, displacement uint32) ref {
	return ref(64-class) | ref(displacement)<<valueBit
}

func (r ref) isLeaf() bool  { return r&refNode == 0 }
func (r ref) kind() int     { return int(r & kindMask) }
func (r ref) value() uint32 { return uint32(r >> valueBit) }

// class returns the logarithm of the number of a node's buckets.
func (r ref) class() int { return 64 - int(r&classMask) }

// inPlace reports whether a ref is a leaf that is all there is to say, and has
// no marks.
func (r ref) inPlace() bool { return r&(refNode|kindMarks) == 0 }

// markWords is how many words a mark takes.
const markWords = 2

// Where the marks are of a ref that has them.
func (r ref) answerAt() uint32 { return r.value() - markWords }
func (r ref) endsAt() uint32   { return r.answerAt() - markWords*uint32(r/refAnswer&1) }
func (r ref) behindAt() uint32 { return r.endsAt() - markWords*uint32(r/refEnds&1) }

// A slot is an edge: a ref and in it the number of a token. An empty slot has token
// 0, which no token of a command is equal to.
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
