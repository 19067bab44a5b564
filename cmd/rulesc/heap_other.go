//go:build !linux

package main

import "github.com/rulesc/rulesc/compiler"

// growHeap does nothing where a program cannot ask for huge pages.
func growHeap([]compiler.File) {}
