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

func TestLikesColor(t *testing.T) {
	for _, test := range []struct {
		noColor, term string
		want          bool
	}{{"", "xterm-256color", true}, {"", "", true}, {"1", "xterm", false}, {"0", "xterm", false}, {"", "dumb", false}} {
		env := map[string]string{"NO_COLOR": test.noColor, "TERM": test.term}
		if got := likesColor(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("NO_COLOR=%q TERM=%q: %v, want %v", test.noColor, test.term, got, test.want)
		}
	}
}
