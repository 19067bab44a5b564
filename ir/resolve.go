package ir

import "strings"

// A Place is where a command's program path is looked at from: what host-
// executable resolution needs to know of the user. Both folders are absolute
// or empty; nothing is looked up in the file system.
type Place struct {
	// Home is what ~ and ~/x expand to as a command's first token. Empty: ~ is
	// an ordinary character.
	Home string

	// Dir is the folder that a relative path starts from. Empty: a relative
	// path with a slash in it still names a program, but is never in a
	// host_executable list.
	Dir string
}

// Program returns the lexically clean path of a command's first token, and the
// program name in it. ok is false where the token names no program: the root
// folder, or a relative word without a folder to start from.
//
// Source: REFERENCE.md §5 (with Home and Dir), LAYERS.md §8 (without).
func (at Place) Program(token string) (path, name string, ok bool) {
	full := token
	if at.Home != "" && (token == "~" || strings.HasPrefix(token, "~/")) {
		full = at.Home + token[1:]
	}
	if !strings.HasPrefix(full, "/") {
		switch {
		case at.Dir != "":
			full = at.Dir + "/" + full
		case !strings.Contains(full, "/"):
			return "", "", false
		}
	}
	path, name = CleanPath(full)
	return path, name, name != ""
}

// CleanPath cleans a path by its text alone: empty and "." components go, ".."
// takes the one before it away and stops at the root, symbolic links do not
// count. name is the last component; "" where none is left, or where a
// relative path ends in a ".." that nothing takes away.
func CleanPath(path string) (clean, name string) {
	absolute := strings.HasPrefix(path, "/")
	var kept []string
	for part := range strings.SplitSeq(path, "/") {
		switch {
		case part == "" || part == ".":
		case part != "..":
			kept = append(kept, part)
		case len(kept) > 0 && kept[len(kept)-1] != "..":
			kept = kept[:len(kept)-1]
		case !absolute:
			kept = append(kept, part)
		}
	}
	clean = strings.Join(kept, "/")
	if absolute {
		clean = "/" + clean
	}
	if len(kept) > 0 && kept[len(kept)-1] != ".." {
		name = kept[len(kept)-1]
	}
	return clean, name
}
