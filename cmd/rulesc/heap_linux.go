package main

import (
	"runtime"
	"syscall"

	"github.com/rulesc/rulesc/compiler"
)

// growHeap grows the heap at once to what the policy of large files will take, and asks
// for huge pages. A heap that grows with its use gets one small page after the other,
// each with a fault, which may take half of the time of a build. The block is not
// touched; what is allocated next is where it was.
func growHeap(files []compiler.File) {
	const (
		perByte = 10 // of text: about the peak of a build
		little  = 8 << 20
		most    = 256 << 20
	)
	size := 0
	for _, f := range files {
		size += perByte * len(f.Text)
	}
	if size < little {
		return
	}
	block := make([]byte, min(size, most))
	_ = syscall.Madvise(block, syscall.MADV_HUGEPAGE) // without them all is as it was
	runtime.KeepAlive(block)
	runtime.GC()
}
