package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const recorded = "../../../shared/conformance"

// A checkCase is a recorded run of "codex execpolicy check".
type checkCase struct {
	ID       string
	Category string
	Files    []struct {
		Name   string
		Text   *string
		Base64 string
	}
	Resolve       bool `json:"resolve_host_executables"`
	Argv          []string
	Args          []string
	Env           map[string]string
	Exit          int
	Stdout        *string  `json:"stdout_raw"`
	Variants      []string `json:"stdout_variants"`
	ErrorKind     *string  `json:"error_kind"`
	ErrorLocation *string  `json:"error_location"`
	UsesDirectory bool     `json:"uses_cwd"`
}

func (c *checkCase) arguments() []string {
	if c.Args != nil {
		return c.Args
	}
	var args []string
	for _, f := range c.Files {
		args = append(args, "--rules", f.Name)
	}
	if c.Resolve {
		args = append(args, "--resolve-host-executables")
	}
	return append(append(args, "--"), c.Argv...)
}

// TestCheckConforms runs every recorded case of the reference through the
// command line and compares exit status, output bytes and kind of error.
func TestCheckConforms(t *testing.T) {
	folder, err := filepath.Abs(recorded) // cases change the working directory
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(folder, "cases-*.jsonl"))
	if err != nil || len(names) == 0 {
		t.Skipf("no recorded cases in %s", recorded)
	}
	differences := readDifferences(t, "testdata/differences.txt")
	var table strings.Builder
	for _, name := range names {
		category := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "cases-"), ".jsonl")
		passed, total := 0, 0
		eachLine(t, name, func(line []byte) {
			var c checkCase
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			total++
			fault := runCheckCase(t, &c)
			_, listed := differences[c.ID]
			delete(differences, c.ID)
			switch {
			case fault == "":
				passed++
				if listed {
					t.Errorf("%s passes; take it off the list of differences", c.ID)
				}
			case !listed:
				t.Errorf("%s: %s\n\targs %q", c.ID, fault, c.arguments())
			}
		})
		fmt.Fprintf(&table, "  %-14s %5d of %5d\n", category, passed, total)
	}
	for id := range differences {
		t.Errorf("the list of differences names %s, which is no case", id)
	}
	t.Logf("recorded cases passed:\n%s", table.String())
}

func runCheckCase(t *testing.T, c *checkCase) (fault string) {
	parent, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, "parent", "case")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		var text []byte
		if f.Text != nil {
			text = []byte(*f.Text)
		} else if text, err = base64.StdEncoding.DecodeString(f.Base64); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var stdout, stderr bytes.Buffer
	exit := run(context.Background(), append([]string{"check"}, c.arguments()...), process{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr,
		getenv: func(key string) string {
			if value, ok := c.Env[key]; ok || key != "HOME" {
				return value
			}
			return "/home/user"
		},
	})
	if exit != c.Exit {
		return fmt.Sprintf("exit %d, want %d\n\t%s%s", exit, c.Exit, stdout.Bytes(), stderr.Bytes())
	}
	got := stdout.String()
	if c.UsesDirectory {
		got = strings.ReplaceAll(got, dir, "${CWD}")
		got = strings.ReplaceAll(got, filepath.Dir(dir), "${CWD_PARENT}")
	}
	if c.Stdout != nil && got != *c.Stdout && !slices.Contains(c.Args, "--help") && !slices.Contains(c.Variants, got) {
		return fmt.Sprintf("stdout\n\t%s\twant\n\t%s", got, *c.Stdout)
	}
	if c.Exit == exitWrong {
		if code := firstCode.FindStringSubmatch(stderr.String()); c.ErrorKind != nil && (code == nil || code[1] != *c.ErrorKind) {
			return fmt.Sprintf("error kind %v, want %s\n\t%s", code, *c.ErrorKind, stderr.Bytes())
		}
		if c.ErrorLocation != nil && !strings.HasPrefix(stderr.String(), *c.ErrorLocation+":") {
			return fmt.Sprintf("error is not at %s\n\t%s", *c.ErrorLocation, stderr.Bytes())
		}
	}
	return ""
}

var firstCode = regexp.MustCompile(`(?m)^.*\[([a-z-]+)\]$`)

func eachLine(t *testing.T, name string, do func(line []byte)) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		do(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// readDifferences reads a list of cases that we answer otherwise on purpose: a
// line each, the case's id, blanks, and the reason.
func readDifferences(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, reason, ok := strings.Cut(line, " ")
		if !ok {
			t.Fatalf("%s: %s has no reason", name, id)
		}
		list[id] = strings.TrimSpace(reason)
	}
	return list
}
