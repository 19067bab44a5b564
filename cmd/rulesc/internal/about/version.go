// Package about says which rulesc this is, and answers "rulesc version" before
// the rest of the program is set up: see package early for how. It imports
// nothing but package os, so that its init is among the first.
package about

import (
	"os"
	"runtime"
)

// ToolVersion is the version of rulesc. It goes into artifacts, so it says
// nothing of how or where this program was built.
const ToolVersion = "0.1.0"

// ReferenceVersion is the version of the reference whose answers rulesc gives.
const ReferenceVersion = "codex-cli 0.169.0"

// formatVersion is matcher.FormatVersion in digits; a test compares them.
const formatVersion = "1"

// VersionText is what "rulesc version" prints.
func VersionText() string {
	return "rulesc " + ToolVersion +
		"\nartifact format " + formatVersion +
		"\nrules as in " + ReferenceVersion +
		"\n" + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + "\n"
}

func init() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		// main tries again, and reports it, where this fails.
		if _, err := os.Stdout.WriteString(VersionText()); err == nil {
			os.Exit(0)
		}
	}
}
