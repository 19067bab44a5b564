// Package early answers "rulesc check --artifact", which a harness starts again
// and again, before most of the program is set up; and "rulesc build" that finds
// nothing to do.
//
// A Go program initialises all of its packages before main: here that is several
// times the work of a decision, for Starlark, TOML, flags, templates and tables
// of Unicode that this command does not use. Packages are initialised in the
// order of their import paths, each after what it imports (Go specification,
// Program initialization). This one imports little and sorts before most of what
// main imports, so its init runs before theirs, and ends the process where it
// knows the whole answer. In another order nothing would change but the time.
//
// Package ahead does the same before that. It imports next to nothing, and answers what
// most processes are started for: an artifact, asked for JSON, and a build that is up to
// date, which is answered here where ahead has no code for it.
//
// What they do not know they leave to main: every error and every other flag. So
// main can answer all of their commands too, and a test holds the three to the
// same bytes.
//
// Mind what is imported here: package crypto/rand alone, say, comes late enough in
// the alphabet to have half of the program set up first. A test lists what is.
package early

import (
	"io"
	"os"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/about"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/ahead"
)

func init() {
	if len(os.Args) < 2 || os.Args[1] == "build" && ahead.Builds {
		return
	}
	if output, code, ok := Answer(os.Args[1:], os.Getenv); ok {
		if _, err := io.WriteString(os.Stdout, output); err != nil {
			return // main writes it again, and says what is wrong as it was asked to
		}
		os.Exit(code)
	}
}

// Answer returns what a command line prints to standard output and its exit
// code. ok is false, and nothing has happened, where main has to do it.
func Answer(args []string, getenv func(string) string) (output string, code int, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // main says that there is a bug
		}
	}()
	if len(args) == 1 && args[0] == "version" {
		return string(about.AppendVersion(nil)), 0, true
	}
	if len(args) > 0 && args[0] == "build" {
		output, ok := answerBuild(args, getenv)
		return string(output), 0, ok
	}
	if len(args) < 2 || args[0] != "check" {
		return "", 0, false
	}
	var c ahead.Check
	if !c.Parse(args[1:]) {
		return "", 0, false
	}
	return answer(&c, getenv)
}
