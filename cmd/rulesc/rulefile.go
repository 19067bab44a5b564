package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxRuleFile bounds the size of a rule file that is named by hand, in bytes.
const maxRuleFile = 64 << 20

func readRuleFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, bare(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRuleFile+1))
	if err != nil {
		return nil, bare(err)
	}
	if len(text) > maxRuleFile {
		return nil, fmt.Errorf("larger than %d bytes", maxRuleFile)
	}
	return text, nil
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
