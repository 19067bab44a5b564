package lint_test

import (
	"fmt"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/lint"
)

func ExampleCheck() {
	policy := &ir.Policy{Rules: []ir.PrefixRule{
		{Pattern: ir.Literal("git"), Decision: ir.Prompt},
		{Pattern: ir.Literal("git", "status"), Decision: ir.Allow},
		{Pattern: ir.Literal("python3"), Decision: ir.Allow},
	}}
	report, err := lint.Check(policy, lint.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		fmt.Println(f.Code, f.Severity, f.Message)
	}
	fmt.Println("proven:", report.Digest == report.Without)
	// Output:
	// RS001 warning allow ["git", "status"] never decides: prompt ["git"] is stricter and matches whatever it matches
	// RS010 warning allows `python3`, which runs any code: `python3 -c pass`
	// proven: true
}
