package full_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rulesc/rulesc/runtime/shell/full"
)

// shim stands for a program on the search path: it writes down how it was
// called, and is then the real program if there is one. The number of words
// comes first, all end in NUL, and the shell writes them in one piece.
const shim = `#!/bin/sh
here=%s
printf '%%s\0' "$#" "$0" "$@" >> "$here/log"
name=${0##*/}
test -x "$here/real/$name" && exec "$here/real/$name" "$@"
case $name in
sudo | doas)
	while :; do
		case $1 in
		-u | --user) shift 2 ;;
		--) shift; break ;;
		-*) shift ;;
		*=*) export "$1"; shift ;;
		*) break ;;
		esac
	done
	exec "$@"
	;;
esac
exit 0
`

// pretended programs only write down that they were called.
const pretended = `a b c d e f g h p q r x sudo doas git grep npm npx curl docker make go sed kubectl jq
	python3 awk apt-get pip rm ls wc date nproc ssh-agent tar diff`

// real programs run what they are told to.
const real = `bash sh dash env nice nohup timeout stdbuf setsid time ionice taskset flock linux64 setarch
	chrt prlimit setpriv script xargs find cat true false head tail sort uniq tee tr echo sleep printf test`

// A stage is a folder in which scripts can run and be watched.
type stage struct {
	dir     string
	shim    []byte
	missing []string // real programs that are not installed
}

func newStage(t testing.TB) stage {
	t.Helper()
	s := stage{dir: t.TempDir()}
	for _, dir := range []string{"bin", "real", "cwd"} {
		if err := os.Mkdir(filepath.Join(s.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.shim = fmt.Appendf(nil, shim, s.dir)
	if err := os.WriteFile(filepath.Join(s.dir, "shim"), s.shim, 0o755); err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(pretended + " " + real) {
		if err := os.Symlink("../shim", filepath.Join(s.dir, "bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	for name := range strings.FieldsSeq(real) {
		if path, err := exec.LookPath(name); err == nil {
			if err := os.Symlink(path, filepath.Join(s.dir, "real", name)); err != nil {
				t.Fatal(err)
			}
		} else {
			s.missing = append(s.missing, name)
		}
	}
	return s
}

// lacks reports whether a script needs a program that is not installed.
func (s stage) lacks(script string) bool {
	return slices.ContainsFunc(s.missing, func(name string) bool { return strings.Contains(script, name) })
}

// run runs a script and returns the argument vectors of the programs that were
// started.
func (s stage) run(t testing.TB, shell, script string) (ran [][]string) {
	t.Helper()
	cwd := filepath.Join(s.dir, "cwd")
	if err := errors.Join(os.RemoveAll(cwd), os.Mkdir(cwd, 0o755), os.WriteFile(filepath.Join(cwd, "tool"), s.shim, 0o755), // a copy, since scripts may write to it
		os.WriteFile(filepath.Join(s.dir, "log"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, "-c", script)
	cmd.Dir = cwd
	cmd.Env = []string{"PATH=" + filepath.Join(s.dir, "bin"), "HOME=" + cwd, "SHELL=/bin/sh"}
	var out bytes.Buffer // held open by background jobs, for which Run so waits
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	cmd.Run() // many scripts fail on purpose
	if ctx.Err() != nil {
		t.Errorf("did not end: %s", script)
	}
	log, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Split(string(log), "\x00")
	for len(words) > 1 {
		n, err := strconv.Atoi(words[0])
		if err != nil || len(words) < n+2 {
			t.Fatalf("log is damaged: %q", log)
		}
		argv := words[1 : n+2]
		argv[0] = strings.TrimPrefix(strings.TrimPrefix(argv[0], filepath.Join(s.dir, "bin")+"/"), cwd+"/")
		ran = append(ran, argv)
		words = words[n+2:]
	}
	return ran
}

// A recordedScript is a script of the corpus.
type recordedScript struct {
	file, text, shell string
	known             bool // nothing of it is opaque
}

// corpus reads testdata/scripts, whose form its first file describes.
func corpus(t testing.TB) (all []recordedScript) {
	t.Helper()
	files, err := filepath.Glob("testdata/scripts/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := recordedScript{file: filepath.Base(file)}
		var block []string
		inside := false
		for line := range strings.Lines(string(text)) {
			switch bare := strings.TrimSuffix(line, "\n"); {
			case bare == "%%{":
				inside, block = true, nil
			case bare == "%%}":
				inside = false
				s.text = strings.Join(block, "")
				all = append(all, s)
			case inside:
				block = append(block, line)
			case strings.HasPrefix(bare, "#% "):
				words := strings.Fields(bare)
				s.known, s.shell = words[1] == "known", words[2]
			case strings.HasPrefix(bare, "## ") || bare == "":
			default:
				s.text = bare
				all = append(all, s)
			}
		}
	}
	return all
}

// tally counts how the programs that ran were foreseen.
type tally struct{ scripts, opaque, programs, equal, openEnded, underOpaque int }

// judge compares what ran with what was read, and returns the programs that
// were not foreseen at all.
func (n *tally) judge(script *full.Script, ran [][]string) (missed [][]string) {
	n.scripts++
	if len(script.Opaque) > 0 {
		n.opaque++
	}
	for _, argv := range ran {
		n.programs++
		switch {
		case slices.ContainsFunc(script.Commands, func(c full.Command) bool { return slices.Equal(c.Words, argv) }):
			n.equal++
		case slices.ContainsFunc(script.Commands, func(c full.Command) bool {
			return c.OpenEnded && len(argv) >= len(c.Words) && slices.Equal(argv[:len(c.Words)], c.Words)
		}):
			n.openEnded++
		case len(script.Opaque) > 0:
			n.underOpaque++
		default:
			missed = append(missed, argv)
		}
	}
	return missed
}

func read(s recordedScript) *full.Script { return full.Read([]string{s.shell, "-c", s.text}) }

// TestSoundness runs every script of the corpus and holds what ran against what
// was read.
func TestSoundness(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not here")
	}
	all := corpus(t)
	var mu sync.Mutex
	var counts tally
	jobs := make(chan recordedScript)
	var workers sync.WaitGroup
	for range max(2, runtime.NumCPU()) {
		s := newStage(t)
		workers.Go(func() {
			for script := range jobs {
				ran := s.run(t, script.shell, script.text)
				read := read(script)
				mu.Lock()
				if script.known && len(ran) == 0 && script.text != "# comment only" && !s.lacks(script.text) && !strings.Contains(script.text, "/bin/true") {
					t.Errorf("%s: nothing ran: %s", script.file, script.text)
				}
				for _, argv := range counts.judge(read, ran) {
					t.Errorf("%s: %s\nran %q\nread %s", script.file, script.text, argv, describe(read))
				}
				mu.Unlock()
			}
		})
	}
	for i, s := range all {
		if !testing.Short() || i%8 == 0 {
			jobs <- s
		}
	}
	close(jobs)
	workers.Wait()
	t.Logf("%d scripts, of which %d hold something opaque, started %d programs: %d read exactly, %d as open-ended, %d under something opaque",
		counts.scripts, counts.opaque, counts.programs, counts.equal, counts.openEnded, counts.underOpaque)
	if counts.scripts < 300 && !testing.Short() {
		t.Error("the corpus is small")
	}
}

// TestCorpusIsRead holds the other side: not everything may be called opaque.
func TestCorpusIsRead(t *testing.T) {
	for _, s := range corpus(t) {
		if script := read(s); (len(script.Opaque) == 0) != s.known {
			t.Errorf("%s: %s\nexpected known: %v, read %s", s.file, s.text, s.known, describe(script))
		}
	}
}

func describe(s *full.Script) string {
	var b strings.Builder
	for _, c := range s.Commands {
		fmt.Fprintf(&b, "\n\t%q open-ended: %v, via %v", c.Words, c.OpenEnded, c.Via)
	}
	for _, o := range s.Opaque {
		fmt.Fprintf(&b, "\n\topaque, %v: %q via %v", o.Reason, s.Text[o.Span.Start:o.Span.End], o.Via)
	}
	return b.String()
}
