package seen_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/seen"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/filestate"
	"github.com/rulesc/rulesc/internal/ownfolder"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

// A place is a folder with rule files, an artifact, and a record of both.
type place struct {
	*testing.T
	cache string
	args  []string
}

const output = "out.rulesc: up to date\n"

func newPlace(t *testing.T) *place {
	dir := t.TempDir()
	t.Chdir(dir)
	p := &place{t, filepath.Join(dir, "cache"), []string{"build", "-o", "out.rulesc", "--rules", "a.rules", "--rules=b.rules"}}
	for _, name := range []string{"a.rules", "b.rules", "elsewhere.rules"} {
		p.write(name, "one")
	}
	a, err := compiler.Compile(new(ir.Policy), matcher.Meta{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Write("out.rulesc", matcher.CodecZstd); err != nil {
		t.Fatal(err)
	}
	p.keep()
	return p
}

func (p *place) write(name, text string) {
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		p.Fatal(err)
	}
}

func (p *place) getenv(name string) string {
	if name == "RULESC_CACHE" {
		return p.cache
	}
	return ""
}

func (p *place) file(path string) seen.File {
	s, ok := filestate.Of(path)
	if !ok {
		p.Fatalf("%s has no state", path)
	}
	return seen.File{Path: path, State: s}
}

func (p *place) record() *seen.Record {
	return &seen.Record{
		Args: p.args, Artifact: p.file("out.rulesc"), Output: output,
		Files: []seen.File{p.file("a.rules"), p.file("b.rules"), p.file("elsewhere.rules"), p.file("a.rules")},
	}
}

func (p *place) keep() { p.put(p.record().Encode()) }

func (p *place) put(record []byte) {
	folder, name := seen.Place(p.args, p.getenv)
	if err := ownfolder.Write(folder, name, record, 3); err != nil {
		p.Fatal(err)
	}
}

func (p *place) path() string {
	folder, name := seen.Place(p.args, p.getenv)
	return filepath.Join(folder, name)
}

func (p *place) answers() bool {
	got, ok := seen.Answer(p.args, p.getenv)
	if ok && got != output {
		p.Errorf("it answers %q", got)
	}
	return ok
}

func TestAnswer(t *testing.T) {
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name   string
		change func(p *place)
		want   bool
	}{
		{"nothing", func(*place) {}, true},
		{"another file", func(p *place) { p.write("c.rules", "c") }, true},
		{"the same content anew", func(p *place) { p.write("a.rules", "one") }, false},
		{"content of the same size at the same time", func(p *place) {
			info, err := os.Stat("b.rules")
			must(err)
			p.write("b.rules", "two")
			must(os.Chtimes("b.rules", info.ModTime(), info.ModTime()))
		}, false},
		{"another file in its place", func(p *place) { must(os.Rename("b.rules", "a.rules")) }, false},
		{"a link in its place", func(p *place) {
			must(os.Rename("a.rules", "target"))
			must(os.Symlink("target", "a.rules"))
		}, false},
		{"a file that is gone", func(p *place) { must(os.Remove("elsewhere.rules")) }, false},
		{"a file that may not be read any more", func(p *place) { must(os.Chmod("elsewhere.rules", 0)) }, false},
		{"a pipe in its place", func(p *place) {
			must(os.Remove("a.rules"))
			must(syscall.Mkfifo("a.rules", 0o600))
		}, false},
		{"no artifact", func(p *place) { must(os.Remove("out.rulesc")) }, false},
		{"an artifact that was written anew", func(p *place) {
			b, err := os.ReadFile("out.rulesc")
			must(err)
			p.write("out.rulesc", string(b))
		}, false},
		{"a damaged artifact", func(p *place) {
			b, err := os.ReadFile("out.rulesc")
			must(err)
			b[len(b)-20] ^= 1
			p.write("out.rulesc", string(b))
			p.keep() // as if damage left no trace
		}, false},
		{"another argument", func(p *place) { p.args[2] = "out.rulesx" }, false},
		{"an argument more", func(p *place) { p.args = append(p.args, "") }, false},
		{"an argument less", func(p *place) { p.args = p.args[:len(p.args)-1] }, false},
		{"the record of another command line", func(p *place) {
			b, err := os.ReadFile(p.path())
			must(err)
			p.args[3] = "-r"
			p.put(b)
		}, false},
		{"another folder", func(p *place) {
			must(os.Mkdir("sub", 0o700))
			must(os.Chdir("sub"))
		}, false},
		{"a record that others may read", func(p *place) { must(os.Chmod(p.path(), 0o644)) }, false},
		{"a record in a folder of others", func(p *place) { must(os.Chmod(p.cache, 0o755)) }, false},
		{"a link to the record", func(p *place) {
			must(os.Rename(p.path(), "record"))
			must(os.Symlink(filepath.Join(filepath.Dir(p.cache), "record"), p.path()))
		}, false},
		{"an empty record", func(p *place) { p.put(nil) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t)
			if !p.answers() {
				t.Fatal("no answer when nothing has changed")
			}
			test.change(p)
			if got := p.answers(); got != test.want {
				t.Errorf("answered: %v, want %v", got, test.want)
			}
		})
	}
}

// A record is used whole or not at all.
func TestDamagedRecord(t *testing.T) {
	p := newPlace(t)
	good := p.record().Encode()
	for i := range good {
		b := bytes.Clone(good)
		b[i] ^= 1 << (i % 8)
		p.put(b)
		if p.answers() {
			t.Errorf("answered with byte %d damaged", i)
		}
		p.put(good[:i])
		if p.answers() {
			t.Errorf("answered with %d bytes of %d", i, len(good))
		}
	}
	p.put(good)
	if !p.answers() {
		t.Error("no answer from the whole record")
	}
}

// What might change again without a trace is not worth keeping.
func TestSettled(t *testing.T) {
	p := newPlace(t)
	now := time.Now().UnixNano()
	if r := p.record(); r.Settled(now) {
		t.Error("files that were just written are said to be settled")
	}
	later := now + int64(time.Hour)
	if r := p.record(); !r.Settled(later) {
		t.Error("files are not said to be settled an hour later")
	}
	r := p.record()
	r.Files[1].State.Changed = later
	if r.Settled(later + int64(time.Second)) {
		t.Error("a file that changed a second ago is said to be settled")
	}
	r = p.record()
	r.Files[3].State = filestate.State{}
	if r.Settled(later) {
		t.Error("a file without a state is said to be settled")
	}
	r = p.record()
	r.Artifact.State.Modified = later
	if r.Settled(later) {
		t.Error("an artifact that was just written is said to be settled")
	}
}

func TestPlace(t *testing.T) {
	for env, want := range map[string]string{
		"":                                  "",
		"HOME=/home/ann":                    "/home/ann/.cache/rulesc",
		"HOME=ann":                          "",
		"HOME=/home/ann XDG_CACHE_HOME=/c":  "/c/rulesc",
		"HOME=/home/ann XDG_CACHE_HOME=c":   "/home/ann/.cache/rulesc",
		"XDG_CACHE_HOME=/c RULESC_CACHE=/d": "/d",
	} {
		getenv := func(name string) string {
			for _, v := range strings.Fields(env) {
				if value, ok := strings.CutPrefix(v, name+"="); ok {
					return value
				}
			}
			return ""
		}
		if got, _ := seen.Place(nil, getenv); got != want {
			t.Errorf("with %q records are in %q, want %q", env, got, want)
		}
	}
}
