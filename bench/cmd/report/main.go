// Report measures rulesc beside what else could answer, and writes what it
// found as Markdown with two pictures.
//
//	go run ./cmd/report -quick    two minutes on a quiet machine
//	go run ./cmd/report           some minutes
//	go run ./cmd/report -full     all engines, to a million rules
//	go run ./cmd/report -counts   what valgrind counts, too: instructions, branches, misses
//
// All numbers are the least of rounds in which the candidates took turns, but for
// one in twenty, in CPU time of the process; package measure says why. Ratios within
// one run hold, nanoseconds of different runs and machines do not compare.
//
// It needs the go command, to build the rulesc that it starts, and runs on
// Unix.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/rulesc/rulesc/bench/engine"
	"github.com/rulesc/rulesc/bench/measure"
)

// An effort is how long to measure.
type effort struct {
	name   string
	rounds int
	sample time.Duration // of one candidate in one round, at least
	stream time.Duration // slow engines get as many commands as they decide in this time
	others int           // rules up to which all engines are measured that can be
	build  []int         // sizes to build
}

var (
	quick  = effort{"-quick", 7, 2 * time.Millisecond, 20 * time.Millisecond, 10_000, []int{1_000, 10_000, 100_000}}
	normal = effort{"", 25, 5 * time.Millisecond, 100 * time.Millisecond, 100_000, []int{1_000, 10_000, 100_000}}
	full   = effort{"-full", 60, 10 * time.Millisecond, time.Second, 100_000, []int{1_000, 10_000, 100_000, 1_000_000}}
)

// sizes are the numbers of rules that everything but building is measured at.
var sizes = []int{10, 1_000, 10_000, 100_000}

// A report is what the sections work with and write to.
type report struct {
	effort
	codex    string // path of the reference's program, "" if there is none
	counting bool   // with valgrind, if there is one
	dir      string // for files
	built    *programs
	works    map[int]*engine.Work
	out      strings.Builder
	log      io.Writer
	decided
	sized
	goals
}

func main() {
	isQuick := flag.Bool("quick", false, "measure for two minutes")
	isFull := flag.Bool("full", false, "measure for long, all engines, to a million rules")
	codex := flag.String("codex", "", "the reference's `program`; the default is the codex in PATH, if any")
	counting := flag.Bool("counts", false, "count instructions, branches and cache misses, too, with valgrind")
	to := flag.String("o", ".", "write RESULTS.md, decide.svg and size.svg into this `folder`")
	flag.Parse()
	e := normal
	if *isQuick {
		e = quick
	} else if *isFull {
		e = full
	}
	if *codex == "" {
		*codex, _ = exec.LookPath("codex")
	}
	if err := run(e, *codex, *counting, *to); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(e effort, codex string, counting bool, to string) error {
	dir, err := os.MkdirTemp("", "rulesc-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := &report{effort: e, codex: codex, counting: counting, dir: dir, works: make(map[int]*engine.Work), log: os.Stderr}
	sections := []struct {
		name string
		run  func() error
	}{
		{"decide", r.decide},
		{"counts", r.counts},
		{"safe build", r.safe},
		{"matches", r.matches},
		{"open", r.open},
		{"build", r.building},
		{"size", r.size},
		{"process", r.process},
		{"parallel", r.parallel},
		{"heap", r.open1000},
	}
	for _, s := range sections {
		start, cpu := time.Now(), measure.CPU()
		fmt.Fprintf(r.log, "%s ...", s.name)
		if err := s.run(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(r.log, " %.1f s, %.1f of them at work\n", time.Since(start).Seconds(), (measure.CPU() - cpu).Seconds())
		runtime.GC()
	}
	results := r.head() + r.goals.table() + r.out.String()
	fmt.Print(results)
	for name, text := range map[string]string{
		"RESULTS.md": results,
		"decide.svg": r.decidePlot(),
		"size.svg":   r.sizePlot(),
	} {
		if err := os.WriteFile(filepath.Join(to, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// work returns the work with n rules.
func (r *report) work(n int) *engine.Work {
	if r.works[n] == nil {
		r.works[n] = engine.NewWork(n)
	}
	return r.works[n]
}

func (r *report) head() string {
	command := strings.TrimSpace("go run ./cmd/report " + r.name)
	if r.counting {
		command += " -counts"
	}
	return fmt.Sprintf(`# Results

Written by `+"`%s`"+`, in this folder, on %s
with %s on %d cores of %s/%s (%s), rulesc at commit %s.

Everything is measured on the same seeded rules and commands (internal/workload),
and all answers were compared with the definition, ir's evaluator, before
anything was timed. Numbers are the least of %d rounds or more in which the candidates
took turns, but for one in twenty, in CPU time. Ratios hold; nanoseconds are those of this machine and
hour. A dash: not measured, since it would take minutes or is not to be had.%s

The *limit* is what reading argv exactly costs: for each token that has to be
looked at, both end words in one go, one 64x64 multiply hash, and a comparison
with an adjacent record; no search, no call.

![ns a command against rules](decide.svg)

![bytes against rules](size.svg)

`, command, time.Now().Format("2006-01-02"), runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, cpuName(), commit(), r.rounds, load())
}

func cpuName() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// load says how busy the machine was, if it was busier than the report alone
// makes it: then ratios are rough, too.
func load() string {
	b, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(b))
	if len(fields) < 3 {
		return ""
	}
	if average, err := strconv.ParseFloat(fields[1], 64); err != nil || average < float64(runtime.NumCPU()) {
		return ""
	}
	return fmt.Sprintf("\nThe machine was busy, with a load average of %s, which makes ratios rough, too.", fields[1])
}

// commit returns the commit of the checkout, and whether what is measured may
// differ from it.
func commit() string {
	git := func(arguments ...string) string {
		out, _ := exec.Command("git", arguments...).Output()
		return strings.TrimSpace(string(out))
	}
	id := git("rev-parse", "--short", "HEAD")
	if id == "" {
		return "unknown"
	}
	if git("status", "--porcelain", "--untracked-files=no", "--", "..", ":!.") != "" {
		id += " with changes"
	}
	return id
}
