//go:build !linux

package seen

import "syscall"

// Answer has no answers: no record is kept where package filestate knows no states.
func Answer([]string, func(string) string) (output string, ok bool) { return "", false }

func currentFolder() []byte {
	dir, _ := syscall.Getwd()
	return []byte(dir)
}
