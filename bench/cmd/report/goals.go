package main

import (
	"fmt"
	"math"
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
	for _, goal := range g.list {
		var cells []string
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
	}
	return fmt.Sprintf("## Goals\n\n%d met, %d missed (in bold).\n\n%s", met, missed, t)
}
