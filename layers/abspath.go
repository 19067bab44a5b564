package layers

import (
	"errors"
	"path/filepath"
)

// An AbsPath is an absolute, lexically clean path. It cannot hold a relative
// one: values are made by [Abs] and derived from one another. The zero AbsPath
// stands for no path at all.
type AbsPath struct{ path string }

// Abs returns path as an absolute path; a relative one starts at the working
// folder of the process. It is the only place where a path becomes absolute.
func Abs(path string) (AbsPath, error) {
	if path == "" {
		return AbsPath{}, errors.New("empty path")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return AbsPath{}, err
	}
	return AbsPath{abs}, nil
}

// String returns the path, "" for none.
func (p AbsPath) String() string { return p.path }

// IsZero reports whether p is no path.
func (p AbsPath) IsZero() bool { return p.path == "" }

// Base returns the last element of the path.
func (p AbsPath) Base() string { return filepath.Base(p.path) }

// Join returns the path of name inside the folder p. It cannot fail: what is
// joined to an absolute path is absolute.
func (p AbsPath) Join(name string) AbsPath {
	return AbsPath{filepath.Join(p.path, name)}
}

// resolve returns the path that text names as seen from the folder p: text
// itself when it is absolute.
func (p AbsPath) resolve(text string) AbsPath {
	if filepath.IsAbs(text) {
		return AbsPath{filepath.Clean(text)}
	}
	return p.Join(text)
}

// parent returns the folder that p is in, and whether there is one.
func (p AbsPath) parent() (AbsPath, bool) {
	dir := filepath.Dir(p.path)
	return AbsPath{dir}, dir != p.path
}
