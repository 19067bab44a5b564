package matcher

// A Draft is an image before it is bytes: what package compiler/graph hands to
// AppendImage. Tokens, nodes and rules are named by their index.
type Draft struct {
	Rules int // rule ids are below this

	// Strictest is the first of all rules in order of precedence; the zero
	// value if there are none.
	Strictest Answer

	// Tokens are the tokens of exact rules and the names of host lists, each
	// once.
	Tokens   []string
	Programs []Program // of exact rules; one that is asked for often comes early
	Graph    Graph

	// Folds are the tokens of canonical rules, folded, each once.
	Folds     []string
	Spellings []Spelling // those of a class are adjacent
	FoldGraph Graph

	Hosts []HostList
}

// A Graph is the nodes of all programs. Edges lead to nodes with a lower index.
type Graph struct {
	Nodes []Node
	Edges []Edge
	Ends  []uint32 // rules
	Tails []Tail
}

// An Answer is a rule and its decision; None if there is no rule.
type Answer struct {
	Decision Decision
	Rule     uint32
}

// A Node is the commands that begin alike as far as rules can tell.
type Node struct {
	// Answer is the deciding one of the rules that end here, if it decides
	// against all that ended before; otherwise None.
	Answer

	// Behind is the first, in order of precedence, of the rules that do not end
	// here; None if there are none.
	Behind Answer

	Ends, EndCount uint32 // the rules that end here, as indexes in Graph.Ends; ascending ids
	Edges, Count   uint32 // the edges, as indexes in Graph.Edges; none only if rules end here
	Final          bool   // no rule behind decides against the answer up to here; so if there are no edges
}

// An Edge leads to what follows when the next token of the command is Token.
type Edge struct {
	Token uint32 // index in Tokens or Folds; ascending within a node
	To    Target
}

// A Tail is what is left of the only rule that a command can still match.
type Tail struct {
	Decision  Decision
	Rule      uint32
	Positions [][]uint32 // the alternatives of each, ascending, at most MaxTailWidth of them
}

// MaxTailWidth bounds the alternatives of a tail's positions, which are tried
// one by one.
const MaxTailWidth = 8

// A Target is a node, a leaf, a tail or, for a program, its group.
type Target uint64

// Leaf returns the target that is the end of a rule behind which nothing can
// follow. A decision of None says that the rule cannot change the answer.
func Leaf(d Decision, rule uint32) Target { return Target(leafRef(int(d), rule)) }

// ToTail returns the target that is the tail with the given index. decides is
// whether its rule decides against all that ended before.
func ToTail(i int, decides bool) Target {
	if decides {
		return Target(leafRef(kindTail, uint32(i)))
	}
	return Target(leafRef(kindWeak, uint32(i)))
}

// ToNode returns the target that is the node with the given index.
func ToNode(i int) Target { return Target(refNode) | Target(i)<<valueBit }

// Improves reports whether a rule that ends behind or in a target can change
// the answer.
func (g *Graph) Improves(t Target) bool {
	r := ref(t)
	if r.isLeaf() {
		return r.kind() != kindRule && r.kind() != kindWeak
	}
	n := &g.Nodes[r.value()]
	return n.Decision != None || !n.Final
}

// A Program is the exact rules on one first token, or the canonical ones on one
// spelling.
type Program struct {
	Token uint32 // exact rules: the first token, an index in Tokens
	Graph Target // of no use if there is a group

	// Group is the rules if a graph of them would be too large: in order of
	// precedence, the deciding one of any two first.
	Group []Rule
}

// A Rule is a rule's pattern and decision.
type Rule struct {
	ID       uint32
	Decision Decision
	Tail     [][]uint32 // the alternatives of each position behind the first, ascending
}

// A Spelling is the canonical rules on one spelling of a first token.
type Spelling struct {
	Program
	Name string
	Fold uint32 // the folded name, an index in Folds: the class
}

// A HostList is the paths that may stand for a program name.
type HostList struct {
	Name  uint32   // index in Tokens
	Paths []string // absolute and lexically clean
}
