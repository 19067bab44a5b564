package unpack_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/compiler/graph"
	"github.com/rulesc/rulesc/internal/unpack"
	"github.com/rulesc/rulesc/matcher"
)

func TestFrame(t *testing.T) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(false))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 15, 1000, 300_000, 5 << 20} {
		text := []byte(strings.Repeat("git status, ", size/12+1))[:size]
		frame := encoder.EncodeAll(text, nil)
		m, err := unpack.Frame(frame, size)
		if err != nil || !bytes.Equal(m.Bytes, text) || cap(m.Bytes) != size {
			t.Errorf("%d bytes: got %d with room for %d, error %v", size, len(m.Bytes), cap(m.Bytes), err)
		}
		m.Release()
		for _, wrong := range []int{size + 1, max(1, size/2), size + 1<<16} {
			if wrong == size {
				continue
			}
			if m, err := unpack.Frame(frame, wrong); err == nil || m.Bytes != nil {
				t.Errorf("%d bytes were taken for %d: error %v", size, wrong, err)
			}
		}
		for _, broken := range [][]byte{nil, []byte("no frame"), frame[:len(frame)/2], frame[:len(frame)-1]} {
			if m, err := unpack.Frame(broken, size); err == nil || m.Bytes != nil {
				t.Errorf("%d bytes of a frame that decodes to %d were decoded", len(broken), size)
			}
		}
	}
}

func TestImage(t *testing.T) {
	image, err := graph.Compile([]graph.Rule{{Pattern: [][]string{{"git"}, {"push", "pull"}}, Decision: matcher.Allow}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := matcher.PackImage(image)
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(false))
	if err != nil {
		t.Fatal(err)
	}
	columns := slices.Concat(pieces...)
	frame := encoder.EncodeAll(columns, nil)
	for range 3 { // also where others were before
		got := make([]byte, len(image))
		if err := unpack.Image(got, frame, len(columns)); err != nil || !bytes.Equal(got, image) {
			t.Errorf("another image, error %v", err)
		}
		for _, wrong := range []int{len(columns) - 1, len(columns) + 1, 1, 1 << 20} {
			if err := unpack.Image(make([]byte, len(image)), frame, wrong); !errors.Is(err, matcher.ErrDamaged) {
				t.Errorf("%d bytes of columns were taken for %d: error %v", len(columns), wrong, err)
			}
		}
		other := encoder.EncodeAll(columns[:len(columns)-1], nil)
		if err := unpack.Image(make([]byte, len(image)), other, len(columns)-1); !errors.Is(err, matcher.ErrDamaged) {
			t.Errorf("columns without a byte were taken: error %v", err)
		}
	}
}
