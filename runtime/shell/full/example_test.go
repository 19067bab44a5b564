package full_test

import (
	"fmt"

	rulesrt "github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

func ExampleRead() {
	script := full.Read([]string{"bash", "-lc", `cd x && sudo git push $OPTS >> log; eval "$LATER"`})
	for _, c := range script.Commands {
		fmt.Printf("%q open-ended: %v, via %v\n", c.Words, c.OpenEnded, c.Via)
	}
	for file := range script.Files() {
		fmt.Println(file.Kind, file.Target)
	}
	for _, o := range script.Opaque {
		fmt.Printf("opaque, %v: %s\n", o.Reason, script.Text[o.Span.Start:o.Span.End])
	}
	// Output:
	// ["cd" "x"] open-ended: false, via []
	// ["sudo" "git" "push"] open-ended: true, via []
	// ["git" "push"] open-ended: true, via [{wrapper sudo}]
	// ["eval"] open-ended: true, via []
	// append log
	// opaque, evaluated text: eval "$LATER"
}

// A harness asks an artifact about the script that it is about to run. The rules
// of this one are `git status`, allowed, and `git push --force`, forbidden.
func ExampleDecide() {
	policy, err := rulesrt.Open("../../testdata/example.rulesc")
	if err != nil {
		fmt.Println("forbidden, there is no policy:", err)
		return
	}
	defer policy.Close()

	for _, line := range []string{
		"git status 2>&1",
		"git status && git push $BRANCH",
		"git status > report",
	} {
		script := full.Read([]string{"bash", "-lc", line})
		answer := full.Decide(policy, script)
		fmt.Printf("%s: %v\n", line, answer.Decision)
		for i, part := range answer.Parts {
			if i == answer.Deciding || part.Verdict.Decision == rulesrt.None {
				fmt.Printf("  %v %q: %v\n", part.Kind, script.Text[part.Span.Start:part.Span.End], part.Verdict.Decision)
			}
		}
	}
	// Output:
	// git status 2>&1: allow
	//   command "git status": allow
	// git status && git push $BRANCH: forbidden
	//   open-ended "git push $BRANCH": forbidden
	// git status > report: none
	//   file "> report": none
}

// A caller who knows where files may be written says so.
func ExampleAnswer_Settle() {
	policy, err := rulesrt.Open("../../testdata/example.rulesc")
	if err != nil {
		fmt.Println("forbidden, there is no policy:", err)
		return
	}
	defer policy.Close()

	answer := full.Decide(policy, full.Parse("git status > /tmp/report"))
	for i, part := range answer.Parts {
		if part.Kind == full.File && part.File.Known && part.File.Target == "/tmp/report" {
			answer.Parts[i].Verdict.Decision = rulesrt.Allow
		}
	}
	answer.Settle()
	fmt.Println(answer.Decision)
	// Output:
	// allow
}
