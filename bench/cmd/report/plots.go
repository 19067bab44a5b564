package main

import (
	"math"

	"github.com/rulesc/rulesc/bench/engine"
	"github.com/rulesc/rulesc/bench/plot"
)

var styles = map[string]plot.Style{
	"limit":                     plot.Floor,
	"rulesc, stored":            plot.Ours,
	"Go maps":                   plot.Plain,
	"the reference's algorithm": plot.Plain,
	"regexp alternation":        plot.Plain,
}

// line adds what was measured to a picture, if anything was.
func line(p *plot.LogLog, name string, style plot.Style, values []float64) {
	var points []plot.Point
	for i, v := range values {
		if !math.IsNaN(v) && v > 0 {
			points = append(points, plot.Point{X: float64(sizes[i]), Y: v})
		}
	}
	if len(points) > 0 {
		p.Lines = append(p.Lines, plot.Line{Name: name, Points: points, Style: style})
	}
}

func (r *report) decidePlot() string {
	p := plot.LogLog{
		Title:  "Time for a decision",
		About:  "CPU time a command; lower is better. Green: written by hand; orange: libraries",
		XLabel: "rules",
		XTick:  func(v float64) string { return count(int(v)) },
		YTick:  duration,
	}
	for _, kind := range engine.Kinds {
		style, ok := styles[kind.Name]
		if !ok {
			style = plot.Engine
		}
		if kind.Name == "rulesc, zstd" {
			continue // once opened it is the same
		}
		line(&p, kind.Name, style, r.ns[kind.Name])
	}
	return p.SVG()
}

func (r *report) sizePlot() string {
	p := plot.LogLog{
		Title:  "Size of a policy",
		About:  "bytes a rule, in files and in the Go heap; lower is better. Green: written by hand; orange: libraries",
		XLabel: "rules",
		XTick:  func(v float64) string { return count(int(v)) },
		YTick:  size,
	}
	line(&p, "rulesc, zstd, what decides", plot.Ours, r.zstdHot)
	line(&p, "rulesc, stored, what decides", plot.Ours, r.storedHot)
	line(&p, "rulesc, zstd, whole file", plot.Ours, r.zstdAll)
	line(&p, "rulesc, stored, whole file", plot.Ours, r.storedAll)
	line(&p, "rule file", plot.Floor, r.text)
	line(&p, "vellum FST", plot.Engine, r.eachRule(r.fst))
	for _, name := range heapShown[1:] {
		style, ok := styles[name]
		if !ok {
			style = plot.Engine
		}
		line(&p, name+", heap", style, r.eachRule(r.held[name]))
	}
	return p.SVG()
}

// duration writes powers of ten of nanoseconds.
func duration(ns float64) string {
	switch {
	case ns >= 1e9:
		return number(ns/1e9) + " s"
	case ns >= 1e6:
		return count(int(math.Round(ns/1e6))) + " ms"
	case ns >= 1e3:
		return count(int(math.Round(ns/1e3))) + " µs"
	}
	return count(int(math.Round(ns))) + " ns"
}

// size writes powers of ten of bytes.
func size(bytes float64) string {
	switch {
	case bytes >= 1e9:
		return count(int(math.Round(bytes/1e9))) + " GB"
	case bytes >= 1e6:
		return count(int(math.Round(bytes/1e6))) + " MB"
	case bytes >= 1e3:
		return count(int(math.Round(bytes/1e3))) + " kB"
	}
	return count(int(math.Round(bytes))) + " B"
}
