package matcher_test

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/matcher/digest"
)

var updateFormat = flag.Bool("update", false, "write the listing of an artifact in FORMAT.md anew")

// TestFormatListing compares the listing in FORMAT.md with an artifact that is
// read here by the words of that document, not by the code of this package.
func TestFormatListing(t *testing.T) {
	listing := list(t, listedArtifact(t))
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin = "### An artifact\n"
	before, rest, found := strings.Cut(string(text), begin)
	if !found {
		t.Fatalf("FORMAT.md has no heading %q", begin)
	}
	intro, rest, found := strings.Cut(rest, "```text\n")
	if !found {
		t.Fatal("FORMAT.md has no listing behind that heading")
	}
	old, after, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("the listing in FORMAT.md does not end")
	}
	if old == listing {
		return
	}
	if !*updateFormat {
		t.Fatalf("FORMAT.md has another listing (go test -update writes it):\n%s", listing)
	}
	if err := os.WriteFile("FORMAT.md", []byte(before+begin+intro+"```text\n"+listing+"```\n"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func listedArtifact(t *testing.T) []byte {
	t.Helper()
	section := func(b []byte, err error) matcher.Part {
		if err != nil {
			t.Fatal(err)
		}
		return matcher.Part{Stored: b, Decoded: b}
	}
	user := func(line int) matcher.Source { return at("user", "a.rules", line, 1) }
	parts := [matcher.NumSections]matcher.Part{
		section([]byte("<-->"), nil),
		section(matcher.AppendRules(nil, []matcher.RuleRecord{
			{Pattern: [][]string{{"git"}}, Decision: matcher.Allow, Source: user(7)},
			{
				Pattern:       [][]string{{"git"}, {"push", "pull"}},
				Decision:      matcher.Forbidden,
				Justification: "ask",
				Canonical:     true,
				Source:        at("user", "a.rules", 3, 5, frame("f", "a.rules", 9, 1)),
			},
		})),
		section(matcher.AppendHosts(nil, []matcher.HostRecord{{Name: "git", Paths: []string{"/bin/git"}, Source: user(1)}})),
		section(matcher.AppendNetworks(nil, []matcher.NetworkRecord{{Host: "example.com", Protocol: "https", Decision: matcher.Prompt, Source: user(200)}})),
		section(matcher.AppendMeta(nil, &matcher.Meta{
			Tool:    "rulesc 1",
			Layers:  []matcher.Layer{{Name: "user"}},
			Files:   []matcher.File{{Layer: "user", Name: "a.rules", SHA256: [32]byte(bytes.Repeat([]byte{0xab}, 32))}},
			Options: []matcher.Setting{{Name: "codec", Value: "none"}},
			Notes:   []string{"a note"},
		})),
	}
	sum := digest.Of(parts[1].Decoded, parts[2].Decoded, parts[3].Decoded)
	b, err := matcher.AppendContainer(nil, matcher.CodecStored, sum, parts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A lister writes one line for each field that it reads.
type lister struct {
	out     strings.Builder
	b       []byte
	at      int
	strings []string
	line    int
}

func list(t *testing.T, b []byte) string {
	t.Helper()
	l := &lister{b: b}
	l.heading("header")
	l.field(8, "magic")
	l.integer(4, "version")
	l.integer(1, "codec")
	l.field(3, "reserved")
	l.integer(8, "length")
	l.integer(4, "sections")
	l.field(4, "checksum")
	l.field(32, "digest")
	var offset, size [matcher.NumSections]int
	for i := range size {
		l.heading(fmt.Sprintf("section table, entry %d", i))
		l.integer(4, "kind")
		l.field(4, "stored checksum")
		offset[i] = l.integer(8, "offset")
		size[i] = l.integer(8, "stored size")
		l.integer(8, "decoded size")
		l.field(4, "decoded checksum")
		l.integer(4, "columns")
	}
	for i, name := range []string{"hot", "rules", "hosts", "networks", "meta"} {
		l.field(offset[i]-l.at, "zeros")
		l.heading("section " + name)
		l.line = 0
		if i > 0 {
			l.texts()
		}
		end := offset[i] + size[i]
		switch name {
		case "hot":
			l.field(size[i], "the image")
		case "meta":
			l.meta()
		default:
			for range l.number("records") {
				l.record(name)
			}
		}
		if l.at != end {
			t.Fatalf("section %s ends at %d, its records at %d", name, end, l.at)
		}
	}
	l.field(len(b)-l.at, "zeros")
	return l.out.String()
}

func (l *lister) heading(s string) { fmt.Fprintf(&l.out, "%s\n", s) }

// field lists n bytes, shortened if they are all zero.
func (l *lister) field(n int, meaning string) []byte {
	b := l.b[l.at : l.at+n]
	for i := 0; i == 0 || i < n; i += 16 {
		row := fmt.Sprintf("% x", b[i:min(i+16, n)])
		if n > 8 && len(bytes.Trim(b, "\x00")) == 0 {
			row = fmt.Sprintf("%d times 00", n)
		}
		line := fmt.Sprintf("  %04x  %-47s  %s", l.at+i, row, meaning)
		fmt.Fprintln(&l.out, strings.TrimRight(line, " "))
		meaning = ""
		if strings.HasSuffix(row, "times 00") {
			break
		}
	}
	l.at += n
	return b
}

func (l *lister) integer(n int, meaning string) int {
	var wide [8]byte
	copy(wide[:], l.b[l.at:l.at+n])
	v := int(binary.LittleEndian.Uint64(wide[:]))
	l.field(n, fmt.Sprintf("%s: %d", meaning, v))
	return v
}

func (l *lister) peek() (value, size int) {
	for {
		c := l.b[l.at+size]
		value |= int(c&0x7f) << (7 * size)
		size++
		if c < 0x80 {
			return value, size
		}
	}
}

func (l *lister) number(meaning string) int {
	v, n := l.peek()
	l.field(n, fmt.Sprintf("%s: %d", meaning, v))
	return v
}

func (l *lister) string(meaning string) {
	v, n := l.peek()
	l.field(n, fmt.Sprintf("%s: string %d, %q", meaning, v, l.strings[v]))
}

func (l *lister) texts() {
	lengths := make([]int, l.number("strings"))
	for i := range lengths {
		lengths[i] = l.number(fmt.Sprintf("length of string %d", i))
	}
	l.strings = nil
	for i, n := range lengths {
		s := string(l.b[l.at : l.at+n])
		if n > 0 {
			l.field(n, fmt.Sprintf("string %d: %q", i, s))
		}
		l.strings = append(l.strings, s)
	}
}

func (l *lister) record(section string) {
	switch section {
	case "rules":
		v, n := l.peek()
		decision := []string{1: "allow", 2: "prompt", 3: "prompt-user", 4: "forbidden"}[v&7]
		l.field(n, fmt.Sprintf("head: %s, canonical %d, justification %d", decision, v>>3&1, v>>4))
		for range l.number("positions") {
			l.position()
		}
		if v>>4 != 0 {
			l.string("justification")
		}
	case "hosts":
		l.string("name")
		for range l.number("paths") {
			l.string("path")
		}
	case "networks":
		l.number("decision")
		l.string("host")
		l.string("protocol")
		l.string("justification")
	}
	l.string("layer")
	l.string("file")
	v, n := l.peek()
	delta := v >> 1
	if v&1 != 0 {
		delta = -(v + 1) / 2
	}
	l.line += delta
	l.field(n, fmt.Sprintf("line: %+d is %d", delta, l.line))
	l.number("column")
	for range l.number("calls") {
		l.string("function")
		l.string("file")
		l.number("line")
		l.number("column")
	}
}

func (l *lister) position() {
	v, n := l.peek()
	if v&1 == 0 {
		l.field(n, fmt.Sprintf("position: string %d, %q", v/2, l.strings[v/2]))
		return
	}
	l.field(n, fmt.Sprintf("position: %d alternatives", v/2))
	for range v / 2 {
		l.string("alternative")
	}
}

func (l *lister) meta() {
	l.string("tool")
	for range l.number("layers") {
		l.string("name")
		l.string("folder")
	}
	for range l.number("files") {
		l.string("layer")
		l.string("name")
		l.field(32, "SHA-256")
	}
	for range l.number("quarantined") {
		l.string("layer")
		l.string("name")
		l.string("reason")
	}
	for range l.number("options") {
		l.string("name")
		l.string("value")
	}
	for range l.number("notes") {
		l.string("note")
	}
}
