package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// openArtifact opens an artifact for decisions, as a harness does: what decides is
// proved, and what is said of rules checked when it is. place is nil to compare first
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
	return runtime.Open(path, options...)
}

// readArtifact reads a file that may be an artifact, or else a rule file: what
// does not begin as an artifact is not read further than a rule file may reach.
func readArtifact(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	limit := maxRuleFile
	if start, _ := r.Peek(len(matcher.Magic)); string(start) == matcher.Magic {
		limit = matcher.MaxFileSize
	}
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil {
		b.Grow(int(min(info.Size(), int64(limit))) + bytes.MinRead)
	}
	_, err = b.ReadFrom(io.LimitReader(r, int64(limit)+1))
	if err == nil && b.Len() > limit {
		err = fmt.Errorf("%s: larger than %d bytes", path, limit)
	}
	return b.Bytes(), err
}
