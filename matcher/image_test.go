package matcher_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/compiler/graph"
	"github.com/rulesc/rulesc/matcher"
)

// rulesOf reads lines such as "git push|fetch = prompt"; ~ before a token makes
// the rule canonical, and a line "host git /bin/git /opt/git" is a host list.
func rulesOf(text string) (rules []graph.Rule, hosts []graph.Host) {
	decisions := map[string]matcher.Decision{
		"allow": matcher.Allow, "prompt": matcher.Prompt, "prompt-user": matcher.PromptUser, "forbidden": matcher.Forbidden,
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		n := len(words)
		if n == 0 {
			continue
		}
		if words[0] == "host" {
			hosts = append(hosts, graph.Host{Name: words[1], Paths: words[2:]})
			continue
		}
		r := graph.Rule{Decision: decisions[words[n-1]]}
		for _, w := range words[:n-2] {
			if rest, found := strings.CutPrefix(w, "~"); found {
				r.Canonical, w = true, rest
			}
			r.Pattern = append(r.Pattern, strings.Split(w, "|"))
		}
		rules = append(rules, r)
	}
	return rules, hosts
}

// overlap is a program whose graph would have 2^k states: every position has
// two tokens, and rule j does not take the second one at position j. Rules
// differ in length, so that none is worth less than another from the start.
func overlap(k int) []graph.Rule {
	rules := make([]graph.Rule, k)
	for j := range rules {
		pattern := [][]string{{"overlap"}}
		for i := range k + j {
			alternatives := []string{"t" + string(rune('0'+i%64)), "u" + string(rune('0'+i%64))}
			if i == j {
				alternatives = alternatives[:1]
			}
			pattern = append(pattern, alternatives)
		}
		rules[j] = graph.Rule{Pattern: pattern, Decision: matcher.Allow}
	}
	return rules
}

const sampleText = `
	git = allow
	git push|fetch = prompt
	git push -f|--force|--force-with-lease=refs/heads/main = forbidden
	git status -s = allow
	ls = allow
	~tar -x|--extract = prompt
	~TAR -X --dangerously-absolute-names-of-files = forbidden
	~straße é = prompt-user
	host git /usr/bin/git /opt/git/bin/git
	host tar
	host TAR /bin/TAR
`

// exactText has no canonical rules, so that the walk that is proved by comment takes it.
const exactText = `
	git = allow
	git push|fetch = prompt
	git push -f|--force|--force-with-lease=refs/heads/main = forbidden
	git push -f x|--force-with-lease=refs/heads/main = prompt
	git push -f|x = allow
	git status -s = allow
	tar -x|--extract -X --dangerously-absolute-names-of-files = forbidden
	host git /usr/bin/git /opt/git/bin/git
`

func compile(t testing.TB, rules []graph.Rule, hosts []graph.Host) []byte {
	t.Helper()
	b, err := graph.Compile(rules, hosts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func openImage(t testing.TB, b []byte) *matcher.Image {
	t.Helper()
	m, err := matcher.OpenImage(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sampleImages are images that between them have every kind of record.
func sampleImages(t testing.TB) [][]byte {
	rules, hosts := rulesOf(sampleText)
	exact, exactHosts := rulesOf(exactText)
	return [][]byte{
		compile(t, nil, nil),
		compile(t, rules, hosts),
		compile(t, append(rules, overlap(12)...), hosts),
		compile(t, append(exact, overlap(12)...), exactHosts),
	}
}

var sampleCommands = [][]string{
	{},
	{""},
	{"git"},
	{"git", "push"},
	{"git", "push", "--force-with-lease=refs/heads/main", "x"},
	{"/usr/bin/git", "push", "-f"},
	{"./git", "status", "-s"},
	{"git", "push", "-f", "x"},
	{"tar", "-x", "-X", "--dangerously-absolute-names-of-files"},
	{"Tar", "-X", "--dangerously-absolute-names-of-files"},
	{"/bin/TAR", "--EXTRACT"},
	{"STRASSE", "E\u0301"},
	{"~/ls"},
	append([]string{"overlap"}, strings.Fields("t0 t1 t2 t3 u4 t5 t6 t7 t8 t9 t: t; t< t= t> t? t@ tA tB tC tD tE tF tG")...),
}

// useImage opens b and, if it is an image, asks it everything. It checks what holds
// of forged images too.
func useImage(t testing.TB, b []byte) {
	t.Helper()
	m, err := matcher.OpenImage(b)
	askUnproved(t, b, m)
	if err != nil {
		var damage *matcher.FormatError
		if m != nil || !errors.As(err, &damage) || damage.Section != matcher.SectionHot || damage.Offset < 0 || damage.Offset > int64(len(b)) {
			t.Fatalf("OpenImage = %v, %v", m, err)
		}
		return
	}
	place := matcher.NewPlace("/home/ann", "/work")
	for _, argv := range sampleCommands {
		v := m.Decide(argv, place)
		if v.Decision > matcher.Forbidden || (v.Decision == matcher.None) != (v.Rule == -1) || v.Rule >= m.Rules() ||
			v.Rule >= 0 && (v.Tokens < 1 || v.Tokens > len(argv)) {
			t.Fatalf("Decide(%q) = %+v, of %d rules", argv, v, m.Rules())
		}
		if checked := matcher.DecideSafely(m, argv, place); v != checked {
			t.Fatalf("Decide(%q) = %+v, the walk that checks bounds says %+v", argv, v, checked)
		}
		v = m.DecideOpen(argv, place)
		if v.Decision > matcher.Forbidden || (v.Decision == matcher.None) != (v.Rule == -1) || v.Rule >= m.Rules() ||
			v.Rule >= 0 && v.Tokens > len(argv) {
			t.Fatalf("DecideOpen(%q) = %+v, of %d rules", argv, v, m.Rules())
		}
		for _, match := range m.AppendMatches(nil, argv, place) {
			if match.Rule < 0 || int(match.Rule) >= m.Rules() || match.Tokens < 1 || int(match.Tokens) > len(argv) {
				t.Fatalf("AppendMatches(%q) has %+v, of %d rules", argv, match, m.Rules())
			}
		}
	}
}

// askUnproved asks b without a proof that it is an image. If it is one, m, it has to say
// the same; otherwise anything that makes sense.
func askUnproved(t testing.TB, b []byte, m *matcher.Image) {
	t.Helper()
	var u matcher.Unproved
	if err := u.Open(b); err != nil {
		if m != nil {
			t.Fatalf("an image has no header: %v", err)
		}
		return
	}
	for _, argv := range sampleCommands {
		v, matches, ok := u.Ask(nil, argv)
		if m != nil && (!ok || v != m.Decide(argv, nil) || !slices.Equal(matches, m.AppendMatches(nil, argv, nil))) {
			t.Fatalf("Ask(%q) = %+v, %+v, %v; want %+v, %+v", argv, v, matches, ok, m.Decide(argv, nil), m.AppendMatches(nil, argv, nil))
		}
		if v.Decision > matcher.Forbidden || v.Rule >= u.Rules() || v.Tokens > len(argv) {
			t.Fatalf("Ask(%q) = %+v, of %d rules", argv, v, u.Rules())
		}
		for _, match := range matches {
			if match.Rule < 0 || int(match.Rule) >= u.Rules() || int(match.Tokens) > len(argv) {
				t.Fatalf("Ask(%q) has %+v, of %d rules", argv, match, u.Rules())
			}
		}
	}
}

func TestOpenImageRefusesParts(t *testing.T) {
	for _, image := range sampleImages(t) {
		for n := range image {
			if _, err := matcher.OpenImage(image[:n:n]); err == nil {
				t.Fatalf("the first %d of %d bytes are an image", n, len(image))
			}
		}
		if _, err := matcher.OpenImage(append(image[:len(image):len(image)], 0)); err == nil {
			t.Fatal("a byte too many is not noticed")
		}
	}
}

func TestChangedBytesAreSafe(t *testing.T) {
	for _, image := range sampleImages(t) {
		b := make([]byte, len(image))
		for i := range image {
			for _, change := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
				copy(b, image)
				b[i] ^= change
				useImage(t, b)
			}
		}
	}
}

func TestChangedWordsAreSafe(t *testing.T) {
	for _, image := range sampleImages(t) {
		b := make([]byte, len(image))
		for i := 0; i+4 <= len(image); i += 4 {
			was := binary.LittleEndian.Uint32(image[i:])
			for _, is := range []uint32{0, 1, 1<<32 - 1, 1 << 31, 1<<31 - 1, 1<<24 - 1, was + 1, was - 1, was + 8, was ^ 1<<26, was ^ 1<<24, was &^ (7 << 28)} {
				copy(b, image)
				binary.LittleEndian.PutUint32(b[i:], is)
				useImage(t, b)
			}
		}
	}
}

func TestOpenImageErrors(t *testing.T) {
	image := sampleImages(t)[1]
	change := func(offset int, value uint32) []byte {
		b := append([]byte(nil), image...)
		binary.LittleEndian.PutUint32(b[offset:], value)
		return b
	}
	tests := []struct {
		name string
		b    []byte
		kind error
		want string
	}{
		{"strictest", change(28, 0x50000000), matcher.ErrDamaged, "section hot at offset 28: 0x50000000 is no decision of a rule"},
		{"empty", nil, matcher.ErrDamaged, "section hot at offset 0: the image ends within its header of 288 bytes"},
		{"magic", change(0, 0), matcher.ErrDamaged, `section hot at offset 0: this is no image: it begins with "\x00\x00\x00\x00", not "RIMG"`},
		{"version", change(4, 9), matcher.ErrVersion, "section hot at offset 4: the image has layout 9, this version reads 2"},
		{"rules", change(16, 1<<23), matcher.ErrDamaged, "section hot at offset 16: 8388608 rules, the limit is 8388607"},
		{"folding", change(20, 1), matcher.ErrDamaged, "section hot at offset 20: canonical rules under folding tables 0x1, this version has 0x1011"},
		{"root", change(40, 1<<23), matcher.ErrDamaged, "section hot at offset 40: 0xe00800000 is no node of the nodes"},
		{"tags", change(36, 1<<22), matcher.ErrDamaged, "section hot at offset 36: tags in bits 0x400000"},
		{"row words", change(32, 2), matcher.ErrDamaged, "section hot at offset 32: a token takes 0 words of rows, not 2"},
		{"area", change(64, 240), matcher.ErrDamaged, "section hot at offset 64: tokens begin at 240, not at 320 behind what is before"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := matcher.OpenImage(test.b)
			if err == nil || err.Error() != test.want || !errors.Is(err, test.kind) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func FuzzOpenImage(f *testing.F) {
	for _, image := range sampleImages(f) {
		f.Add(image)
	}
	f.Add([]byte("RIMG"))
	f.Fuzz(func(t *testing.T, b []byte) { useImage(t, b) })
}

// FuzzChangedImage overwrites words of a valid image: each change is 3 bytes
// that choose a word and 4 that it becomes.
func FuzzChangedImage(f *testing.F) {
	images := sampleImages(f)
	f.Add(uint8(1), []byte{24, 0, 0, 1, 0, 0, 0})
	f.Add(uint8(2), []byte{200, 1, 0, 255, 255, 255, 255, 0, 2, 0, 1, 0, 0, 124})
	f.Fuzz(func(t *testing.T, which uint8, changes []byte) {
		useImage(t, changed(images[int(which)%len(images)], changes))
	})
}

// changed returns an image with words overwritten, seven bytes for each.
func changed(image, changes []byte) []byte {
	b := append([]byte(nil), image...)
	for ; len(changes) >= 7; changes = changes[7:] {
		at := (int(changes[0]) | int(changes[1])<<8 | int(changes[2])<<16) % (len(b)/4 - 1) * 4
		copy(b[at:], changes[3:7])
	}
	return b
}
