package unpack_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/internal/unpack"
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
