package full

import "iter"

// A Redirect is a redirection.
type Redirect struct {
	Kind RedirectKind
	// FD is the file descriptor that is redirected, -1 for both 1 and 2
	// (`&> f`), -2 if the shell picks one or it is not known (`{fd}> f`).
	FD int
	// Target is the file's name as written, or the descriptor (Duplicate),
	// or the text (HereDocument, HereString), as far as it is known.
	Target string
	// Known is set where Target is complete. Where it is not, Target is the
	// part before the first unknown, and the kind is the one that can do most:
	// `>& $x` counts as Output.
	Known bool
	Span  Span
}

// A RedirectKind says what a redirection does.
type RedirectKind uint8

const (
	Input        RedirectKind = iota // < file
	Output                           // > file, &> file, >& file
	Clobber                          // >| file: writes even where noclobber is set
	Append                           // >> file, &>> file
	InputOutput                      // <> file
	Duplicate                        // 2>&1, <&3
	Close                            // 2>&-
	HereDocument                     // << END
	HereString                       // <<< word
)

func (k RedirectKind) String() string {
	return [...]string{"input", "output", "clobber", "append", "input-output", "duplicate", "close", "here-document", "here-string"}[k]
}

// Reads reports whether the redirection opens a file for reading.
func (r Redirect) Reads() bool { return r.Kind == Input || r.Kind == InputOutput }

// Writes reports whether the redirection opens a file for writing. /dev/null
// counts too: see Discards.
func (r Redirect) Writes() bool {
	return r.Kind == Output || r.Kind == Clobber || r.Kind == Append || r.Kind == InputOutput
}

// Discards reports whether the file is /dev/null.
func (r Redirect) Discards() bool {
	return (r.Reads() || r.Writes()) && r.Known && r.Target == "/dev/null"
}

// AllRedirects yields all redirections, those of commands and those of groups.
func (s *Script) AllRedirects() iter.Seq[Redirect] {
	return func(yield func(Redirect) bool) {
		for _, c := range s.Commands {
			for _, r := range c.Redirects {
				if !yield(r) {
					return
				}
			}
		}
		for _, r := range s.Redirects {
			if !yield(r) {
				return
			}
		}
	}
}

// Files yields the redirections to files. A name under /dev/tcp or /dev/udp is
// a network connection to bash.
func (s *Script) Files() iter.Seq[Redirect] {
	return func(yield func(Redirect) bool) {
		for r := range s.AllRedirects() {
			if (r.Reads() || r.Writes()) && !yield(r) {
				return
			}
		}
	}
}
