package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

// A shellReading is what --shell takes: how shell scripts are read, and so
// which commands are judged.
type shellReading string

const (
	shellUnset     shellReading = ""
	shellOff       shellReading = "off"       // the shell is one command like any other
	shellReference shellReading = "reference" // plain scripts are taken apart, as the reference does
	shellFull      shellReading = "full"      // every script is, and what wrappers run
)

func (r *shellReading) String() string { return string(*r) }
func (r *shellReading) Type() string   { return "off|reference|full" }

func (r *shellReading) Set(s string) error {
	switch v := shellReading(s); v {
	case shellOff, shellReference, shellFull:
		*r = v
		return nil
	}
	return fmt.Errorf("unknown reading %q, want off, reference or full", s)
}

// addShell adds the flag --shell.
func addShell(cmd *cobra.Command, r *shellReading) {
	cmd.Flags().Var(r, "shell", "how shell scripts are read: not at all, plain ones as the reference does, or all of them")
	cmd.RegisterFlagCompletionFunc("shell", cobra.FixedCompletions([]string{string(shellOff), string(shellReference), string(shellFull)}, cobra.ShellCompDirectiveNoFileComp))
}

const shellHelp = `How shell scripts, such as that of bash -lc 'cd x && make', are read:
  --shell=off        not at all: a shell is a command like any other
  --shell=reference  a plain script is judged by its commands, as the reference
                     does; any other is one command, the shell
  --shell=full       every script is judged by all commands that it could run,
                     in substitutions, loops, nested shells and so on, and so is
                     what wrappers such as sudo or xargs run`

const fullHelp = `In the full reading the strictest part of a script decides:
  command     a rule decides, as ever
  open-ended  a command of which the shell alone knows the further words, as in
              git push $ARGS: what any completion of it would get counts
  opaque      what cannot be known, such as eval "$X" or source FILE: no rule
              speaks about it, but prompts and prohibitions of the shell count
  file        a file that the shell opens, /dev/null aside: no rule speaks about it
  variable    a variable that programs may look at (PATH=x make, export A=1): no
              rule speaks about it
So a script is only allowed if all of it is known and allowed.`

// A reading is what an argument vector runs, and what a policy says of it.
type reading struct {
	judge.Answer
	script *full.Script // nil unless the reading is full
	parts  full.Answer
}

// read asks about an argument vector as its scripts are read.
func (s *subject) read(argv []string) (reading, error) {
	if s.shell == shellFull {
		return s.readFull(argv)
	}
	commands := [][]string{argv}
	if s.shell == shellReference {
		commands, _ = shell.Reference(argv)
	}
	if s.compiled != nil {
		a, err := judge.ByArtifact(opened{s.compiled}, s.place, argv, commands)
		return reading{Answer: a}, err
	}
	return reading{Answer: judge.FromEvaluator(s.policy, argv, commands, s.policy.EvaluateAll(commands, s.place))}, nil
}

func (s *subject) readFull(argv []string) (reading, error) {
	policy, err := s.rules()
	if err != nil {
		return reading{}, err
	}
	var asked full.Policy = evaluator{policy, s.place}
	if s.compiled != nil {
		asked = s.compiled // what it says is what a harness gets
	}
	script := full.Read(argv)
	r := reading{script: script, parts: full.Decide(asked, script)}
	r.Argv, r.Decision, r.Deciding = argv, ir.Decision(r.parts.Decision), -1
	for i, part := range r.parts.Parts {
		if !part.IsCommand() {
			continue
		}
		n := len(r.Commands)
		r.Commands = append(r.Commands, part.Words)
		found := policy.Evaluate(part.Words, s.place)
		if part.Kind == full.OpenEnded {
			found = policy.EvaluateOpen(part.Words, s.place)
		}
		if part.Verdict.Decision == runtime.None {
			r.Unmatched = append(r.Unmatched, n)
		}
		for _, m := range found.Matches {
			if i == r.parts.Deciding && m.Rule == part.Verdict.Rule {
				r.Deciding = len(r.Matches)
			}
			rule := &policy.Rules[m.Rule]
			r.Matches = append(r.Matches, judge.Match{
				Command: n, Rule: m.Rule, Prefix: m.Prefix, Decision: rule.Decision,
				Resolved: m.Resolved, Justification: rule.Justification,
			})
		}
	}
	if r.Deciding < 0 && r.Decision != ir.None {
		return r, fmt.Errorf("the policy decides %s but names no rule for it", r.Decision)
	}
	return r, nil
}

// evaluator is a policy that was not compiled, as package full asks it.
type evaluator struct {
	policy *ir.Policy
	place  *ir.Place
}

func (e evaluator) Decide(argv []string) runtime.Verdict {
	return verdict(e.policy.Evaluate(argv, e.place))
}

func (e evaluator) DecideOpen(prefix []string) runtime.Verdict {
	return verdict(e.policy.EvaluateOpen(prefix, e.place))
}

func verdict(r ir.Result) runtime.Verdict {
	v := runtime.Verdict{Decision: runtime.Decision(r.Decision), Rule: -1}
	if r.Deciding >= 0 {
		m := r.Matches[r.Deciding]
		v.Rule, v.Tokens, v.ByName = m.Rule, len(m.Prefix), m.Resolved != ""
	}
	return v
}

// asScript returns the argument vector that a harness would run for what was
// typed as one word: a script, unless it is a plain word.
func asScript(words []string) []string {
	if len(words) != 1 {
		return words
	}
	if quoted, ok := shlex.Quote(words[0]); ok && quoted == words[0] {
		return words
	}
	return []string{"bash", "-lc", words[0]}
}
