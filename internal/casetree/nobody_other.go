//go:build !linux

package casetree

import "errors"

// RunAsNobody is for Linux.
func RunAsNobody(string, map[string][]byte) ([]byte, error) { return nil, errors.ErrUnsupported }
