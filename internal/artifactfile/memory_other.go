//go:build !unix

package artifactfile

import (
	"errors"
	"os"
)

// Windows is among these on purpose: it does not let a file be replaced while
// it is mapped, and artifacts are replaced by renaming.

// mapFile says that files cannot be mapped; they are read instead.
func mapFile(*os.File, int) (Memory, error) { return Memory{}, errors.ErrUnsupported }

// allocateBlock says that there is no memory but the Go heap.
func allocateBlock(int) ([]byte, error) { return nil, errors.ErrUnsupported }

func releaseBlock([]byte) {}
