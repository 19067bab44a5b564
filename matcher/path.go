package matcher

// Host resolution makes a path of a command's first token and a program name
// of the path's last component. Neither is ever put together: a path is the
// pair (folder to start from, token), read component by component from the
// right with a count of the ".." still to be paid for, so that tokens of any
// length need no memory. For the token ../x/./../git in the folder /home/ann:
//
//	component   git   ..   .   x   ..   ann   home
//	pending     0     1    1   0   1    0     0
//	kept        git                           home      = /home/git
//
// A ".." that finds nothing to take away has reached the root, where it stops,
// or the beginning of a relative path, of which only the name counts.

// A Place is where a command's program path is looked at from: it turns host
// resolution on and says what ~ and relative paths mean. The zero value turns
// it off, as does a nil *Place. A Place does not change and may be shared.
type Place struct {
	on   bool
	home string // absolute and clean, or ""
	dir  string
}

// NewPlace returns a place with resolution on. home is what ~ and ~/x expand
// to as a command's first token; with an empty home ~ is an ordinary
// character. dir is the folder that a relative path starts from; with an empty
// dir a relative path with a slash in it still names a program, but is in no
// list of paths. A relative home is taken from dir; a relative home without
// dir, and a relative dir, count as empty.
func NewPlace(home, dir string) *Place {
	dir = cleanFolder(dir)
	if home != "" && home[0] != '/' && dir != "" {
		home = dir + "/" + home
	}
	return &Place{on: true, home: cleanFolder(home), dir: dir}
}

// cleanFolder returns the lexically clean form of an absolute path, and "" for
// any other.
func cleanFolder(folder string) string {
	if folder == "" || folder[0] != '/' {
		return ""
	}
	var components []string
	p := path{rest: folder}
	for c, ok := p.last(); ok; c, ok = p.last() {
		components = append(components, c)
	}
	if len(components) == 0 {
		return "/"
	}
	var clean []byte
	for i := len(components) - 1; i >= 0; i-- {
		clean = append(append(clean, '/'), components[i]...)
	}
	return string(clean)
}

// isPath reports whether a first token can stand for a path: without a folder to
// start from, a word that has no slash does not.
func (at *Place) isPath(token string) bool {
	return at.dir != "" || lastSlash(token) >= 0 || at.home != "" && token == "~"
}

// resolve returns the path that a first token stands for, and the program's
// name in it. ok is false where the token names no program.
func (at *Place) resolve(token string) (p path, name string, ok bool) {
	p = path{rest: token, absolute: true}
	switch {
	case !at.isPath(token):
		return p, "", false
	case at.home != "" && token != "" && token[0] == '~' && (len(token) == 1 || token[1] == '/'):
		p.folder, p.rest = at.home, token[1:]
	case token != "" && token[0] == '/':
	case at.dir != "":
		p.folder = at.dir
	default:
		p.absolute = false
	}
	q := p
	name, ok = q.last()
	return p, name, ok
}

// A path is a folder and a path below it, neither of them necessarily clean.
type path struct {
	folder, rest string
	pending      int // ".." seen that have not yet taken a component away
	absolute     bool
}

// last takes the last component off the path and returns it.
func (p *path) last() (component string, ok bool) {
	for {
		if p.rest == "" {
			if p.folder == "" {
				return "", false
			}
			p.folder, p.rest = "", p.folder
		}
		i := lastSlash(p.rest)
		component = p.rest[i+1:]
		p.rest = p.rest[:max(i, 0)]
		switch {
		case component == "" || component == ".":
		case component == "..":
			p.pending++
		case p.pending > 0:
			p.pending--
		default:
			return component, true
		}
	}
}

// lastSlash returns the index of the last slash, -1 if there is none.
func lastSlash(s string) int {
	i := len(s) - 1
	for i >= 0 && s[i] != '/' {
		i--
	}
	return i
}

// compare orders paths by their components from the right; 0 means that both
// are the same path. clean is absolute and lexically clean.
func (p path) compare(clean []byte) int {
	for {
		component, ok := p.last()
		switch {
		case !ok && len(clean) <= 1:
			return 0
		case !ok:
			return -1
		case len(clean) <= 1:
			return 1
		}
		i := len(clean)
		for i > 0 && clean[i-1] != '/' {
			i--
		}
		switch {
		case component < string(clean[i:]):
			return -1
		case component > string(clean[i:]):
			return 1
		}
		clean = clean[:max(i-1, 0)]
	}
}
