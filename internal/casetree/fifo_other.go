//go:build !unix

package casetree

import "errors"

func mkfifo(string) error { return errors.ErrUnsupported }
