package matcher

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

// Package encoding/binary agrees about all that it knows, too.
func FuzzUvarint(f *testing.F) {
	for _, v := range []uint64{0, 1, 127, 128, 1 << 14, math.MaxInt64, math.MaxUint64} {
		f.Add(binary.AppendUvarint(nil, v))
	}
	f.Add([]byte{})
	f.Add([]byte{0x80})
	f.Add(bytes.Repeat([]byte{0x80}, 9))
	f.Add(append(bytes.Repeat([]byte{0x80}, 9), 1))
	f.Add(append(bytes.Repeat([]byte{0x80}, 9), 2))
	f.Add(bytes.Repeat([]byte{0x80}, 10))
	f.Add(bytes.Repeat([]byte{0x80}, 11))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, n := uvarint(b)
		want, m := binary.Uvarint(b)
		if (n <= 0) != (m <= 0) || (n < 0) != (m < 0) || n > 0 && (got != want || n != m) {
			t.Errorf("uvarint(%x) = %d, %d; want %d, %d", b, got, n, want, m)
		}
		if got, want := appendUvarint(nil, got), binary.AppendUvarint(nil, got); !bytes.Equal(got, want) {
			t.Errorf("appendUvarint = %x, want %x", got, want)
		}
		if got, want := appendVarint(nil, int64(want)), binary.AppendVarint(nil, int64(want)); !bytes.Equal(got, want) {
			t.Errorf("appendVarint = %x, want %x", got, want)
		}
	})
}
