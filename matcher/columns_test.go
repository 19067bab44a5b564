package matcher_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/matcher"
)

// images returns images of policies of all kinds, by what is in them.
func images(t testing.TB) map[string][]byte {
	t.Helper()
	var lengths, middles strings.Builder
	for _, n := range []int{1, 7, 8, 9, 14, 15, 16, 17, 24, 254, 255, 256, 1000, 70_000} {
		fmt.Fprintf(&lengths, "a %s|b c = allow\n%s = prompt\n", strings.Repeat("x", n), strings.Repeat("y", n))
	}
	for i := range 3 {
		fmt.Fprintf(&middles, "a %s%d%s = allow\n", strings.Repeat("x", 20), i, strings.Repeat("x", 20))
	}
	all := map[string][]byte{
		"nothing":            compileText(t, ""),
		"one rule":           compileText(t, "a = allow"),
		"one edge a node":    compileText(t, "a b c d = allow\na b c = prompt\na b = forbidden\na = allow"),
		"alternatives":       compileText(t, "a b|c|d e f|g|h = allow\na x|y = prompt\nb q|r|s|t|u|v|w|x z = allow"),
		"exact rules":        compileText(t, exactText),
		"rules of all kinds": compileText(t, sampleText),
		"hosts":              compileText(t, "host a /b/a\nhost c"),
		"long tokens":        compileText(t, lengths.String()),
		"long middles":       compileText(t, middles.String()),
		"groups":             compile(t, overlap(40), nil),
	}
	var many strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&many, "p%d a%d b%d|c%d = prompt\np%d a%d = allow\n", i%70, i%900, i%11, i%13, i%90, i)
	}
	all["many rules"] = compileText(t, many.String())
	return all
}

func columnsOf(t testing.TB, image []byte) []byte {
	t.Helper()
	pieces, err := matcher.PackImage(image)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(pieces...)
}

// unpackBetween is UnpackImage to memory between other memory, which has to stay as it is.
func unpackBetween(t testing.TB, size int, columns []byte) ([]byte, error) {
	t.Helper()
	const around = 64
	memory := bytes.Repeat([]byte{0xa5}, around+size+around)
	image := memory[around : around+size]
	clear(image)
	before := bytes.Clone(columns)
	err := matcher.UnpackImage(image, columns)
	for _, outside := range [][]byte{memory[:around], memory[around+size:]} {
		if bytes.Count(outside, []byte{0xa5}) != around {
			t.Error("it was written outside of the image")
		}
	}
	if !bytes.Equal(columns, before) {
		t.Error("the columns are others than before")
	}
	if err != nil && !isFormatError(err) {
		t.Errorf("error of another type: %v", err)
	}
	return image, err
}

func TestUnpackImage(t *testing.T) {
	for name, image := range images(t) {
		t.Run(name, func(t *testing.T) {
			got, err := unpackBetween(t, len(image), columnsOf(t, image))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, image) {
				t.Error("another image was restored")
			}
		})
	}
}

func TestUnpackImageRefuses(t *testing.T) {
	image := compileText(t, sampleText)
	columns := columnsOf(t, image)
	for n := range columns {
		if _, err := unpackBetween(t, len(image), columns[:n:n]); err == nil {
			t.Fatalf("the first %d bytes of columns of %d are taken for all", n, len(columns))
		}
	}
	if _, err := unpackBetween(t, len(image), append(bytes.Clone(columns), 0)); err == nil {
		t.Error("a byte more than the columns is taken for one of them")
	}
	for _, size := range []int{0, 1, 100, len(image) - 1, len(image) + 1, 2 * len(image)} {
		if _, err := unpackBetween(t, size, columns); err == nil {
			t.Errorf("an image of %d bytes is restored with %d", len(image), size)
		}
	}
	for i := range columns {
		for bit := range 8 {
			other := bytes.Clone(columns)
			other[i] ^= 1 << bit
			_, _ = unpackBetween(t, len(image), other)
		}
	}
}

// TestUnpackImageSaysWhere: errors name the section, and where in the columns it is.
func TestUnpackImageSaysWhere(t *testing.T) {
	image := compileText(t, exactText)
	columns := columnsOf(t, image)
	tests := map[string]struct {
		change func(columns []byte) []byte
		want   string
	}{
		"no directory":       {func(c []byte) []byte { return c[:10] }, "section hot at offset 10: the columns end within their directory of 156 bytes"},
		"a column too long":  {func(c []byte) []byte { c[3] = 1; return c }, "section hot at offset 0: column 0 of 16777504 bytes, of which there are "},
		"a byte too many":    {func(c []byte) []byte { return append(c, 0) }, fmt.Sprintf("section hot at offset %d: 1 bytes behind the last column", len(columns))},
		"no image":           {func(c []byte) []byte { c[156] = 'X'; return c }, "section hot at offset 0: this is no image"},
		"a field too wide":   {func(c []byte) []byte { c[156+288] = 25; return c }, "section hot at offset 444: column 1: fields of 25 bits, the most is 24"},
		"a field too narrow": {func(c []byte) []byte { c[156+288] = 0; return c }, "section hot at offset "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := unpackBetween(t, len(image), test.change(bytes.Clone(columns)))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestPackImageRefuses(t *testing.T) {
	image := compileText(t, exactText)
	for name, b := range map[string][]byte{"nothing": nil, "no image": []byte("<!-->"), "a part of one": image[:len(image)-1]} {
		if pieces, err := matcher.PackImage(b); pieces != nil || err == nil {
			t.Errorf("%s was packed", name)
		}
	}
	// Tags follow from tokens, so that there is no place for others.
	at, n := recordsOf(image, 3)
	for i := range n {
		forged := bytes.Clone(image)
		forged[at+3*i+2] ^= 1 << 5
		if _, err := matcher.OpenImage(forged); err != nil {
			continue
		}
		if pieces, err := matcher.PackImage(forged); pieces != nil || err == nil {
			t.Errorf("an image with word %d of tails changed was packed", i)
		}
	}
}

func FuzzUnpackImage(f *testing.F) {
	for _, image := range images(f) {
		if len(image) < 10_000 {
			f.Add(columnsOf(f, image), len(image))
		}
	}
	f.Fuzz(func(t *testing.T, columns []byte, size int) {
		if size < 0 || size > 1<<20 {
			return
		}
		image, err := unpackBetween(t, size, columns)
		if err != nil {
			return
		}
		if _, err := matcher.OpenImage(image); err != nil && !isFormatError(err) {
			t.Errorf("error of another type: %v", err)
		}
	})
}
