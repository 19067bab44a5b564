package crc32c_test

import (
	"hash/crc32"
	"math/rand/v2"
	"testing"

	"github.com/rulesc/rulesc/internal/crc32c"
)

var table = crc32.MakeTable(crc32.Castagnoli)

// The check value of the catalogue of CRC algorithms.
func TestChecksum(t *testing.T) {
	if got := crc32c.Checksum([]byte("123456789")); got != 0xe3069283 {
		t.Errorf("%#08x", got)
	}
}

// Package hash/crc32 says the same, wherever the bytes lie and however many there
// are.
func TestAgainstTheStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]byte, 20_000)
	for i := range all {
		all[i] = byte(r.Uint32())
	}
	compare := func(crc uint32, b []byte) {
		if got, want := crc32c.Update(crc, b), crc32.Update(crc, table, b); got != want {
			t.Fatalf("%d bytes on %#08x: got %#08x, want %#08x", len(b), crc, got, want)
		}
	}
	for n := range 5000 {
		compare(0, all[:n])
		compare(r.Uint32(), all[n%16:][:n])
	}
	for range 2000 {
		from := r.IntN(len(all))
		compare(r.Uint32(), all[from:from+r.IntN(len(all)-from)])
	}
	compare(0, make([]byte, len(all)))
}

func BenchmarkChecksum(b *testing.B) {
	for _, size := range []int{320, 4000, 64_000, 5_000_000} {
		bytes := make([]byte, size)
		b.Run("ours/"+name(size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				crc32c.Checksum(bytes)
			}
		})
		b.Run("standard/"+name(size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				crc32.Checksum(bytes, table)
			}
		})
	}
}

func name(size int) string {
	if size < 1000 {
		return "small"
	}
	return string(rune('0'+size/1000%10)) + "k"
}
