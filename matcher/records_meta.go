package matcher

// A Meta says how an artifact was made. Nothing in it has a part in decisions
// or in the content digest.
type Meta struct {
	Tool        string       // name and version of the program that wrote it
	Layers      []Layer      // lowest precedence first
	Files       []File       // the rule files in the order of evaluation
	Quarantined []Quarantine // the rule files that were left out
	Options     []Setting    // what the build was asked for
	Notes       []string     // what else the build had to say
}

// A Layer is a configuration layer that the build looked at.
type Layer struct {
	Name   string
	Folder string // as the user wrote it; "" if none
}

// A File is a rule file that the build read.
type File struct {
	Layer  string
	Name   string
	SHA256 [sha256Size]byte
}

// A Quarantine is a rule file that the build left out, and why.
type Quarantine struct {
	Layer  string
	Name   string
	Reason string
}

// A Setting is an option of the build.
type Setting struct {
	Name  string
	Value string
}

// AppendMeta appends the meta section: the strings, and then the fields of one
// record, each list as its length and its elements. SHA-256 sums are 32 plain
// bytes.
func AppendMeta(dst []byte, m *Meta) ([]byte, error) {
	var w recordWriter
	w.string(m.Tool)
	w.uint(len(m.Layers))
	for _, l := range m.Layers {
		w.string(l.Name)
		w.string(l.Folder)
	}
	w.uint(len(m.Files))
	for _, f := range m.Files {
		w.string(f.Layer)
		w.string(f.Name)
		w.body = append(w.body, f.SHA256[:]...)
	}
	w.uint(len(m.Quarantined))
	for _, q := range m.Quarantined {
		w.string(q.Layer)
		w.string(q.Name)
		w.string(q.Reason)
	}
	w.uint(len(m.Options))
	for _, o := range m.Options {
		w.string(o.Name)
		w.string(o.Value)
	}
	w.strings(m.Notes)
	if w.err != nil {
		return dst, w.err
	}
	return w.finish(dst), nil
}

// ParseMeta reads a meta section. Errors are of type [*FormatError]. The
// result does not refer to b.
func ParseMeta(b []byte) (Meta, error) {
	r, err := openRecords(SectionMeta, b)
	if err != nil {
		return Meta{}, err
	}
	var m Meta
	m.Tool = r.string()
	m.Layers = readList(r, 2, func() Layer { return Layer{Name: r.string(), Folder: r.string()} })
	m.Files = readList(r, 2+sha256Size, func() File {
		return File{Layer: r.string(), Name: r.string(), SHA256: r.sum()}
	})
	m.Quarantined = readList(r, 3, func() Quarantine {
		return Quarantine{Layer: r.string(), Name: r.string(), Reason: r.string()}
	})
	m.Options = readList(r, 2, func() Setting { return Setting{Name: r.string(), Value: r.string()} })
	m.Notes = r.strings()
	if err := r.close(); err != nil {
		return Meta{}, err
	}
	return m, nil
}

// readList reads a list of things of at least size bytes; nil for an empty one.
func readList[T any](r *recordReader, size int, read func() T) []T {
	n := r.count(size)
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = read()
		if r.err != nil {
			return nil
		}
	}
	return list
}

func (r *recordReader) sum() (sum [sha256Size]byte) {
	if r.err == nil && len(r.bytes)-r.at < len(sum) {
		r.fail("the section ends within a SHA-256")
	}
	if r.err == nil {
		r.at += copy(sum[:], r.bytes[r.at:])
	}
	return sum
}
