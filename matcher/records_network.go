package matcher

// A NetworkRecord gives a decision to a network host. The last one for a host counts.
type NetworkRecord struct {
	Host          string
	Protocol      string // "http", "https", "socks5_tcp" or "socks5_udp"
	Decision      Decision
	Justification string // "" if none
	Source        Source
}

// AppendNetworks appends the networks section. A network is its decision, its
// host, its protocol, its justification (the empty string if none), and the
// source.
func AppendNetworks(dst []byte, networks []NetworkRecord) ([]byte, error) {
	return appendTable(dst, SectionNetworks, len(networks), func(w *recordWriter, i int) {
		n := &networks[i]
		w.uint(w.decision(n.Decision))
		w.string(n.Host)
		w.string(n.Protocol)
		w.string(n.Justification)
		w.source(n.Source)
	})
}

// OpenNetworks validates a networks section. Errors are of type
// [*FormatError].
func OpenNetworks(b []byte) (*Records[NetworkRecord], error) {
	return openTable(SectionNetworks, b, func(r *recordReader) NetworkRecord {
		return NetworkRecord{
			Decision:      r.decision(r.uint()),
			Host:          r.string(),
			Protocol:      r.string(),
			Justification: r.string(),
			Source:        r.source(),
		}
	})
}
