package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/ahead"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/early"
	"github.com/rulesc/rulesc/matcher"
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

// A stage is how far the program is set up when it answers.
type stage int

const (
	stageAhead stage = iota // nothing
	stageEarly              // what comes first in the alphabet
	stageMain
)

// answeredAt returns the first stage at which a command line is answered. Main has to
// answer the same, and so has every stage behind the first.
func answeredAt(t *testing.T, args []string) stage {
	t.Helper()
	first := stageMain
	want, code := "", -1
	for s, answer := range []func() (string, int, bool){
		func() (string, int, bool) {
			output, code, ok := ahead.Answer(args, ahead.System{
				Read: func(path string) []byte {
					b, _ := os.ReadFile(path)
					return b
				},
				Memory:  func(size int) []byte { return make([]byte, size) },
				Caching: func() bool { return os.Getenv("RULESC_CACHE") != "" },
			})
			return string(output), code, ok
		},
		func() (string, int, bool) { return early.Answer(args, os.Getenv) },
	} {
		got, gotCode, ok := answer()
		if !ok {
			if first != stageMain {
				t.Errorf("%q: answered at stage %d, and not at stage %d", args, first, s)
			}
			continue
		}
		if first == stageMain {
			first = stage(s)
			want, code = inMain(args...)
		}
		if got != want || gotCode != code {
			t.Errorf("%q: stage %d says %q (%d), main %q (%d)", args, s, got, gotCode, want, code)
		}
	}
	return first
}

func TestEarlyIsAsMain(t *testing.T) {
	earlyPlace(t)
	absolute, err := filepath.Abs("none.rulesc")
	if err != nil {
		t.Fatal(err)
	}
	const a = "--artifact=none.rulesc "
	for line, want := range map[string]stage{
		a + "git status":                         stageAhead,
		a + "-- git push origin":                 stageAhead,
		"--artifact none.rulesc rm -rf /":        stageAhead,
		"--artifact " + absolute + " rm -rf /":   stageAhead,
		a + "wget":                               stageAhead,
		a + "many a b c":                         stageEarly,
		a + "--format=text git log":              stageEarly,
		a + "--format text -- rm -rf x":          stageEarly,
		a + "--pretty rm -rf x":                  stageAhead,
		a + "--pretty wget":                      stageAhead,
		a + "--exit-code rm -rf x":               stageAhead,
		a + "--exit-code --format=text git push": stageEarly,
		a + "-- --pretty":                        stageAhead,
		a + "--":                                 stageMain,
		a + "-":                                  stageAhead,
		a + "--resolve-host-executables /usr/bin/git status":             stageEarly,
		a + "--resolve-host-executables /bin/git status":                 stageEarly,
		a + "--resolve-host-executables ~/git status":                    stageEarly,
		a + "--resolve-host-executables ../git status":                   stageEarly,
		a + "--shell=reference -- bash -lc git\u00a0status":              stageEarly,
		a + "--shell reference --exit-code --format=text -- bash -lc ls": stageEarly,
		a + "--shell=off bash -lc ls":                                    stageAhead,
		a + "--shell=full ls":                                            stageMain,
		a + "--pretty --pretty ls":                                       stageMain,
		a + "--pretty=1 ls":                                              stageMain,
		a + "--format=xml ls":                                            stageMain,
		a + "--rules own.rules ls":                                       stageMain,
		a + "--batch":                                                    stageMain,
		a + "--help":                                                     stageMain,
		a + "-h":                                                         stageMain,
		a + "-C . ls":                                                    stageMain,
		a + "--home x ls":                                                stageMain,
		a + "-c x ls":                                                    stageMain,
		a + "--unknown ls":                                               stageMain,
		a + "\xff":                                                       stageMain,
		a + a + "ls":                                                     stageMain,
		"--artifact":                                                     stageMain,
		"--artifact= ls":                                                 stageMain,
		"--artifact -- ls":                                               stageMain,
		"--artifact=-- ls":                                               stageMain,
		"--artifact nosuch.rulesc ls":                                    stageMain,
		"--artifact . ls":                                                stageMain,
		"--artifact damaged.rulesc ls":                                   stageMain,
		"--artifact zstd.rulesc ls":                                      stageAhead,
		"ls":                                                             stageMain,
	} {
		args := append([]string{"check"}, strings.Fields(line)...)
		if got := answeredAt(t, args); got != want {
			t.Errorf("%q: answered at stage %d, want %d", args, got, want)
		}
		for i := range args {
			args[i] = strings.Replace(args[i], "none.rulesc", "zstd.rulesc", 1)
		}
		if got := answeredAt(t, args); got != want {
			t.Errorf("%q: answered at stage %d, want %d", args, got, want)
		}
	}
	for _, test := range []struct {
		want stage
		args []string
	}{
		{stageAhead, []string{"version"}},
		{stageMain, []string{"version", "--format=json"}},
		{stageEarly, []string{"check", "--artifact", "none.rulesc", "--shell=reference", "--", "bash", "-lc", "git status && git push"}},
		{stageAhead, []string{"check", "--artifact", "none.rulesc", "--", "git", "status", "a \"b\"\n\x01→"}},
		{stageMain, nil},
		{stageMain, []string{""}},
		{stageMain, []string{"check"}},
		{stageMain, []string{"help", "check"}},
		{stageMain, []string{"explain", "--artifact", "none.rulesc", "ls"}},
	} {
		if got := answeredAt(t, test.args); got != test.want {
			t.Errorf("%q: answered at stage %d, want %d", test.args, got, test.want)
		}
	}
}

// Without a home folder in the environment main asks the system for it.
func TestEarlyWithoutHome(t *testing.T) {
	earlyPlace(t)
	t.Setenv("HOME", "")
	if got := answeredAt(t, []string{"check", "--artifact=none.rulesc", "--resolve-host-executables", "git"}); got != stageMain {
		t.Errorf("it was answered at stage %d", got)
	}
}

// What decides is proved before anything is said, and so is what is said of rules. Where
// a byte of anything else is changed the answer is the same.
func TestEarlyRefusesDamage(t *testing.T) {
	earlyPlace(t)
	t.Run("none", func(t *testing.T) { refuseDamage(t, "none.rulesc") })
	t.Run("zstd", func(t *testing.T) { refuseDamage(t, "zstd.rulesc") })
}

func refuseDamage(t *testing.T, artifact string) {
	b, err := os.ReadFile(artifact)
	if err != nil {
		t.Fatal(err)
	}
	header, err := matcher.ParseHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	used := matcher.HeaderSize + header.StoredSize(matcher.SectionHot)
	used += -used&(matcher.SectionAlign-1) + header.StoredSize(matcher.SectionRules)
	args := []string{"check", "--artifact=broken.rulesc", "git", "status"}
	whole, _ := inMain("check", "--artifact", artifact, "git", "status")
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
		said, code := inMain(args...)
		if got := answeredAt(t, args); got != stageMain && (at < used || said != whole) {
			t.Fatalf("byte %d of %d was changed, and stage %d says %q", at, len(b), got, said)
		} else if at < used && code != exitWrong {
			t.Fatalf("byte %d of %d was changed, and main says %q", at, len(b), said)
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
	if got := answeredAt(t, args); got != stageMain {
		t.Errorf("it was answered at stage %d from an empty cache", got)
	}
	if with, _ := inMain(args...); with != without {
		t.Errorf("with a cache %q, without %q", with, without)
	}
	if got := answeredAt(t, args); got != stageEarly {
		t.Errorf("it was answered at stage %d from the cache", got)
	}
}

// What is set up before an answer: next to nothing where that was done, elsewhere
// packages of the standard library, and of others those few whose names come first in
// the alphabet. The test's own program has all packages of rulesc, and answers as early.
func TestEarlyIsEarly(t *testing.T) {
	earlyPlace(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	nothing := []string{"os", "syscall", "io", "sync", "internal/godebug", "hash/crc32", "encoding/base64"}
	little := []string{"encoding/xml", "crypto/rand", "math/big", "go.starlark.net/", "golang.org/x/text/cases", "github.com/klauspost/compress/zstd"}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" || isSafeBuild() {
		nothing = little
	}
	for _, test := range []struct {
		line  string
		never []string
	}{
		{"version", nothing},
		{"check --artifact=none.rulesc git status", nothing},
		{"check --artifact=none.rulesc --format=text git status", little},
		{"check --artifact=zstd.rulesc git status", nothing},
		{"check --artifact=zstd.rulesc --resolve-host-executables git status", little},
	} {
		run := exec.Command(program, strings.Fields(test.line)...)
		run.Env = append(os.Environ(), "GODEBUG=inittrace=1", "RULESC_CACHE=")
		var trace bytes.Buffer
		run.Stderr = &trace
		if err := run.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", test.line, err, trace.String())
		}
		if !strings.Contains(trace.String(), "\ninit runtime @") {
			t.Fatalf("%s: no trace:\n%s", test.line, trace.String())
		}
		for _, name := range test.never {
			if !strings.HasSuffix(name, "/") && !strings.HasSuffix(name, " ") {
				name += " "
			}
			if strings.Contains(trace.String(), "\ninit "+name) {
				t.Errorf("%s: package %s was set up before the answer", test.line, name)
			}
		}
	}
}

// isSafeBuild reports whether checksums come from hash/crc32, which imports package io.
func isSafeBuild() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool {
		return s.Key == "-race" || s.Key == "-msan" || s.Key == "-asan" || s.Key == "-tags" && strings.Contains(s.Value, "purego")
	})
}

// As a process, which asks the system for its arguments and the file itself.
func TestEarlyAsProcess(t *testing.T) {
	earlyPlace(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	deep := filepath.Join(strings.Repeat("x", 200), strings.Repeat("y", 200))
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("none.rulesc")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(deep, "p"), b, 0o666); err != nil {
		t.Fatal(err)
	}
	many := make([]string, 50)
	for _, args := range [][]string{
		{"version"},
		{"check", "--artifact=none.rulesc", "git", "status"},
		{"check", "--artifact", "none.rulesc", "--exit-code", "--", "rm", "-rf", "", "a\nb", "→"},
		{"check", "--artifact", "none.rulesc", "", "x"},
		{"check", "--artifact", "none.rulesc", "rm", "-rf", strings.Repeat("long", 1000)},
		{"check", "--artifact", "none.rulesc", "rm", "-rf", strings.Repeat("longer", 10_000)},
		append([]string{"check", "--artifact", "none.rulesc", "many", "a", "b"}, many...),
		{"check", "--artifact", filepath.Join(deep, "p"), "git", "log"},
		{"check", "--artifact", "zstd.rulesc", "git", "log"},
		{"check", "--artifact", ".", "git", "log"},
		{"check", "--artifact", "nosuch.rulesc", "git", "log"},
		{"check", "--artifact", "damaged.rulesc", "git", "log"},
		{"check", "--artifact", "/dev/null", "git", "log"},
	} {
		run := exec.Command(program, args...)
		run.Env = append(os.Environ(), "RULESC_TEST_MAIN=1")
		got, _ := run.CombinedOutput()
		if want, code := inMain(args...); string(got) != want || run.ProcessState.ExitCode() != code {
			t.Errorf("%q: says %q (%d), want %q (%d)", args, got, run.ProcessState.ExitCode(), want, code)
		}
	}
	if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
		defer full.Close()
		for format, want := range map[string]string{
			"":              "rulesc: write /dev/stdout: no space left on device\n",
			"--format=text": "rulesc: write /dev/stdout: no space left on device\n",
			"--format=json": "\"message\": \"write /dev/stdout: no space left on device\"",
		} {
			args := []string{"check", "--artifact=none.rulesc", "wget"}
			if format != "" {
				args = slices.Insert(args, 1, format)
			}
			run := exec.Command(program, args...)
			run.Env = append(os.Environ(), "RULESC_TEST_MAIN=1")
			var stderr strings.Builder
			run.Stdout, run.Stderr = full, &stderr
			if run.Run(); run.ProcessState.ExitCode() != exitWrong || !strings.Contains(stderr.String(), want) {
				t.Errorf("%q on a full device: %q (%d)", args, stderr.String(), run.ProcessState.ExitCode())
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
		answeredAt(t, append([]string{"check"}, strings.Split(line, " ")...))
	})
}

// TestNothingIsMadeAhead holds that the packages of early answers make no variable when
// they are set up, which all commands would wait for; one that takes a kilobyte of stack
// costs ten page faults.
func TestNothingIsMadeAhead(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	list, err := exec.Command("go", "list", "-deps", "./internal/ahead").Output()
	if err != nil {
		t.Skip("go list: ", err)
	}
	program := filepath.Join(t.TempDir(), "rulesc")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	symbols, err := exec.Command("go", "tool", "nm", program).Output()
	if err != nil {
		t.Skip("go tool nm: ", err)
	}
	ours := 0
	for name := range strings.Lines(string(list)) {
		name = strings.TrimSpace(name)
		if !strings.HasPrefix(name, "github.com/rulesc/rulesc/") {
			continue
		}
		ours++
		if strings.Contains(string(symbols), " "+name+".init\n") {
			t.Errorf("package %s makes variables", name)
		}
	}
	if ours < 5 {
		t.Errorf("%d packages of ours:\n%s", ours, list)
	}
}
