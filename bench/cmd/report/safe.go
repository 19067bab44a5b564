package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rulesc/rulesc/bench/measure"
	"github.com/rulesc/rulesc/matcher"
)

// safe measures the build that 32-bit systems and the race detector get, by turns
// with the other one.
func (r *report) safe() error {
	programs, err := r.programs()
	if err != nil {
		return err
	}
	var times, ns []float64
	for _, n := range sizes {
		path, commands, err := r.passFiles(n)
		if err != nil {
			return err
		}
		var took [2][]float64
		for range 2 * r.rounds {
			for i, program := range []string{programs.pass, programs.safePass} {
				p, err := r.start(program, path, commands)
				if err != nil {
					return err
				}
				each, err := strconv.ParseFloat(p.out, 64)
				if err != nil {
					return err
				}
				took[i] = append(took[i], each)
			}
		}
		fast, safe := measure.Least(took[0]), measure.Least(took[1])
		times, ns = append(times, safe/fast), append(ns, fast)
	}
	r.section("Safe build", `Policy.Decide built with `+"`-tags purego`"+`, without unsafe and with all bounds
checked, in a small program that takes turns with one built as usual.`)
	t := bySize("", sizes)
	t.row("safe build, times the other", numbers(times)...)
	t.row("*the other, ns a command*", numbers(ns)...)
	r.add(t)
	r.atMost("Decide in the safe build, times the other", []float64{1.3, 1.3, 1.3, 1.3}, times)
	return nil
}

// passFiles returns the paths of a stored artifact of n rules, and of a file with the
// commands for cmd/pass.
func (r *report) passFiles(n int) (artifact, commands string, err error) {
	if artifact, err = r.artifact(n, matcher.CodecStored); err != nil {
		return "", "", err
	}
	commands = filepath.Join(r.dir, fmt.Sprintf("%d.commands", n))
	w := r.work(n)
	var b strings.Builder
	for i, argv := range w.Commands {
		fmt.Fprintf(&b, "%d\x00%s\n", w.Looked[i], strings.Join(argv, "\x00"))
	}
	return artifact, commands, os.WriteFile(commands, []byte(b.String()), 0o666)
}
