package ahead

import (
	"github.com/rulesc/rulesc/cmd/rulesc/internal/about"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/reply"
	"github.com/rulesc/rulesc/matcher"
)

// Answer returns what a command line prints to standard output, and its exit code.
// read returns the content of a file, nil if there is none. ok is false, and nothing
// has happened, where somebody else has to answer.
func Answer(args []string, read func(path string) []byte) (output []byte, code int, ok bool) {
	switch {
	case len(args) == 1 && args[0] == "version":
		return about.AppendVersion(nil), 0, true
	case len(args) > 1 && args[0] == "check":
		return new(desk).answer(args[1:], read, nil)
	}
	return nil, 0, false
}

// A desk has all that an answer needs, so that no memory is asked for: each kind of
// it comes with a page of its own, and a page takes longer than a decision.
type desk struct {
	container matcher.Container
	image     matcher.Image
	check     Check
	found     [most]matcher.Match
	matches   [most]reply.Match
}

// most is how many matches there may be: rules are looked for one by one.
const most = 4

// answer is Answer for the arguments behind "check". It appends the output to buffer.
func (d *desk) answer(args []string, read func(path string) []byte, buffer []byte) (output []byte, code int, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // main says what it is
		}
	}()
	c := &d.check
	if !c.Parse(args) || c.Resolve || c.Shell || c.Text || !d.open(read(c.Artifact)) {
		return nil, 0, false
	}
	verdict := d.image.Decide(c.Argv, nil)
	a := reply.Answer{Decision: verdict.Decision, Unmatched: verdict.Decision == matcher.None}
	if !a.Unmatched {
		if a.Matches, ok = d.match(verdict.Rule); !ok {
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

// open opens an artifact that is stored without compression.
func (d *desk) open(file []byte) bool {
	if d.container.Open(file) != nil || d.container.Codec != matcher.CodecStored {
		return false
	}
	hot, err := d.container.Stored(matcher.SectionHot)
	return err == nil && d.image.Open(hot) == nil
}

// match returns the rules that match. ok says whether that could be done and the
// deciding one is among them.
func (d *desk) match(deciding int32) (matches []reply.Match, ok bool) {
	found := d.image.AppendMatches(d.found[:0], d.check.Argv, nil)
	rules, err := d.container.Stored(matcher.SectionRules)
	if err != nil || len(found) > most {
		return nil, false
	}
	matches = d.matches[:0]
	for _, m := range found {
		r, n, err := matcher.ReadRuling(rules, int(m.Rule))
		if err != nil || n != d.image.Rules() {
			return nil, false
		}
		matches = append(matches, reply.Match{Prefix: d.check.Argv[:m.Tokens], Decision: r.Decision, Justification: text(r.Justification)})
		ok = ok || m.Rule == deciding
	}
	return matches, ok
}
