package full_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/runtime/shell/full"
)

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

func read(s recordedScript) *full.Script { return full.Read([]string{s.shell, "-c", s.text}) }

// languageTests are the scripts of the language tests of mvdan.cc/sh.
func languageTests(t testing.TB) (all []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/mvdan-sh/scripts.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		script, err := strconv.Unquote(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, script)
	}
	return all
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
