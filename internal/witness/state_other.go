//go:build !linux

package witness

import (
	"io/fs"

	"github.com/rulesc/rulesc/internal/filestate"
)

// No states are known here.

func stateOf(fs.FileInfo) filestate.State { return filestate.State{} }

// State returns none.
func State(string) filestate.State { return filestate.State{} }

// ShowsChanges reports that no state tells.
func ShowsChanges(string) bool { return false }
