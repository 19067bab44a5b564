//go:build !linux

package wholefile

import (
	"io"
	"os"

	"github.com/rulesc/rulesc/internal/filestate"
)

func read(path string, limit int, _ *filestate.State) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, limit)
}

func readListed(path string, limit int) ([]byte, filestate.State, error) {
	var none filestate.State
	info, err := os.Lstat(path)
	if err != nil {
		return nil, none, err
	}
	if !info.Mode().IsRegular() {
		return nil, none, ErrNotRegular
	}
	f, err := openListed(path)
	if err != nil {
		return nil, none, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, none, err
	}
	if !info.Mode().IsRegular() {
		return nil, none, ErrNotRegular
	}
	text, err := readAll(f, limit)
	return text, none, err
}

func readAll(f *os.File, limit int) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(text) > limit {
		return nil, tooLarge(limit)
	}
	return text, nil
}
