//go:build unix

package full_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
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
	dir      string
	shim     []byte
	missing  []string // real programs that are not installed
	patience time.Duration
}

func newStage(t testing.TB) stage {
	t.Helper()
	s := stage{dir: t.TempDir(), patience: 10 * time.Second}
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

// pretend makes each plain word of a script the name of a program.
func (s stage) pretend(script string) {
	for _, word := range plainWord.FindAllString(script, -1) {
		os.Symlink("../shim", filepath.Join(s.dir, "bin", word)) // or it is there
	}
}

var plainWord = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_-]*`)

// run runs a script and returns the argument vectors of the programs that were
// started.
func (s stage) run(t testing.TB, shell, script string) (ran [][]string) {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Fatal(err)
	}
	s.start(t, path, "-c", script)
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
		argv[0] = s.name(argv[0])
		ran = append(ran, argv)
		words = words[n+2:]
	}
	return ran
}

// name is how a program was called, if it was found in a folder of the stage.
func (s stage) name(path string) string {
	path = strings.TrimPrefix(path, filepath.Join(s.dir, "bin")+"/")
	return strings.TrimPrefix(path, filepath.Join(s.dir, "cwd")+"/")
}

// start runs a program in a clean folder, and ends what it leaves behind.
func (s stage) start(t testing.TB, argv ...string) {
	t.Helper()
	cwd := filepath.Join(s.dir, "cwd")
	if err := errors.Join(os.RemoveAll(cwd), os.Mkdir(cwd, 0o755), os.WriteFile(filepath.Join(cwd, "tool"), s.shim, 0o755), // a copy, since scripts may write to it
		os.WriteFile(filepath.Join(s.dir, "log"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), s.patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = cwd
	cmd.Env = []string{"PATH=" + filepath.Join(s.dir, "bin"), "HOME=" + cwd, "SHELL=/bin/sh"}
	var out bytes.Buffer // held open by background jobs, for which Run so waits
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Run() // many scripts fail on purpose
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind would write into the next log
	}
	if ctx.Err() != nil && s.patience > time.Second {
		t.Errorf("did not end: %s", argv[len(argv)-1])
	}
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

// TestSoundness runs every script of the corpus and holds what ran against what
// was read.
func TestSoundness(t *testing.T) {
	counts := watch(t, corpus(t), 10*time.Second, func(script recordedScript, ran [][]string, s stage) {
		if script.known && len(ran) == 0 && script.text != "# comment only" && !s.lacks(script.text) && !strings.Contains(script.text, "/bin/true") {
			t.Errorf("%s: nothing ran: %s", script.file, script.text)
		}
	})
	if counts.scripts < 300 && !testing.Short() {
		t.Error("the corpus is small")
	}
}

// TestSoundnessOfLanguageTests does the same with the scripts that
// mvdan.cc/sh is tested by, of which each word may be a program. Some of them
// never end.
func TestSoundnessOfLanguageTests(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	var all []recordedScript
	for _, text := range languageTests(t) {
		all = append(all, recordedScript{file: "mvdan.cc/sh", text: text, shell: "bash"})
	}
	watch(t, all, time.Second, func(recordedScript, [][]string, stage) {})
}

// watch runs scripts, holds what ran against what was read, and calls seen
// after each, one call at a time.
func watch(t *testing.T, all []recordedScript, patience time.Duration, seen func(recordedScript, [][]string, stage)) (counts tally) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not here")
	}
	var mu sync.Mutex
	jobs := make(chan recordedScript)
	var workers sync.WaitGroup
	for range max(2, runtime.NumCPU()) {
		s := newStage(t)
		s.patience = patience
		workers.Go(func() {
			for script := range jobs {
				s.pretend(script.text)
				ran := s.run(t, script.shell, script.text)
				read := read(script)
				mu.Lock()
				seen(script, ran, s)
				for _, argv := range counts.judge(read, ran) {
					t.Errorf("%s: %s\nran %q\nread %s", script.file, script.text, argv, describe(read))
				}
				mu.Unlock()
			}
		})
	}
	for i, s := range all {
		if _, err := exec.LookPath(s.shell); err == nil && (!testing.Short() || i%8 == 0) {
			jobs <- s
		}
	}
	close(jobs)
	workers.Wait()
	t.Logf("%d scripts, of which %d hold something opaque, started %d programs: %d read exactly, %d as open-ended, %d under something opaque",
		counts.scripts, counts.opaque, counts.programs, counts.equal, counts.openEnded, counts.underOpaque)
	return counts
}
