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
// tokens as they are written. cache is the folder for what is unpacked, "" for
// none.
func openArtifact(path string, place *ir.Place, cache string) (*runtime.Policy, error) {
	var options []runtime.Option
	if place == nil {
		options = append(options, runtime.WithoutHostResolution())
	} else {
		options = append(options, runtime.WithHome(place.Home), runtime.WithDir(place.Dir))
	}
	if cache != "" {
		options = append(options, runtime.WithCache(cache))
	}
	policy, err := runtime.Open(path, options...)
	if err != nil {
		return nil, err
	}
	// Opening looks at what decides. A file that is damaged anywhere gives no
	// decision here: who changed one part may have changed another.
	if err := policy.Verify(); err != nil {
		policy.Close()
		return nil, err
	}
	return policy, nil
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
