// Package quiet keeps libraries from writing to the log of the process, which
// nobody asked for: go.starlark.net says there, before main, that it cannot
// reserve 4 GB of addresses, as under "ulimit -v". It does without.
//
// Packages are initialised in the order of their import paths, each after what it
// imports, so this one comes before those that it quiets.
package quiet

import (
	"io"
	"log"
)

func init() { log.SetOutput(io.Discard) }
