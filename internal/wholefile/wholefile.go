// Package wholefile reads files whole, for programs that read many small ones: on
// Linux it asks the system for little more than to open, read and close each, and
// allocates nothing but what it returns. Package os takes three times as long.
package wholefile

import (
	"errors"
	"fmt"

	"github.com/rulesc/rulesc/internal/filestate"
)

// ErrNotRegular is for a path that is there but is no regular file.
var ErrNotRegular = errors.New("is not a file")

// Read returns what is in the file at path: if it is a pipe or a device, what
// comes out of it to the end. More than limit bytes are an error. Errors of the
// system are of type [*fs.PathError].
func Read(path string, limit int) ([]byte, error) { return read(path, limit, nil) }

// ReadState is [Read], and says in which state the file was before it was read: in no
// state if package witness knows none.
func ReadState(path string, limit int) (text []byte, state filestate.State, err error) {
	text, err = read(path, limit, &state)
	return text, state, err
}

// ReadListed is [Read] for a path that was a regular file when its folder was
// listed. If it is anything else by now, a symbolic link included, it is not read,
// nor waited for.
func ReadListed(path string, limit int) (text []byte, state filestate.State, err error) {
	return readListed(path, limit)
}

func tooLarge(limit int) error { return fmt.Errorf("larger than %d bytes", limit) }
