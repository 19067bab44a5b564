package compiler

import (
	"fmt"
	"strings"
	"unicode"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/ir"
)

var networkRuleSignature = signature{"network_rule", []parameter{
	{"host", "str", true},
	{"protocol", "str", true},
	{"decision", "str", true},
	{"justification", "str", false},
}}

// networkRule gives a decision to a host.
func (m *module) networkRule(thread *starlark.Thread, args starlark.Tuple, named []starlark.Tuple) *problem {
	values, p := networkRuleSignature.bind(args, named)
	if p != nil {
		return p
	}
	call := networkCall{text(values[0], ""), text(values[1], ""), text(values[2], ""), written(values[3])}
	return m.addNetworkRule(&call, siteOf(thread))
}

// A networkCall is a call of network_rule.
type networkCall struct {
	host, protocol, decision string
	justification            *string // nil if left out
}

// addNetworkRule checks a call, in the reference's order, and adds its rule.
func (m *module) addNetworkRule(call *networkCall, site callSite) *problem {
	protocol, ok := ir.ParseProtocol(call.protocol)
	if !ok {
		p := &problem{codeRule, fmt.Sprintf("invalid rule: network_rule protocol must be one of http, https, socks5_tcp, socks5_udp (got %s)", call.protocol), ""}
		if near := nearest(call.protocol, []string{"http", "https", "socks5_tcp", "socks5_udp"}); near != "" {
			p.hint = fmt.Sprintf("did you mean %q?", near)
		}
		return p
	}
	decision, ok := ir.ParseDecision(call.decision)
	switch {
	case call.decision == "deny":
		decision = ir.Forbidden
	case !ok || decision == ir.PromptUser:
		return invalidDecision(call.decision, "allow", "prompt", "forbidden", "deny")
	}
	reason, p := justification(call.justification)
	if p != nil {
		return p
	}
	host, p := networkHost(call.host)
	if p != nil {
		return p
	}
	if p := m.keep(1); p != nil {
		return p
	}
	if len(m.networks) == m.limits.Rules {
		return &problem{codeLimit, fmt.Sprintf("more than %d network rules", m.limits.Rules), ""}
	}
	m.networks = append(m.networks, ir.NetworkRule{Host: host, Protocol: protocol, Decision: decision, Justification: reason, Source: m.source(site)})
	return nil
}

// networkHost brings a host into the form that rules keep: without brackets,
// port and trailing dots, in lower case. The order of steps is the reference's.
func networkHost(written string) (string, *problem) {
	invalid := func(message, hint string) (string, *problem) {
		return "", &problem{codeRule, "invalid rule: network_rule host " + message, hint}
	}
	host := strings.TrimSpace(written)
	switch {
	case host == "":
		return invalid("cannot be empty", "")
	case strings.ContainsAny(host, "/?#"):
		return invalid("must be a hostname or IP literal (without scheme or path)", hostOfURL(host))
	case strings.HasPrefix(host, "["):
		inside, suffix, closed := strings.Cut(host[1:], "]")
		if !closed {
			return invalid("has an invalid bracketed IPv6 literal", "close the bracket: [::1]")
		}
		if port, found := strings.CutPrefix(suffix, ":"); suffix != "" && !(found && isDigits(port)) {
			return invalid("contains an unsupported suffix: "+host, "after the bracket there may be a port, as in [::1]:443")
		}
		host = inside
	case strings.Count(host, ":") == 1:
		if name, port, _ := strings.Cut(host, ":"); name != "" && isDigits(port) {
			host = name
		}
	}
	host = strings.ToLower(strings.TrimSpace(strings.TrimRight(host, ".")))
	switch {
	case host == "":
		return invalid("cannot be empty", "")
	case strings.Contains(host, "*"):
		return invalid("must be a specific host; wildcards are not allowed", "write one rule for each host")
	case strings.ContainsFunc(host, unicode.IsSpace):
		return invalid("cannot contain whitespace", "")
	}
	return host, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// hostOfURL says which part of what looks like an address is its host.
func hostOfURL(s string) string {
	if _, rest, found := strings.Cut(s, "://"); found {
		s = rest
	}
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		s = s[:end]
	}
	if s == "" {
		return ""
	}
	return fmt.Sprintf("write %q", s)
}
