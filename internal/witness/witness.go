// Package witness asks the system what is at paths, and remembers what it said: what
// follows from that stays so for as long as every [filestate.Fact] does.
package witness

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/rulesc/rulesc/internal/filestate"
)

// A Witness remembers what was asked through it, and what it was told. Several
// goroutines may ask at once. A nil one asks, and remembers nothing.
type Witness struct {
	mu      sync.Mutex
	facts   []filestate.Fact
	known   map[question]int // their places
	partial bool
}

type question struct {
	path   string
	itself bool
}

// Stat is [os.Stat] for who wants to know what kind of thing is at path, and no more.
func (w *Witness) Stat(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	w.note(filestate.Fact{Path: path}, info, err)
	return info, err
}

// Read says that what is in the file or the folder at path counts. The info was asked
// for before anything of it was read.
func (w *Witness) Read(path string, info fs.FileInfo) {
	w.note(filestate.Fact{Path: path, Exact: true}, info, nil)
}

// ReadListed is [Witness.Read] for a regular file, no link to one, that was in a state.
func (w *Witness) ReadListed(path string, state filestate.State) {
	if w != nil {
		w.add(filestate.Fact{Path: path, Itself: true, Kind: filestate.File, Exact: true, State: state})
	}
}

// Links says that every symbolic link on the way to path counts, its end included, and
// that the other parts of it are none.
func (w *Witness) Links(path string) {
	if w != nil {
		w.links(path, new(int))
	}
}

// links notes what is at path and at everything above it, as the system goes there.
func (w *Witness) links(path string, followed *int) {
	for end := 1; end <= len(path); end++ {
		if end < len(path) && !os.IsPathSeparator(path[end]) || os.IsPathSeparator(path[end-1]) {
			continue
		}
		at := path[:end]
		info, err := os.Lstat(at)
		w.note(filestate.Fact{Path: at, Itself: true, Exact: err == nil && info.Mode()&fs.ModeSymlink != 0}, info, err)
		if err != nil {
			return
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		const most = 255 // as many as filepath.EvalSymlinks follows
		target, err := os.Readlink(at)
		if *followed++; err != nil || *followed > most {
			w.Miss()
			return
		}
		if target == "" || !os.IsPathSeparator(target[0]) {
			target = at[:strings.LastIndexByte(at, os.PathSeparator)+1] + target
		}
		w.links(target, followed)
	}
}

// note adds a fact of what the system said about its path.
func (w *Witness) note(f filestate.Fact, info fs.FileInfo, err error) {
	switch {
	case w == nil:
		return
	case errors.Is(err, fs.ErrNotExist):
		f.Exact = false
	case err != nil:
		w.Miss()
		return
	default:
		f.Kind = kindOf(info)
		if f.Exact {
			f.State = stateOf(info)
		}
	}
	w.add(f)
}

func (w *Witness) add(f filestate.Fact) {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := question{f.Path, f.Itself}
	at, ok := w.known[q]
	if !ok {
		if w.known == nil {
			w.known = make(map[question]int)
		}
		w.known[q] = len(w.facts)
		w.facts = append(w.facts, f)
		return
	}
	old := &w.facts[at]
	if old.Kind != f.Kind || old.Exact && f.Exact && old.State != f.State {
		w.partial = true // it changed meanwhile
	}
	if f.Exact {
		*old = f
	}
}

// Miss says that something counts that no fact tells.
func (w *Witness) Miss() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.partial = true
}

func kindOf(info fs.FileInfo) filestate.Kind {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return filestate.File
	case mode.IsDir():
		return filestate.Folder
	case mode&fs.ModeSymlink != 0:
		return filestate.Link
	}
	return filestate.Other
}

// Look says what is at a path now, as a [filestate.Fact] has it. ok is false if the
// system does not say.
func Look(path string, itself bool) (kind filestate.Kind, state filestate.State, ok bool) {
	stat := os.Stat
	if itself {
		stat = os.Lstat
	}
	info, err := stat(path)
	if err != nil {
		return filestate.Nothing, state, errors.Is(err, fs.ErrNotExist)
	}
	return kindOf(info), stateOf(info), true
}

// Facts returns what was seen. ok is false if more counts than that.
func (w *Witness) Facts() (facts []filestate.Fact, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.facts, !w.partial
}
