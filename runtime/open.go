package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/rulesc/rulesc/matcher"
)

// A view is an opened artifact: everything that calls read. It never changes.
// Memory outside the Go heap is referred to by its *memory, and so lives at
// least as long as the view.
type view struct {
	image     *matcher.Image
	place     *matcher.Place // nil: first tokens are compared as they are
	container *matcher.Container
	name      string // of the file, for errors
	file      *memory
	hot       *memory // file, unless the artifact is compressed

	rules    cold[matcher.RuleRecord]
	hosts    cold[matcher.HostRecord]
	networks cold[matcher.NetworkRecord]
}

// An Option changes how a policy is opened.
type Option func(*settings)

type settings struct {
	home    string
	dir     string
	literal bool // no host-executable resolution
	copied  bool // no mapping
}

// WithoutHostResolution compares first tokens as they are written only: a rule
// for "git" does not match the command "/usr/bin/git".
func WithoutHostResolution() Option { return func(s *settings) { s.literal = true } }

// WithHome sets the absolute path that "~" stands for at the beginning of a
// command's first token. Without it "~" is an ordinary character.
func WithHome(dir string) Option { return func(s *settings) { s.home = dir } }

// WithDir sets the absolute path that a relative first token starts from.
// Without it a relative path names a program, but is in no host_executable
// list.
func WithDir(dir string) Option { return func(s *settings) { s.dir = dir } }

// WithoutMapping reads the file instead of mapping it. Each process then has
// its own copy, and a file that is overwritten in place does no harm.
func WithoutMapping() Option { return func(s *settings) { s.copied = true } }

// Open opens the artifact at path. The file is treated as hostile: what it says
// is verified before the first decision, and memory is asked for within bounds.
// The file may be replaced or removed afterwards.
func Open(path string, options ...Option) (*Policy, error) {
	p, _, err := open(path, options)
	return p, err
}

// open is Open. It also returns what the file was when it was opened, nil if it
// could not be.
func open(path string, options []Option) (*Policy, fs.FileInfo, error) {
	s := apply(options)
	// Looking first keeps a pipe from blocking the open.
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if err := regular(path, info); err != nil {
		return nil, info, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	if err := regular(path, info); err != nil {
		return nil, info, err
	}
	file, err := load(f, info.Size(), s.copied)
	if err != nil {
		return nil, info, inFile(err, path)
	}
	v, err := newView(file, path, s)
	if err != nil {
		return nil, info, inFile(err, path)
	}
	return newPolicy(v), info, nil
}

func regular(path string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
}

// New opens an artifact that is in memory. It keeps a copy of b.
func New(b []byte, options ...Option) (*Policy, error) {
	file, err := load(bytes.NewReader(b), int64(len(b)), true)
	if err != nil {
		return nil, err
	}
	v, err := newView(file, "", apply(options))
	if err != nil {
		return nil, err
	}
	return newPolicy(v), nil
}

func apply(options []Option) settings {
	var s settings
	for _, option := range options {
		option(&s)
	}
	return s
}

func newPolicy(v *view) *Policy {
	p := new(Policy)
	p.view.Store(v)
	return p
}

// load gets an artifact of the given size into memory. Before it asks for any,
// it has seen a sound header that promises just this size.
func load(r io.ReaderAt, size int64, copied bool) (*memory, error) {
	var head [matcher.HeaderSize]byte
	n, err := r.ReadAt(head[:min(size, matcher.HeaderSize)], 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	header, err := matcher.ParseHeader(head[:n])
	if err != nil {
		return nil, err
	}
	if size != header.Length {
		return nil, &FormatError{
			Offset: min(size, header.Length),
			Kind:   ErrDamaged,
			Reason: fmt.Sprintf("the file has %d bytes, the header promises %d", size, header.Length),
		}
	}
	// Only what is matched in place is worth mapping. The rest would be at the
	// mercy of whoever writes to the file.
	if f, ok := r.(*os.File); ok && header.Codec == matcher.CodecStored && !copied {
		if m, err := mapFile(f, int(size)); err == nil {
			return m, nil
		}
		// Not every file system can map, and not every platform.
	}
	m := &memory{}
	if header.Codec == matcher.CodecStored {
		m = allocate(int(size)) // the image will be walked in it
	} else {
		m.bytes = make([]byte, size)
	}
	if n, err := r.ReadAt(m.bytes, 0); n < len(m.bytes) {
		if err == io.EOF {
			err = &FormatError{Offset: int64(n), Kind: ErrDamaged, Reason: fmt.Sprintf("the file ends here, the header promises %d bytes", size)}
		}
		return nil, err
	}
	m.seal()
	return m, nil
}

func newView(file *memory, name string, s settings) (*view, error) {
	container, err := matcher.OpenContainer(file.bytes)
	if err != nil {
		return nil, err
	}
	v := &view{container: container, name: name, file: file}
	if v.hot, err = v.section(matcher.SectionHot); err != nil {
		return nil, err
	}
	if v.image, err = matcher.OpenImage(v.hot.bytes); err != nil {
		return nil, err
	}
	if !s.literal {
		v.place = matcher.NewPlace(s.home, s.dir)
	}
	return v, nil
}

// inFile puts the file's name into an error that lacks it.
func inFile(err error, name string) error {
	var format *FormatError
	if !errors.As(err, &format) || format.File != "" {
		return err
	}
	named := *format
	named.File = name
	return &named
}
