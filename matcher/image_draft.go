package matcher

// A Draft is an image before it is bytes: what package compiler/graph hands to
// AppendImage. Tokens, nodes and rules are named by their index.
type Draft struct {
	Rules int // rule ids are below this

	// Tokens are the tokens of exact rules and the names of host lists, each
	// once. The first len(Programs) are the first tokens of exact rules.
	Tokens   []string
	Programs []Program // Programs[i] has the exact rules on Tokens[i]
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
}

// A Node is the commands that begin alike as far as rules can tell.
type Node struct {
	Decision Decision // None: no rule has matched so far
	Rule     uint32   // the rule that decides if no edge can be followed
	Tokens   uint32   // the length of that rule's pattern
	Edges    uint32   // index of the first edge
	Count    uint32   // how many edges the node has; at least one
}

// An Edge leads to what follows when the next token of the command is Token.
type Edge struct {
	Token uint32 // index in Tokens or Folds; ascending within a node
	To    Target
}

// A Target is a node, a leaf or, for a program, its group.
type Target uint32

// Group is the target of a program whose rules are tried in order.
const Group Target = 1 << 30

// Leaf returns the target that is the answer of a rule whose pattern ends there.
func Leaf(d Decision, rule uint32) Target { return Target(leafRef(d, rule)) }

// ToNode returns the target that is the node with the given index.
func ToNode(i int) Target { return Target(i) }

// A Program is the exact rules on one first token, or the canonical ones on one
// spelling.
type Program struct {
	Graph Target
	Rules []Rule // by ascending ID

	// Order is Rules in order of precedence, the deciding one of any two first,
	// as indexes into Rules; nil unless Graph is Group.
	Order []uint32
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
