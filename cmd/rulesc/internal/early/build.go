package early

import (
	"io"
	"syscall"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/seen"
	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/internal/filestate"
	"github.com/rulesc/rulesc/internal/ownfolder"
	"github.com/rulesc/rulesc/internal/witness"
)

// answerBuild returns what a build with these arguments prints, if it has nothing to do.
func answerBuild(args []string, getenv func(string) string) (output []byte, ok bool) {
	folder, err := syscall.Getwd()
	if err != nil {
		return nil, false
	}
	start := (&seen.Start{Folder: folder, Args: args}).Text()
	return new(seen.Desk).Answer(&seen.System{
		Start:  func(at int) []byte { return start[at:] },
		Getenv: getenv,
		Look: func(path []byte, itself bool) (kind filestate.Kind, state filestate.State, ok bool) {
			return witness.Look(untilZero(path), itself)
		},
		Read: func(path []byte) []byte {
			file, err := artifactfile.Open(untilZero(path))
			if err != nil {
				return nil
			}
			return file.Bytes
		},
		Own: func(folder, name []byte) []byte {
			file, size, err := ownfolder.Open(untilZero(folder), untilZero(name))
			if err != nil {
				return nil
			}
			defer file.Close()
			b, _ := io.ReadAll(io.LimitReader(file, size))
			return b
		},
	})
}

func untilZero(path []byte) string {
	for i, c := range path {
		if c == 0 {
			return string(path[:i])
		}
	}
	return string(path)
}
