package matcher

// A Decision is what a policy says of a command. The zero value is [None]: the
// policy says nothing. Stricter decisions are greater, so the strictest of
// several is their maximum.
type Decision uint8

// The decisions, from none to the strictest. The numbers are those of the
// image.
const (
	None       Decision = iota // no rule matched
	Allow                      // may run
	Prompt                     // somebody, or an automatic reviewer, must agree
	PromptUser                 // a person must agree; managed rules only
	Forbidden                  // must not run
)

var decisionNames = [...]string{None: "none", Allow: "allow", Prompt: "prompt", PromptUser: "prompt-user", Forbidden: "forbidden"}

// String returns the decision's name as rule files spell it, or "none".
func (d Decision) String() string {
	if int(d) < len(decisionNames) {
		return decisionNames[d]
	}
	return sprintf("Decision(%d)", uint8(d))
}

// A Verdict is the answer of rules about one command. It holds no references, and has
// no more fields than the compiler keeps in registers.
type Verdict struct {
	// Decision is the strictest decision of all rules that matched; None, and
	// nothing else of use in the verdict, if none did.
	Decision Decision

	// ByName says that the rule matched by the name of the program that the
	// command's first token is a path of.
	ByName bool

	// Rule is the deciding rule: of those with the strictest decision the one
	// with the longest pattern, of equals the last. -1 if no rule matched.
	Rule int

	// Tokens is how many tokens of the command the deciding rule's pattern
	// covers; never more than the command has.
	Tokens int
}

// noVerdict is the answer where no rule matched.
var noVerdict = Verdict{Rule: -1}

// noImage is the answer of an image that is not there.
var noImage = Verdict{Decision: Forbidden, Rule: -1}

// A Match is one rule that a command starts with.
type Match struct {
	Rule    int32 // the rule's id
	Tokens  int32 // how many tokens of the command its pattern covers
	Command int32 // 0; for callers that collect the matches of several commands
	ByName  bool  // matched by program name, after host resolution
}
