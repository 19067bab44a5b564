//go:build unix

package layers

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// openFile opens a file for reading and does not wait, should it be a pipe.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// The texts of the C library that the reference is built with.
var systemReasons = map[syscall.Errno]string{
	syscall.EACCES:       "Permission denied",
	syscall.EPERM:        "Operation not permitted",
	syscall.ENOENT:       "No such file or directory",
	syscall.ENOTDIR:      "Not a directory",
	syscall.EISDIR:       "Is a directory",
	syscall.ELOOP:        "Symbolic link loop",
	syscall.ENAMETOOLONG: "Filename too long",
	syscall.EIO:          "I/O error",
	syscall.EMFILE:       "No file descriptors available",
	syscall.ENFILE:       "Too many open files in system",
}

func systemReason(err error) (string, bool) {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return "", false
	}
	text, ok := systemReasons[errno]
	if !ok {
		text = errno.Error()
	}
	return fmt.Sprintf("%s (os error %d)", text, int(errno)), true
}

// notDirectory is the error of listing what is no folder.
var notDirectory error = syscall.ENOTDIR
