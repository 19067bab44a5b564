package ir

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The canonical text of a policy is a rule file that evaluates to the same
// policy, sources included:
//
//	# rulesc policy 1
//	prefix_rule(pattern = ["git", ["status", "log"]], decision = "allow")
//	host_executable(name = "git", paths = ["/usr/bin/git"])
//	network_rule(host = "example.com", protocol = "https", decision = "allow")
//
//	# sources
//	# 2 "user" "rules/default.rules" 7 1
//	# 3 "user" "rules/default.rules" 12 5 in "tools" "rules/default.rules" 20 1 in "<module>"
//	# 4 "" "net.rules" 1 1
//
// A statement a line; all rules, then all hosts, then all networks, each in
// order. The sources stand apart, by line of the statement, so that a diff of
// two texts shows what rules changed before it shows what merely moved. Strings
// in sources are quoted as Go and JSON do.
//
// Other readers of rule files see comments there. A text with rules that say
// prompt-user, which only managed rules can, is for rulesc alone.
const (
	textHeader  = "# rulesc policy 1\n"
	textSources = "\n# sources\n"
)

// Text returns the policy's canonical text. Equal policies have equal texts.
func (p *Policy) Text() string {
	var b strings.Builder
	b.WriteString(textHeader)
	for i := range p.Rules {
		b.WriteString(p.Rules[i].String())
		b.WriteByte('\n')
	}
	for i := range p.Hosts {
		b.WriteString(p.Hosts[i].String())
		b.WriteByte('\n')
	}
	for i := range p.Networks {
		b.WriteString(p.Networks[i].String())
		b.WriteByte('\n')
	}
	b.WriteString(textSources)
	line := 2
	source := func(s Source) {
		fmt.Fprintf(&b, "# %d %s", line, quote(s.Layer))
		writePosition(&b, s.Position)
		for _, call := range s.Calls {
			fmt.Fprintf(&b, " in %s", quote(call.Func))
			writePosition(&b, call.Position)
		}
		b.WriteByte('\n')
		line++
	}
	for i := range p.Rules {
		source(p.Rules[i].Source)
	}
	for i := range p.Hosts {
		source(p.Hosts[i].Source)
	}
	for i := range p.Networks {
		source(p.Networks[i].Source)
	}
	return b.String()
}

func writePosition(b *strings.Builder, p Position) {
	fmt.Fprintf(b, " %s %d %d", quote(p.File), p.Line, p.Col)
}

// IsText reports whether src claims to be a policy's canonical text.
func IsText(src string) bool { return strings.HasPrefix(src, textHeader) }

// TextSources returns the sources that a canonical text holds, by the line of
// the statement that they are for.
func TextSources(src string) (map[int]Source, error) {
	before, table, found := strings.Cut(src, textSources)
	if !IsText(src) || !found {
		return nil, fmt.Errorf("not the canonical text of a policy: no %q", strings.TrimSpace(textSources))
	}
	first := strings.Count(before, "\n") + strings.Count(textSources, "\n") + 1
	sources := make(map[int]Source)
	for i, row := range strings.Split(strings.TrimSuffix(table, "\n"), "\n") {
		if row == "" && table == "" {
			break
		}
		line, source, err := parseSource(row)
		if err != nil {
			return nil, fmt.Errorf("line %d: bad source: %w", first+i, err)
		}
		sources[line] = source
	}
	return sources, nil
}

func parseSource(row string) (line int, s Source, err error) {
	f := fields{rest: row}
	f.word("#")
	line = f.number()
	s.Layer = f.text()
	s.Position = f.position()
	for f.err == nil && f.rest != "" {
		f.word("in")
		name := f.text()
		s.Calls = append(s.Calls, Frame{Func: name, Position: f.position()})
	}
	return line, s, f.err
}

// fields reads the fields of a row one by one; the first that is not as
// expected stays in err and what follows reads as zero.
type fields struct {
	rest string
	err  error
}

func (f *fields) next(end int) string {
	field := f.rest[:end]
	f.rest = strings.TrimPrefix(f.rest[end:], " ")
	return field
}

func (f *fields) plain() string {
	if end := strings.IndexByte(f.rest, ' '); end >= 0 {
		return f.next(end)
	}
	return f.next(len(f.rest))
}

func (f *fields) word(want string) {
	if got := f.plain(); f.err == nil && got != want {
		f.err = fmt.Errorf("expected %q, found %q", want, got)
	}
}

func (f *fields) number() int {
	word := f.plain()
	n, err := strconv.ParseUint(word, 10, 31)
	if f.err == nil && err != nil {
		f.err = fmt.Errorf("expected a number, found %q", word)
	}
	return int(n)
}

func (f *fields) text() string {
	quoted, err := strconv.QuotedPrefix(f.rest)
	if err != nil {
		if f.err == nil {
			f.err = fmt.Errorf("expected a quoted string, found %q", f.rest)
		}
		return ""
	}
	s, _ := strconv.Unquote(f.next(len(quoted)))
	return s
}

func (f *fields) position() Position {
	file := f.text()
	line := f.number()
	return Position{File: file, Line: line, Col: f.number()}
}

// String returns the rule as a call in a rule file, on one line.
func (r *PrefixRule) String() string {
	var b strings.Builder
	b.WriteString("prefix_rule(pattern = ")
	b.WriteString(r.Pattern.String())
	fmt.Fprintf(&b, ", decision = %s", quote(r.Decision.String()))
	if r.Justification != "" {
		fmt.Fprintf(&b, ", justification = %s", quote(r.Justification))
	}
	if r.Canonical {
		b.WriteString(", canonical_matching = True")
	}
	b.WriteByte(')')
	return b.String()
}

// String returns the pattern as a list in a rule file.
func (p Pattern) String() string {
	var b strings.Builder
	b.WriteByte('[')
	for i, alternatives := range p {
		if i > 0 {
			b.WriteString(", ")
		}
		if len(alternatives) == 1 {
			b.WriteString(quote(alternatives[0]))
		} else {
			b.WriteString(quoteList(alternatives))
		}
	}
	b.WriteByte(']')
	return b.String()
}

// String returns the entry as a call in a rule file, on one line.
func (h *HostExecutable) String() string {
	return fmt.Sprintf("host_executable(name = %s, paths = %s)", quote(h.Name), quoteList(h.Paths))
}

// String returns the rule as a call in a rule file, on one line.
func (n *NetworkRule) String() string {
	host := n.Host
	if needsBrackets(host) {
		host = "[" + host + "]"
	}
	s := fmt.Sprintf("network_rule(host = %s, protocol = %s, decision = %s", quote(host), quote(string(n.Protocol)), quote(n.Decision.String()))
	if n.Justification != "" {
		s += ", justification = " + quote(n.Justification)
	}
	return s + ")"
}

// needsBrackets reports whether a rule file's reader would take a part of host
// for a port or for brackets.
func needsBrackets(host string) bool {
	before, after, one := strings.Cut(host, ":")
	return strings.HasPrefix(host, "[") || one && before != "" && strings.Trim(after, "0123456789") == ""
}

func quoteList(list []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, s := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(s))
	}
	b.WriteByte(']')
	return b.String()
}

// quote returns s as a string literal that rule files and Go read alike. What
// cannot be seen, or would change how its neighbours look, is escaped.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < utf8.RuneSelf && unicode.IsPrint(r), r >= utf8.RuneSelf && unicode.IsPrint(r) && !unicode.IsMark(r):
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
