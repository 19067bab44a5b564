package dialect

import (
	"context"

	"go.starlark.net/starlark"
)

// ExecParts is like Exec, but with parts of at least the given number of places.
func ExecParts(ctx context.Context, file, src string, predeclared starlark.StringDict, limits Limits, places int) error {
	return exec(ctx, file, src, predeclared, limits, places)
}
