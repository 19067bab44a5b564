package shell_test

import (
	"fmt"

	"github.com/rulesc/rulesc/runtime/shell"
)

func ExampleReference() {
	for _, script := range []string{
		"cd repo && git push 'origin' main",
		"cd repo && git push > log",
	} {
		commands, plain := shell.Reference([]string{"/bin/bash", "-lc", script})
		fmt.Println("plain:", plain)
		for _, command := range commands {
			fmt.Printf("  %q\n", command)
		}
	}
	// Output:
	// plain: true
	//   ["cd" "repo"]
	//   ["git" "push" "origin" "main"]
	// plain: false
	//   ["/bin/bash" "-lc" "cd repo && git push > log"]
}

func ExampleForbiddenReason() {
	argv := []string{"/bin/bash", "-lc", "cd repo && git push"}
	fmt.Println(shell.ForbiddenReason(argv, []string{"git", "push"}, ""))
	// Output:
	// `/bin/bash -lc 'cd repo && git push'` rejected: policy forbids commands starting with `git push`
}
