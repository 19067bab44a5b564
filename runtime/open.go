package runtime

import (
	"bytes"
	"errors"
	"io/fs"
	goruntime "runtime"
	"sync"

	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/matcher"
)

// A view is an opened artifact: everything that calls read. It never changes,
// but for sections that are decoded when they are first asked for.
//
// A view owns memory outside the Go heap. A finalizer gives it back when the
// view is unreachable, which it is not while a call keeps it alive. That is what
// lets a policy be closed, or replaced, while other goroutines read it, without
// a lock or a count in Decide.
type view struct {
	image     matcher.Image
	container matcher.Container
	name      string // of the file, for errors

	// memory is the file if it is stored without compression; else the image, decoded,
	// and behind it the other sections as they are in the file.
	memory artifactfile.Memory

	rules    cold[matcher.RuleRecord]
	hosts    cold[matcher.HostRecord]
	networks cold[matcher.NetworkRecord]
}

// size returns the size of the memory that the view had from the beginning.
func (v *view) size() int { return v.memory.Size() }

// release gives back all memory. It is called once, when nobody reads it.
func (v *view) release() {
	v.memory.Release()
	v.rules.memory.Release()
	v.hosts.memory.Release()
	v.networks.memory.Release()
}

// An Option changes how a policy is opened.
type Option func(settings) settings

type settings struct {
	home    string
	dir     string
	literal bool // no host-executable resolution
	copied  bool // no mapping
	cache   string
}

// WithoutHostResolution compares first tokens as they are written only: a rule
// for "git" does not match the command "/usr/bin/git".
func WithoutHostResolution() Option {
	return func(s settings) settings { s.literal = true; return s }
}

// WithHome sets the absolute path that "~" stands for at the beginning of a
// command's first token. Without it "~" is an ordinary character.
func WithHome(dir string) Option {
	return func(s settings) settings { s.home = dir; return s }
}

// WithDir sets the absolute path that a relative first token starts from.
// Without it a relative path names a program, but is in no host_executable
// list.
func WithDir(dir string) Option {
	return func(s settings) settings { s.dir = dir; return s }
}

// WithoutMapping reads the file instead of mapping it. Each process then has
// its own copy, and a file that is overwritten in place does no harm.
func WithoutMapping() Option {
	return func(s settings) settings { s.copied = true; return s }
}

// WithCache has a compressed artifact unpacked once, into a file in dir that is
// mapped from then on, by this process and all others of the user. So artifacts
// are small on their way and open as fast as stored ones. dir is made if it is
// not there; it has to belong to the user alone (mode 0700). Of the files in it
// those that were written last are kept.
//
// A cache never changes an answer: what it holds is named by a SHA-256 of the
// whole artifact, has to be the user's own, and is verified like the artifact
// itself. Whatever is wrong with the folder or with what is in it, the artifact
// is opened without it; what is damaged is written again. The option has no
// effect on stored artifacts, with [WithoutMapping], and where files have no
// owner.
func WithCache(dir string) Option {
	return func(s settings) settings { s.cache = dir; return s }
}

// Open opens the artifact at path. The file is treated as hostile: what it says
// is verified before the first decision, and memory is asked for within bounds.
// The file may be replaced or removed afterwards.
func Open(path string, options ...Option) (*Policy, error) {
	s := apply(options)
	var file artifactfile.Memory
	var err error
	if s.copied {
		file, _, err = artifactfile.ReadInfo(path)
	} else {
		file, err = artifactfile.Open(path)
	}
	return newPolicy(file, err, path, s)
}

// openInfo is Open. It also returns what the file was when it was opened, nil if
// it could not be.
func openInfo(path string, options []Option) (*Policy, fs.FileInfo, error) {
	s := apply(options)
	get := artifactfile.OpenInfo
	if s.copied {
		get = artifactfile.ReadInfo
	}
	file, info, err := get(path)
	p, err := newPolicy(file, err, path, s)
	return p, info, err
}

// New opens an artifact that is in memory. It keeps a copy of b.
func New(b []byte, options ...Option) (*Policy, error) {
	file, err := artifactfile.Read(bytes.NewReader(b), int64(len(b)))
	return newPolicy(file, err, "", apply(options))
}

// place returns what first tokens are looked at from, nil if they are compared as they
// are.
func (s settings) place() *matcher.Place {
	switch {
	case s.literal:
		return nil
	case s.home == "" && s.dir == "":
		return nowhere()
	}
	return matcher.NewPlace(s.home, s.dir)
}

func apply(options []Option) settings {
	var s settings
	for _, option := range options {
		s = option(s)
	}
	return s
}

// newPolicy takes over the memory of a file, or what went wrong on the way there.
func newPolicy(file artifactfile.Memory, err error, name string, s settings) (*Policy, error) {
	if err != nil {
		return nil, inFile(err, name)
	}
	v, err := newView(file, name, s)
	if err != nil {
		return nil, inFile(err, name)
	}
	held(v.size())
	goruntime.SetFinalizer(v, func(v *view) {
		// All finalizers of a program share one goroutine, and who unmaps waits for
		// those who map. Where many goroutines open policies, that one would never
		// catch up.
		go func() {
			v.release()
			released(v.size())
		}()
	})
	p := &Policy{place: s.place()}
	p.view.Store(v)
	p.image.Store(&v.image)
	return p, nil
}

// newView takes over the memory of a file.
func newView(file artifactfile.Memory, name string, s settings) (*view, error) {
	if s.cache != "" && !s.copied {
		if v := cachedView(file, name, s); v != nil {
			file.Recycle()
			return v, nil
		}
	}
	v := &view{name: name}
	if err := v.open(file); err != nil {
		v.release()
		return nil, err
	}
	return v, nil
}

// open takes over the memory of a file, also if it fails.
func (v *view) open(file artifactfile.Memory) error {
	image, err := v.take(file)
	if err != nil {
		return err
	}
	v.memory.Seal()
	return v.image.Open(image)
}

// take puts what is lasting of a file into the view's memory, and the rest out of the
// way. It returns the image, of which the checksums are right.
func (v *view) take(file artifactfile.Memory) ([]byte, error) {
	if err := v.container.Open(file.Bytes); err != nil {
		file.Release()
		return nil, err
	}
	if v.container.Codec == matcher.CodecStored {
		v.memory = file
		return v.container.Stored(matcher.SectionHot)
	}
	defer file.Recycle()
	return v.unpack()
}

// nowhere is the place of policies that are opened without one.
var nowhere = sync.OnceValue(func() *matcher.Place { return matcher.NewPlace("", "") })

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
