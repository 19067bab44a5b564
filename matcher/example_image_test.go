package matcher_test

import (
	"fmt"

	"github.com/rulesc/rulesc/compiler/graph"
	"github.com/rulesc/rulesc/matcher"
)

func ExampleImage_Decide() {
	image, err := graph.Compile([]graph.Rule{
		{Pattern: [][]string{{"git"}}, Decision: matcher.Allow},
		{Pattern: [][]string{{"git"}, {"push", "fetch"}}, Decision: matcher.Prompt},
	}, []graph.Host{{Name: "git", Paths: []string{"/usr/bin/git"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := matcher.OpenImage(image)
	if err != nil {
		fmt.Println(err)
		return
	}
	here := matcher.NewPlace("/home/ann", "/home/ann/work")
	for _, argv := range [][]string{{"git", "push", "origin"}, {"/usr/bin/git", "log"}, {"/tmp/git", "log"}} {
		v := m.Decide(argv, here)
		fmt.Println(argv, v.Decision, v.Rule)
	}
	// Output:
	// [git push origin] prompt 1
	// [/usr/bin/git log] allow 0
	// [/tmp/git log] none -1
}

// What follows "git push" in a script is in a variable, and some of what it could
// be is forbidden.
func ExampleImage_DecideOpen() {
	image, err := graph.Compile([]graph.Rule{
		{Pattern: [][]string{{"git"}}, Decision: matcher.Allow},
		{Pattern: [][]string{{"git"}, {"push"}, {"-f", "--force"}}, Decision: matcher.Forbidden},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := matcher.OpenImage(image)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Decide([]string{"git", "push"}, nil).Decision)
	fmt.Println(m.DecideOpen([]string{"git", "push"}, nil).Decision)
	fmt.Println(m.DecideOpen([]string{"git", "fetch"}, nil).Decision)
	// Output:
	// allow
	// forbidden
	// allow
}
