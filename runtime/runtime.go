// Package runtime answers, from a compiled artifact, whether a command may run.
//
// [Open] maps and verifies an artifact once; [Policy.Decide] then answers for an
// argument vector without allocating, locking or failing. [Policy.DecideAll]
// answers for commands that run together, [Policy.DecideOpen] for one of which
// only the beginning is known. [Policy.Rule] says who decided, where
// that rule is written, and why. [Follow] keeps up with a file that is replaced
// while the program runs.
//
// What no answer means is for the caller to say. The safe choice: a policy that
// cannot be opened forbids everything, and a command that no rule matches
// ([None]) is put before a person. The example of this package does that.
//
// A [Policy] is immutable and safe for concurrent use. It owns memory outside
// the Go heap, or a mapping of the file; that memory is given back by the
// garbage collector, after the last call that reads it has returned, once the
// policy was closed or is no longer referred to. So Close is never too early,
// and forgetting it leaks nothing. What the policy hands out stays valid
// forever. After Close, and on a nil Policy, Decide answers [Forbidden].
//
// Artifacts are replaced by renaming, as the compiler does it, never written in
// place: an artifact stored without compression is matched in the mapped file,
// and if that is overwritten or cut short under the mapping, decisions are
// wrong or the process dies of SIGBUS. A compressed artifact is read when it is
// opened and has no such risk, and [WithoutMapping] takes it from the other.
//
// Programs that also need the standard package call this one rulesrt.
package runtime

import (
	"errors"
	goruntime "runtime"
	"sync/atomic"

	"github.com/rulesc/rulesc/matcher"
)

// A Decision is what a policy says of a command; stricter ones are greater.
type Decision = matcher.Decision

// The decisions, from none to the strictest.
const (
	None       = matcher.None       // no rule matched
	Allow      = matcher.Allow      // may run
	Prompt     = matcher.Prompt     // somebody, or an automatic reviewer, must agree
	PromptUser = matcher.PromptUser // a person must agree
	Forbidden  = matcher.Forbidden  // must not run
)

// What can be wrong with an artifact, for errors.Is. Such errors are of type
// [*FormatError]; an error of the file system is passed on as it is.
var (
	ErrNotArtifact = matcher.ErrNotArtifact // something else
	ErrVersion     = matcher.ErrVersion     // made by another version of the format
	ErrDamaged     = matcher.ErrDamaged     // not as it was written
)

// A FormatError says what is wrong with an artifact and where.
type FormatError = matcher.FormatError

// ErrClosed is returned by methods that need a policy that is not closed.
var ErrClosed = errors.New("the policy is closed")

// A Verdict is a policy's answer about one command: the strictest decision of all
// rules that match, and which rule decided.
type Verdict = matcher.Verdict

// A Joint is a policy's answer about commands that run together.
type Joint struct {
	// Verdict is the strictest of all commands, of equals that of the longest rule,
	// of these the last. It is Allow only if every command is allowed: where one
	// has no rule and nothing stops the others, it is None.
	Verdict

	Command   int // index of the command that Rule matched, 0 if none did
	Unmatched int // number of commands that no rule matched
}

// A Match is one rule that a command starts with.
type Match = matcher.Match

// A Policy is an opened artifact.
type Policy struct {
	view  atomic.Pointer[view]          // nil: closed
	image atomic.Pointer[matcher.Image] // the view's; nil: closed
	place *matcher.Place                // nil: first tokens are compared as they are
}

// closed is the answer of a policy that is not there.
var closed = Verdict{Decision: Forbidden, Rule: -1}

// load returns the policy's view, nil if it is closed. Whoever reads memory
// through the view calls goruntime.KeepAlive on it when done.
func (p *Policy) load() *view {
	if p == nil {
		return nil
	}
	return p.view.Load()
}

// Decide says what the policy thinks of a command. It does not allocate, and
// its cost grows with the tokens that rules look at, not with their number.
// An empty argv matches no rule.
//
// It is small enough to be inlined: the image is a part of the view, and keeps it
// alive; and there is an answer of an image that is not there.
func (p *Policy) Decide(argv []string) Verdict {
	if p == nil {
		return closed
	}
	return p.image.Load().Decide(argv, p.place)
}

// DecideAll says what the policy thinks of commands that run together, such as
// the parts of a shell script: the strictest decision over all of them, and
// Allow only if every one is allowed. The deciding rule is the longest of the
// strictest matches of all commands, of equals the last, in the order of
// commands and then of rules. It does not allocate. Of no commands there is
// nothing to say: None, none unmatched.
func (p *Policy) DecideAll(commands [][]string) Joint {
	v := p.load()
	if v == nil {
		return Joint{Verdict: closed}
	}
	verdict, command, unmatched := v.image.DecideAll(commands, p.place)
	goruntime.KeepAlive(v)
	return Joint{verdict, command, unmatched}
}

// DecideOpen says what the policy thinks of a command of which only the first
// tokens are known, and that any number of further tokens may follow, as in
// `git push $ARGS`: the strictest decision that any such command gets, prefix
// itself among them, if that is not just Allow; Allow if all of them are
// allowed; otherwise None. An empty prefix stands for any command.
//
// Rule is the one that decides of prefix itself if that is as strict, or else
// one that could match. Tokens is the number of tokens of prefix that its
// pattern covers, and may be less than the pattern has.
//
// Rules on a program's name count for its path unless a rule on the path
// matches prefix. It does not allocate, and costs no more than Decide.
func (p *Policy) DecideOpen(prefix []string) Verdict {
	v := p.load()
	if v == nil {
		return closed
	}
	verdict := v.image.DecideOpen(prefix, p.place)
	goruntime.KeepAlive(v)
	return verdict
}

// Matches returns all rules that match the command, in the order of the
// reference: definition, but rules that match only caselessly come last. A
// closed policy has none.
func (p *Policy) Matches(argv []string) []Match {
	return p.AppendMatches(nil, argv)
}

// AppendMatches appends what [Policy.Matches] returns to dst. It allocates
// only to grow dst.
func (p *Policy) AppendMatches(dst []Match, argv []string) []Match {
	v := p.load()
	if v == nil {
		return dst
	}
	dst = v.image.AppendMatches(dst, argv, p.place)
	goruntime.KeepAlive(v)
	return dst
}

// Close lets go of the policy's memory, which the garbage collector gives back
// after the last call that reads it. From then on Decide and DecideAll answer
// Forbidden with Rule -1, Matches is empty, and everything else fails with
// [ErrClosed]. Closing again is fine. The error is always nil.
func (p *Policy) Close() error {
	if p != nil {
		p.image.Store(nil)
		p.view.Store(nil)
	}
	return nil
}
