package compiler

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/rulesc/rulesc/internal/unzstd"
)

// TestAppendFrame has frames decoded by the library and by the decoder of the early answer.
func TestAppendFrame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := func(n, below int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(min(r.IntN(below), r.IntN(below)))
		}
		return b
	}
	tests := map[string][][]byte{
		"nothing":        {nil},
		"text":           {[]byte(strings.Repeat("git push, ", 100))},
		"large text":     {[]byte(strings.Repeat("git push, ", 100_000)), noise(500, 7)},
		"equal bytes":    {nil, bytes.Repeat([]byte{7}, 300_000)},
		"noise":          {noise(300_000, 256), noise(10, 256), noise(2000, 256)},
		"empty pieces":   {nil, nil, {1}, nil, {2, 3}},
		"all sizes":      {{1}},
		"a large first":  {bytes.Repeat(noise(3<<20, 256), 4), noise(100, 7)},
		"more than 8 MB": {[]byte("first"), bytes.Repeat([]byte{7}, 5<<20), noise(4<<20, 3)},
		"pieces beside":  {[]byte("first"), noise(200_000, 20), bytes.Repeat([]byte{0}, 50), noise(5000, 3)},
	}
	for n := range 200 {
		tests["all sizes"] = append(tests["all sizes"], noise(n, 12))
	}
	for _, n := range []int{1022, 1023, 1024, 1025, 1<<14 - 1, 1 << 14, maxBlock - 1, maxBlock, maxBlock + 1} {
		tests["all sizes"] = append(tests["all sizes"], noise(n, 12))
	}
	// It is asked for no more room than any program has.
	library, err := zstd.NewReader(nil, zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer library.Close()
	for name, pieces := range tests {
		t.Run(name, func(t *testing.T) {
			want := slices.Concat(pieces...)
			frame := appendFrame([]byte("before"), pieces)[len("before"):]
			got, err := library.DecodeAll(frame, nil)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("the library decodes %d bytes, not %d: %v", len(got), len(want), err)
			}
			got = make([]byte, len(want))
			var d unzstd.Decoder
			if !d.Decode(got, frame) || !bytes.Equal(got, want) {
				t.Errorf("%d bytes are not decoded", len(want))
			}
		})
	}
	if frame := appendFrame(nil, tests["pieces beside"]); len(frame) > 200_000*2/3 {
		t.Errorf("a code has made %d bytes", len(frame))
	}
}
