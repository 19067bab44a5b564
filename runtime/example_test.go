package runtime_test

import (
	"context"
	"fmt"
	"log"
	"time"

	rulesrt "github.com/rulesc/rulesc/runtime"
)

// A harness asks before each command. Whatever is in doubt is decided by the
// caller, and decided safely: a policy that cannot be opened forbids, and a
// command that no rule knows is put before a person.
func Example() {
	policy, err := rulesrt.Open("testdata/example.rulesc")
	if err != nil {
		fmt.Println("forbidden, there is no policy:", err)
		return
	}
	defer policy.Close()

	for _, argv := range [][]string{
		{"git", "status"},
		{"/usr/bin/git", "push", "--force"},
		{"wget", "example.com"},
	} {
		verdict := policy.Decide(argv)
		decision := verdict.Decision
		if decision == rulesrt.None {
			decision = rulesrt.Prompt
		}
		fmt.Println(argv, decision)
		if verdict.Rule < 0 {
			continue // no rule decided, so there is nothing to explain
		}
		rule, err := policy.Rule(verdict.Rule)
		if err != nil {
			fmt.Println("  no explanation:", err) // the decision stands
			continue
		}
		fmt.Printf("  by %s: %q\n", rule.Source, rule.Justification)
	}
	// Output:
	// [git status] allow
	//   by user default.rules:1:1: ""
	// [/usr/bin/git push --force] forbidden
	//   by user default.rules:2:1: "rewrites history"
	// [wget example.com] prompt
}

func ExampleOpen_error() {
	policy, err := rulesrt.Open("testdata/missing.rulesc")
	if err != nil {
		fmt.Println("no policy")
	}
	// Even a caller that forgets to look at the error lets nothing through.
	fmt.Println(policy.Decide([]string{"git", "status"}).Decision)
	// Output:
	// no policy
	// forbidden
}

// The parts of a shell script run together, so they are decided together.
func ExamplePolicy_DecideAll() {
	policy, err := rulesrt.Open("testdata/example.rulesc")
	if err != nil {
		log.Fatal(err)
	}
	defer policy.Close()

	verdict := policy.DecideAll([][]string{{"git", "status"}, {"wget", "example.com"}})
	decision := verdict.Decision
	if decision == rulesrt.None { // a part has no rule, and nothing forbids the others
		decision = rulesrt.Prompt
	}
	fmt.Println(decision)
	// Output: prompt
}

// A program that runs for long follows the file.
func ExampleFollow() {
	live, err := rulesrt.Follow("testdata/example.rulesc")
	if err != nil {
		fmt.Println("forbidden, there is no policy:", err)
		return
	}
	defer live.Close()

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go live.Watch(ctx, time.Second, func(err error) {
		if err != nil {
			log.Print("the policy of before stays: ", err)
		}
	})

	policy := live.Policy() // a verdict and its explanation come from one policy
	verdict := policy.Decide([]string{"git", "status"})
	rule, err := policy.Rule(verdict.Rule)
	fmt.Println(verdict.Decision, rule.Source.Line, err)
	// Output: allow 1 <nil>
}
