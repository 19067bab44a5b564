package ir

import "slices"

// A Protocol is what a network rule speaks about.
type Protocol string

// The protocols. Rule files may also spell HTTPS as https_connect or
// http-connect.
const (
	HTTP      Protocol = "http"
	HTTPS     Protocol = "https"
	SOCKS5TCP Protocol = "socks5_tcp"
	SOCKS5UDP Protocol = "socks5_udp"
)

// ParseProtocol returns the protocol that a rule file's spelling names.
func ParseProtocol(s string) (Protocol, bool) {
	switch s {
	case "http", "https", "socks5_tcp", "socks5_udp":
		return Protocol(s), true
	case "https_connect", "http-connect":
		return HTTPS, true
	}
	return "", false
}

// NetworkLists returns the hosts that network rules allow and deny, whatever
// the protocol. The last rule for a host replaces earlier ones; a host whose
// last rule says prompt is in neither list. Each list is in the order of the
// rules that count.
func (p *Policy) NetworkLists() (allowed, denied []string) {
	seen := make(map[string]bool)
	for _, rule := range slices.Backward(p.Networks) {
		if seen[rule.Host] {
			continue
		}
		seen[rule.Host] = true
		switch rule.Decision {
		case Allow:
			allowed = append(allowed, rule.Host)
		case Forbidden:
			denied = append(denied, rule.Host)
		}
	}
	slices.Reverse(allowed)
	slices.Reverse(denied)
	return allowed, denied
}
