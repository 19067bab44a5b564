package ir

import (
	"slices"
	"strings"
)

// A Match is one rule that a command starts with.
type Match struct {
	Command int // index of the command; 0 for a single one
	Rule    int // index into Policy.Rules

	// Prefix is the part of the command that the rule matched, in the command's
	// spelling; its first token is the program name when Resolved is set. It may
	// alias the command.
	Prefix []string

	// Resolved is the path that the command's first token stands for when the
	// rule matched by program name, else "".
	Resolved string
}

// A Result is a policy's answer.
type Result struct {
	// Decision is the strictest decision of all matches, None without any. It
	// is Allow only if every command is allowed: where the others are and one
	// has no rule, the caller's fallback speaks for that one and so for all.
	Decision Decision

	// Matches are all rules that matched: commands in order, the matches of a
	// command in the reference's order (see Policy.Evaluate).
	Matches []Match

	// Deciding is the index in Matches of the rule that decided, -1 if none did:
	// of the matches with that decision the one with the longest prefix, of
	// equals the last.
	Deciding int

	// Unmatched are the indexes of the commands that no rule matched.
	Unmatched []int
}

// Evaluate says what the policy thinks of one command. at is nil to compare
// first tokens as they are written; otherwise a command that no rule matches
// is tried again by its program's name (host-executable resolution).
//
// All matching rules count. They come in the order of definition, except that
// canonical rules whose first token is spelt otherwise than the command's come
// after all others.
func (p *Policy) Evaluate(command []string, at *Place) Result {
	return p.EvaluateAll([][]string{command}, at)
}

// EvaluateAll says what the policy thinks of several commands that run
// together, such as the parts of a shell script: the strictest decision over
// all of them.
func (p *Policy) EvaluateAll(commands [][]string, at *Place) Result {
	result := Result{Deciding: -1}
	for i, command := range commands {
		matches := p.matches(command, at)
		if len(matches) == 0 {
			result.Unmatched = append(result.Unmatched, i)
		}
		for _, m := range matches {
			m.Command = i
			result.Matches = append(result.Matches, m)
		}
	}
	for i, m := range result.Matches {
		decision := p.Rules[m.Rule].Decision
		if result.Deciding >= 0 {
			if decision < result.Decision {
				continue
			}
			if decision == result.Decision && len(m.Prefix) < len(result.Matches[result.Deciding].Prefix) {
				continue
			}
		}
		result.Decision, result.Deciding = decision, i
	}
	if result.Decision == Allow && len(result.Unmatched) > 0 {
		result.Decision, result.Deciding = None, -1
	}
	return result
}

func (p *Policy) matches(command []string, at *Place) []Match {
	if len(command) == 0 {
		return nil
	}
	if found := p.matchesAs(command, Pattern.matches, anySpelling); len(found) > 0 || at == nil {
		return found
	}
	return p.matchesByName(command, Pattern.matches, *at)
}

// An agreement says whether a pattern and a command agree.
type agreement func(p Pattern, command []string, equal func(a, b string) bool) bool

func anySpelling(string) bool { return true }

// matchesByName returns the rules that the command agrees with by the name of
// the program that its first token is a path of.
func (p *Policy) matchesByName(command []string, agree agreement, at Place) []Match {
	path, name, ok := at.Program(command[0])
	if !ok || !p.admits(name, path) {
		return nil
	}
	byName := slices.Clone(command)
	byName[0] = name
	// A canonical rule on another spelling of the name is held to that
	// spelling's list as well.
	found := p.matchesAs(byName, agree, func(spelling string) bool { return p.admits(spelling, path) })
	for i := range found {
		found[i].Resolved = path
	}
	return found
}

// matchesAs returns the rules that the command agrees with as it stands. Rules
// under the command's own first token come first, then canonical rules under
// other spellings of it that admitted lets through.
func (p *Policy) matchesAs(command []string, agree agreement, admitted func(spelling string) bool) []Match {
	var same, other []Match
	for i := range p.Rules {
		rule := &p.Rules[i]
		if !agree(rule.Pattern, command, rule.equality()) {
			continue
		}
		n := min(len(rule.Pattern), len(command))
		m := Match{Rule: i, Prefix: command[:n:n]}
		switch program := rule.Pattern.Program(); {
		case program == command[0]:
			same = append(same, m)
		case admitted(program):
			other = append(other, m)
		}
	}
	return append(same, other...)
}

// admits reports whether path may stand for the program name.
func (p *Policy) admits(name, path string) bool {
	paths, listed := p.HostPaths(name)
	if !listed {
		return true
	}
	return strings.HasPrefix(path, "/") && slices.Contains(paths, path)
}
