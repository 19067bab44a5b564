package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/rulesc/rulesc/bench/engine"
	"github.com/rulesc/rulesc/bench/measure"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

// building measures the way from a rule file to an artifact, step by step.
func (r *report) building() error {
	var starlarks, literals, others, compiles, stores, zstds, rates, peaks []float64
	clear(r.works) // a build has the heap to itself, and so its collector less to do
	for _, n := range r.build {
		literal := engine.NewWork(n).Files()
		var other []string // the same rules, but not with literals alone
		for _, text := range literal {
			other = append(other, "ALLOW = \"allow\"\n"+strings.ReplaceAll(text, `decision = "allow"`, "decision = ALLOW"))
		}
		var failed error
		note := func(err error) {
			if err != nil {
				failed = err
			}
		}
		evaluate := func(texts []string) *ir.Policy {
			var files []compiler.File
			for i, text := range texts {
				files = append(files, compiler.File{Name: fmt.Sprintf("%d.rules", i), Text: []byte(text)})
			}
			p, err := compiler.Evaluate(context.Background(), files, compiler.Options{Limits: compiler.Limits{Bytes: 1 << 30}})
			note(err)
			return p
		}
		policy := evaluate(literal)
		if failed != nil {
			return failed
		}
		var artifact *compiler.Artifact
		encode := func(codec matcher.Codec) func() {
			return func() {
				_, err := artifact.Encode(codec)
				note(err)
			}
		}
		rounds := min(r.rounds, max(2, r.rounds*20_000/n))
		took := measure.Turns(rounds, r.sample, []measure.Row{
			{Ops: n, Run: collected(func() { note(bareStarlark(other)) })},
			{Ops: n, Run: collected(func() { evaluate(literal) })},
			{Ops: n, Run: collected(func() { evaluate(other) })},
			{Ops: n, Run: collected(func() {
				var err error
				artifact, err = compiler.Compile(policy, matcher.Meta{})
				note(err)
			})},
			{Ops: n, Run: collected(encode(matcher.CodecStored))},
			{Ops: n, Run: collected(encode(matcher.CodecZstd))},
		})
		if failed != nil {
			return failed
		}
		peak, err := r.peak(n, literal)
		if err != nil {
			return err
		}
		starlarks, literals, others = append(starlarks, took[0]), append(literals, took[1]), append(others, took[2])
		compiles, stores, zstds = append(compiles, took[3]), append(stores, took[4]), append(zstds, took[5])
		rates = append(rates, 1e9/(took[1]+took[3]+took[5]))
		peaks = append(peaks, peak)
		runtime.GC()
	}
	r.section("Build", `From the text of rule files, of up to 10,000 rules each, to the bytes of an
artifact. Starlark's own evaluation is go.starlark.net with builtins that do
nothing, on the files that are not literal calls alone.`)
	t := bySize("", r.build)
	t.row("evaluate a file of literal calls, times Starlark", numbers(divide(literals, starlarks))...)
	t.row("evaluate another file, times Starlark", numbers(divide(others, starlarks))...)
	t.row("compile, times evaluating literal calls", numbers(divide(compiles, literals))...)
	t.row("encode as zstd, times evaluating literal calls", numbers(divide(zstds, literals))...)
	t.row("encode stored, times evaluating literal calls", numbers(divide(stores, literals))...)
	t.row("peak memory of `rulesc build` beyond an empty program's, bytes a rule", numbers(peaks)...)
	t.row("rules a second, literal calls to zstd, on one core", numbers(rates)...)
	t.row("*evaluate literal calls, ns a rule*", numbers(literals)...)
	r.add(t)

	at := func(list []float64) []float64 { // of build sizes, those that goals are about
		picked := []float64{none, none, none, none}
		for i, n := range r.build {
			for s, size := range sizes {
				if n == size {
					picked[s] = list[i]
				}
			}
		}
		return picked
	}
	r.atLeast("build from literal calls, rules a second", []float64{none, none, none, 250_000}, at(rates))
	r.atMost("evaluate other files, times Starlark", []float64{none, 1.2, 1.2, 1.2}, at(divide(others, starlarks)))
	r.atMost("build, peak bytes a rule", []float64{none, none, none, 1536}, at(peaks))
	return nil
}

// collected returns a run that pays for its collector, which turns otherwise hold
// back: a build makes more garbage than memory should hold.
func collected(run func()) func() {
	return func() {
		defer debug.SetGCPercent(debug.SetGCPercent(100))
		run()
	}
}

// bareStarlark runs rule files with builtins that do nothing.
func bareStarlark(texts []string) error {
	nothing := starlark.NewBuiltin("prefix_rule", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		return starlark.None, nil
	})
	builtins := starlark.StringDict{"prefix_rule": nothing}
	for _, text := range texts {
		if _, err := starlark.ExecFileOptions(&syntax.FileOptions{}, new(starlark.Thread), "default.rules", text, builtins); err != nil {
			return err
		}
	}
	return nil
}

// peak returns the bytes a rule by which the peak memory of a build exceeds
// that of an empty program.
func (r *report) peak(n int, texts []string) (float64, error) {
	if n > 500_000 {
		return none, nil // the command line takes 64 MiB of rule files
	}
	programs, err := r.programs()
	if err != nil {
		return 0, err
	}
	arguments, err := r.write(n, texts)
	if err != nil {
		return 0, err
	}
	empty, err := r.peakOf(programs.empty)
	if err != nil {
		return 0, err
	}
	build := append([]string{programs.rulesc, "build", "-o", filepath.Join(r.dir, "peak.rulesc")}, arguments...)
	built, err := r.peakOf(build...)
	if err != nil {
		return 0, err
	}
	return (built - empty) / float64(n), nil
}

// peakOf returns the peak memory of a program, in bytes.
func (r *report) peakOf(command ...string) (float64, error) {
	p, err := r.start(r.built.peak, command...)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(p.out, 64)
}

// write writes the rule files of n rules and returns the arguments that name
// them, which are the same for rulesc and for codex.
func (r *report) write(n int, texts []string) (arguments []string, err error) {
	for i, text := range texts {
		path := filepath.Join(r.dir, fmt.Sprintf("%d-%d.rules", n, i))
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return nil, err
		}
		arguments = append(arguments, "--rules", path)
	}
	return arguments, nil
}
