package engine

import "unsafe"

// ends returns the first and the last bytes of a token as two words, which
// overlap in short tokens. It reads no byte outside the token: each load is of
// 8, 4 or 1 bytes at an offset that the length, checked just before, has room
// for.
func ends(token string) (first, last uint64) {
	n := len(token)
	b := unsafe.Pointer(unsafe.StringData(token))
	if n >= 8 {
		return *(*uint64)(b), *(*uint64)(unsafe.Add(b, n-8))
	}
	if n >= 4 {
		return uint64(*(*uint32)(b)), uint64(*(*uint32)(unsafe.Add(b, n-4)))
	}
	if n > 0 {
		return uint64(*(*byte)(b)) | uint64(*(*byte)(unsafe.Add(b, n/2)))<<8, uint64(*(*byte)(unsafe.Add(b, n-1)))
	}
	return 0, 0
}
