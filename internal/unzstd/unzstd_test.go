package unzstd_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/internal/unzstd"
)

// texts are of all kinds: nothing that repeats, little else, long, short, of few bytes
// and of all.
func texts(t testing.TB) [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	few := make([]byte, 300_000)
	skewed := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
		few[i] = "git status"[r.IntN(10)]
		skewed[i] = byte(min(r.ExpFloat64()*9, 255))
	}
	all := [][]byte{
		{},
		{0},
		[]byte("git"), bytes.Repeat([]byte("x"), 1000), make([]byte, 1<<20),
		noise, few, skewed, noise[:70], few[:500], skewed[:1500],
		[]byte(strings.Repeat("git status, git log; ", 20_000)),
	}
	for n := range 200 {
		var b []byte
		for len(b) < 17*n {
			from := r.IntN(1000)
			b = append(b, skewed[from:from+r.IntN(40)]...)
			if r.IntN(3) == 0 && len(b) > 0 {
				from := r.IntN(len(b))
				b = append(b, b[from:from+r.IntN(len(b)-from)]...)
			}
		}
		all = append(all, b)
	}
	for _, pattern := range []string{"*.go", "../../matcher/*", "../../README.md", "../../go.sum"} {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			if b, err := os.ReadFile(path); err == nil {
				all = append(all, b)
			}
		}
	}
	return all
}

func encoders(t testing.TB) (encoders []*zstd.Encoder) {
	for _, level := range []zstd.EncoderLevel{zstd.SpeedFastest, zstd.SpeedDefault, zstd.SpeedBetterCompression, zstd.SpeedBestCompression} {
		for _, options := range [][]zstd.EOption{
			nil,
			{zstd.WithSingleSegment(true)},
			{zstd.WithAllLitEntropyCompression(true), zstd.WithWindowSize(1 << 10)},
		} {
			e, err := zstd.NewWriter(nil, append(options, zstd.WithEncoderLevel(level), zstd.WithEncoderCRC(false), zstd.WithZeroFrames(true))...)
			if err != nil {
				t.Fatal(err)
			}
			encoders = append(encoders, e)
		}
	}
	return encoders
}

func TestDecode(t *testing.T) {
	var d unzstd.Decoder
	for _, e := range encoders(t) {
		for i, text := range texts(t) {
			frame := e.EncodeAll(text, nil)
			dst := make([]byte, len(text), len(text)+1)
			if !d.Decode(dst, frame) || !bytes.Equal(dst, text) {
				t.Fatalf("text %d of %d bytes is not decoded by what was there before it", i, len(text))
			}
			if d.Decode(dst[:len(text)+1], frame) || len(text) > 0 && d.Decode(dst[:len(text)-1], frame) {
				t.Fatalf("text %d of %d bytes is decoded to another number of bytes", i, len(text))
			}
			if d.Decode(dst, frame[:len(frame)-1]) || d.Decode(dst, append(frame, 0)) {
				t.Fatalf("text %d of %d bytes is decoded from another number of bytes", i, len(text))
			}
		}
	}
}

// FuzzDecode holds it to the library: what both take they decode to the same. What is
// no frame one of them may notice earlier than the other.
func FuzzDecode(f *testing.F) {
	for _, e := range encoders(f)[:4] {
		for _, text := range texts(f)[:14] {
			if frame := e.EncodeAll(text, nil); len(frame) < 10_000 {
				f.Add(frame, len(text))
			}
		}
	}
	library, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		f.Fatal(err)
	}
	var d unzstd.Decoder
	f.Fuzz(func(t *testing.T, frame []byte, size int) {
		if size < 0 || size > 1<<20 {
			return
		}
		got := make([]byte, size)
		ok := d.Decode(got, frame)
		want, err := library.DecodeAll(frame, make([]byte, 0, size+16))
		if ok && err == nil && !bytes.Equal(got, want) {
			t.Errorf("decoded to %d bytes, not to the %d of the library", len(got), len(want))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	e := encoders(b)[3]
	all := texts(b)
	for name, text := range map[string][]byte{"letters": all[6], "bytes": all[211], "repeats": all[11]} {
		frame := e.EncodeAll(text, nil)
		b.Run(name, func(b *testing.B) {
			var d unzstd.Decoder
			dst := make([]byte, len(text))
			b.SetBytes(int64(len(text)))
			b.ReportMetric(float64(len(text))/float64(len(frame)), "ratio")
			for b.Loop() {
				d.Decode(dst, frame)
			}
		})
	}
}
