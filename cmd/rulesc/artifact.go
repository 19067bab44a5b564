package main

import (
	"fmt"
	"io"
	"os"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// openArtifact opens an artifact for decisions. place is nil to compare first
// tokens as they are written.
func openArtifact(path string, place *ir.Place) (*runtime.Policy, error) {
	if place == nil {
		return runtime.Open(path, runtime.WithoutHostResolution())
	}
	return runtime.Open(path, runtime.WithHome(place.Home), runtime.WithDir(place.Dir))
}

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
