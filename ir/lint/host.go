package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
)

// hosts looks for host_executable lists that no rule uses, and for those that
// replace others: the last one for a name counts, and only that.
func (c *checker) hosts() {
	used := make(map[string]bool)
	folded := make(map[string]bool)
	for i := range c.policy.Rules {
		rule := &c.policy.Rules[i]
		used[rule.Pattern.Program()] = true
		if rule.Canonical {
			folded[caseless.Fold(rule.Pattern.Program())] = true
		}
	}
	last := make(map[string]*ir.HostExecutable)
	for i := range c.policy.Hosts {
		h := &c.policy.Hosts[i]
		before := last[h.Name]
		last[h.Name] = h
		if before != nil {
			c.add(replaced(h, before))
			continue
		}
		if !used[h.Name] && !folded[caseless.Fold(h.Name)] {
			c.add(Finding{
				Code: "RS040", Source: h.Source,
				Message: fmt.Sprintf("no rule is about %q: this list has no effect", h.Name),
				Hint:    "remove it, or correct the name",
			})
		}
	}
}

func replaced(h, before *ir.HostExecutable) Finding {
	f := Finding{Code: "RS041", Source: h.Source, Related: []Related{{"replaces", before.Source, before.String()}}}
	lost := missing(before.Paths, h.Paths)
	switch {
	case len(lost) > 0:
		f.Message = fmt.Sprintf("this list replaces the one at %s: %s may no longer stand for %s", before.Source, enumerate(lost), h.Name)
		f.Hint = "lists are not joined: repeat the paths that should count"
	case len(missing(h.Paths, before.Paths)) > 0:
		f.Message = fmt.Sprintf("this list replaces the one at %s, which has no effect", before.Source)
		f.Hint = "remove the other one"
	default:
		f.Message = fmt.Sprintf("this list repeats the one at %s", before.Source)
		f.Hint = "remove one of them"
	}
	return f
}

// missing returns the paths that are in a and not in b.
func missing(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(path string) bool { return slices.Contains(b, path) })
}

// networks looks for network rules on hosts that no connection can have, and for
// those that a later rule on the same host replaces, whatever the protocol.
func (c *checker) networks() {
	last := make(map[string]int)
	for i := range c.policy.Networks {
		last[c.policy.Networks[i].Host] = i
	}
	for i := range c.policy.Networks {
		n := &c.policy.Networks[i]
		if why := neverAHost(n.Host); why != "" {
			c.add(Finding{
				Code: "RS050", Source: n.Source,
				Message: fmt.Sprintf("no connection is to the host %q: %s", n.Host, why),
				Hint:    "write the host's name as it stands in an address, or an IP address",
			})
		}
		if by := &c.policy.Networks[last[n.Host]]; by.Decision != n.Decision {
			c.add(Finding{
				Code: "RS051", Source: n.Source,
				Message: fmt.Sprintf("this rule never counts: a later one says %s to %s, and the last one counts for all protocols", by.Decision, n.Host),
				Hint:    "remove one of them",
				Related: []Related{{"replaced by", by.Source, by.String()}},
			})
		}
	}
}

// neverAHost says why a text is neither the name of a host nor an IP address; ""
// if it may be one. Names are those of RFC 1123, and underscores, which some
// resolvers take.
func neverAHost(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	if strings.Contains(host, ":") {
		return "it has a colon, but is no IPv6 address"
	}
	if strings.Trim(host, "0123456789.") == "" {
		return "it is no IPv4 address"
	}
	if len(host) > 253 {
		return "it is longer than 253 characters"
	}
	for label := range strings.SplitSeq(host, ".") {
		switch {
		case label == "":
			return "a part between dots is empty"
		case len(label) > 63:
			return "a part between dots is longer than 63 characters"
		case label[0] == '-' || label[len(label)-1] == '-':
			return "a part between dots starts or ends with a dash"
		}
		for _, r := range label {
			switch {
			case r >= 0x80:
				return "names are looked up in ASCII: write it as xn--…"
			case r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z'):
				return fmt.Sprintf("%q is in no name", r)
			}
		}
	}
	return ""
}
