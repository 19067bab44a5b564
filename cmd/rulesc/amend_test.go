package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Writers at once, each a process of its own, lose nothing of one another.
func TestTwoWriters(t *testing.T) {
	const writers, rules = 2, 6
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for r := range rules {
				cmd := exec.Command(self, "-test.run=^TestWriter$")
				cmd.Env = append(os.Environ(), "RULESC_TEST_WRITER="+fmt.Sprintf("tool-%d-%d", w, r), "CODEX_HOME="+home)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			}
		})
	}
	all.Wait()
	text, err := os.ReadFile(filepath.Join(home, "rules", defaultRules))
	if err != nil {
		t.Fatal(err)
	}
	for w := range writers {
		for r := range rules {
			if want := fmt.Sprintf("prefix_rule(pattern = [\"tool-%d-%d\"], decision = \"allow\")\n", w, r); strings.Count(string(text), want) != 1 {
				t.Errorf("no line, or more than one: %s", want)
			}
		}
	}
}

// TestWriter is a process of [TestTwoWriters].
func TestWriter(t *testing.T) {
	tool := os.Getenv("RULESC_TEST_WRITER")
	if tool == "" {
		t.Skip("runs as a process of TestTwoWriters")
	}
	p := process{stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}
	if code := run(t.Context(), []string{"allow", "--system-dir", t.TempDir(), "-C", t.TempDir(), tool}, p); code != exitDone {
		t.Fatalf("exit code %d", code)
	}
}

// Where folders cannot be locked, a file is the lock.
func TestLockByName(t *testing.T) {
	folder, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	const turns = 50
	inside, total := 0, 0
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for range turns {
				unlock, err := lockByName(t.Context(), folder)
				if err != nil {
					t.Error(err)
					return
				}
				if inside++; inside != 1 {
					t.Error("two at once")
				}
				total++
				inside--
				unlock()
			}
		})
	}
	all.Wait()
	if total != 2*turns {
		t.Errorf("%d turns", total)
	}
}

func TestTooBroad(t *testing.T) {
	for prefix, want := range map[string]bool{
		"git":                        true, // the reference's list
		"rm":                         true,
		"BASH -lc":                   true,
		"/usr/local/bin/python3.12":  true,
		"python3 -I -c":              true,
		"python3 -m pytest":          false,
		"python3 manage.py":          false,
		`C:\Windows\cmd.exe /c`:      true,
		"sudo -u root":               true,
		"sudo -n systemctl restart":  false,
		"sudo -u root bash":          true,
		"env A=1 PATH=/x":            true,
		"env A=1 make":               false,
		"timeout 10s sh":             true,
		"timeout 10 make":            false,
		"xargs -I {} rm":             true,
		"npx":                        true,
		"npx -y prettier":            false,
		"npm run":                    true,
		"npm run test":               false,
		"npm":                        false,
		"npm install":                false,
		"uv run --frozen":            true,
		"go run ./cmd/rulesc":        false,
		"ls":                         false,
		"git status":                 false,
		"/usr/bin/env -i /bin/zsh -": true,
	} {
		if got := tooBroad(strings.Fields(prefix)); got != want {
			t.Errorf("%s: %v", prefix, got)
		}
	}
}
