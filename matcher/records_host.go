package matcher

// A HostRecord lists the absolute paths that may stand for a program name. The last
// one for a name counts.
type HostRecord struct {
	Name   string
	Paths  []string // nil: no path may stand for Name
	Source Source
}

// AppendHosts appends the hosts section. A host is its name, the number of its
// paths, the paths, and the source.
func AppendHosts(dst []byte, hosts []HostRecord) ([]byte, error) {
	return appendTable(dst, SectionHosts, len(hosts), func(w *recordWriter, i int) {
		w.string(hosts[i].Name)
		w.strings(hosts[i].Paths)
		w.source(hosts[i].Source)
	})
}

// OpenHosts validates a hosts section. Errors are of type [*FormatError].
func OpenHosts(b []byte) (*Records[HostRecord], error) {
	return openTable(SectionHosts, b, func(r *recordReader) HostRecord {
		return HostRecord{Name: r.string(), Paths: r.strings(), Source: r.source()}
	})
}
