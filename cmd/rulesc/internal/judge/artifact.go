package judge

import (
	"fmt"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

// An Artifact is a compiled policy that can be asked.
type Artifact interface {
	// Deciding returns the decision about commands that run together, and the
	// deciding rule with the index of the command that it matched; the rule is
	// negative if there is none.
	Deciding(commands [][]string) (d matcher.Decision, rule, command int)
	AppendMatches(dst []matcher.Match, argv []string) []matcher.Match
	Rule(id int) (matcher.RuleRecord, error)
}

// ByArtifact asks an artifact about the commands that argv stands for, by its own
// matching alone: what it says is what a harness gets that opens it. place is
// the one that the artifact was opened with.
func ByArtifact(artifact Artifact, place *ir.Place, argv []string, commands [][]string) (Answer, error) {
	decision, deciding, decided := artifact.Deciding(commands)
	a := Answer{Argv: argv, Commands: commands, Decision: ir.Decision(decision), Deciding: -1}
	var buffer []matcher.Match
	for i, command := range commands {
		buffer = artifact.AppendMatches(buffer[:0], command)
		if len(buffer) == 0 {
			a.Unmatched = append(a.Unmatched, i)
			continue
		}
		for _, m := range buffer {
			rule, err := artifact.Rule(int(m.Rule))
			if err != nil {
				return Answer{}, err
			}
			if i == decided && int(m.Rule) == deciding {
				a.Deciding = len(a.Matches)
			}
			found := Match{Command: i, Rule: int(m.Rule), Decision: ir.Decision(rule.Decision), Justification: rule.Justification}
			found.Prefix = command[:m.Tokens:m.Tokens]
			if m.ByName {
				path, name, _ := place.Program(command[0])
				found.Resolved = path
				found.Prefix = append([]string{name}, found.Prefix[1:]...)
			}
			a.Matches = append(a.Matches, found)
		}
	}
	if a.Deciding < 0 && a.Decision != ir.None {
		return Answer{}, fmt.Errorf("the artifact decides %s but names no rule for it", a.Decision)
	}
	return a, nil
}
