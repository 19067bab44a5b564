package ahead

import (
	"github.com/rulesc/rulesc/cmd/rulesc/internal/about"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/reply"
	"github.com/rulesc/rulesc/internal/unzstd"
	"github.com/rulesc/rulesc/matcher"
)

// A System is what an answer takes from outside.
type System struct {
	Read    func(path string) []byte // the content of a file, nil if there is none
	Memory  func(size int) []byte    // zero bytes, nil if there is no memory
	Caching func() bool              // a cache of unpacked artifacts is asked for
}

// Answer returns what a command line prints to standard output, and its exit code. ok
// is false, and nothing has happened, where somebody else has to answer.
func Answer(args []string, s System) (output []byte, code int, ok bool) {
	switch {
	case len(args) == 1 && args[0] == "version":
		return about.AppendVersion(nil), 0, true
	case len(args) > 1 && args[0] == "check":
		d := &desk{decoder: new(unzstd.Decoder)}
		return d.answer(args[1:], &s, nil)
	}
	return nil, 0, false
}

// A desk has all that an answer needs, so that no memory is asked for: each kind of
// it comes with a page of its own, and a page takes longer than a decision.
type desk struct {
	container matcher.Container
	image     matcher.Unproved
	check     Check
	found     [most]matcher.Match
	matches   [most]reply.Match
	decoder   *unzstd.Decoder // large, and mostly not needed
}

// most is how many matches there may be: rules are looked for one by one.
const most = 4

// answer is Answer for the arguments behind "check". It appends the output to buffer.
func (d *desk) answer(args []string, s *System, buffer []byte) (output []byte, code int, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // main says what it is
		}
	}()
	c := &d.check
	if !c.Parse(args) || c.Resolve || c.Shell || c.Text || !d.open(s) {
		return nil, 0, false
	}
	verdict, found, ok := d.image.Ask(d.found[:0], c.Argv)
	if !ok {
		return nil, 0, false
	}
	a := reply.Answer{Decision: verdict.Decision, Unmatched: verdict.Decision == matcher.None}
	if !a.Unmatched {
		if a.Matches, ok = d.match(s, found, verdict.Rule); !ok {
			return nil, 0, false
		}
	}
	indent := ""
	if c.Pretty {
		indent = "  "
	}
	if c.ExitCode {
		code = a.ExitCode()
	}
	return a.AppendJSON(buffer, indent), code, true
}

func (d *desk) open(s *System) bool {
	if d.container.Open(s.Read(d.check.Artifact)) != nil {
		return false
	}
	if d.container.Codec != matcher.CodecStored && s.Caching() {
		return false
	}
	hot, ok := d.section(s, matcher.SectionHot)
	return ok && d.image.Open(hot) == nil
}

// section returns a section, decoded and checked.
func (d *desk) section(s *System, n matcher.Section) (section []byte, ok bool) {
	b, err := d.container.Stored(n)
	if err != nil || d.container.Codec == matcher.CodecStored {
		return b, err == nil
	}
	size, packed := d.container.DecodedSize(n), 0
	if n == matcher.SectionHot {
		packed = d.container.PackedSize()
	}
	memory := s.Memory(size + packed)
	if memory == nil {
		return nil, false
	}
	decoded, columns := memory[:size], memory[size:]
	if n == matcher.SectionHot {
		ok = d.decoder.Decode(columns, b) && matcher.UnpackImage(decoded, columns) == nil
	} else {
		ok = d.decoder.Decode(decoded, b)
	}
	return decoded, ok && d.container.CheckDecoded(n, decoded) == nil
}

// match returns what is shown of the matches. ok says whether that could be done and the
// deciding one is among them.
func (d *desk) match(s *System, found []matcher.Match, deciding int) (matches []reply.Match, ok bool) {
	if len(found) > most {
		return nil, false
	}
	rules, ok := d.section(s, matcher.SectionRules)
	if !ok {
		return nil, false
	}
	ok = false
	matches = d.matches[:0]
	for _, m := range found {
		r, n, err := matcher.ReadRuling(rules, int(m.Rule))
		if err != nil || n != d.image.Rules() {
			return nil, false
		}
		matches = append(matches, reply.Match{Prefix: d.check.Argv[:m.Tokens], Decision: r.Decision, Justification: text(r.Justification)})
		ok = ok || int(m.Rule) == deciding
	}
	return matches, ok
}
