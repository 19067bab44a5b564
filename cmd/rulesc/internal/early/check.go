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
		case name == "--artifact" && value != "" && (joined || value != "--"):
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

func (c *check) answer(open Opener, getenv func(string) string) (output string, code int, ok bool) {
	var place *ir.Place
	if c.resolve {
		if place, ok = standing(getenv); !ok {
			return "", 0, false
		}
	}
	artifact, ok := open(c.artifact, place, getenv("RULESC_CACHE"))
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

// A stored is an artifact without compression, mapped until the process ends.
type stored struct {
	container matcher.Container
	sections  [matcher.NumSections][]byte
	image     *matcher.Image
	place     *matcher.Place

	read  int // how many rules were asked for
	rules *matcher.Records[matcher.RuleRecord]
}

// openStored opens an artifact that is stored without compression or unpacked in
// the cache.
func openStored(path string, place *ir.Place, cache string) (judge.Artifact, bool) {
	file, err := artifactfile.Open(path)
	if err != nil {
		return nil, false
	}
	s := new(stored)
	if place != nil {
		s.place = matcher.NewPlace(place.Home, place.Dir)
	}
	if s.container.Open(file.Bytes) != nil {
		return nil, false
	}
	if s.container.Codec != matcher.CodecStored {
		if cache == "" {
			return nil, false
		}
		file, ok := artifactfile.Cached(cache, file.Bytes)
		if !ok || s.container.Open(file.Bytes) != nil {
			return nil, false
		}
	}
	// A file that is damaged anywhere gives no decision, as in main.
	for i := range s.sections {
		if s.sections[i], err = s.container.Stored(matcher.Section(i + 1)); err != nil {
			return nil, false
		}
	}
	if s.container.CheckDigest(s.section(matcher.SectionRules), s.section(matcher.SectionHosts), s.section(matcher.SectionNetworks)) != nil {
		return nil, false
	}
	s.image, err = matcher.OpenImage(s.section(matcher.SectionHot))
	return s, err == nil
}

func (s *stored) section(n matcher.Section) []byte { return s.sections[n-1] }

func (s *stored) Deciding(commands [][]string) (d matcher.Decision, rule, command int) {
	v, _ := s.image.DecideAll(commands, s.place)
	return v.Decision, int(v.Rule), int(v.Command)
}

func (s *stored) AppendMatches(dst []matcher.Match, argv []string) []matcher.Match {
	return s.image.AppendMatches(dst, argv, s.place)
}

// Rule reads few rules one by one, and if there are more of them all.
func (s *stored) Rule(id int) (rule matcher.RuleRecord, err error) {
	const few = 4
	rules := s.section(matcher.SectionRules)
	if s.read++; s.read <= few {
		rule, n, err := matcher.ReadRule(rules, id)
		if err == nil && n != s.image.Rules() {
			err = errors.New("the image was made from other rules")
		}
		return rule, err
	}
	if s.rules == nil {
		if s.rules, err = matcher.OpenRules(rules); err != nil {
			return rule, err
		}
	}
	return s.rules.At(id)
}
