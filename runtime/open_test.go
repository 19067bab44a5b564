package runtime_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

// checkUse opens b and asks for everything. A policy that opens decides as the
// sample policy does, also when something else of it is damaged.
func checkUse(t *testing.T, b []byte) error {
	t.Helper()
	p, err := runtime.New(b)
	if (p == nil) != (err != nil) {
		t.Fatalf("policy %v and error %v", p, err)
	}
	if err != nil {
		return err
	}
	defer p.Close()
	for _, a := range answers {
		if got := p.Decide(a.argv); got != a.want {
			t.Fatalf("%q: got %+v, want %+v", a.argv, got, a.want)
		}
	}
	for id, err := range p.Rules() {
		if err != nil {
			if _, again := p.Rule(0); again == nil {
				t.Fatalf("rules of a damaged section: %v", id)
			}
			return err
		}
	}
	if _, err := p.Hosts(); err != nil {
		return err
	}
	if _, _, err := p.NetworkLists(); err != nil {
		return err
	}
	if _, err := p.Meta(); err != nil {
		return err
	}
	return p.Verify()
}

func isFormatError(err error) bool {
	var format *runtime.FormatError
	return errors.As(err, &format)
}

func TestEveryPrefixIsRefused(t *testing.T) {
	for _, codec := range codecs {
		b := encode(t, samplePolicy(), codec)
		if err := checkUse(t, b); err != nil {
			t.Fatal(err)
		}
		for n := range b {
			if p, err := runtime.New(b[:n:n]); p != nil || !isFormatError(err) {
				t.Fatalf("codec %s, the first %d bytes of %d: %v", codec, n, len(b), err)
			}
		}
	}
}

func TestEveryFlippedByteIsNoticed(t *testing.T) {
	for _, codec := range codecs {
		b := encode(t, samplePolicy(), codec)
		for i := range b {
			b[i] ^= 1 << (i % 8)
			if err := checkUse(t, b); !isFormatError(err) {
				t.Fatalf("codec %s, byte %d of %d: %v", codec, i, len(b), err)
			}
			b[i] ^= 1 << (i % 8)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	folder := t.TempDir()
	good := encode(t, samplePolicy(), matcher.CodecZstd)
	file := func(name string, b []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	version := bytes.Clone(good)
	version[8] = 9
	hot := bytes.Clone(good)
	hot[matcher.HeaderSize] ^= 1
	tests := []struct {
		name string
		path string
		kind error
		want string
	}{
		{"missing", filepath.Join(folder, "missing"), fs.ErrNotExist, ""},
		{"folder", folder, nil, "open " + folder + ": not a regular file"},
		{"empty", file("empty", nil), runtime.ErrNotArtifact, "FILE: not a rulesc artifact: it is empty"},
		{"text", file("text", bytes.Repeat([]byte("prefix_rule\n"), 100)), runtime.ErrNotArtifact, "FILE: not a rulesc artifact: it does not begin with the magic bytes"},
		{"version", file("version", version), runtime.ErrVersion, "FILE: header at offset 8: format version 9, only version 2 can be read"},
		{"short", file("short", good[:len(good)-1]), runtime.ErrDamaged, ""},
		{"long", file("long", append(bytes.Clone(good), 0)), runtime.ErrDamaged, ""},
		{"hot", file("hot", hot), runtime.ErrDamaged, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := runtime.Open(test.path)
			if p != nil || err == nil {
				t.Fatalf("%v, %v", p, err)
			}
			if test.kind != nil && !errors.Is(err, test.kind) {
				t.Errorf("%v is not %v", err, test.kind)
			}
			if want := strings.Replace(test.want, "FILE", test.path, 1); want != "" && err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if !strings.Contains(err.Error(), test.path) {
				t.Errorf("%v does not name the file", err)
			}
		})
	}
	_, err := runtime.Open(filepath.Join(folder, "hot"))
	if err == nil || !strings.Contains(err.Error(), ": section hot at offset 0: ") {
		t.Errorf("%v does not name the section", err)
	}
}

func TestDamageInAColdSectionNamesTheFile(t *testing.T) {
	path := write(t, samplePolicy(), matcher.CodecStored)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte("ask a colleague"))
	b[at] ^= 0x20
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := runtime.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Decide([]string{"git", "push"}).Rule; got != 1 {
		t.Errorf("rule %d", got)
	}
	for range 2 { // the error stays
		if _, err := p.Rule(1); !errors.Is(err, runtime.ErrDamaged) || !strings.HasPrefix(err.Error(), path+": section rules at offset 0: ") {
			t.Errorf("%v", err)
		}
	}
	if _, err := p.Hosts(); err != nil {
		t.Errorf("the other sections are sound: %v", err)
	}
}

// container puts sections into an artifact by hand.
func container(t testing.TB, codec matcher.Codec, change func(parts *[matcher.NumSections]matcher.Part)) []byte {
	t.Helper()
	c, err := matcher.OpenContainer(encode(t, samplePolicy(), matcher.CodecStored))
	if err != nil {
		t.Fatal(err)
	}
	var parts [matcher.NumSections]matcher.Part
	for i := range parts {
		b, err := c.Stored(matcher.Section(i + 1))
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = matcher.Part{Stored: b, Decoded: b}
		if codec == matcher.CodecZstd {
			parts[i].Stored = frame(t, content(t, parts[i]))
		}
	}
	if codec == matcher.CodecZstd {
		parts[0].Packed = len(content(t, parts[0]))
	}
	change(&parts)
	b, err := matcher.AppendContainer(nil, codec, c.Digest, parts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// content returns what the frame of a part has to decompress to.
func content(t testing.TB, p matcher.Part) []byte {
	t.Helper()
	if !bytes.HasPrefix(p.Decoded, []byte("RIMG")) {
		return p.Decoded
	}
	columns, err := matcher.PackImage(p.Decoded)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(columns...)
}

func frame(t testing.TB, b []byte, options ...zstd.EOption) []byte {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, append([]zstd.EOption{zstd.WithEncoderConcurrency(1)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	return encoder.EncodeAll(b, nil)
}

// TestHostileCompression gives sections that are checksummed as they should be
// and decompress to something else.
func TestHostileCompression(t *testing.T) {
	tests := []struct {
		name string
		part func(p matcher.Part) []byte
		want string
	}{
		{"no frame", func(matcher.Part) []byte { return []byte("this is no frame") }, "it cannot be decompressed: "},
		{"half a frame", func(p matcher.Part) []byte { return p.Stored[:len(p.Stored)/2] }, "it cannot be decompressed: "},
		{"too much", func(p matcher.Part) []byte { return frame(t, append(bytes.Clone(content(t, p)), 0)) }, "it decompresses to "},
		{"a bomb", func(matcher.Part) []byte { return frame(t, make([]byte, 64<<20)) }, "it cannot be decompressed: "},
		{"a bomb of two frames", func(p matcher.Part) []byte {
			return append(bytes.Clone(p.Stored), frame(t, make([]byte, 64<<20))...)
		}, "it cannot be decompressed: "},
		{"too little", func(p matcher.Part) []byte { return frame(t, content(t, p)[1:]) }, "it decompresses to "},
		{"something else", func(p matcher.Part) []byte {
			other := bytes.Clone(content(t, p))
			other[bytes.Index(other, []byte("push"))]++
			return frame(t, other)
		}, "its "},
		{"a dictionary", func(p matcher.Part) []byte {
			return frame(t, content(t, p), zstd.WithEncoderDictRaw(7, []byte("some text that is in the dictionary")))
		}, "it cannot be decompressed: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := container(t, matcher.CodecZstd, func(parts *[matcher.NumSections]matcher.Part) {
				parts[0].Stored = test.part(parts[0])
			})
			p, err := runtime.New(b)
			if p != nil || !errors.Is(err, runtime.ErrDamaged) || !strings.HasPrefix(err.Error(), "section hot at offset 0: "+test.want) {
				t.Errorf("hot: %v", err)
			}
			b = container(t, matcher.CodecZstd, func(parts *[matcher.NumSections]matcher.Part) {
				parts[1].Stored = test.part(parts[1])
			})
			if p, err = runtime.New(b); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Rule(0); !errors.Is(err, runtime.ErrDamaged) || !strings.HasPrefix(err.Error(), "section rules at offset 0: "+test.want) {
				t.Errorf("rules: %v", err)
			}
		})
	}
	// Checksums and all that, in the frame or not, make no difference.
	b := container(t, matcher.CodecZstd, func(parts *[matcher.NumSections]matcher.Part) {
		for i := range parts {
			parts[i].Stored = frame(t, content(t, parts[i]), zstd.WithEncoderCRC(i%2 == 0), zstd.WithWindowSize(8<<20), zstd.WithSingleSegment(i%2 == 1))
		}
	})
	if err := checkUse(t, b); err != nil {
		t.Error(err)
	}
}

// TestHostileColumns gives columns that no image is made to, by a compressor that does
// what it should.
func TestHostileColumns(t *testing.T) {
	for _, change := range []func(columns []byte) []byte{
		func(columns []byte) []byte { return columns[:len(columns)-1] },
		func(columns []byte) []byte { return append(columns, 0) },
		func(columns []byte) []byte { return make([]byte, len(columns)) },
		func(columns []byte) []byte { columns[3] = 0xff; return columns },
	} {
		b := container(t, matcher.CodecZstd, func(parts *[matcher.NumSections]matcher.Part) {
			columns := change(bytes.Clone(content(t, parts[0])))
			parts[0].Stored, parts[0].Packed = frame(t, columns), len(columns)
		})
		p, err := runtime.New(b)
		if p != nil || !errors.Is(err, runtime.ErrDamaged) || !strings.HasPrefix(err.Error(), "section hot at offset ") {
			t.Errorf("%v", err)
		}
	}
}

func TestRulesOfAnotherImage(t *testing.T) {
	other, err := matcher.AppendRules(nil, []matcher.RuleRecord{{Pattern: [][]string{{"a"}}, Decision: matcher.Allow}})
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, container(t, matcher.CodecStored, func(parts *[matcher.NumSections]matcher.Part) {
		parts[1] = matcher.Part{Stored: other, Decoded: other}
	}))
	if _, err := p.Rule(0); err == nil || err.Error() != "section rules at offset 0: it has 1 rules, the image was made from 7" {
		t.Error(err)
	}
}

func TestVerifyProvesTheDigest(t *testing.T) {
	other, err := matcher.AppendHosts(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, container(t, matcher.CodecZstd, func(parts *[matcher.NumSections]matcher.Part) {
		parts[2] = matcher.Part{Stored: frame(t, other), Decoded: other}
	}))
	if err := p.Verify(); err == nil || !strings.HasPrefix(err.Error(), "header at offset 32: content digest ") {
		t.Error(err)
	}
}

func TestNewKeepsNoBytes(t *testing.T) {
	for _, codec := range codecs {
		b := encode(t, samplePolicy(), codec)
		p := open(t, b)
		clear(b)
		if got := p.Decide([]string{"git", "push"}).Rule; got != 1 {
			t.Errorf("codec %s: rule %d", codec, got)
		}
		if err := p.Verify(); err != nil {
			t.Errorf("codec %s: %v", codec, err)
		}
	}
}

// Files are read where others were. Nothing of one policy is seen in another.
func TestPoliciesShareNoMemory(t *testing.T) {
	var paths []string
	for _, n := range []int{2000, 10, 500} {
		paths = append(paths, write(t, manyRules(n), matcher.CodecZstd))
	}
	policies := make([]*runtime.Policy, 30)
	for i := range policies {
		p, err := runtime.Open(paths[i%len(paths)])
		if err != nil {
			t.Fatal(err)
		}
		policies[i] = p
	}
	for i, p := range policies {
		if err := p.Verify(); err != nil {
			t.Errorf("policy %d: %v", i, err)
		}
		for rule, err := range p.Rules() {
			if err != nil {
				t.Fatal(err)
			}
			var argv []string
			for _, alternatives := range rule.Pattern {
				argv = append(argv, alternatives[0])
			}
			if v := p.Decide(argv); v.Decision != runtime.Allow || v.Tokens != len(argv) {
				t.Fatalf("policy %d: %q: %+v", i, argv, v)
			}
		}
	}
}

// reseal makes the checksums of a changed artifact right again, as far as the
// section table makes sense.
func reseal(b []byte) {
	if len(b) < matcher.HeaderSize {
		return
	}
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	le := binary.LittleEndian
	for i := range matcher.NumSections {
		entry := b[64+40*i:][:40]
		offset, stored := le.Uint64(entry[8:]), le.Uint64(entry[16:])
		if offset > uint64(len(b)) || stored > uint64(len(b))-offset {
			continue
		}
		sum := crc32.Checksum(b[offset:offset+stored], castagnoli)
		le.PutUint32(entry[4:], sum)
		if b[12] == 0 {
			le.PutUint32(entry[32:], sum)
		}
	}
	le.PutUint32(b[28:], crc32.Checksum(append(bytes.Clone(b[:28]), b[32:matcher.HeaderSize]...), castagnoli))
}

// FuzzNew opens anything. What opens is asked for everything, and must not
// panic; whether answers are right is not the question.
func FuzzNew(f *testing.F) {
	for _, codec := range codecs {
		f.Add(encode(f, samplePolicy(), codec), "git", "push")
		f.Add(encode(f, &ir.Policy{}, codec), "", "")
	}
	f.Fuzz(func(t *testing.T, b []byte, program, argument string) {
		b = bytes.Clone(b)
		reseal(b)
		p, err := runtime.New(b)
		if err != nil {
			if p != nil || !isFormatError(err) {
				t.Fatalf("policy %v and error %v", p, err)
			}
			return
		}
		defer p.Close()
		argv := []string{program, argument, "--force", "origin"}
		v := p.Decide(argv)
		if (v.Decision == runtime.None) != (v.Rule < 0) || v.Tokens > len(argv) {
			t.Fatalf("%q: %+v", argv, v)
		}
		p.Matches(argv)
		n := 0
		for _, err := range p.Rules() {
			if err != nil && !isFormatError(err) {
				t.Fatal(err)
			}
			if err == nil {
				n++
			}
		}
		if n > 0 && v.Rule >= n {
			t.Fatalf("rule %d of %d decided", v.Rule, n)
		}
		for _, call := range []func() error{
			func() error { _, err := p.Hosts(); return err },
			func() error { _, _, err := p.NetworkLists(); return err },
			func() error { _, err := p.Meta(); return err },
			p.Verify,
		} {
			if err := call(); err != nil && !isFormatError(err) {
				t.Fatal(err)
			}
		}
	})
}
