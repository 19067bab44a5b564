package limit

import (
	"math/bits"
	"unsafe"
)

// Read reads the commands from one up to another and reports whether each token
// is that of its record.
//
// It stays within argv and the records, of which there are as many as tokens that
// have to be looked at: New went through both, and nobody changes them.
func (l *Limit) Read(from, to int) bool {
	commands, looked := l.commands[from:to], l.looked[from:to]
	at := unsafe.Pointer(&l.records[l.begin[from]])
	hash := l.hash
	for c, argv := range commands {
		token := unsafe.Pointer(unsafe.SliceData(argv))
		for range looked[c] {
			first, last := endWords(*(*string)(token))
			high, low := bits.Mul64(first^0x9e3779b97f4a7c15, last^0x243f6a8885a308d3)
			hash += high ^ low
			if r := (*record)(at); r.first != first || r.last != last {
				return false
			}
			at = unsafe.Add(at, unsafe.Sizeof(record{}))
			token = unsafe.Add(token, unsafe.Sizeof(""))
		}
	}
	l.hash = hash
	return true
}

// endWords returns the first 8 bytes of a token as one word and its last 7 with
// its length as another, without asking how long it is. The bytes of shorter ones
// are moved up; what is read behind them is there to be read, see New.
func endWords(token string) (first, last uint64) {
	n := len(token)
	b := unsafe.Pointer(unsafe.StringData(token))
	beyond := int64(n - 8)
	missing := beyond & (beyond >> 63) // 0, or by how many bytes less than a word, negative
	shift := uint(-8*missing) & 63
	return *(*uint64)(b) << shift, *(*uint64)(unsafe.Add(b, beyond-missing))<<shift&^0xff | uint64(n)&0xff
}
