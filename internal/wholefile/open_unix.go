//go:build unix && !linux

package wholefile

import (
	"os"
	"syscall"
)

func openListed(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}
