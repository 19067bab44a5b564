// Gen writes the tables of package caseless from two files of the Unicode Character Database.
//
//	go run ./internal/caseless/gen -ucd FOLDER -out internal/caseless/tables.go
//
// FOLDER holds two files as Unicode publishes them (https://www.unicode.org/Public/<version>/ucd/): CaseFolding.txt of
// version 16.0.0 and UnicodeData.txt of version 17.0.0. The versions differ on purpose: the reference folds with a
// library of the one version and normalises with a library of the other. CaseFolding.txt names its version, which is
// checked; UnicodeData.txt does not, so a character that only version 17 knows stands in for it.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	ucd := flag.String("ucd", "", "folder with CaseFolding.txt (16.0.0) and UnicodeData.txt (17.0.0)")
	out := flag.String("out", "tables.go", "file to write")
	flag.Parse()
	if err := run(*ucd, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(ucd, out string) error {
	folds, err := readFolds(filepath.Join(ucd, "CaseFolding.txt"))
	if err != nil {
		return err
	}
	db, err := readUnicodeData(filepath.Join(ucd, "UnicodeData.txt"))
	if err != nil {
		return err
	}
	t, err := build(db, folds)
	if err != nil {
		return err
	}
	source, err := t.source()
	if err != nil {
		return err
	}
	return os.WriteFile(out, source, 0o666)
}

// A database is what UnicodeData.txt says of normalisation: canonical decompositions, one step each, and the nonzero
// canonical combining classes.
type database struct {
	decomposition map[rune][]rune
	class         map[rune]int
}

func readFolds(name string) (map[rune][]rune, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(text, []byte("# CaseFolding-16.0.0.txt\n")) {
		return nil, fmt.Errorf("%s: not of version 16.0.0", name)
	}
	folds := map[rune][]rune{}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Split(line, ";")
		if len(fields) < 3 {
			continue
		}
		if status := strings.TrimSpace(fields[1]); status != "C" && status != "F" {
			continue
		}
		from, err := parseRunes(fields[0])
		if err != nil || len(from) != 1 {
			return nil, fmt.Errorf("%s: bad code point %q", name, fields[0])
		}
		if folds[from[0]], err = parseRunes(fields[2]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return folds, nil
}

func readUnicodeData(name string) (*database, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	db := &database{map[rune][]rune{}, map[rune]int{}}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(line, ";")
		if len(fields) != 15 {
			return nil, fmt.Errorf("%s: %d fields in %q", name, len(fields), line)
		}
		from, err := parseRunes(fields[0])
		if err != nil || len(from) != 1 {
			return nil, fmt.Errorf("%s: bad code point %q", name, fields[0])
		}
		class, err := strconv.Atoi(fields[3])
		if err != nil {
			return nil, fmt.Errorf("%s: bad combining class %q", name, fields[3])
		}
		if class != 0 {
			db.class[from[0]] = class
		}
		if fields[5] == "" || fields[5][0] == '<' {
			continue
		}
		if db.decomposition[from[0]], err = parseRunes(fields[5]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	const newIn17 = 0x1ACF
	if db.class[newIn17] != 230 {
		return nil, fmt.Errorf("%s: older than version 17.0.0", name)
	}
	return db, nil
}

func parseRunes(s string) ([]rune, error) {
	var runes []rune
	for _, field := range strings.Fields(s) {
		v, err := strconv.ParseUint(field, 16, 21)
		if err != nil {
			return nil, err
		}
		runes = append(runes, rune(v))
	}
	if len(runes) == 0 {
		return nil, errors.New("no code points")
	}
	return runes, nil
}

// decompose returns the full canonical decomposition of r, in the order of the database. None needs reordering: the
// database keeps decompositions in canonical order, which build checks.
func (db *database) decompose(r rune) []rune {
	step, ok := db.decomposition[r]
	if !ok {
		return []rune{r}
	}
	var full []rune
	for _, d := range step {
		full = append(full, db.decompose(d)...)
	}
	return full
}

const iotaBelow = 0x345 // COMBINING GREEK YPOGEGRAMMENI, the one mark that folds, to a letter

// build makes the tables and checks every property of the data that package caseless relies on.
func build(db *database, folds map[rune][]rune) (*tables, error) {
	t := &tables{}
	classes := map[int]bool{}
	for _, class := range db.class {
		classes[class] = true
	}
	for class := range classes {
		t.classes = append(t.classes, class)
	}
	slices.Sort(t.classes)
	if len(t.classes) > 63 {
		return nil, errors.New("the combining classes do not fit one word of bits")
	}
	if db.class[iotaBelow] != t.classes[len(t.classes)-1] {
		return nil, errors.New("U+0345 is not of the highest combining class")
	}
	for r, class := range db.class {
		if class == db.class[iotaBelow] && r != iotaBelow {
			return nil, fmt.Errorf("%U shares the class of U+0345", r)
		}
		if len(folds[r]) > 0 && r != iotaBelow {
			return nil, fmt.Errorf("mark %U folds", r)
		}
	}

	for r, fold := range folds {
		if leading := db.decompose(fold[0])[0]; db.class[r] == 0 && db.decomposition[r] == nil && db.class[leading] != 0 {
			return nil, fmt.Errorf("letter %U folds to a leading mark", r)
		}
	}

	mappings := map[rune][]rune{}
	for r := range rune(0x110000) {
		if 0xAC00 <= r && r < 0xAC00+11172 {
			if db.decomposition[r] != nil || db.class[r] != 0 || folds[r] != nil {
				return nil, fmt.Errorf("%U, a Hangul syllable, is in the files", r)
			}
			continue
		}
		mapping := keyOf(db, folds, r)
		for i, m := range mapping[1:] {
			if class := db.class[m]; class != 0 && class < db.class[mapping[i]] {
				return nil, fmt.Errorf("mapping of %U is not in canonical order", r)
			}
		}
		for _, m := range mapping {
			if again := keyOf(db, folds, m); !slices.Equal(again, []rune{m}) {
				return nil, fmt.Errorf("%U maps to %U, which maps on", r, m)
			}
			if 0xAC00 <= m && m < 0xAC00+11172 {
				return nil, fmt.Errorf("%U maps to a Hangul syllable", r)
			}
		}
		if !slices.Equal(mapping, []rune{r}) {
			mappings[r] = mapping
		}
	}
	for c := 'A'; c <= 'Z'; c++ {
		if !slices.Equal(mappings[c], []rune{c + 'a' - 'A'}) {
			return nil, fmt.Errorf("%c does not fold as in ASCII", c)
		}
		delete(mappings, c) // ASCII does not go through the tables
	}
	for r := range rune(0x80) {
		if mappings[r] != nil || db.class[r] != 0 {
			return nil, fmt.Errorf("%U does not behave as in ASCII", r)
		}
	}
	return t, t.fill(db, mappings)
}

// keyOf returns the canonical decomposition of the full case folding of the canonical decomposition of r, with U+0345
// left as it is: it folds after the marks around it are in order.
func keyOf(db *database, folds map[rune][]rune, r rune) []rune {
	var key []rune
	for _, d := range db.decompose(r) {
		fold := folds[d]
		if fold == nil || d == iotaBelow {
			fold = []rune{d}
		}
		for _, f := range fold {
			key = append(key, db.decompose(f)...)
		}
	}
	return key
}

// tables is the data of tables.go; the package comment of the latter says how it is read.
type tables struct {
	classes []int // nonzero combining classes, ascending
	deltas  []rune
	pool    string
	shift   uint
	index   []byte
	values  []uint16
}

// fill chooses values for all code points and the block size that makes the two stages smallest.
func (t *tables) fill(db *database, mappings map[rune][]rune) error {
	from := make([]rune, 0, len(mappings))
	for r := range mappings {
		from = append(from, r)
	}
	slices.Sort(from)

	uses := map[rune]int{}
	for _, r := range from {
		if m := mappings[r]; len(m) == 1 && db.class[m[0]] == 0 {
			uses[m[0]-r]++
		}
	}
	for delta, n := range uses {
		if n > 1 {
			t.deltas = append(t.deltas, delta)
		}
	}
	slices.Sort(t.deltas)

	last := max(slices.Max(from), 0)
	for r := range db.class {
		last = max(last, r)
	}
	flat := make([]uint16, last+1)
	firstDelta := len(t.classes) + 1
	firstText := firstDelta + len(t.deltas)
	var pool strings.Builder
	placed := map[string]int{}
	for _, r := range from {
		m := mappings[r]
		if len(m) == 1 {
			if i, ok := slices.BinarySearch(t.deltas, m[0]-r); ok && db.class[m[0]] == 0 {
				flat[r] = uint16(firstDelta + i)
				continue
			}
		}
		text := string(m)
		at, ok := placed[text]
		if !ok {
			at = pool.Len()
			placed[text] = at
			pool.WriteByte(byte(len(text)))
			pool.WriteString(text)
		}
		if firstText+at > 0xFFFF {
			return errors.New("the pool is too large for its offsets")
		}
		flat[r] = uint16(firstText + at)
	}
	t.pool = pool.String()
	for r, class := range db.class {
		if mappings[r] == nil {
			i, _ := slices.BinarySearch(t.classes, class)
			flat[r] = uint16(i + 1)
		}
	}

	best := -1
	for shift := uint(3); shift <= 8; shift++ {
		index, values := blocks(flat, 1<<shift)
		if size := len(index) + 2*len(values); index != nil && (best < 0 || size < best) {
			best, t.shift, t.index, t.values = size, shift, index, values
		}
	}
	if best < 0 {
		return errors.New("no block size fits")
	}
	return nil
}

// blocks cuts flat into blocks of size values and stores equal ones once. The result is nil when there are more
// different blocks than a byte can number.
func blocks(flat []uint16, size int) (index []byte, values []uint16) {
	seen := map[string]int{}
	for start := 0; start < len(flat); start += size {
		block := make([]uint16, size)
		copy(block, flat[start:])
		key := fmt.Sprint(block)
		n, ok := seen[key]
		if !ok {
			n = len(seen)
			seen[key] = n
			values = append(values, block...)
		}
		if n > 0xFF {
			return nil, nil
		}
		index = append(index, byte(n))
	}
	return index, values
}

func (t *tables) source() ([]byte, error) {
	var b bytes.Buffer
	size := len(t.index) + 2*len(t.values) + len(t.pool) + 4*len(t.deltas)
	fmt.Fprintf(&b, "// Code generated by internal/caseless/gen; DO NOT EDIT.\n\npackage caseless\n\n")
	fmt.Fprintf(&b, "// %d bytes of data: CaseFolding.txt of Unicode 16.0.0 (C and F), UnicodeData.txt of Unicode 17.0.0.\n", size)
	fmt.Fprintf(&b, "// The nonzero combining classes are numbered 1 to %d in their order: %v.\n\n", len(t.classes), t.classes)
	fmt.Fprintf(&b, "const (\n")
	fmt.Fprintf(&b, "blockShift = %d\n", t.shift)
	fmt.Fprintf(&b, "tableLimit = %#x // code points from here on have value 0\n", len(t.index)<<t.shift)
	fmt.Fprintf(&b, "firstDelta = %d\n", len(t.classes)+1)
	fmt.Fprintf(&b, "firstText = %d\n", len(t.classes)+1+len(t.deltas))
	fmt.Fprintf(&b, ")\n\n")

	fmt.Fprintf(&b, "var deltas = [...]rune{")
	for i, delta := range t.deltas {
		separate(&b, i, 16)
		fmt.Fprintf(&b, "%d", delta)
	}
	fmt.Fprintf(&b, ",\n}\n\nvar blockIndex = [...]uint8{")
	for i, n := range t.index {
		separate(&b, i, 32)
		fmt.Fprintf(&b, "%d", n)
	}
	fmt.Fprintf(&b, ",\n}\n\nvar blockValues = [...]uint16{")
	for i, v := range t.values {
		separate(&b, i, 16)
		fmt.Fprintf(&b, "%d", v)
	}
	fmt.Fprintf(&b, ",\n}\n\nconst texts = \"\"")
	for i := 0; i < len(t.pool); {
		fmt.Fprintf(&b, " +\n")
		var line []byte
		for i < len(t.pool) && len(line) < 96 {
			n := 1 + int(t.pool[i])
			quoted := strconv.QuoteToASCII(t.pool[i+1 : i+n])
			line = fmt.Appendf(line, "\\x%02x%s", t.pool[i], quoted[1:len(quoted)-1])
			i += n
		}
		fmt.Fprintf(&b, "\"%s\"", line)
	}
	fmt.Fprintf(&b, "\n")
	return format.Source(b.Bytes())
}

func separate(b *bytes.Buffer, i, perLine int) {
	switch {
	case i%perLine == 0 && i > 0:
		b.WriteString(",\n")
	case i%perLine == 0:
		b.WriteString("\n")
	default:
		b.WriteString(", ")
	}
}
