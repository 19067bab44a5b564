package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/rulesc/rulesc/bench/measure"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/workload"
	"github.com/rulesc/rulesc/matcher"
	rulesrt "github.com/rulesc/rulesc/runtime"
)

var codecs = []matcher.Codec{matcher.CodecStored, matcher.CodecZstd}

// artifact returns the path of the artifact with n rules, made when it is first
// asked for.
func (r *report) artifact(n int, codec matcher.Codec) (string, error) {
	path := filepath.Join(r.dir, fmt.Sprintf("%d-%s.rulesc", n, codec))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	a, err := compiler.Compile(r.work(n).Policy, matcher.Meta{})
	if err != nil {
		return "", err
	}
	for _, c := range codecs {
		if err := a.Write(filepath.Join(r.dir, fmt.Sprintf("%d-%s.rulesc", n, c)), c); err != nil {
			return "", err
		}
	}
	return path, nil
}

// open measures opening, the first decision and later ones apart.
func (r *report) open() error {
	for _, n := range sizes {
		if _, err := r.artifact(n, matcher.CodecStored); err != nil {
			return err
		}
	}
	clear(r.works) // the collections that give memory back are the quicker
	r.section("Open", `Opening an artifact, which verifies all of its image, and the first decision
after it; apart from the later ones. Giving the memory back is not counted. Page
faults are those that the system counts: pages that it provides ahead, many in one
call, are among them. Reading the image once is what verification cannot do without:
mapped, asked for ahead, and read by a program that does nothing else.`)
	for _, codec := range codecs {
		var opens, reads, firsts, laters, faults, passFaults, allocs, speeds []float64
		for _, n := range sizes {
			path, err := r.artifact(n, codec)
			if err != nil {
				return err
			}
			o, err := r.openOne(path, workload.Commands(workload.Rules(n)))
			if err != nil {
				return err
			}
			opens, reads = append(opens, o.open), append(reads, o.read)
			firsts, laters = append(firsts, o.first), append(laters, o.later)
			faults, passFaults = append(faults, o.faults), append(passFaults, o.passFaults)
			allocs = append(allocs, o.allocs)
			speeds = append(speeds, o.image/o.open*1e3)
		}
		t := bySize("codec "+codec.String(), sizes)
		t.row("open, times reading the file", numbers(divide(opens, reads))...)
		t.row("first decision, times a later one", numbers(divide(firsts, laters))...)
		t.row("allocations of opening", numbers(allocs)...)
		t.row("page faults to the first answer", numbers(faults)...)
		if codec == matcher.CodecStored {
			t.row("page faults of reading the image once", numbers(passFaults)...)
		}
		t.row("image, MB a second", numbers(speeds)...)
		t.row("*open, µs*", numbers(scale(opens, 1e-3))...)
		t.row("*first decision, ns, clock included*", numbers(firsts)...)
		r.add(t)
		if codec == matcher.CodecStored {
			beyond := make([]float64, len(sizes))
			for i := range sizes {
				beyond[i] = max(0, faults[i]-passFaults[i])
			}
			r.atMost("Open stored, allocations", []float64{4, 4, 4, 4}, allocs)
			r.atMost("Open stored, page faults to the first answer beyond reading the image once", []float64{3, 3, 3, 3}, beyond)
		} else {
			r.atMost("Open zstd, allocations", []float64{6, 6, 6, 6}, allocs)
			r.atLeast("Open zstd, MB a second", []float64{none, none, 750, 750}, speeds)
		}
	}
	return nil
}

// opened is what it takes to open an artifact.
type opened struct {
	open, read, first, later   float64 // ns; read of the file
	faults, passFaults, allocs float64
	image                      float64 // bytes, decoded
}

func (r *report) openOne(path string, commands [][]string) (o opened, err error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return o, err
	}
	header, err := matcher.ParseHeader(file)
	if err != nil {
		return o, err
	}
	o.image = float64(header.DecodedSize(matcher.SectionHot))
	var policies []*rulesrt.Policy // that are not given back yet
	open := func() {
		p, err := rulesrt.Open(path)
		if err != nil {
			panic(err) // it was opened before
		}
		policies = append(policies, p)
	}
	giveBack := func() {
		for _, p := range policies {
			_ = p.Close()
		}
		policies = policies[:0]
		runtime.GC() // which is what does it
	}
	// The largest take some milliseconds, and still begin warm: a decoder and memory
	// that were used before are part of what is measured.
	took := measure.Turns(r.rounds, max(r.sample, 5*time.Millisecond), []measure.Row{
		{Ops: 1, Run: open, After: giveBack},
		{Ops: 1, Run: func() { _, _ = os.ReadFile(path) }},
	})
	o.open, o.read = took[0], took[1]
	policies = slices.Grow(policies, 8) // which is not for opening to do
	o.allocs = allocations(open)
	giveBack()

	var firsts, laters, faults, passFaults []float64
	for i := range 4 * r.rounds {
		// How much of a file one fault maps depends on where it lies beside the
		// borders of page tables: so it lies elsewhere each time.
		space, err := syscall.Mmap(-1, 0, (i+1)<<16, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			return o, err
		}
		before := measure.Faults()
		p, err := rulesrt.Open(path)
		if err != nil {
			return o, err
		}
		argv := commands[i%len(commands)]
		start := time.Now()
		p.Decide(argv)
		firsts = append(firsts, float64(time.Since(start)))
		faults = append(faults, float64(measure.Faults()-before))
		start = time.Now()
		for _, argv := range commands {
			p.Decide(argv)
		}
		laters = append(laters, float64(time.Since(start))/float64(len(commands)))
		_ = p.Close()
		before = measure.Faults()
		if err := readMapped(path, len(file), matcher.HeaderSize+header.StoredSize(matcher.SectionHot)); err != nil {
			return o, err
		}
		passFaults = append(passFaults, float64(measure.Faults()-before))
		_ = syscall.Munmap(space)
		runtime.GC()
	}
	o.first, o.later = measure.Least(firsts), measure.Least(laters)
	o.faults, o.passFaults = slices.Min(faults), slices.Min(passFaults)
	return o, nil
}

// readMapped maps a file of the given size and reads its first n bytes once.
func readMapped(path string, size, n int) error {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	b, err := syscall.Mmap(fd, 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return err
	}
	defer syscall.Munmap(b)
	const populateRead = 22 // on Linux; others say that they do not know it
	_ = syscall.Madvise(b[:n], populateRead)
	sum := byte(0)
	for _, x := range b[:n] {
		sum += x
	}
	runtime.KeepAlive(sum)
	return nil
}

func scale(list []float64, by float64) []float64 {
	scaled := make([]float64, len(list))
	for i, x := range list {
		scaled[i] = x * by
	}
	return scaled
}
