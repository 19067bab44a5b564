package main

import (
	"fmt"
	"io"
	"os"

	"github.com/rulesc/rulesc/matcher"
)

// readArtifact reads an artifact's file.
func readArtifact(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, matcher.MaxFileSize+1))
	if err == nil && len(b) > matcher.MaxFileSize {
		err = fmt.Errorf("%s is larger than any artifact (%d bytes)", path, matcher.MaxFileSize)
	}
	return b, err
}
