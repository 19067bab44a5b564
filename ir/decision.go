package ir

import "fmt"

// A Decision is what a policy says of a command. The zero value is [None]: the
// policy says nothing. Stricter decisions are greater, so the strictest of
// several is their maximum.
type Decision uint8

// The decisions, from none to the strictest. The numbers are those of the
// compiled image.
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
	return fmt.Sprintf("Decision(%d)", uint8(d))
}

// ParseDecision returns the decision with the given name, exactly as
// [Decision.String] spells it. None is not a decision that anybody can ask for.
func ParseDecision(s string) (Decision, bool) {
	for d := Allow; d <= Forbidden; d++ {
		if decisionNames[d] == s {
			return d, true
		}
	}
	return None, false
}

// MarshalText returns the decision's name.
func (d Decision) MarshalText() ([]byte, error) {
	if int(d) >= len(decisionNames) {
		return nil, fmt.Errorf("no decision has number %d", uint8(d))
	}
	return []byte(decisionNames[d]), nil
}

// UnmarshalText is the inverse of MarshalText.
func (d *Decision) UnmarshalText(text []byte) error {
	if string(text) == decisionNames[None] {
		*d = None
		return nil
	}
	v, ok := ParseDecision(string(text))
	if !ok {
		return fmt.Errorf("unknown decision %q", text)
	}
	*d = v
	return nil
}
