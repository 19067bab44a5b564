package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/early"
)

// A home is a folder with a user's configuration, a project in it that the user works
// in, and a folder of the system.
type home struct {
	*testing.T
	dir  string
	args []string
	env  []string // beside what says where the home is
}

func newHome(t *testing.T, args ...string) *home {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &home{T: t, dir: dir, args: append([]string{"build", "--system-dir", dir + "/system"}, args...)}
	h.must(os.MkdirAll(filepath.Join(dir, "system"), 0o700))
	h.must(os.MkdirAll(filepath.Join(dir, "project/sub"), 0o700))
	h.write("user/config.toml", "[projects."+`"`+dir+"/project\"]\ntrust_level = \"trusted\"\n")
	h.write("user/rules/default.rules", "prefix_rule([\"a\"])\n")
	h.write("user/rules/other.rules", "prefix_rule([\"b\"])\n")
	h.write("project/.git/HEAD", "ref")
	h.write("project/.codex/rules/p.rules", "prefix_rule([\"p\"])\n")
	h.write("project/by-hand.rules", "prefix_rule([\"h\"])\n")
	h.must(os.Symlink("user", filepath.Join(dir, "link")))
	h.write("project/sub/alone/.git/HEAD", "ref")
	h.must(os.Symlink("project", filepath.Join(dir, "way")))
	return h
}

func (h *home) must(err error) {
	if err != nil {
		h.Helper()
		h.Fatal(err)
	}
}

func (h *home) path(name string) string { return filepath.Join(h.dir, name) }

func (h *home) write(name, text string) {
	h.Helper()
	h.must(os.MkdirAll(filepath.Dir(h.path(name)), 0o700))
	h.must(os.WriteFile(h.path(name), []byte(text), 0o600))
}

// enter goes to where the user works.
func (h *home) enter() {
	h.Chdir(h.path("project/sub"))
	h.Setenv("CODEX_HOME", h.path("link"))
	h.Setenv("HOME", h.dir)
	h.Setenv("RULESC_CACHE", h.path("cache"))
	h.Setenv("PWD", h.path("way/sub"))
	for _, v := range h.env {
		name, value, _ := strings.Cut(v, "=")
		h.Setenv(name, value)
	}
}

// build builds, and returns what is said. early says that it was before main: by
// package early, and by a process, which has to be of one mind with it.
func (h *home) build() (said string, isEarly bool) {
	h.Helper()
	h.enter()
	said, code, isEarly := early.Answer(h.args, os.Getenv)
	program, err := os.Executable()
	h.must(err)
	run := exec.Command(program, h.args...)
	run.Env = append(os.Environ(), "RULESC_TEST_MAIN=1", "GODEBUG=inittrace=1")
	var stdout, stderr bytes.Buffer
	run.Stdout, run.Stderr = &stdout, &stderr
	if err := run.Run(); err != nil {
		h.Fatalf("%v: %s", err, stderr.String())
	}
	if got := !strings.Contains(stderr.String(), "\ninit go.starlark.net/syntax "); got != isEarly {
		h.Errorf("%q: a process answers early: %v, package early: %v", h.args, got, isEarly)
	}
	if isEarly && (code != 0 || said != stdout.String()) {
		h.Errorf("early: %q (%d), a process: %q", said, code, stdout.String())
	}
	return stdout.String(), isEarly
}

// buildForSlowReader builds, and returns what it writes to a pipe that is not waited for.
func (h *home) buildForSlowReader() string {
	h.Helper()
	h.enter()
	program, err := os.Executable()
	h.must(err)
	var ends [2]int
	h.must(syscall.Pipe2(ends[:], syscall.O_CLOEXEC))
	r, w := os.NewFile(uintptr(ends[0]), "reader"), os.NewFile(uintptr(ends[1]), "writer")
	h.must(syscall.SetNonblock(ends[1], true)) // behind the back of package os, which would undo it
	defer r.Close()
	run := exec.Command(program, h.args...)
	run.Env = append(os.Environ(), "RULESC_TEST_MAIN=1")
	run.Stdout = w
	h.must(run.Start())
	w.Close()
	time.Sleep(100 * time.Millisecond) // the pipe is full by then
	said, err := io.ReadAll(r)
	h.must(err)
	h.must(run.Wait())
	return string(said)
}

// A build that found nothing to do is remembered, says the same again, and does not
// outlive what it saw.
func TestBuildRemembers(t *testing.T) {
	type test struct {
		name   string
		args   []string
		change func(h *home)
		early  bool   // the next build is answered early in spite of it
		says   string // what it says: "up to date" or "built"
	}
	named := []string{"build", "--rules", "../by-hand.rules", "--rules=../.codex/rules/p.rules"}
	tests := []test{
		{"nothing, files named", named, func(*home) {}, true, "up to date"},
		{"nothing, more flags", []string{"build", "-C", "..", "-r=by-hand.rules", "-o", "sub/x.rulesc", "--starter", "--format=json"}, nil, true, "up to date"},
		{"a named file", named, func(h *home) { h.write("project/by-hand.rules", "prefix_rule([\"x\"])\n") }, false, "built"},
		{"another file, files named", named, func(h *home) { h.write("user/rules/other.rules", "") }, true, "up to date"},
		{"the environment, files named", named, func(h *home) { h.env = []string{"CODEX_HOME=" + h.dir} }, true, "up to date"},

		{"nothing", nil, func(*home) {}, true, "up to date"},
		{"nothing, more flags for layers", []string{"-C", "..", "-o", "sub/x.rulesc", "--layer=x=../project/.codex", "--format=json", "--starter"}, nil, true, "up to date"},
		{"files that are no rules", nil, func(h *home) {
			h.write("project/file", "")
			h.write("project/sub/file", "")
			h.write("project/.git/HEAD", "another ref")
			h.write("user/file", "")
		}, true, "up to date"},
		{"a rule file", nil, func(h *home) { h.write("user/rules/other.rules", "prefix_rule([\"c\"])\n") }, false, "built"},
		{"the same text anew", nil, func(h *home) { h.write("user/rules/other.rules", "prefix_rule([\"b\"])\n") }, false, "up to date"},
		{"a file more", nil, func(h *home) { h.write("project/.codex/rules/more.rules", "") }, false, "built"},
		{"a first file of a layer", nil, func(h *home) { h.write("system/rules/s.rules", "") }, false, "built"},
		{"a file less", nil, func(h *home) { h.must(os.Remove(h.path("user/rules/other.rules"))) }, false, "built"},
		{"a file of another name", nil, func(h *home) { h.must(os.Rename(h.path("user/rules/other.rules"), h.path("user/rules/name.rules"))) }, false, "built"},
		{"a link for a file", nil, func(h *home) {
			h.must(os.Rename(h.path("user/rules/other.rules"), h.path("user/target")))
			h.must(os.Symlink("../target", h.path("user/rules/other.rules")))
		}, false, "built"},
		{"a folder for a file", nil, func(h *home) {
			h.must(os.Remove(h.path("user/rules/other.rules")))
			h.must(os.Mkdir(h.path("user/rules/other.rules"), 0o700))
		}, false, "built"},
		{"another rules folder", nil, func(h *home) {
			h.must(os.Rename(h.path("user/rules"), h.path("user/old")))
			h.write("user/rules/default.rules", "prefix_rule([\"a\"])\n")
		}, false, "built"},
		{"no rules folder", nil, func(h *home) { h.must(os.RemoveAll(h.path("project/.codex/rules"))) }, false, "built"},
		{"another configuration", nil, func(h *home) { h.write("user/config.toml", "") }, false, "built"},
		{"a first configuration of the system", nil, func(h *home) { h.write("system/config.toml", "project_root_markers = [\"none\"]\n") }, false, "built"},
		{"first requirements", nil, func(h *home) {
			h.write("system/requirements.toml", "[rules]\nprefix_rules = [ { pattern = [ { token = \"a\" } ], decision = \"forbidden\" } ]\n")
		}, false, "built"},
		{"a configuration of the project", nil, func(h *home) { h.write("project/.codex/config.toml", "# nothing\n") }, false, "up to date"},
		{"no project", nil, func(h *home) { h.must(os.Remove(h.path("project/.git/HEAD"))) }, false, "built"},
		{"a project within the project", nil, func(h *home) { h.write("project/sub/.git", "") }, false, "built"},
		{"a layer of the folder", nil, func(h *home) { h.write("project/sub/.codex/rules/x.rules", "") }, false, "built"},
		{"a marker of the user's", nil, func(h *home) { h.write("user/.sandbox_migration", "") }, false, "up to date"},
		{"a link that leads elsewhere", nil, func(h *home) {
			h.must(os.Rename(h.path("user"), h.path("moved")))
			h.must(os.Remove(h.path("link")))
			h.must(os.Symlink("moved", h.path("link")))
		}, false, "up to date"},
		{"a link on the way", nil, func(h *home) {
			h.must(os.Rename(h.path("user"), h.path("moved")))
			h.must(os.Symlink("moved", h.path("user")))
		}, false, "up to date"},
		{"a link to the working folder", []string{"-C", "alone"}, func(h *home) {
			h.write("elsewhere/sub/alone/.git/HEAD", "ref")
			h.must(os.Remove(h.path("way")))
			h.must(os.Symlink("elsewhere", h.path("way")))
			h.write("project/sub/alone/.codex/rules/x.rules", "")
		}, false, "built"},
		{"another home", nil, func(h *home) {
			h.write("elsewhere/rules/default.rules", "")
			h.env = []string{"CODEX_HOME=" + h.path("elsewhere")}
		}, false, "built"},
		{"a layer by hand that has a folder now", []string{"--layer=x=../.codex/rules"}, func(h *home) {
			h.write("project/.codex/rules/rules/in.rules", "")
		}, false, "built"},
	}
	homes := make([]*home, len(tests))
	for i, test := range tests {
		homes[i] = newHome(t, test.args...)
		if len(test.args) > 0 && test.args[0] == "build" {
			homes[i].args = test.args
		}
	}
	warned := newHome(t)
	warned.write("user/config.toml", "") // nobody says that the project is trusted
	long := newHome(t, "--format=json")
	for i := range 600 {
		long.write(fmt.Sprintf("user/rules/%d.rules", i), "")
	}
	began := time.Now()
	for i, h := range append(homes, long) {
		h.enter()
		for _, want := range []string{"built", "up to date"} {
			// What has just been written may be written again without a trace.
			if out, code := inMain(h.args...); code != 0 || !strings.Contains(out, want) {
				t.Fatalf("%q: (%d) %s", h.args, code, out)
			}
		}
		if _, err := os.Stat(h.path("cache")); i == 0 && err == nil && time.Since(began) < 2*time.Second {
			t.Error("a build is remembered whose files were just written")
		}
	}
	time.Sleep(2100 * time.Millisecond)
	warned.enter()
	for _, want := range []string{"built", "up to date", "up to date"} {
		if out, _ := inMain(warned.args...); !strings.Contains(out, want) || !strings.Contains(out, "nothing of this folder counts") {
			t.Errorf("with a warning: %s", out)
		}
		time.Sleep(1100 * time.Millisecond)
	}
	if said, isEarly := warned.build(); isEarly {
		t.Errorf("a warning is not said again: %s", said)
	}
	long.enter()
	inMain(long.args...)
	if want, isEarly := long.build(); !isEarly {
		t.Errorf("not early: %s", want)
	} else if got := long.buildForSlowReader(); got != want {
		t.Errorf("a reader that is slow gets %d bytes, want %d", len(got), len(want))
	}
	for i, test := range tests {
		h := homes[i]
		h.enter()
		want, _ := inMain(h.args...)
		if said, isEarly := h.build(); !isEarly || said != want || !strings.Contains(said, "up to date") {
			t.Errorf("%s: early: %v\n%s\nwant\n%s", test.name, isEarly, said, want)
			continue
		}
		if test.change == nil {
			continue
		}
		test.change(h)
		if said, isEarly := h.build(); isEarly != test.early || !strings.Contains(said, test.says) {
			t.Errorf("%s: early: %v, want %v; it says %q, want %q", test.name, isEarly, test.early, said, test.says)
		}
	}
}

// What is wrong with a pipe is said without opening it: nobody may ever write to it.
func TestPipeIsNotWaitedFor(t *testing.T) {
	for _, test := range []struct {
		path string // of the pipe
		says string
	}{
		{"project/.codex/config.toml", "config.toml: error: cannot be read"},
		{"project/.codex/rules", "rules: error: the rules folder cannot be listed"},
		{"user/.sandbox_migration", "built"},
		{"system/requirements.toml", "requirements.toml: error: cannot be read"},
		{"link", "link: error: the user's configuration folder is not a directory"},
	} {
		h := newHome(t)
		h.must(os.RemoveAll(h.path(test.path)))
		h.must(syscall.Mkfifo(h.path(test.path), 0o600))
		h.enter()
		said := make(chan string, 1)
		go func() {
			out, _ := inMain(h.args...)
			said <- out
		}()
		select {
		case out := <-said:
			if !strings.Contains(out, test.says) {
				t.Errorf("with a pipe at %s: %s", test.path, out)
			}
		case <-time.After(time.Minute):
			t.Fatalf("with a pipe at %s: nothing is said", test.path)
		}
	}
}
