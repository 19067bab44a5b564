package matcher

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestSprintf(t *testing.T) {
	for _, test := range []struct {
		format string
		args   []any
	}{
		{"", nil},
		{"no verbs", nil},
		{"%d,%d,%d,%d", []any{0, 7, -7, int32(-1 << 31)}},
		{"%d %d %d %d", []any{uint8(200), uint16(1 << 15), uint32(1 << 31), uint64(1 << 63)}},
		{"line %d%+d", []any{uint32(3), int64(-4)}},
		{"line %d%+d", []any{uint32(3), int64(4)}},
		{"%x %#x %#x", []any{255, 255, uint64(1<<64 - 1)}},
		{"%08x|%08x|%3d|%03d|%-3d|%2d", []any{uint32(0xbeef), uint64(0x123456789), 7, 7, 7, 12345}},
		{"%s %v %q", []any{"a\n", "b", "c\n\xff→"}},
		{"%s %q %x", []any{[]byte("a"), []byte("b\""), []byte("\x00\xff")}},
		{"% x|%-9s|%5s|", []any{[]byte("abc"), "left", "é"[:1]}},
		{"%s %v", []any{SectionHot, Forbidden}},
		{"%s: %v", []any{errors.New("one"), errors.New("two")}},
	} {
		if got, want := sprintf(test.format, test.args...), fmt.Sprintf(test.format, test.args...); got != want {
			t.Errorf("sprintf(%q, %v) = %q, want %q", test.format, test.args, got, want)
		}
	}
	// A text that is wrong is no reason to panic.
	for _, format := range []string{"%", "%-", "%d", "%d %d"} {
		if got := sprintf(format, 'x'); !strings.Contains(got, "%!") && format != "%d" {
			t.Errorf("sprintf(%q, 'x') = %q", format, got)
		}
	}
	if got := sprintf("%d", 1.5); got != "%!d" {
		t.Errorf("sprintf of a float is %q", got)
	}
}

// limitedWriter fails behind a number of bytes.
type limitedWriter int

func (w *limitedWriter) Write(p []byte) (int, error) {
	if *w -= limitedWriter(len(p)); *w < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestTextWriterKeepsItsError(t *testing.T) {
	limit := limitedWriter(1 << 17)
	w := textWriter{w: &limit}
	for range 1 << 14 {
		w.printf("%s\n", "a line of 16 ch")
	}
	if err := w.flush(); err != io.ErrShortWrite {
		t.Errorf("error %v", err)
	}
}
