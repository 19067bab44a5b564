// Package about says which rulesc this is. It imports nothing that has to be set up:
// "rulesc version" is answered before anything is, see package early.
package about

import "runtime"

// ToolVersion is the version of rulesc. It goes into artifacts, so it says
// nothing of how or where this program was built.
const ToolVersion = "0.1.0"

// ReferenceVersion is the version of the reference whose answers rulesc gives.
const ReferenceVersion = "codex-cli 0.169.0"

// formatVersion is matcher.FormatVersion in digits; a test compares them.
const formatVersion = "2"

// AppendVersion appends what "rulesc version" prints.
func AppendVersion(dst []byte) []byte {
	dst = append(dst, "rulesc "+ToolVersion+
		"\nartifact format "+formatVersion+
		"\nrules as in "+ReferenceVersion+"\n"...)
	dst = append(dst, runtime.Version()...)
	return append(dst, " "+runtime.GOOS+"/"+runtime.GOARCH+"\n"...)
}
