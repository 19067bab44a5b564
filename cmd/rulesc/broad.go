package main

import (
	"path"
	"strings"

	"github.com/rulesc/rulesc/ir/lint"
	"github.com/rulesc/rulesc/layers"
)

// tooBroad reports whether an allow rule for a prefix lets a command run
// anything, as vet sees it, or is on the reference's list of those that it takes
// back, by whatever path, and behind whatever program that runs others.
func tooBroad(prefix []string) bool {
	for ; len(prefix) > 0; prefix = lint.Wrapped(prefix) {
		name := strings.TrimSuffix(path.Base(strings.ReplaceAll(prefix[0], `\`, "/")), ".exe")
		byName := append([]string{name}, prefix[1:]...)
		if _, anything := lint.RunsAnything(prefix); anything || layers.IsBroad(prefix) || layers.IsBroad(byName) {
			return true
		}
	}
	return false
}

// saysTooLittle reports whether a prefix is nothing to suggest a rule for: it is
// too broad, or vet would warn of an allow rule for it.
func saysTooLittle(prefix []string) bool {
	_, broad := lint.IsBroad(prefix)
	return broad || tooBroad(prefix)
}
