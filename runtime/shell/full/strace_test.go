//go:build unix

package full_test

import (
	"encoding/hex"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/runtime/shell/full"
)

var underStrace = flag.Bool("strace", false, "run the corpus under strace, too")

var execve = regexp.MustCompile(`execve\("([^"]*)", \[([^\]]*)\]`)

// TestSoundnessUnderStrace is TestSoundness with the kernel as the witness,
// which sees programs that are called by their path as well. The shells that
// wrappers start to read a script are not counted, as Package full says.
func TestSoundnessUnderStrace(t *testing.T) {
	if !*underStrace {
		t.Skip("runs with -strace")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not here")
	}
	s := newStage(t)
	trace := filepath.Join(s.dir, "trace")
	text := func(hexed string) string {
		b, err := hex.DecodeString(strings.ReplaceAll(hexed, `\x`, ""))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	var counts tally
	for _, script := range corpus(t) {
		shell, err := exec.LookPath(script.shell)
		if err != nil {
			continue
		}
		s.start(t, strace, "-f", "-qq", "-xx", "-s", "65536", "-e", "trace=execve", "-o", trace, shell, "-c", script.text)
		log, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		var ran [][]string
		for i, call := range execve.FindAllStringSubmatch(string(log), -1) {
			if i == 0 || strings.HasPrefix(text(call[1]), filepath.Join(s.dir, "real")) {
				continue // the shell itself, and what a shim becomes
			}
			var argv []string
			for word := range strings.SplitSeq(call[2], ", ") {
				argv = append(argv, text(strings.Trim(word, `"`)))
			}
			argv[0] = s.name(argv[0])
			if len(argv) == 3 && (argv[0] == "sh" || argv[0] == "/bin/sh") && argv[1] == "-c" && len(full.Parse(script.text).Opaque) == 0 {
				continue
			}
			ran = append(ran, argv)
		}
		read := read(script)
		for _, argv := range counts.judge(read, ran) {
			t.Errorf("%s: %s\nran %q\nread %s", script.file, script.text, argv, describe(read))
		}
	}
	t.Log(counts)
}
