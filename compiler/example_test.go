package compiler_test

import (
	"context"
	"fmt"

	"github.com/rulesc/rulesc/compiler"
)

func ExampleEvaluate() {
	files := []compiler.File{
		{Layer: "user", Name: "default.rules", Text: []byte(`prefix_rule(["git", ["status", "log"]])`)},
		{Layer: "project", Name: "team.rules", Text: []byte(`
prefix_rule(
    pattern = ["git", "push"],
    decision = "prompt",
    justification = "others see it",
    match = ["git push origin"],
)`)},
	}
	policy, err := compiler.Evaluate(context.Background(), files, compiler.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	answer := policy.Evaluate([]string{"git", "push", "--force"}, nil)
	rule := policy.Rules[answer.Matches[answer.Deciding].Rule]
	fmt.Println(answer.Decision, "by", rule.Source, "because", rule.Justification)

	files[1].Text = []byte("prefix_rule(['rm'], decision = 'deny')\nprefix_rule([])\n")
	_, err = compiler.Evaluate(context.Background(), files, compiler.Options{})
	fmt.Println(err)
	// Output:
	// prompt by project team.rules:2:1 because others see it
	// team.rules:1:1: error: invalid decision: deny [decision]
	// team.rules:2:1: error: invalid pattern element: pattern cannot be empty [pattern]
}
