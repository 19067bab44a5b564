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

func FuzzParseCommand(f *testing.F) {
	for _, line := range []string{`["git","push"]`, `[]`, `null`, `["a",null]`, `["\ud800"]`, `[1]`, "[\"\xff\"]", `["a"] x`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		argv, err := parseCommand(line)
		if (err == nil) != (len(argv) > 0) {
			t.Errorf("%q: %q, %v", line, argv, err)
		}
	})
}
