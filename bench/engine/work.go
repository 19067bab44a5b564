package engine

import (
	"strings"

	"github.com/rulesc/rulesc/internal/workload"
	"github.com/rulesc/rulesc/ir"
)

// A Work is what engines are measured on: rules, a stream of commands, and
// what ir's evaluator says of these. Nobody changes it.
type Work struct {
	Policy   *ir.Policy
	Commands [][]string
	Answers  []Answer
	Matches  [][]int // the rules that match each command, ascending

	// Looked is how many tokens of each command have to be looked at.
	Looked []int
}

// NewWork returns the work with n rules, the same each time.
func NewWork(n int) *Work {
	rules := workload.Rules(n)
	w := &Work{Policy: new(ir.Policy), Commands: workload.Commands(rules)}
	for i, r := range rules {
		w.Policy.Rules = append(w.Policy.Rules, ir.PrefixRule{
			Pattern:  r.Pattern,
			Decision: ir.Decision(r.Decision),
			Source:   ir.Source{Position: ir.Position{File: "default.rules", Line: i + 1, Col: 1}},
		})
	}
	w.ask()
	w.Looked = workload.Looked(rules, w.Commands)
	return w
}

// RulesPerFile is how many rules the files of a work have, except the last.
const RulesPerFile = 10_000

// Files returns the texts of rule files that evaluate to the work's rules, one
// rule a line.
func (w *Work) Files() []string {
	var files []string
	var b strings.Builder
	for i := range w.Policy.Rules {
		b.WriteString(w.Policy.Rules[i].String())
		b.WriteByte('\n')
		if (i+1)%RulesPerFile == 0 || i == len(w.Policy.Rules)-1 {
			files = append(files, b.String())
			b.Reset()
		}
	}
	return files
}

// ask fills in what ir's evaluator says of the commands. It asks it about the
// rules of the command's program alone: others cannot match, since the workload
// has no rules that match caselessly.
func (w *Work) ask() {
	type part struct {
		policy ir.Policy
		rules  []int // index in w.Policy of each rule
	}
	parts := make(map[string]*part)
	for i, rule := range w.Policy.Rules {
		program := rule.Pattern.Program()
		if parts[program] == nil {
			parts[program] = new(part)
		}
		parts[program].policy.Rules = append(parts[program].policy.Rules, rule)
		parts[program].rules = append(parts[program].rules, i)
	}
	w.Answers = make([]Answer, len(w.Commands))
	w.Matches = make([][]int, len(w.Commands))
	for i, argv := range w.Commands {
		w.Answers[i] = None
		part := parts[argv[0]]
		if part == nil {
			continue
		}
		result := part.policy.Evaluate(argv, nil)
		for _, m := range result.Matches {
			w.Matches[i] = append(w.Matches[i], part.rules[m.Rule])
		}
		if result.Deciding >= 0 {
			w.Answers[i] = Answer{result.Decision, w.Matches[i][result.Deciding]}
		}
	}
}

// Part returns the work with the first n commands only.
func (w *Work) Part(n int) *Work {
	return &Work{Policy: w.Policy, Commands: w.Commands[:n], Answers: w.Answers[:n], Matches: w.Matches[:n], Looked: w.Looked[:n]}
}
