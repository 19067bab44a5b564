package main

import (
	"fmt"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// A subject is a policy that can be asked: evaluated rules, or an artifact.
type subject struct {
	policy   *ir.Policy      // nil for an artifact, until rules is called
	compiled *runtime.Policy // nil for evaluated rules
	artifact string          // the file that compiled was opened from
	place    *ir.Place       // nil: program paths are not resolved
	shell    shellReading    // not unset
	path     func(ir.Source) string
	warnings diag.List // about the layers
}

func (s *subject) close() {
	if s.compiled != nil {
		s.compiled.Close()
	}
}

// judge asks about an argument vector.
func (s *subject) judge(argv []string) (judge.Answer, error) {
	r, err := s.read(argv)
	return r.Answer, err
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

// opened is an artifact as package judge asks it.
type opened struct{ *runtime.Policy }

func (o opened) Deciding(commands [][]string) (matcher.Decision, int, int) {
	v := o.DecideAll(commands)
	return v.Decision, v.Rule, v.Command
}
