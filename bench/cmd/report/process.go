package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rulesc/rulesc/bench/measure"
	"github.com/rulesc/rulesc/matcher"
)

// programs are the paths of what is started.
type programs struct{ rulesc, empty, peak, pass, safePass string }

// programs builds them once, all without C: package net, which the flags of rulesc
// come with, otherwise links the C library, and every start waits for it.
func (r *report) programs() (*programs, error) {
	if r.built != nil {
		return r.built, nil
	}
	at := func(name string) string { return filepath.Join(r.dir, name) }
	p := &programs{at("rulesc"), at("empty"), at("peak"), at("pass"), at("pass-safe")}
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/rulesc/rulesc").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w (run it in the bench folder)", err)
	}
	for _, build := range []*exec.Cmd{
		exec.Command("go", "build", "-C", strings.TrimSpace(string(root)), "-o", p.rulesc, "./cmd/rulesc"),
		exec.Command("go", "build", "-o", p.empty, "github.com/rulesc/rulesc/bench/cmd/empty"),
		exec.Command("go", "build", "-o", p.peak, "github.com/rulesc/rulesc/bench/cmd/peak"),
		exec.Command("go", "build", "-o", p.pass, "github.com/rulesc/rulesc/bench/cmd/pass"),
		exec.Command("go", "build", "-tags", "purego", "-o", p.safePass, "github.com/rulesc/rulesc/bench/cmd/pass"),
	} {
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(build.Args, " "), err, out)
		}
	}
	r.built = p
	return p, nil
}

// A process is what a program took from start to end, with all it started.
type process struct {
	cpu    float64 // ns
	faults float64 // of pages
	out    string
}

// start runs a program to its end. It sees no rules but those that the
// arguments name and those in the folder home.
func (r *report) start(program string, arguments ...string) (process, error) {
	home := filepath.Join(r.dir, "home")
	if err := os.MkdirAll(home, 0o777); err != nil {
		return process{}, err
	}
	cmd := exec.Command(program, arguments...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &errs, r.dir
	cmd.Env = []string{"HOME=" + home, "CODEX_HOME=" + home, "PATH=" + os.Getenv("PATH")}
	if err := cmd.Run(); err != nil {
		return process{}, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, errs.String())
	}
	p := process{
		cpu: float64(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()),
		out: strings.TrimSpace(out.String()),
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		p.faults = float64(usage.Minflt + usage.Majflt)
	}
	return p, nil
}

// A launch is a program that takes its turn.
type launch struct {
	program   string
	arguments []string
}

// turns starts the programs by turns, as measure.Turns does, and returns the CPU
// time and the page faults of each. What they read is in the page cache after the
// first turn. A program that takes long gets fewer turns.
func (r *report) turns(launches []launch) (cpu, faults []float64, err error) {
	cpus, faulted := make([][]float64, len(launches)), make([][]float64, len(launches))
	spent := make([]time.Duration, len(launches))
	for round := range 6 * r.rounds {
		for i, l := range launches {
			if l.program == "" || round >= 3 && spent[i] > time.Duration(r.rounds)*100*time.Millisecond {
				continue
			}
			p, err := r.start(l.program, l.arguments...)
			if err != nil {
				return nil, nil, err
			}
			cpus[i], faulted[i] = append(cpus[i], p.cpu), append(faulted[i], p.faults)
			spent[i] += time.Duration(p.cpu)
		}
	}
	for i, l := range launches {
		if l.program == "" {
			cpu, faults = append(cpu, none), append(faults, none)
			continue
		}
		cpu, faults = append(cpu, measure.Least(cpus[i])), append(faults, measure.Least(faulted[i]))
	}
	return cpu, faults, nil
}

// process measures whole processes, from start to end.
func (r *report) process() error {
	programs, err := r.programs()
	if err != nil {
		return err
	}
	var empty, version, stored, zstd, codex []float64
	faults := make([][]float64, 4) // of the first programs, by size
	for _, n := range sizes {
		rules, err := r.write(n, r.work(n).Files())
		if err != nil {
			return err
		}
		launches := []launch{
			{programs.empty, nil},
			{programs.rulesc, []string{"version"}},
		}
		for _, codec := range codecs {
			path, err := r.artifact(n, codec)
			if err != nil {
				return err
			}
			launches = append(launches, launch{programs.rulesc, []string{"check", "--artifact", path, "--", "git", "status"}})
		}
		launches = append(launches, launch{r.codex, codexCheck(rules, "git", "status")})
		if err := r.sameAnswers(n, rules); err != nil {
			return err
		}
		took, faulted, err := r.turns(launches)
		if err != nil {
			return err
		}
		for i := range faults {
			faults[i] = append(faults[i], faulted[i])
		}
		empty, version = append(empty, took[0]), append(version, took[1])
		stored, zstd, codex = append(stored, took[2]), append(zstd, took[3]), append(codex, took[4])
	}
	named, found, reading, err := r.upToDate(programs)
	if err != nil {
		return err
	}

	reference := "no codex was found"
	if r.codex != "" {
		out, _ := exec.Command(r.codex, "--version").Output()
		reference = "the reference is " + strings.TrimSpace(string(out))
	}
	r.section("Process", fmt.Sprintf(`CPU time of whole processes, from start to end: `+"`rulesc check --artifact F -- git status`\nand `codex execpolicy check --rules F.rules ... -- git status`; %s"+`. The Go
programs are built with CGO_ENABLED=0. Most of what a short process costs are
page faults, and of these most are the Go runtime's; the counts include pages that
were asked for ahead, many in one call. What rulesc version has more than an empty
program is the size of the program: the runtime enters all tables of methods, looks at
the types in them, and through the list of all functions, before any package is set up.`, reference))
	t := bySize("", sizes)
	t.row("codex execpolicy check, times rulesc check on a stored artifact", numbers(divide(codex, stored))...)
	t.row("rulesc check, stored, times an empty Go program", numbers(divide(stored, empty))...)
	t.row("rulesc check, zstd, times an empty Go program", numbers(divide(zstd, empty))...)
	t.row("rulesc version, times an empty Go program", numbers(divide(version, empty))...)
	t.row("*empty Go program, ms*", numbers(scale(empty, 1e-6))...)
	t.row("*page faults of an empty Go program*", numbers(faults[0])...)
	t.row("*page faults of rulesc version*", numbers(faults[1])...)
	t.row("*page faults of rulesc check, stored*", numbers(faults[2])...)
	t.row("*page faults of rulesc check, zstd*", numbers(faults[3])...)
	r.add(t)
	t = newTable("1,000 rule files, nothing changed", "")
	t.row("rulesc build, files in the user's rules folder, ms beyond an empty Go program", number(found))
	t.row("rulesc build, files named in 2,000 arguments, ms beyond an empty Go program", number(named))
	t.row("*opening, reading and closing the files, ms*", number(reading))
	r.add(t)

	r.atLeast("rulesc check stored, times faster than codex execpolicy check", []float64{8, 10, 35, 250}, divide(codex, stored))
	r.atMost("rulesc check stored, times an empty Go program", []float64{1.05, 1.05, 1.05, 1.05}, divide(stored, empty))
	r.atMost("rulesc check zstd, times an empty Go program", []float64{none, 1.4, none, none}, divide(zstd, empty))
	r.atMost("rulesc version, times an empty Go program", []float64{1.1, 1.1, 1.1, 1.1}, divide(version, empty))
	r.atMost("rulesc build of 1,000 files that is up to date, ms", []float64{none, 5, none, none}, []float64{none, named, none, none})
	r.atMost("rulesc build of a folder of 1,000 files that is up to date, ms", []float64{none, 5, none, none}, []float64{none, found, none, none})
	return nil
}

// codexCheck returns the reference's arguments.
func codexCheck(rules []string, argv ...string) []string {
	return slices.Concat([]string{"execpolicy", "check"}, rules, []string{"--"}, argv)
}

// sameAnswers compares rulesc with codex on what is timed and on a command of
// the workload, if there is a codex.
func (r *report) sameAnswers(n int, rules []string) error {
	if r.codex == "" {
		return nil
	}
	path, err := r.artifact(n, matcher.CodecStored)
	if err != nil {
		return err
	}
	commands := [][]string{{"git", "status"}, r.work(n).Commands[0]}
	for _, argv := range commands {
		ours, err := r.start(r.built.rulesc, append([]string{"check", "--artifact", path, "--"}, argv...)...)
		if err != nil {
			return err
		}
		theirs, err := r.start(r.codex, codexCheck(rules, argv...)...)
		if err != nil {
			return err
		}
		if ours.out != theirs.out {
			return fmt.Errorf("%q with %d rules: rulesc says %s, codex says %s", argv, n, ours.out, theirs.out)
		}
	}
	return nil
}

// upToDate returns, for 1,000 rules in as many files, by how many milliseconds a build
// that finds nothing to do exceeds an empty program, if the files are named and if they
// are in the user's rules folder, and how many the system takes to open, read and close
// the files.
func (r *report) upToDate(programs *programs) (named, found, reading float64, err error) {
	home := filepath.Join(r.dir, "many")
	folder := filepath.Join(home, "rules")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return 0, 0, 0, err
	}
	byName := []string{"build", "-o", filepath.Join(r.dir, "many.rulesc")}
	byFolder := []string{"build", "-o", filepath.Join(r.dir, "folder.rulesc"), "--home", home}
	var paths []string
	for line := range strings.Lines(r.work(1_000).Files()[0]) {
		path := filepath.Join(folder, fmt.Sprintf("%04d.rules", len(paths)))
		if err := os.WriteFile(path, []byte(line), 0o666); err != nil {
			return 0, 0, 0, err
		}
		byName = append(byName, "--rules", path)
		paths = append(paths, path)
	}
	builds := [][]string{byName, byFolder}
	for _, arguments := range builds {
		if _, err := r.start(programs.rulesc, arguments...); err != nil {
			return 0, 0, 0, err
		}
	}
	time.Sleep(3 * time.Second) // only files that were quiet for two are remembered
	for _, arguments := range builds {
		again, err := r.start(programs.rulesc, arguments...)
		if err != nil {
			return 0, 0, 0, err
		}
		if !strings.Contains(again.out, "up to date") {
			return 0, 0, 0, fmt.Errorf("a second build says %q", again.out)
		}
	}
	took, _, err := r.turns([]launch{{programs.empty, nil}, {programs.rulesc, byName}, {programs.rulesc, byFolder}})
	if err != nil {
		return 0, 0, 0, err
	}
	read := measure.Turns(r.rounds, r.sample, []measure.Row{{Ops: 1, Run: func() { readAll(paths) }}})
	return (took[1] - took[0]) / 1e6, (took[2] - took[0]) / 1e6, read[0] / 1e6, nil
}

// readAll reads files with no more than the calls of the system that it takes.
func readAll(paths []string) {
	var buffer [4096]byte
	for _, path := range paths {
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			panic(err) // it was written before
		}
		for {
			if n, err := syscall.Read(fd, buffer[:]); n <= 0 || err != nil {
				break
			}
		}
		syscall.Close(fd)
	}
}
