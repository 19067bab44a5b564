package engine

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"

	"github.com/rulesc/rulesc/ir"
)

var celKind = Kind{
	Name:  "cel-go",
	About: "one expression over rules as data, found by program, for each decision in turn",
	Most:  10_000,
	New: func(w *Work, _ string) (Engine, error) {
		env, err := cel.NewEnv(
			ext.TwoVarComprehensions(),
			cel.Variable("argv", cel.ListType(cel.StringType)),
			cel.Variable("rules", cel.MapType(cel.StringType, cel.ListType(cel.ListType(cel.ListType(cel.StringType))))),
		)
		if err != nil {
			return nil, err
		}
		tree, issues := env.Compile(`argv[0] in rules && rules[argv[0]].exists(rule,
			size(rule) <= size(argv) && rule.all(i, alternatives, argv[i] in alternatives))`)
		if issues.Err() != nil {
			return nil, issues.Err()
		}
		e := new(celPolicy)
		if e.program, err = env.Program(tree); err != nil {
			return nil, err
		}
		for _, d := range strictestFirst {
			rules := make(map[string][][][]string)
			for i := range w.Policy.Rules {
				if rule := &w.Policy.Rules[i]; rule.Decision == d {
					program := rule.Pattern.Program()
					rules[program] = append(rules[program], rule.Pattern)
				}
			}
			values := make(map[ref.Val]ref.Val, len(rules))
			for program, patterns := range rules {
				values[types.String(program)] = nested(patterns)
			}
			e.inputs = append(e.inputs, celInput{d, map[string]any{
				"rules": types.NewRefValMap(types.DefaultTypeAdapter, values),
			}})
		}
		return e, nil
	},
}

// nested returns patterns as a CEL value that needs no conversion.
func nested(patterns [][][]string) ref.Val {
	var outer []ref.Val
	for _, pattern := range patterns {
		var inner []ref.Val
		for _, alternatives := range pattern {
			inner = append(inner, types.NewStringList(types.DefaultTypeAdapter, alternatives))
		}
		outer = append(outer, types.NewRefValList(types.DefaultTypeAdapter, inner))
	}
	return types.NewRefValList(types.DefaultTypeAdapter, outer)
}

type celPolicy struct {
	program cel.Program
	inputs  []celInput
}

type celInput struct {
	decision  ir.Decision
	variables map[string]any // rules with the decision, and argv
}

func (e *celPolicy) Decide(argv []string) Answer {
	for i := range e.inputs {
		in := &e.inputs[i]
		in.variables["argv"] = argv
		out, _, err := e.program.Eval(in.variables)
		if err != nil {
			return Answer{Rule: Unknown}
		}
		if out == types.True {
			return Answer{in.decision, Unknown}
		}
	}
	return None
}

func (e *celPolicy) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}
