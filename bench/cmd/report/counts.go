package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// counts explains the distance to the limit by what valgrind counts in both.
func (r *report) counts() error {
	if !r.counting {
		return nil
	}
	valgrind, err := exec.LookPath("valgrind")
	if err != nil {
		fmt.Fprint(r.log, " not without valgrind,")
		return nil
	}
	programs, err := r.programs()
	if err != nil {
		return err
	}
	// The second-level cache of the simulation is the one that valgrind calls the last.
	rows := []struct {
		name   string
		events []string
	}{
		{"instructions", []string{"Ir"}},
		{"branches", []string{"Bc", "Bi"}},
		{"of them mispredicted", []string{"Bcm", "Bim"}},
		{"memory accesses", []string{"Dr", "Dw"}},
		{"of them beyond 32 KB", []string{"D1mr", "D1mw"}},
		{"of them beyond 1 MB", []string{"DLmr", "DLmw"}},
	}
	cells := make([][]string, len(rows))
	for _, n := range sizes {
		path, commands, err := r.passFiles(n)
		if err != nil {
			return err
		}
		decide, err := r.count(valgrind, len(r.work(n).Commands), programs.pass, path, commands)
		if err != nil {
			return err
		}
		limit, err := r.count(valgrind, len(r.work(n).Commands), programs.pass, "-limit", commands)
		if err != nil {
			return err
		}
		for i, row := range rows {
			var ours, least float64
			for _, event := range row.events {
				ours, least = ours+decide[event], least+limit[event]
			}
			cells[i] = append(cells[i], number(ours)+" / "+number(least))
		}
	}
	r.section("Counts", `What Policy.Decide and the limit do for a command, counted by valgrind, which
simulates a branch predictor and two caches, of 32 KB and 1 MB.`)
	t := bySize("Decide / limit, a command", sizes)
	for i, row := range rows {
		t.row(row.name, cells[i]...)
	}
	r.add(t)
	return nil
}

// count returns what a further pass of cmd/pass costs a command, by the names that
// callgrind has for events.
func (r *report) count(valgrind string, commands int, program string, arguments ...string) (map[string]float64, error) {
	const few, many = 4, 20 // the first passes find the caches cold
	before, err := r.callgrind(valgrind, few, program, arguments)
	if err != nil {
		return nil, err
	}
	each, err := r.callgrind(valgrind, many, program, arguments)
	if err != nil {
		return nil, err
	}
	for event := range each {
		each[event] = (each[event] - before[event]) / float64((many-few)*commands)
	}
	return each, nil
}

// callgrind returns the events of passes of cmd/pass.
func (r *report) callgrind(valgrind string, passes int, program string, arguments []string) (map[string]float64, error) {
	out := filepath.Join(r.dir, "callgrind.out")
	cmd := exec.Command(valgrind, append([]string{
		"--tool=callgrind", "--branch-sim=yes", "--cache-sim=yes", "--toggle-collect=main.repeat", "--callgrind-out-file=" + out,
		"--I1=32768,8,64", "--D1=32768,8,64", "--LL=1048576,16,64",
		program, "-passes", strconv.Itoa(passes),
	}, arguments...)...)
	// valgrind 3.19 knows neither RDTSCP nor Go's preemption by signals.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off", "GODEBUG=cpu.rdtscp=off,asyncpreemptoff=1")
	if log, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, log)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	line := func(key string) []string {
		_, rest, _ := bytes.Cut(data, []byte("\n"+key+":"))
		first, _, _ := strings.Cut(string(rest), "\n")
		return strings.Fields(first)
	}
	events, totals := line("events"), line("totals")
	counts := make(map[string]float64)
	for i, total := range totals {
		if counts[events[i]], err = strconv.ParseFloat(total, 64); err != nil {
			return nil, err
		}
	}
	return counts, nil
}
