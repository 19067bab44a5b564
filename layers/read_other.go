//go:build !unix

package layers

import (
	"errors"
	"os"
)

// openFile opens a file for reading.
func openFile(path string) (*os.File, error) { return os.Open(path) }

func systemReason(error) (string, bool) { return "", false }

// notDirectory is the error of listing what is no folder.
var notDirectory = errors.New("not a directory")
