package early_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/early"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/seen"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/filestate"
	"github.com/rulesc/rulesc/internal/ownfolder"
	"github.com/rulesc/rulesc/internal/witness"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

// A place is a folder with rule files, an artifact, and a record of both.
type place struct {
	*testing.T
	cache string
	args  []string
	env   map[string]string
}

const output = "out.rulesc: up to date\n"

func newPlace(t *testing.T) *place {
	dir := t.TempDir()
	t.Chdir(dir)
	p := &place{
		t, filepath.Join(dir, "cache"),
		[]string{"build", "-o", "out.rulesc", "--rules", "a.rules", "--rules=b.rules"},
		map[string]string{"HOME": "/home/ann", "PWD": dir},
	}
	for _, name := range []string{"a.rules", "b.rules", "elsewhere.rules"} {
		p.write(name, "one")
	}
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.rules", "link"); err != nil {
		t.Fatal(err)
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
	return p.env[name]
}

func (p *place) fact(path string) filestate.Fact {
	kind, state, ok := witness.Look(path, false)
	if !ok || kind != filestate.File {
		p.Fatalf("%s is no file", path)
	}
	return filestate.Fact{Path: path, Kind: kind, Exact: true, State: state}
}

func (p *place) start() seen.Start {
	folder, err := syscall.Getwd()
	if err != nil {
		p.Fatal(err)
	}
	return seen.Start{Folder: folder, Args: p.args}
}

func (p *place) record() *seen.Record {
	r := &seen.Record{
		Start: p.start(), Artifact: p.fact("out.rulesc"), Output: output,
		Facts: []filestate.Fact{
			p.fact("a.rules"), p.fact("b.rules"), p.fact("elsewhere.rules"), p.fact("a.rules"),
			{Path: "none"},
			{Path: "folder", Kind: filestate.Folder},
			{Path: "link", Itself: true, Kind: filestate.Link},
		},
	}
	for _, name := range seen.Variables {
		r.Env = append(r.Env, p.env[name])
	}
	return r
}

func (p *place) keep() { p.put(p.record().Encode()) }

func (p *place) put(record []byte) {
	if err := ownfolder.Write(p.cache, p.name(), record, 3); err != nil {
		p.Fatal(err)
	}
}

func (p *place) name() string {
	start := p.start()
	return start.Name()
}

func (p *place) path() string { return filepath.Join(p.cache, p.name()) }

func (p *place) answers() bool {
	got, code, ok := early.Answer(p.args, p.getenv)
	if ok && (got != output || code != 0) {
		p.Errorf("it answers %q (%d)", got, code)
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
		{"a variable of another value", func(p *place) { p.env["HOME"] = "/home/bob" }, false},
		{"a variable more", func(p *place) { p.env["CODEX_HOME"] = "/" }, false},
		{"a variable less", func(p *place) { delete(p.env, "PWD") }, false},
		{"a variable that does not count", func(p *place) { p.env["LANG"] = "C" }, true},
		{"something where nothing was", func(p *place) { p.write("none", "") }, false},
		{"a dangling link where nothing was", func(p *place) { must(os.Symlink("nowhere", "none")) }, true},
		{"no folder", func(p *place) { must(os.Remove("folder")) }, false},
		{"a file for a folder", func(p *place) {
			must(os.Remove("folder"))
			p.write("folder", "")
		}, false},
		{"another folder in its place", func(p *place) {
			must(os.Mkdir("another", 0o700))
			must(syscall.Rename("another", "folder"))
		}, true},
		{"a file for a link", func(p *place) {
			must(os.Remove("link"))
			p.write("link", "one")
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
