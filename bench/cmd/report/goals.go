package main

import (
	"fmt"
	"math"
	"strings"
)

// goals are what rulesc is meant to reach, with what was measured.
type goals struct{ list []goal }

type goal struct {
	what     string
	atMost   bool      // otherwise at least
	bounds   []float64 // by size as in sizes; NaN: none
	measured []float64
}

var none = math.NaN()

func (g *goals) atMost(what string, bounds, measured []float64) {
	g.list = append(g.list, goal{what, true, bounds, measured})
}

func (g *goals) atLeast(what string, bounds, measured []float64) {
	g.list = append(g.list, goal{what, false, bounds, measured})
}

func (g *goals) table() string {
	t := bySize("goal, and what was measured", sizes)
	met, missed := 0, 0
	var why strings.Builder
	for _, goal := range g.list {
		var cells []string
		before := missed
		for i, bound := range goal.bounds {
			x := goal.measured[i]
			sign := "≥"
			good := x >= bound
			if goal.atMost {
				sign, good = "≤", x <= bound
			}
			switch {
			case math.IsNaN(bound) || math.IsNaN(x):
				cells = append(cells, missing)
				continue
			case good:
				met++
				cells = append(cells, fmt.Sprintf("%s %s: %s", sign, number(bound), number(x)))
			default:
				missed++
				cells = append(cells, fmt.Sprintf("%s %s: **%s**", sign, number(bound), number(x)))
			}
		}
		t.row(goal.what, cells...)
		if reason := reasons[goal.what]; reason != "" && missed > before {
			fmt.Fprintf(&why, "- %s: %s\n", goal.what, reason)
		}
	}
	return fmt.Sprintf("## Goals\n\n%d met, %d missed (in bold).\n\n%s\nWhat keeps them from it:\n\n%s\n", met, missed, t, why.String())
}

// reasons say of goals that were missed before what is in the way. They are shown
// where one is missed again.
var reasons = map[string]string{
	"Decide, times the limit": `what a token is compared with is only known when the one before it was found: a
  displacement, a slot and a record, each where the one before says, where the limit has
  its records in a row. It is 2.2 times the instructions (see Counts) up to 10,000 rules;
  beyond, the lines that are not in the second-level cache come on top.`,
	"Decide, times faster than the reference's algorithm": `at 100,000 rules, see the limit.`,
	"Decide, times faster than Go maps": `with ten rules each map has few keys, and is searched without a hash;
  with 1,000 runs differ by a sixth.`,
	"Decide in the safe build, times the other": `bounds of each load, and of short tokens a load for each few
  lengths.`,
	"Open zstd, MB a second": `decompression and restoring the image from its columns take two fifths of
  the time; then come the proof, the copy of the file, new pages and checksums.`,
	"zstd hot section, bytes a rule": `where edges are in the array is as good as random, and 4 bytes a rule. They
  could follow from nodes and tokens, and the rest could be written in less, but restoring
  the image would take longer than all of opening it now. What rules are is about 12 bytes.`,
	"rulesc check stored, times faster than codex execpolicy check": `codex takes 8 to 12 times an empty Go program up to
  1,000 rules, so that little more than an empty one is too much; and see below.`,
	"rulesc check stored, times an empty Go program": `50 page faults more, 30 of them because the program is
  large: its tables of functions, types and interfaces are looked at before any code of
  ours runs. At 100,000 rules the checksum has to touch the image's pages.`,
	"rulesc check zstd, times an empty Go program": `the same, and pages for the columns that the image is
  restored from.`,
	"rulesc version, times an empty Go program": `the same, without an artifact.`,
	"rulesc build of 1,000 files that is up to date, ms": `asking the system for the states of 1,000 files takes 3 to 4
  here, of which 1,000 calls that do nothing would take 1; the program is larger than an empty one,
  see rulesc version; and the runtime copies 2,000 arguments.`,
	"rulesc build of a folder of 1,000 files that is up to date, ms": `the same, without the arguments.`,
}
