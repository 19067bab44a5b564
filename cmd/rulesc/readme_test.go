package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestReadme runs what the README shows: it writes the files of its fences
// that have a name, runs the lines of its console fences that begin with "$ ",
// and compares what they print.
func TestReadme(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the README speaks to a Unix shell")
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "rulesc"), ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	dir := t.TempDir()
	ran := 0
	for _, fence := range fences.FindAllStringSubmatch(string(text), -1) {
		kind, body := strings.Fields(fence[1]), fence[2]
		switch {
		case len(kind) == 2:
			if err := os.WriteFile(filepath.Join(dir, kind[1]), []byte(body), 0o666); err != nil {
				t.Fatal(err)
			}
		case len(kind) == 1 && kind[0] == "console":
			for _, step := range strings.Split("\n"+body, "\n$ ")[1:] {
				command, want, _ := strings.Cut(step, "\n")
				shell := exec.Command("sh", "-c", command)
				shell.Dir = dir
				shell.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
				got, _ := shell.CombinedOutput()
				if strings.TrimSpace(string(got)) != strings.TrimSpace(want) {
					t.Errorf("$ %s\n%s\nthe README says\n%s", command, got, want)
				}
				ran++
			}
		}
	}
	if ran == 0 {
		t.Error("the README shows no commands")
	}
}

var fences = regexp.MustCompile("(?ms)^```(.*?)\n(.*?)^```$")

// The README's table of exit codes is the one in exit.go.
func TestReadmeExitCodes(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []int{exitDone, exitWrong, exitUsage, exitQuarantined, exitPrompt, exitForbidden, exitNoMatch, exitInterrupted} {
		if !strings.Contains(string(text), fmt.Sprintf("\n| %d | ", code)) {
			t.Errorf("the README has no line for exit code %d", code)
		}
	}
	if rows := regexp.MustCompile(`(?m)^\| \d+ \| `).FindAllString(string(text), -1); len(rows) != 8 {
		t.Errorf("the README has %d exit codes, the program 8", len(rows))
	}
}
