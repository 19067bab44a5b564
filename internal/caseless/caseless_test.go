package caseless_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/rulesc/rulesc/internal/caseless"
)

func Example() {
	fmt.Println(caseless.Equal("STRASSE", "straße"))
	fmt.Println(caseless.Equal("git", "ｇｉｔ"))
	fmt.Println(caseless.Hash("Git", 7) == caseless.Hash("gIT", 7))
	fmt.Printf("%+q\n", caseless.Fold("É"))
	// Output:
	// true
	// false
	// true
	// "e\u0301"
}

var equalTests = []struct {
	a, b string
	want bool
}{
	{"", "", true},
	{"git", "GIT", true},
	{"@[`{", "@[`{", true},
	{"@", "`", false},
	{"[", "{", false},
	{"a", "", false},
	{"a", "ab", false},
	{"ß", "SS", true},
	{"ß", "ẞ", true},
	{"ß", "s", false},
	{"ﬁle", "FILE", true},
	{"é", "E\u0301", true},
	{"\u212A", "k", true},
	{"σ", "ς", true},
	{"\u212B", "å", true},
	{"ᾳ", "ΑΙ", true},
	{"\u0345", "ι", true},
	{"α\u0345\u0301", "Ά\u0345", true},
	{"α\u0345\u0301", "αι\u0301", false},
	{"α\u0345\u0345", "αιι", true},
	{"İ", "i\u0307", true},
	{"İ", "i", false},
	{"ı", "I", false},
	{"Ａ", "A", false},
	{"②", "2", false},
	{"Ⓐ", "ⓐ", true},
	{"a\u200Db", "ab", false},
	{"\u00AD", "", false},
	{"\u13A0", "\uAB70", true},
	{"\u13F8", "\u13F0", true},
	{"한", "\u1112\u1161\u11AB", true},
	{"하\u11AB", "한", true},
	{"하", "한", false},
	{"\uAC00", "\u1100\u1161", true},
	{"\uD7A3", "\u1112\u1175\u11C2", true},
	{"\uA7CB", "\u0264", true},               // new in Unicode 16
	{"\uA7DC", "\u019B", true},               // new in Unicode 16
	{"\U00010D50", "\U00010D70", true},       // new in Unicode 16
	{"\U00016EA0", "\U00016EBB", false},      // a pair since Unicode 17, which the reference does not know
	{"\uA7CE", "\uA7CF", false},              // the same
	{"a\u1ACF\u0316", "a\u0316\u1ACF", true}, // a mark since Unicode 17, which the reference does know
	{"a\u0301\u0316", "a\u0316\u0301", true},
	{"a\u0301\u0300", "a\u0300\u0301", false},
	{"a\u0301\u0316\u0300\u0317", "a\u0316\u0317\u0301\u0300", true},
	{"\u0301\u0316", "\u0316\u0301", true},
	{"a\u0301b\u0316", "a\u0316b\u0301", false},
	{"Ǆ", "ǆ", true},
	{"\uF900", "\u8C48", true},
	{"\xff", "\xff", true},
	{"\xff", "\uFFFD", false},
	{"\xff", "\xfe", false},
	{"A\xc3", "a\xc3", true},
	{"\xc9", "\xe9", false},
	{"\xed\xa0\x80", "\xed\xa0\x80", true},
	{"\xc1\x81", "A", false},
	{"a\u0301\xff\u0316", "a\u0301\u0316\xff", false},
	{"\xffA\u0301\u0316", "\xffa\u0316\u0301", true},
	{"\x00A", "\x00a", true},
	{"\x00", "", false},
	{"\U0010FFFF", "\U0010FFFF", true},
	{"\U0010FFFF", "\U0010FFFE", false},
}

func TestEqual(t *testing.T) {
	for _, test := range equalTests {
		if got := caseless.Equal(test.a, test.b); got != test.want {
			t.Errorf("Equal(%+q, %+q) = %v", test.a, test.b, got)
		}
		check(t, test.a, test.b)
	}
}

// TestASCII has every pair of ASCII bytes, alone and eight at a time: words are compared and hashed by paths of their own.
func TestASCII(t *testing.T) {
	for a := range 0x80 {
		for b := range 0x80 {
			want := strings.EqualFold(string(rune(a)), string(rune(b)))
			for _, text := range []string{"%c", "%c2345678", "1234%c678", "1234567%c", "\u00e9%c"} {
				ta, tb := fmt.Sprintf(text, a), fmt.Sprintf(text, b)
				if caseless.Equal(ta, tb) != want {
					t.Errorf("Equal(%q, %q) = %v", ta, tb, !want)
				}
				if same := caseless.Hash(ta, 1) == caseless.Hash(tb, 1); same != want {
					t.Errorf("Hash of %q and %q: same is %v", ta, tb, same)
				}
			}
		}
	}
}

// check holds the three functions together for a and b, in any case and order.
func check(t *testing.T, a, b string) {
	t.Helper()
	ka, kb := caseless.Fold(a), caseless.Fold(b)
	equal := ka == kb
	if caseless.Equal(a, b) != equal || caseless.Equal(b, a) != equal {
		t.Errorf("Equal(%+q, %+q) = %v, the other way %v; keys %+q, %+q", a, b,
			caseless.Equal(a, b), caseless.Equal(b, a), ka, kb)
	}
	if !caseless.Equal(a, ka) || !caseless.Equal(ka, a) || caseless.Fold(ka) != ka {
		t.Errorf("the key of %+q, %+q, has another key, %+q", a, ka, caseless.Fold(ka))
	}
	if len(ka) > 3*len(a) {
		t.Errorf("the key of %+q has %d bytes", a, len(ka))
	}
	for _, seed := range []uint64{0, 1, 1 << 63} {
		if want := hashOfKey(ka, seed); caseless.Hash(a, seed) != want || caseless.Hash(ka, seed) != want {
			t.Errorf("Hash(%+q, %d) = %#x, that of its key %#x, as the package comment has it %#x", a, seed,
				caseless.Hash(a, seed), caseless.Hash(ka, seed), want)
		}
	}
}

// hashOfKey is the package comment's definition of the hash, in the order of its words.
func hashOfKey(key string, seed uint64) uint64 {
	h := seed
	for i := 0; i < len(key); i += 8 {
		var w uint64
		for j := 0; j < 8 && i+j < len(key); j++ {
			w += uint64(key[i+j]) << (8 * j)
		}
		h = (h ^ w) * 0x9e3779b97f4a7c15
		h ^= h >> 32
	}
	h ^= uint64(len(key))
	h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd
	h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53
	return h ^ (h >> 33)
}

// TestHashIsStable guards hashes that files hold; a change here makes such files unreadable. The values were computed
// apart from this program, from the definition in the package comment.
func TestHashIsStable(t *testing.T) {
	for _, test := range []struct {
		text string
		seed uint64
		want uint64
	}{
		{"", 0, 0},
		{"", 1, 0xb456bcfc34c2cb2c},
		{"Git", 0, 0x063ea396974e3fa8},
		{"--Exactly-16-Byt", 7, 0x2619de13507c54f8},
		{"Straße É", 1 << 63, 0x12c006f22323f324},
		{"\xff", 0, 0x562547b9c15b2991},
	} {
		if got := caseless.Hash(test.text, test.seed); got != test.want {
			t.Errorf("Hash(%+q, %d) = %#x, want %#x", test.text, test.seed, got, test.want)
		}
	}
}

// TestHashSpreads counts hashes that agree in their low or high 20 bits, of keys that differ little.
func TestHashSpreads(t *testing.T) {
	const n = 1 << 14
	for _, shift := range []int{0, 44} {
		seen := map[uint64]int{}
		for i := range n {
			seen[caseless.Hash(fmt.Sprintf("--option-%d", i), 1)>>shift&(1<<20-1)]++
		}
		// A random function leaves about n*n/2/2^20 = 128 of them without a bucket of their own.
		if lost := n - len(seen); lost > 200 {
			t.Errorf("shift %d: %d of %d hashes collide in 20 bits", shift, lost, n)
		}
	}
}

// TestEveryCodePoint compares the keys of all code points, alone and between marks, with those that x/text makes.
func TestEveryCodePoint(t *testing.T) {
	oracle := cases.Fold()
	n := 0
	for r := range rune(unicode.MaxRune + 1) {
		if !known(r) {
			continue
		}
		n++
		for _, text := range []string{string(r), "a\u0301" + string(r) + "\u0334"} {
			want := norm.NFD.String(oracle.String(norm.NFD.String(text)))
			if got := caseless.Fold(text); got != want {
				t.Errorf("Fold(%+q)\n got %+q\nwant %+q", text, got, want)
			}
		}
	}
	t.Logf("%d code points; x/text has Unicode %s", n, norm.Version)
}

// known reports whether x/text's oracle is good for r.
func known(r rune) bool {
	switch {
	case 0xAB70 <= r && r <= 0xABBF, 0x13A0 <= r && r <= 0x13FD:
		return false // Cherokee: x/text does not fold the small letters to the capitals
	case 0x16EA0 <= r && r <= 0x16EB8, r == 0xA7CE, r == 0xA7D2, r == 0xA7D4:
		return false // folds since Unicode 17
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf)
}

// TestLongRuns has runs of marks that no buffer of a fixed size would hold, against an x/text made to do the same.
func TestLongRuns(t *testing.T) {
	marks := []rune{0x301, 0x316, 0x345, 0x5B0, 0x3099, 0x334, 0x344, 0xF73}
	for _, length := range []int{29, 30, 31, 64, 1000} {
		var run strings.Builder
		for i := range length {
			run.WriteRune(marks[i*i%len(marks)])
			run.WriteRune(marks[i%3])
		}
		text := "Á" + run.String() + "b" + run.String()
		key := caseless.Fold(text)
		if want := keyOf(text); key != want {
			t.Errorf("run of %d: Fold differs from a sort\n got %+q\nwant %+q", length, key, want)
		}
		check(t, text, key)
		check(t, text, "á"+run.String()+"b\u0334"+run.String())
	}
}

// keyOf makes a key by the definition, one step after the other, with x/text for single code points only: its
// normaliser cuts runs of more than 30 marks by inserting a character.
func keyOf(text string) string {
	oracle := cases.Fold()
	text = sortMarks(text)
	var folded strings.Builder
	for _, r := range text {
		folded.WriteString(oracle.String(string(r)))
	}
	return sortMarks(folded.String())
}

func sortMarks(text string) string {
	var key []rune
	for _, r := range text {
		for _, d := range norm.NFD.String(string(r)) {
			class := norm.NFD.PropertiesString(string(d)).CCC()
			at := len(key)
			for class != 0 && at > 0 && norm.NFD.PropertiesString(string(key[at-1])).CCC() > class {
				at--
			}
			key = append(key[:at], append([]rune{d}, key[at:]...)...)
		}
	}
	return string(key)
}

func TestNoAllocation(t *testing.T) {
	long := strings.Repeat("\u0301\u0316\u0345\u0334", 1000)
	for _, test := range []struct{ name, a, b string }{
		{"ascii", "--Some-Long-Option", "--some-long-OPTION"},
		{"other", "STRASSE Ά 한", "straße Ά 하\u11AB"},
		{"marks", "a" + long, "A" + long},
		{"marks that differ", "a" + long + "\u0300", "A\u0300" + long},
		{"invalid", "\xff\xc3A\xed\xa0\x80", "\xff\xc3a\xed\xa0\x80"},
	} {
		var sink bool
		if n := testing.AllocsPerRun(10, func() { sink = caseless.Equal(test.a, test.b) != sink }); n != 0 {
			t.Errorf("%s: Equal allocates %v times", test.name, n)
		}
		var sum uint64
		if n := testing.AllocsPerRun(10, func() { sum += caseless.Hash(test.a, 1) }); n != 0 {
			t.Errorf("%s: Hash allocates %v times", test.name, n)
		}
	}
}

// TestReferenceCases takes the recorded cases with a single canonical rule of single tokens: it matches exactly if the
// tokens are equal.
func TestReferenceCases(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "conformance", "cases-canonical.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded cases are not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rule := regexp.MustCompile(`^prefix_rule\((?:pattern=)?(\["(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*\]), canonical_matching=True\)\n?$`)
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var c struct {
			ID     string
			Files  []struct{ Text string }
			Argv   []string
			Stdout *struct{ MatchedRules []any }
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Stdout == nil || len(c.Files) != 1 {
			continue
		}
		literal := rule.FindStringSubmatch(c.Files[0].Text)
		var pattern []string
		if literal == nil || json.Unmarshal([]byte(literal[1]), &pattern) != nil {
			continue
		}
		n++
		matches := len(pattern) <= len(c.Argv)
		for i := 0; matches && i < len(pattern); i++ {
			matches = caseless.Equal(pattern[i], c.Argv[i])
			check(t, pattern[i], c.Argv[i])
		}
		if want := len(c.Stdout.MatchedRules) > 0; matches != want {
			t.Errorf("%s: %+q against %+q: %v, want %v", c.ID, pattern, c.Argv, matches, want)
		}
	}
	t.Log("cases checked:", n)
	if n == 0 {
		t.Error("no case has the expected form")
	}
}

func FuzzEqual(f *testing.F) {
	for _, test := range equalTests {
		f.Add(test.a, test.b)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		check(t, a, b)
		check(t, a, strings.ToUpper(a))
		check(t, a+b, b+a)
	})
}

func FuzzFold(f *testing.F) {
	for _, test := range equalTests {
		f.Add(test.a)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range text {
			if r == unicode.ReplacementChar || !known(r) {
				return
			}
		}
		if got, want := caseless.Fold(text), keyOf(text); got != want {
			t.Errorf("Fold(%+q)\n got %+q\nwant %+q", text, got, want)
		}
	})
}

func BenchmarkEqual(b *testing.B) {
	for _, bench := range []struct{ name, a, b string }{
		{"ascii", "--some-long-option", "--Some-Long-Option"},
		{"greek", "ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				caseless.Equal(bench.a, bench.b)
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"ascii", "--Some-Long-Option"},
		{"greek", "ὈΔΥΣΣΕΎΣ"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				caseless.Hash(bench.text, 1)
			}
		})
	}
}
