package engine

import (
	"context"
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/rulesc/rulesc/ir"
)

var opaKind = Kind{
	Name:  "OPA",
	About: "prepared rego query, rules as data, found by program",
	Most:  100_000,
	New: func(w *Work, _ string) (Engine, error) {
		programs := make(map[string]any)
		for i := range w.Policy.Rules {
			rule := &w.Policy.Rules[i]
			var pattern []any
			for _, alternatives := range rule.Pattern {
				members := make(map[string]any) // an object, to be looked up in
				for _, token := range alternatives {
					members[token] = true
				}
				pattern = append(pattern, members)
			}
			list, _ := programs[rule.Pattern.Program()].([]any)
			programs[rule.Pattern.Program()] = append(list, map[string]any{
				"pattern": pattern,
				// The maximum of these is the answer.
				"answer": []any{int(rule.Decision), len(pattern), i},
			})
		}
		query, err := rego.New(
			rego.Query("data.policy.answer"),
			rego.Module("policy.rego", regoPolicy),
			rego.Store(inmem.NewFromObjectWithOpts(map[string]any{"programs": programs}, inmem.OptReturnASTValuesOnRead(true))),
		).PrepareForEval(context.Background())
		return &opa{query}, err
	},
}

// Where the command is too short input[i] is undefined, and so is the lookup.
const regoPolicy = `package policy

answer := max({rule.answer |
	some rule in data.programs[input[0]]
	every i, alternatives in rule.pattern { alternatives[input[i]] }
})
`

type opa struct{ query rego.PreparedEvalQuery }

func (e *opa) Decide(argv []string) Answer {
	terms := make([]*ast.Term, len(argv))
	for i, token := range argv {
		terms[i] = ast.StringTerm(token)
	}
	results, err := e.query.Eval(context.Background(), rego.EvalParsedInput(ast.NewArray(terms...)))
	if err != nil {
		return Answer{Rule: Unknown}
	}
	if len(results) == 0 {
		return None
	}
	answer := results[0].Expressions[0].Value.([]any)
	return Answer{ir.Decision(number(answer[0])), number(answer[2])}
}

func number(v any) int {
	n, _ := v.(json.Number).Int64()
	return int(n)
}

func (e *opa) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}
