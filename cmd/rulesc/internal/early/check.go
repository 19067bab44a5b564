package early

import (
	"errors"
	"os"
	"strings"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/ahead"
	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/internal/unzstd"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime/shell"
)

func answer(c *ahead.Check, getenv func(string) string) (output string, code int, ok bool) {
	var place *ir.Place
	if c.Resolve {
		if place, ok = standing(getenv); !ok {
			return "", 0, false
		}
	}
	artifact, ok := open(c.Artifact, place, getenv("RULESC_CACHE"))
	if !ok {
		return "", 0, false
	}
	commands := [][]string{c.Argv}
	if c.Shell {
		commands, _ = shell.Reference(c.Argv)
	}
	a, err := judge.ByArtifact(artifact, place, c.Argv, commands)
	if err != nil {
		return "", 0, false
	}
	var b strings.Builder
	switch {
	case c.Text:
		b.WriteString(a.Verdict() + "\n")
	case c.Pretty:
		err = judge.WriteIndented(&b, a, "  ")
	default:
		err = judge.Write(&b, a)
	}
	if c.ExitCode {
		code = a.ExitCode()
	}
	return b.String(), code, err == nil
}

// standing returns where the user stands, if the environment says it as Unix
// does.
func standing(getenv func(string) string) (*ir.Place, bool) {
	dir, err := os.Getwd()
	home := getenv("HOME")
	if err != nil || !strings.HasPrefix(home, "/") {
		return nil, false
	}
	return &ir.Place{Home: home, Dir: dir}, true
}

// An artifact's memory is the process's, which ends with the answer.
type artifact struct {
	container matcher.Container
	decoder   unzstd.Decoder
	image     *matcher.Image
	place     *matcher.Place

	rules  []byte // the section, once a rule was asked for
	read   int    // how many rules were asked for
	opened *matcher.Records[matcher.RuleRecord]
}

// open opens an artifact if it is whole. If there is to be a cache, a compressed one
// has to be in it.
func open(path string, place *ir.Place, cache string) (*artifact, bool) {
	file, err := artifactfile.Open(path)
	if err != nil {
		return nil, false
	}
	a := new(artifact)
	if place != nil {
		a.place = matcher.NewPlace(place.Home, place.Dir)
	}
	if a.container.Open(file.Bytes) != nil {
		return nil, false
	}
	if a.container.Codec != matcher.CodecStored && cache != "" {
		file, ok := artifactfile.Cached(cache, file.Bytes)
		if !ok || a.container.Open(file.Bytes) != nil {
			return nil, false // main fills the cache
		}
	}
	hot, err := a.section(matcher.SectionHot)
	if err != nil {
		return nil, false
	}
	a.image, err = matcher.OpenImage(hot)
	return a, err == nil
}

// section returns a section, decoded and checked.
func (a *artifact) section(s matcher.Section) ([]byte, error) {
	b, err := a.container.Stored(s)
	if err != nil || a.container.Codec == matcher.CodecStored {
		return b, err
	}
	decoded := artifactfile.Allocate(a.container.DecodedSize(s)).Bytes
	frame := decoded
	if s == matcher.SectionHot {
		frame = artifactfile.Allocate(a.container.PackedSize()).Bytes
	}
	if !a.decoder.Decode(frame, b) {
		return nil, errors.New("it cannot be decompressed")
	}
	if s == matcher.SectionHot {
		if err := matcher.UnpackImage(decoded, frame); err != nil {
			return nil, err
		}
	}
	return decoded, a.container.CheckDecoded(s, decoded)
}

func (a *artifact) Deciding(commands [][]string) (d matcher.Decision, rule, command int) {
	v, command, _ := a.image.DecideAll(commands, a.place)
	return v.Decision, v.Rule, command
}

func (a *artifact) AppendMatches(dst []matcher.Match, argv []string) []matcher.Match {
	return a.image.AppendMatches(dst, argv, a.place)
}

// Rule reads what a few rules say one by one, and if more are asked for all of them.
func (a *artifact) Rule(id int) (rule matcher.RuleRecord, err error) {
	const few = 4
	if a.rules == nil {
		if a.rules, err = a.section(matcher.SectionRules); err != nil {
			return rule, err
		}
	}
	if a.read++; a.read <= few {
		r, n, err := matcher.ReadRuling(a.rules, id)
		if err == nil && n != a.image.Rules() {
			err = errors.New("the image was made from other rules")
		}
		return matcher.RuleRecord{Decision: r.Decision, Justification: string(r.Justification)}, err
	}
	if a.opened == nil {
		if a.opened, err = matcher.OpenRules(a.rules); err != nil {
			return rule, err
		}
	}
	return a.opened.At(id)
}
