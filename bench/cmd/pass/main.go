// Pass decides commands by an artifact, over and over, and says what one takes:
//
//	pass [-passes N] ARTIFACT COMMANDS
//	pass [-passes N] -limit COMMANDS
//
// It is a program of its own to be built with other tags than the report, and
// to be small under valgrind. In the file of commands a line is how many tokens
// have to be looked at, and the tokens, a zero byte between them.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rulesc/rulesc/bench/limit"
	"github.com/rulesc/rulesc/bench/measure"
	rulesrt "github.com/rulesc/rulesc/runtime"
)

func main() {
	passes := flag.Int("passes", 0, "run so many, for others to count, and print nothing")
	onlyLimit := flag.Bool("limit", false, "only read the tokens that have to be looked at")
	flag.Parse()
	if err := run(*passes, *onlyLimit, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "pass:", err)
		os.Exit(1)
	}
}

func run(passes int, onlyLimit bool, files []string) error {
	commands, looked, err := read(files[len(files)-1])
	if err != nil {
		return err
	}
	var pass func()
	if onlyLimit {
		l := limit.New(commands, looked)
		pass = func() { l.Read(0, len(commands)) }
	} else {
		policy, err := rulesrt.Open(files[0])
		if err != nil {
			return err
		}
		pass = func() {
			for _, argv := range commands {
				policy.Decide(argv)
			}
		}
	}
	if passes == 0 {
		ns := measure.Turns(2, 2*time.Millisecond, []measure.Row{{Run: pass, Ops: len(commands)}})
		fmt.Println(ns[0])
	}
	repeat(pass, passes)
	return nil
}

// repeat is what valgrind counts in, by its name.
//
//go:noinline
func repeat(pass func(), passes int) {
	for range passes {
		pass()
	}
}

func read(file string) (commands [][]string, looked []int, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	text := string(append(data, make([]byte, 8)...)) // limit reads beyond tokens
	for line := range strings.Lines(text[:len(data)]) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\x00")
		n, err := strconv.Atoi(fields[0])
		if err != nil {
			return nil, nil, err
		}
		commands, looked = append(commands, fields[1:]), append(looked, n)
	}
	return commands, looked, nil
}
