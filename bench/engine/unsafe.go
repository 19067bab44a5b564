package engine

import (
	"math/bits"
	"unsafe"
)

// Run wants a beginning of the stream. It returns -1 where a token is not that of
// its record.
//
// It stays within the records and argv, since it looks at as many tokens of each
// command as New did: the stream's commands are the same ones.
func (e *limit) Run(commands [][]string) (sum int) {
	at := unsafe.Pointer(unsafe.SliceData(e.records))
	hash := e.hash
	for c, argv := range commands {
		token := unsafe.Pointer(unsafe.SliceData(argv))
		for range e.looked[c] {
			first, last := endWords(*(*string)(token))
			high, low := bits.Mul64(first^0x9e3779b97f4a7c15, last^0x243f6a8885a308d3)
			hash += high ^ low
			if r := (*record)(at); r.first != first || r.last != last {
				return -1
			}
			at = unsafe.Add(at, unsafe.Sizeof(record{}))
			token = unsafe.Add(token, unsafe.Sizeof(""))
		}
		sum += int(e.decisions[c])
	}
	e.hash = hash
	return sum
}

// endWords returns the first 8 bytes of a token as one word and its last 7 with
// its length as another, without asking how long it is. The bytes of shorter ones
// are moved up; what is read behind them may be, see workload.Commands.
func endWords(token string) (first, last uint64) {
	n := len(token)
	b := unsafe.Pointer(unsafe.StringData(token))
	beyond := int64(n - 8)
	missing := beyond & (beyond >> 63) // 0, or by how many bytes less than a word, negative
	shift := uint(-8*missing) & 63
	return *(*uint64)(b) << shift, *(*uint64)(unsafe.Add(b, beyond-missing))<<shift&^0xff | uint64(n)&0xff
}
