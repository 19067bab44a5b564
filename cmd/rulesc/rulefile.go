package main

import (
	"errors"
	"io/fs"

	"github.com/rulesc/rulesc/internal/wholefile"
)

// maxRuleFile bounds the size of a rule file that is named by hand, in bytes.
const maxRuleFile = 64 << 20

func readRuleFile(name string) ([]byte, error) {
	text, err := wholefile.Read(name, maxRuleFile)
	return text, bare(err)
}

// bare returns what went wrong without the operation and the path, which the
// caller names.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
