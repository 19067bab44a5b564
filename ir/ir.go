// Package ir is the vocabulary of command policies and the definition of what
// they mean.
//
// A [Policy] is what rule files evaluate to and what everything else is made
// from: prefix rules, host executables and network rules, each with the place
// it was written at. [Policy.Evaluate] is the reference evaluator: the
// simplest code that can be right. Every other matcher of this project must
// agree with it on every policy and every command.
//
// The semantics are those of the execpolicy of codex-cli 0.169.0; where a rule
// comes from is said beside the code that follows it.
//
// Values of this package are plain data. A Policy is safe for concurrent use
// as long as nobody writes to it.
package ir

// A Policy is an ordered set of rules, merged from all layers, lowest
// precedence first. The zero value is the empty policy: no command matches.
type Policy struct {
	// Rules are the prefix rules in order of definition: layers from lowest to
	// highest precedence, the files of a layer by name, calls in order of
	// evaluation, managed rules last. A rule's index is its id.
	Rules []PrefixRule

	// Hosts are the host executables in order of definition. The last entry
	// for a name wins; earlier ones are kept for those who want to say so.
	Hosts []HostExecutable

	// Networks are the network rules in order of definition. They say nothing
	// about commands.
	Networks []NetworkRule
}

// A PrefixRule gives a decision to every command that starts with its pattern.
type PrefixRule struct {
	Pattern  Pattern
	Decision Decision // Allow, Prompt or Forbidden; PromptUser from managed rules only

	// Justification is the author's reason, shown as written; "" if none.
	Justification string

	// Canonical compares tokens under Unicode canonical caseless matching
	// (definition D145 of the Unicode standard) instead of byte for byte.
	Canonical bool

	Source Source
}

// A HostExecutable lists the absolute paths that may stand for a program name.
type HostExecutable struct {
	Name   string   // a bare name: not empty, no slash
	Paths  []string // absolute and lexically clean; empty: no path stands for Name
	Source Source
}

// A NetworkRule gives a decision to a host. It has no part in matching
// commands; see [Policy.NetworkLists].
type NetworkRule struct {
	Host          string // lower case, no port, no trailing dot
	Protocol      Protocol
	Decision      Decision // Allow, Prompt or Forbidden
	Justification string   // "" if none
	Source        Source
}

// HostPaths returns the paths that may stand for name, and whether there is an
// entry for it at all. No entry admits every path; an entry without paths
// admits none. The result is the policy's own slice.
func (p *Policy) HostPaths(name string) (paths []string, listed bool) {
	for i := len(p.Hosts) - 1; i >= 0; i-- {
		if p.Hosts[i].Name == name {
			return p.Hosts[i].Paths, true
		}
	}
	return nil, false
}
