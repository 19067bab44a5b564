package main

import (
	"fmt"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell"
)

// A subject is a policy that can be asked: evaluated rules, or an artifact.
type subject struct {
	policy   *ir.Policy      // nil for an artifact, until rules is called
	compiled *runtime.Policy // nil for evaluated rules
	artifact string          // the file that compiled was opened from
	place    *ir.Place       // nil: program paths are not resolved
	shell    bool            // take shell scripts apart
	path     func(ir.Source) string
	warnings diag.List // about the layers

	buffer []runtime.Match
}

func (s *subject) close() {
	if s.compiled != nil {
		s.compiled.Close()
	}
}

// judge asks about an argument vector.
func (s *subject) judge(argv []string) (answer, error) {
	commands := [][]string{argv}
	if s.shell {
		commands, _ = shell.Reference(argv)
	}
	if s.compiled != nil {
		return s.judgeCompiled(argv, commands)
	}
	return answerFrom(s.policy, argv, commands, s.policy.EvaluateAll(commands, s.place)), nil
}

// judgeCompiled asks the artifact, by its own matching alone: what it says is
// what a harness gets that opens it.
func (s *subject) judgeCompiled(argv []string, commands [][]string) (answer, error) {
	verdict := s.compiled.DecideAll(commands)
	a := answer{argv: argv, commands: commands, decision: ir.Decision(verdict.Decision), deciding: -1}
	for i, command := range commands {
		s.buffer = s.compiled.AppendMatches(s.buffer[:0], command)
		if len(s.buffer) == 0 {
			a.unmatched = append(a.unmatched, i)
			continue
		}
		for _, m := range s.buffer {
			rule, err := s.compiled.Rule(int(m.Rule))
			if err != nil {
				return answer{}, err
			}
			if i == verdict.Command && int(m.Rule) == verdict.Rule {
				a.deciding = len(a.matches)
			}
			found := matched{command: i, rule: int(m.Rule), decision: ir.Decision(rule.Decision), justification: rule.Justification}
			found.prefix = command[:m.Tokens:m.Tokens]
			if m.ByName {
				path, name, _ := s.place.Program(command[0])
				found.resolved = path
				found.prefix = append([]string{name}, found.prefix[1:]...)
			}
			a.matches = append(a.matches, found)
		}
	}
	if a.deciding < 0 && a.decision != ir.None {
		return answer{}, fmt.Errorf("the artifact decides %s but names no rule for it", a.decision)
	}
	return a, nil
}

// rules returns the policy's rules, from the artifact if need be.
func (s *subject) rules() (*ir.Policy, error) {
	if s.policy == nil {
		artifact, err := readArtifact(s.artifact)
		if err != nil {
			return nil, err
		}
		s.policy, _, err = compiler.Decompile(artifact)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.artifact, err)
		}
	}
	return s.policy, nil
}
