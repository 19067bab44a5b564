package early

import (
	"errors"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/internal/artifactfile"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/matcher/digest"
	"github.com/rulesc/rulesc/runtime/shell"
)

// A check is a command line of "rulesc check --artifact".
type check struct {
	artifact string
	resolve  bool
	lower    bool // shell scripts are taken apart
	pretty   bool
	exitCode bool
	text     bool
	argv     []string
}

// parse reads what follows "check". It knows the options that an artifact is
// asked with, each given once, and gives up on everything else.
func parse(args []string) (*check, bool) {
	for _, arg := range args {
		if !utf8.ValidString(arg) {
			return nil, false
		}
	}
	c := new(check)
	seen := make(map[string]bool)
	for len(args) > 0 && args[0] != "--" && strings.HasPrefix(args[0], "-") && args[0] != "-" {
		name, value, joined := strings.Cut(args[0], "=")
		args = args[1:]
		if seen[name] {
			return nil, false
		}
		seen[name] = true
		var on *bool
		switch name {
		case "--resolve-host-executables":
			on = &c.resolve
		case "--pretty":
			on = &c.pretty
		case "--exit-code":
			on = &c.exitCode
		}
		if on != nil {
			*on = true
			if joined {
				return nil, false
			}
			continue
		}
		if !joined {
			if len(args) == 0 {
				return nil, false
			}
			value, args = args[0], args[1:]
		}
		switch {
		case name == "--artifact" && value != "" && (joined || value[0] != '-'):
			c.artifact = value
		case name == "--format" && (value == "json" || value == "text"):
			c.text = value == "text"
		case name == "--shell" && (value == "off" || value == "reference"):
			c.lower = value == "reference"
		default:
			return nil, false
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	c.argv = args
	return c, c.artifact != "" && len(args) > 0
}

func (c *check) answer(decode Decoder, getenv func(string) string) (output string, code int, ok bool) {
	var place *ir.Place
	if c.resolve {
		if place, ok = standing(getenv); !ok {
			return "", 0, false
		}
	}
	artifact, ok := open(c.artifact, place, getenv("RULESC_CACHE"), decode)
	if !ok {
		return "", 0, false
	}
	commands := [][]string{c.argv}
	if c.lower {
		commands, _ = shell.Reference(c.argv)
	}
	a, err := judge.ByArtifact(artifact, place, c.argv, commands)
	if err != nil {
		return "", 0, false
	}
	var b strings.Builder
	switch {
	case c.text:
		b.WriteString(a.Verdict() + "\n")
	case c.pretty:
		err = judge.WriteIndented(&b, a, "  ")
	default:
		err = judge.Write(&b, a)
	}
	if c.exitCode {
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

// A whole is an artifact of which every section was checked. Its memory is the
// process's, which ends with the answer.
type whole struct {
	container matcher.Container
	sections  [matcher.NumSections][]byte
	image     *matcher.Image
	place     *matcher.Place

	read  int // how many rules were asked for
	rules *matcher.Records[matcher.RuleRecord]
}

// open opens an artifact if it is whole, and stored without compression or
// unpacked in the cache, or if decode is not nil.
func open(path string, place *ir.Place, cache string, decode Decoder) (*whole, bool) {
	file, err := artifactfile.Open(path)
	if err != nil {
		return nil, false
	}
	w := new(whole)
	if place != nil {
		w.place = matcher.NewPlace(place.Home, place.Dir)
	}
	if w.container.Open(file.Bytes) != nil {
		return nil, false
	}
	switch {
	case w.container.Codec == matcher.CodecStored:
	case cache != "":
		file, ok := artifactfile.Cached(cache, file.Bytes)
		if !ok || w.container.Open(file.Bytes) != nil {
			return nil, false // main fills the cache
		}
	case decode == nil:
		return nil, false
	}
	// A file that is damaged anywhere gives no decision, as in main.
	for i := range w.sections {
		if w.sections[i], err = w.decoded(matcher.Section(i+1), decode); err != nil {
			return nil, false
		}
	}
	if w.container.CheckDigest(digest.Of(w.section(matcher.SectionRules), w.section(matcher.SectionHosts), w.section(matcher.SectionNetworks))) != nil {
		return nil, false
	}
	w.image, err = matcher.OpenImage(w.section(matcher.SectionHot))
	return w, err == nil
}

func (w *whole) decoded(s matcher.Section, decode Decoder) ([]byte, error) {
	b, err := w.container.Stored(s)
	if err != nil || w.container.Codec == matcher.CodecStored {
		return b, err
	}
	if b, err = decode(b, w.container.DecodedSize(s)); err == nil {
		err = w.container.CheckDecoded(s, b)
	}
	return b, err
}

func (w *whole) section(n matcher.Section) []byte { return w.sections[n-1] }

func (w *whole) Deciding(commands [][]string) (d matcher.Decision, rule, command int) {
	v, command, _ := w.image.DecideAll(commands, w.place)
	return v.Decision, int(v.Rule), command
}

func (w *whole) AppendMatches(dst []matcher.Match, argv []string) []matcher.Match {
	return w.image.AppendMatches(dst, argv, w.place)
}

// Rule reads few rules one by one, and if there are more of them all.
func (w *whole) Rule(id int) (rule matcher.RuleRecord, err error) {
	const few = 4
	rules := w.section(matcher.SectionRules)
	if w.read++; w.read <= few {
		rule, n, err := matcher.ReadRule(rules, id)
		if err == nil && n != w.image.Rules() {
			err = errors.New("the image was made from other rules")
		}
		return rule, err
	}
	if w.rules == nil {
		if w.rules, err = matcher.OpenRules(rules); err != nil {
			return rule, err
		}
	}
	return w.rules.At(id)
}
