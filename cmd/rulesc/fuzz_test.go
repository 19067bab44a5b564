package main

import (
	"slices"
	"strings"
	"testing"
)

// What takeOptions leaves of a command line is its end, and nothing of it is
// lost or made up.
func FuzzTakeOptions(f *testing.F) {
	for _, line := range []string{
		"--rules a.rules -- git", "-r a -r b git --pretty", "--rules=a --exit-code --x", "--rules", "-- --", "--batch --shell=off",
		"-ra", "--pretty=1", "-C d --home=h", "- x", "--rules a -c k=v -h", "--format json --format=xml",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		cmd := checkCommand(process{})
		cmd.InitDefaultHelpFlag()
		command, err := takeOptions(cmd.Flags(), args)
		if err != nil {
			if command != nil {
				t.Errorf("both a command and an error: %q, %v", command, err)
			}
			return
		}
		if !slices.Equal(command, args[len(args)-len(command):]) {
			t.Errorf("%q left %q", args, command)
		}
	})
}

// A file of assertions holds assertions that can be proven, or has mistakes, each
// with a place.
func FuzzDecodeAssertions(f *testing.F) {
	for _, text := range []string{
		"[[assert]]\nnever_allow = \"git push\"\nany_layer = true\n", "[[assert]]\nalways_forbidden = ['a', ['b', 'c']]\n",
		"[[assert]]\nnever_looser_than = 'HEAD:x'\nwhy = 'y'\nas_written = false\n", "assert = [{never_allow = '[\"a\"]'}, 1]", "a.b = = 1", "assert = 1\n",
		"[[assert]]\nnever_allow = []\nalways_forbidden = [1]\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, problems := decodeAssertions("a.toml", text)
		if (len(list) > 0) == (len(problems) > 0) {
			t.Fatalf("%d assertions and %d problems", len(list), len(problems))
		}
		for _, p := range problems {
			if p.Line < 1 || p.Col < 1 || p.Message == "" {
				t.Errorf("no place: %+v", p)
			}
		}
		for i := range list {
			if a := &list[i]; (a.kind == neverLooser) != (a.base != "") || (a.kind != neverLooser) != (len(a.pattern) > 0) || a.position.Line < 1 {
				t.Errorf("not an assertion: %+v", a)
			}
		}
	})
}
