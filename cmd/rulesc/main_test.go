package main

import (
	"strings"
	"testing"
)

// A command is the same alone, as its own command line makes it, and among all
// others, as help does.
func TestCommandsAlone(t *testing.T) {
	for _, c := range commands {
		alone, stderr, code := runHere(c.name, "--help")
		if code != exitDone || !strings.Contains(alone, "\n  rulesc "+c.name) {
			t.Errorf("%s --help: exit %d\n%s%s", c.name, code, alone, stderr)
		}
		if among, _, _ := runHere("help", c.name); among != alone {
			t.Errorf("help %s:\n%s\n%s --help:\n%s", c.name, among, c.name, alone)
		}
	}
	if help, _, _ := runHere("--help"); strings.Count(help, "\n  ") < len(commands) {
		t.Errorf("help does not name all commands:\n%s", help)
	}
}
