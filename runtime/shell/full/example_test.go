package full_test

import (
	"fmt"

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
