// Package compressed answers "rulesc check --artifact" for artifacts that have to
// be decompressed, before main is set up: see package early.
package compressed

import (
	"github.com/rulesc/rulesc/cmd/rulesc/internal/early"
	"github.com/rulesc/rulesc/internal/unpack"
)

func init() { early.Run(Decode) }

// Decode is an [early.Decoder].
func Decode(section []byte, size int) ([]byte, error) {
	m, err := unpack.Frame(section, size)
	return m.Bytes, err
}
