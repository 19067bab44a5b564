package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/early"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/early/compressed"
)

const earlyRules = `prefix_rule(pattern = ["git", ["status", "log"]], justification = "read \"only\"")
prefix_rule(pattern = ["git", "push"], decision = "prompt")
prefix_rule(pattern = ["rm", "-rf"], decision = "forbidden", justification = "no\n→")
prefix_rule(pattern = ["many"])
prefix_rule(pattern = ["many", "a"])
prefix_rule(pattern = ["many", "a", "b"], decision = "prompt")
prefix_rule(pattern = ["many", "a", "b", "c"])
prefix_rule(pattern = ["many", ["a", "x"], "b"], decision = "forbidden", justification = "of many")
prefix_rule(pattern = ["many", "a", ["b", "x"]])
prefix_rule(pattern = ["--pretty"], decision = "forbidden")
host_executable(name = "git", paths = ["/usr/bin/git"])
`

// earlyPlace builds the rules with both codecs in a folder of its own, and goes
// there.
func earlyPlace(t testing.TB) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	if err := os.WriteFile("own.rules", []byte(earlyRules), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, codec := range []string{"none", "zstd"} {
		if out, code := inMain("build", "--rules", "own.rules", "--codec", codec, "-o", codec+".rulesc"); code != 0 {
			t.Fatal(out)
		}
	}
	if err := os.WriteFile("damaged.rulesc", make([]byte, 400), 0o666); err != nil {
		t.Fatal(err)
	}
}

// inMain is a command line as main answers it.
func inMain(args ...string) (output string, code int) {
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), args, process{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: os.Getenv,
	})
	return stdout.String() + stderr.String(), code
}

// compareEarly reports whether package early answered a command line. It is an
// error if main answers it otherwise, or if package compressed does, which has to
// answer all that early answers.
func compareEarly(t *testing.T, args []string) (answered bool) {
	got, gotCode, answered := early.Answer(args, os.Getenv, nil)
	later, laterCode, ok := early.Answer(args, os.Getenv, compressed.Decode)
	if !ok {
		if answered {
			t.Errorf("%q: early answers, compressed does not", args)
		}
		return answered
	}
	want, code := inMain(args...)
	if answered && (got != want || gotCode != code) {
		t.Errorf("%q: early says %q (%d), main %q (%d)", args, got, gotCode, want, code)
	}
	if later != want || laterCode != code {
		t.Errorf("%q: compressed says %q (%d), main %q (%d)", args, later, laterCode, want, code)
	}
	return answered
}

func TestEarlyIsAsMain(t *testing.T) {
	earlyPlace(t)
	absolute, err := filepath.Abs("none.rulesc")
	if err != nil {
		t.Fatal(err)
	}
	const a = "--artifact=none.rulesc "
	for line, want := range map[string]bool{
		a + "git status":                         true,
		a + "-- git push origin":                 true,
		"--artifact none.rulesc rm -rf /":        true,
		"--artifact " + absolute + " rm -rf /":   true,
		a + "wget":                               true,
		a + "many a b c":                         true,
		a + "--format=text git log":              true,
		a + "--format text -- rm -rf x":          true,
		a + "--pretty rm -rf x":                  true,
		a + "--pretty wget":                      true,
		a + "--exit-code rm -rf x":               true,
		a + "--exit-code --format=text git push": true,
		a + "-- --pretty":                        true,
		a + "--":                                 false,
		a + "-":                                  true,
		a + "--resolve-host-executables /usr/bin/git status":             true,
		a + "--resolve-host-executables /bin/git status":                 true,
		a + "--resolve-host-executables ~/git status":                    true,
		a + "--resolve-host-executables ../git status":                   true,
		a + "--shell=reference -- bash -lc git\u00a0status":              true,
		a + "--shell reference --exit-code --format=text -- bash -lc ls": true,
		a + "--shell=off bash -lc ls":                                    true,
		a + "--shell=full ls":                                            false,
		a + "--pretty --pretty ls":                                       false,
		a + "--pretty=1 ls":                                              false,
		a + "--format=xml ls":                                            false,
		a + "--rules own.rules ls":                                       false,
		a + "--batch":                                                    false,
		a + "--help":                                                     false,
		a + "-h":                                                         false,
		a + "-C . ls":                                                    false,
		a + "--home x ls":                                                false,
		a + "-c x ls":                                                    false,
		a + "--unknown ls":                                               false,
		a + "\xff":                                                       false,
		a + a + "ls":                                                     false,
		"--artifact":                                                     false,
		"--artifact= ls":                                                 false,
		"--artifact -- ls":                                               false,
		"--artifact=-- ls":                                               false,
		"--artifact nosuch.rulesc ls":                                    false,
		"--artifact . ls":                                                false,
		"--artifact damaged.rulesc ls":                                   false,
		"--artifact zstd.rulesc ls":                                      false,
		"ls":                                                             false,
	} {
		args := append([]string{"check"}, strings.Fields(line)...)
		if got := compareEarly(t, args); got != want {
			t.Errorf("%q: answered early: %v, want %v", args, got, want)
		}
		if !want {
			continue
		}
		for i := range args {
			args[i] = strings.Replace(args[i], "none.rulesc", "zstd.rulesc", 1)
		}
		if compareEarly(t, args) {
			t.Errorf("%q: answered early", args)
		}
		if _, _, ok := early.Answer(args, os.Getenv, compressed.Decode); !ok {
			t.Errorf("%q: not answered before main", args)
		}
	}
	if !compareEarly(t, []string{"check", "--artifact", "none.rulesc", "--shell=reference", "--", "bash", "-lc", "git status && git push"}) {
		t.Error("a script was not answered early")
	}
	for _, args := range [][]string{{}, {""}, {"check"}, {"help", "check"}, {"explain", "--artifact", "none.rulesc", "ls"}} {
		if compareEarly(t, args) {
			t.Errorf("%q was answered early", args)
		}
	}
}

// Without a home folder in the environment main asks the system for it.
func TestEarlyWithoutHome(t *testing.T) {
	earlyPlace(t)
	t.Setenv("HOME", "")
	if compareEarly(t, []string{"check", "--artifact=none.rulesc", "--resolve-host-executables", "git"}) {
		t.Error("it was answered early")
	}
}

// A file that is damaged anywhere is left to main, which says so.
func TestEarlyRefusesDamage(t *testing.T) {
	earlyPlace(t)
	t.Run("none", func(t *testing.T) { refuseDamage(t, "none.rulesc", nil) })
	t.Run("zstd", func(t *testing.T) { refuseDamage(t, "zstd.rulesc", compressed.Decode) })
}

func refuseDamage(t *testing.T, artifact string, decode early.Decoder) {
	b, err := os.ReadFile(artifact)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"check", "--artifact=broken.rulesc", "wget"}
	step := 1
	if testing.Short() {
		step = 7
	}
	for at := 0; at < len(b); at += step {
		b[at] ^= 1
		if err := os.WriteFile("broken.rulesc", b, 0o666); err != nil {
			t.Fatal(err)
		}
		b[at] ^= 1
		if _, _, ok := early.Answer(args, os.Getenv, decode); ok {
			t.Fatalf("byte %d of %d was changed, and it was answered", at, len(b))
		}
	}
}

// Main unpacks a compressed artifact where it is told to; from then on it is
// answered early.
func TestEarlyFromCache(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no cache where files have no owner")
	}
	earlyPlace(t)
	args := []string{"check", "--artifact=zstd.rulesc", "git", "status"}
	without, _ := inMain(args...)
	t.Setenv("RULESC_CACHE", filepath.Join(t.TempDir(), "cache"))
	if compareEarly(t, args) {
		t.Error("it was answered early from an empty cache")
	}
	if with, _ := inMain(args...); with != without {
		t.Errorf("with a cache %q, without %q", with, without)
	}
	if !compareEarly(t, args) {
		t.Error("it was not answered from the cache")
	}
}

// What is set up before an answer: packages of the standard library, and of others
// those few whose names come first in the alphabet. The test's own program has all
// packages of rulesc, and answers as early.
func TestEarlyIsEarly(t *testing.T) {
	earlyPlace(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		line  string
		never []string
	}{
		{"version", []string{"reflect", "encoding/json", "crypto/sha256"}},
		{"check --artifact=none.rulesc git status", []string{"encoding/xml", "crypto/rand", "math/big", "go.starlark.net/", "golang.org/x/text/cases", "github.com/klauspost/compress/zstd"}},
		{"check --artifact=zstd.rulesc git status", []string{"github.com/spf13/cobra", "text/template "}},
	} {
		run := exec.Command(program, strings.Fields(test.line)...)
		run.Env = append(os.Environ(), "GODEBUG=inittrace=1", "RULESC_CACHE=")
		var trace bytes.Buffer
		run.Stderr = &trace
		if err := run.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", test.line, err, trace.String())
		}
		if !strings.Contains(trace.String(), "\ninit os @") {
			t.Fatalf("%s: no trace:\n%s", test.line, trace.String())
		}
		for _, name := range test.never {
			if strings.Contains(trace.String(), "\ninit "+name) {
				t.Errorf("%s: package %s was set up before the answer", test.line, name)
			}
		}
	}
}

func FuzzEarly(f *testing.F) {
	f.Add("--artifact none.rulesc -- git status")
	f.Add("--artifact=none.rulesc --pretty --exit-code rm -rf x")
	f.Add("--format text --shell reference --artifact=none.rulesc -- bash -lc ls")
	f.Add("--artifact=none.rulesc --resolve-host-executables ~/git status")
	f.Add("--artifact=zstd.rulesc -c x --layer=a=b ls")
	earlyPlace(f)
	f.Fuzz(func(t *testing.T, line string) {
		compareEarly(t, append([]string{"check"}, strings.Split(line, " ")...))
	})
}
