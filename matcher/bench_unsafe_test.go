package matcher_test

import (
	"math/bits"
	"testing"
	"unsafe"
)

// A limitWork is what looking at tokens costs in Go, whoever does it: for each
// token that has to be looked at both end words at once, one multiplication,
// and a comparison with a record that lies behind the one before. There is no
// search, and no call.
//
// Every token has 8 bytes behind it that may be read; see workload.Commands.
type limitWork struct {
	commands [][]string
	looked   []int
	records  []limitRecord // of the first command's tokens, the second's, ...
}

type limitRecord struct{ first, last uint64 }

func newLimitWork(m measured) limitWork {
	w := limitWork{commands: m.commands, looked: m.looked}
	for c, argv := range m.commands {
		for _, token := range argv[:m.looked[c]] {
			first, last := limitWords(unsafe.Pointer(unsafe.StringData(token)), len(token))
			w.records = append(w.records, limitRecord{first, last})
		}
	}
	return w
}

func BenchmarkLimit(b *testing.B) {
	forSizes(b, func(b *testing.B, m measured) {
		w := newLimitWork(m)
		b.ResetTimer()
		for range (b.N + len(w.commands) - 1) / len(w.commands) {
			if w.run() == 0 {
				b.Fatal("the records are not the tokens'")
			}
		}
	})
}

// run returns something that follows from all hashes, or 0 if a token is not that
// of its record.
func (w *limitWork) run() uint64 {
	record := unsafe.Pointer(unsafe.SliceData(w.records))
	hashes := uint64(1)
	for c, argv := range w.commands {
		token := unsafe.Pointer(unsafe.SliceData(argv))
		for range w.looked[c] {
			s := *(*string)(token)
			first, last := limitWords(unsafe.Pointer(unsafe.StringData(s)), len(s))
			high, low := bits.Mul64(first^0x9e3779b97f4a7c15, last^0x243f6a8885a308d3)
			hashes = hashes + (high ^ low) | 1
			if r := (*limitRecord)(record); r.first != first || r.last != last {
				return 0
			}
			record = unsafe.Add(record, unsafe.Sizeof(limitRecord{}))
			token = unsafe.Add(token, unsafe.Sizeof(""))
		}
	}
	return hashes
}

func limitWords(p unsafe.Pointer, n int) (first, last uint64) {
	d := int64(n - 8)
	missing := d & (d >> 63)
	shift := uint(-8*missing) & 63
	return *(*uint64)(p) << shift, *(*uint64)(unsafe.Add(p, d-missing))<<shift&^0xff | uint64(n)&0xff
}
