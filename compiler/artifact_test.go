package compiler_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/matcher/digest"
)

func source(layer, file string, line int, calls ...ir.Frame) ir.Source {
	return ir.Source{Layer: layer, Position: ir.Position{File: file, Line: line, Col: 1}, Calls: calls}
}

func artifactPolicy() *ir.Policy {
	call := ir.Frame{Func: "<module>", Position: ir.Position{File: "a.rules", Line: 30, Col: 4}}
	return &ir.Policy{
		Rules: []ir.PrefixRule{
			{Pattern: ir.Pattern{{"git"}, {"status", "log"}}, Decision: ir.Allow, Source: source("user", "default.rules", 3)},
			{Pattern: ir.Literal("rm", "-rf"), Decision: ir.Forbidden, Justification: "never", Source: source("user", "default.rules", 1)},
			{Pattern: ir.Literal("sudo"), Decision: ir.PromptUser, Canonical: true, Source: source("managed", "requirements.toml", 0)},
			{Pattern: ir.Literal("é", ""), Decision: ir.Prompt, Justification: " \n", Source: source("", "a.rules", 9, call)},
		},
		Hosts: []ir.HostExecutable{
			{Name: "git", Paths: []string{"/usr/bin/git"}, Source: source("user", "default.rules", 7)},
			{Name: "git", Source: source("project", "a.rules", 1)},
		},
		Networks: []ir.NetworkRule{
			{Host: "example.com", Protocol: ir.HTTPS, Decision: ir.Allow, Source: source("user", "default.rules", 8)},
			{Host: "example.com", Protocol: ir.HTTP, Decision: ir.Forbidden, Justification: "no", Source: source("user", "default.rules", 9)},
		},
	}
}

var artifactMeta = matcher.Meta{
	Tool:   "rulesc test",
	Layers: []matcher.Layer{{Name: "user", Folder: "~/.codex"}},
	Files:  []matcher.File{{Layer: "user", Name: "default.rules", SHA256: [32]byte{1, 2, 3}}},
}

func compile(t testing.TB, p *ir.Policy, meta matcher.Meta) *compiler.Artifact {
	t.Helper()
	a, err := compiler.Compile(p, meta)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func encode(t testing.TB, a *compiler.Artifact, codec matcher.Codec) []byte {
	t.Helper()
	b, err := a.Encode(codec)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var codecs = []matcher.Codec{matcher.CodecStored, matcher.CodecZstd}

func TestDecompileIsTheInverseOfCompile(t *testing.T) {
	for _, codec := range codecs {
		for name, p := range map[string]*ir.Policy{"policy": artifactPolicy(), "empty": {}} {
			t.Run(codec.String()+"/"+name, func(t *testing.T) {
				a := compile(t, p, artifactMeta)
				got, meta, err := compiler.Decompile(encode(t, a, codec))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(p, got); diff != "" {
					t.Errorf("the policy changed (-before +after):\n%s", diff)
				}
				if diff := cmp.Diff(artifactMeta, meta); diff != "" {
					t.Errorf("the metadata changed (-before +after):\n%s", diff)
				}
				again := compile(t, got, meta)
				if again.Digest() != a.Digest() || !bytes.Equal(encode(t, again, codec), encode(t, a, codec)) {
					t.Error("compiled again, it is another artifact")
				}
			})
		}
	}
}

// A summary agrees with the policy that it leaves out.
func TestSummarize(t *testing.T) {
	for _, codec := range codecs {
		for name, p := range map[string]*ir.Policy{"policy": artifactPolicy(), "empty": {}} {
			got, err := compiler.Summarize(encode(t, compile(t, p, artifactMeta), codec))
			if err != nil {
				t.Fatal(err)
			}
			want := &compiler.Summary{
				Meta: artifactMeta, Prefixes: len(p.Rules), Hosts: len(p.Hosts), Networks: len(p.Networks),
				Origins: make(map[matcher.Origin]int),
			}
			for _, r := range p.Rules {
				want.Origins[matcher.Origin{Layer: r.Source.Layer, File: r.Source.File}]++
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", codec, name, diff)
			}
		}
	}
}

// Whichever byte is damaged, the summary fails, so that nobody takes the
// artifact for up to date.
func TestSummarizeNoticesDamage(t *testing.T) {
	for _, codec := range codecs {
		b := encode(t, compile(t, artifactPolicy(), artifactMeta), codec)
		for i := range b {
			b[i] ^= 0x10
			if _, err := compiler.Summarize(b); err == nil {
				t.Fatalf("%s: byte %d of %d is damaged, but nobody noticed", codec, i, len(b))
			}
			b[i] ^= 0x10
		}
	}
}

func TestDecompileOfDamage(t *testing.T) {
	for _, codec := range codecs {
		t.Run(codec.String(), func(t *testing.T) {
			b := encode(t, compile(t, artifactPolicy(), artifactMeta), codec)
			c, err := matcher.OpenContainer(b)
			if err != nil {
				t.Fatal(err)
			}
			hot := c.StoredSize(matcher.SectionHot)
			for i := range b {
				if matcher.HeaderSize <= i && i < matcher.HeaderSize+hot {
					continue // the image is not looked at
				}
				b[i] ^= 0x10
				_, _, err := compiler.Decompile(b)
				var format *matcher.FormatError
				if !errors.As(err, &format) {
					t.Fatalf("byte %d changed: %v", i, err)
				}
				b[i] ^= 0x10
			}
		})
	}
}

func TestDecompileChecksRules(t *testing.T) {
	bad := []matcher.RuleRecord{{Pattern: [][]string{{"a", "b"}}, Decision: matcher.Allow}}
	rules, err := matcher.AppendRules(nil, bad)
	if err != nil {
		t.Fatal(err)
	}
	none := []byte{0, 0}
	about, err := matcher.AppendMeta(nil, &matcher.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	var parts [matcher.NumSections]matcher.Part
	for i, b := range [][]byte{{1}, rules, none, none, about} {
		parts[i] = matcher.Part{Stored: b, Decoded: b}
	}
	b, err := matcher.AppendContainer(nil, matcher.CodecStored, digest.Of(rules, none, none), parts)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = compiler.Decompile(b)
	if err == nil || err.Error() != "section rules at offset 0: rule 0: the first position of a pattern has exactly one token" {
		t.Error(err)
	}
}

func TestDigest(t *testing.T) {
	a := compile(t, artifactPolicy(), artifactMeta)
	if b := compile(t, artifactPolicy(), matcher.Meta{Tool: "another"}); b.Digest() != a.Digest() {
		t.Error("the digest depends on the metadata")
	}
	changes := map[string]func(p *ir.Policy){
		"decision":      func(p *ir.Policy) { p.Rules[0].Decision = ir.Prompt },
		"justification": func(p *ir.Policy) { p.Rules[1].Justification = "ever" },
		"canonical":     func(p *ir.Policy) { p.Rules[2].Canonical = false },
		"line":          func(p *ir.Policy) { p.Rules[0].Source.Line++ },
		"layer":         func(p *ir.Policy) { p.Rules[0].Source.Layer = "project" },
		"call":          func(p *ir.Policy) { p.Rules[3].Source.Calls[0].Func = "f" },
		"order":         func(p *ir.Policy) { p.Rules[0], p.Rules[1] = p.Rules[1], p.Rules[0] },
		"host":          func(p *ir.Policy) { p.Hosts[0].Paths = nil },
		"network":       func(p *ir.Policy) { p.Networks[0].Protocol = ir.HTTP },
		"one less":      func(p *ir.Policy) { p.Networks = p.Networks[:1] },
	}
	for name, change := range changes {
		p := artifactPolicy()
		change(p)
		if compile(t, p, artifactMeta).Digest() == a.Digest() {
			t.Errorf("%s: the digest stays the same", name)
		}
	}
}

func TestEncodeDependsOnNothingElse(t *testing.T) {
	for _, codec := range codecs {
		var first []byte
		for _, processors := range []int{1, 2, 8} {
			before := runtime.GOMAXPROCS(processors)
			b := encode(t, compile(t, largePolicy(), artifactMeta), codec)
			runtime.GOMAXPROCS(before)
			if first == nil {
				first = b
			}
			if !bytes.Equal(b, first) {
				t.Errorf("codec %s: other bytes with %d processors", codec, processors)
			}
		}
	}
}

// largePolicy is large enough for several blocks of a compressor.
func largePolicy() *ir.Policy {
	p := new(ir.Policy)
	for i := range 20000 {
		tool := string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + string(rune('a'+i/17576))
		p.Rules = append(p.Rules, ir.PrefixRule{
			Pattern:       ir.Literal(tool, "run", tool+tool),
			Decision:      ir.Allow,
			Justification: "because of " + tool,
			Source:        source("user", "default.rules", 2*i+1),
		})
	}
	return p
}

// TestSectionsArePlainFrames is what DESIGN.md promises: a section of a
// compressed artifact is a zstd frame that any program can decode.
func TestSectionsArePlainFrames(t *testing.T) {
	a := compile(t, artifactPolicy(), artifactMeta)
	stored, err := matcher.OpenContainer(encode(t, a, matcher.CodecStored))
	if err != nil {
		t.Fatal(err)
	}
	compressed, err := matcher.OpenContainer(encode(t, a, matcher.CodecZstd))
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	for s := matcher.SectionHot; s <= matcher.SectionMeta; s++ {
		want, err := stored.Stored(s)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := compressed.Stored(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decoder.DecodeAll(frame, nil)
		if s == matcher.SectionHot && err == nil {
			columns := got
			got = make([]byte, len(want))
			if len(columns) != compressed.PackedSize() {
				t.Errorf("%d bytes of columns, and not %d", len(columns), compressed.PackedSize())
			}
			err = matcher.UnpackImage(got, columns)
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("section %s: %d bytes of %d, %v", s, len(got), len(want), err)
		}
	}
}

func TestCompileRefusesInvalidRules(t *testing.T) {
	tests := map[string]*ir.Policy{
		"rule 0 of user a.rules:7:1: pattern cannot be empty":       {Rules: []ir.PrefixRule{{Decision: ir.Allow, Source: source("user", "a.rules", 7)}}},
		"rule 0 of a.rules:7:1: a rule needs a decision":            {Rules: []ir.PrefixRule{{Pattern: ir.Literal("a"), Source: source("", "a.rules", 7)}}},
		"section networks, record 0: a rule cannot have decision 0": {Networks: []ir.NetworkRule{{Host: "x"}}},
	}
	for want, p := range tests {
		if a, err := compiler.Compile(p, matcher.Meta{}); a != nil || err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.rulesc")
	a := compile(t, artifactPolicy(), artifactMeta)
	for _, codec := range codecs { // the second replaces the first
		if err := a.Write(path, codec); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, encode(t, a, codec)) {
			t.Errorf("codec %s: the file is another one (%v)", codec, err)
		}
	}
	onlyFile(t, path)
}

// onlyFile checks that nothing was left beside the file.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestWriteKeepsPermissions(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("permissions are not those of unix")
	}
	path := filepath.Join(t.TempDir(), "policy.rulesc")
	a := compile(t, artifactPolicy(), artifactMeta)
	if err := a.Write(path, matcher.CodecZstd); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o133 != 0 || info.Mode().Perm()&0o600 != 0o600 {
		t.Errorf("a new file has mode %v (%v)", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(path, matcher.CodecZstd); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the replaced file has mode %v (%v)", info.Mode(), err)
	}
}

func TestWriteThatFails(t *testing.T) {
	a := compile(t, artifactPolicy(), artifactMeta)
	folder := t.TempDir()
	if err := a.Write(filepath.Join(folder, "missing", "policy.rulesc"), matcher.CodecZstd); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into a missing folder: %v", err)
	}
	taken := filepath.Join(folder, "policy.rulesc")
	if err := os.MkdirAll(filepath.Join(taken, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(taken, matcher.CodecZstd); err == nil {
		t.Error("in the place of a folder")
	}
	onlyFile(t, taken)
	if err := a.Write(folder+"/", matcher.CodecZstd); err == nil {
		t.Error("a folder was written to")
	}
	if err := a.Write(filepath.Join(folder, "x.rulesc"), matcher.Codec(7)); err == nil {
		t.Error("with a codec that does not exist")
	}
	onlyFile(t, taken)
}

func TestWriteToAnUnwritableFolder(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "policy.rulesc")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(folder, 0o755) }()
	if f, err := os.Create(filepath.Join(folder, "probe")); err == nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		t.Skip("this user may write anywhere")
	}
	if err := compile(t, artifactPolicy(), artifactMeta).Write(path, matcher.CodecZstd); !errors.Is(err, os.ErrPermission) {
		t.Error(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
		t.Errorf("the old file has %q (%v)", got, err)
	}
	onlyFile(t, path)
}
