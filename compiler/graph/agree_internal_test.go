package graph

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

// A source of choices: random numbers, or the bytes of a fuzzer's input.
type choices interface {
	// below returns a number below n.
	below(n int) int
}

type randomChoices struct{ *rand.Rand }

func (r randomChoices) below(n int) int { return r.IntN(n) }

// byteChoices answers 0 when the bytes have run out.
type byteChoices struct{ rest []byte }

func (c *byteChoices) below(n int) int {
	if len(c.rest) == 0 {
		return 0
	}
	b := c.rest[0]
	c.rest = c.rest[1:]
	return int(b) % n
}

func pick[T any](c choices, from []T) T { return from[c.below(len(from))] }

// Few words, so that rules overlap: spellings of one another, paths, and texts
// on both sides of every length at which a token's record changes.
var (
	programs = []string{
		"git", "GIT", "Git", "g\u0131t", "ls", "", ".", "..", "~", "é", "e\u0301", "É", "straße", "STRASSE",
		"/bin/git", "/usr/bin/git", "./git", "ann", "work",
		"a-program-with-a-name-of-more-than-24-bytes", "A-PROGRAM-with-a-name-of-more-than-24-bytes",
	}
	words = []string{
		"a", "b", "c", "A", "B", "\u212a", "k", "K", "", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "abcdefghi",
		"0123456789abcdef", "0123456789abcdefg", "0123456789abcdefghijklmn", "0123456789abcdefghijklmno",
		"0123456789abcdef-x-0123456789abcdef", "0123456789abcdef-y-0123456789abcdef", "0123456789ABCDEF-Y-0123456789abcdef",
	}
	tokens = append([]string{
		"/bin//git", "/bin/x/../git", "/bin/./git/", "/../bin/git", "/bin/GIT", "/opt/git", "bin/git", "../git", "x/..", "x/y/..",
		"/", "//", "~/git", "~/../git", "~x/git", "~/..", "git/..", "git/.", "../..", "../../..", "../../git/../git", "/x/straße", "/x/ſtrasse",
	}, programs...)
	listed = []string{"/bin/git", "/bin/GIT", "/home/ann/git", "/home/git", "/git", "/work/git", "/opt/ls", "/bin//git", "git"}
	places = []*ir.Place{
		nil, nil,
		{},
		{Home: "/home/ann"},
		{Home: "/home/ann", Dir: "/home/ann/work"},
		{Home: "/home//x/../ann/", Dir: "/work"},
		{Dir: "/"},
	}
)

func makePolicy(c choices) *ir.Policy {
	var p ir.Policy
	few := words[:2+c.below(len(words)-1)]
	names := programs[:1+c.below(len(programs))]
	canonical := c.below(2) == 0
	for range c.below(12) {
		r := ir.PrefixRule{
			Pattern:   ir.Pattern{{pick(c, names)}},
			Decision:  ir.Decision(1 + c.below(4)),
			Canonical: canonical && c.below(3) == 0,
		}
		for range c.below(5) {
			var alternatives []string
			for range 1 + c.below(4) {
				alternatives = append(alternatives, pick(c, few))
			}
			r.Pattern = append(r.Pattern, alternatives)
		}
		p.Rules = append(p.Rules, r)
	}
	for range c.below(4) {
		h := ir.HostExecutable{Name: pick(c, programs[:5])}
		for range c.below(4) {
			h.Paths = append(h.Paths, pick(c, listed))
		}
		p.Hosts = append(p.Hosts, h)
	}
	return &p
}

// alike returns a token that is long, and has what FORMAT.md calls the key of a token that
// is not: the same first 8 bytes; and in place of the length of it and what is before that,
// its own last 7 bytes, behind its own length modulo 256.
func alike(token string) string {
	if len(token) > 15 {
		return token
	}
	padded := token + strings.Repeat("\x00", 15-len(token))
	return padded[:8] + strings.Repeat("x", 256+int(padded[8])-15) + padded[9:] + string(rune(len(token)))
}

// makeCommand mostly makes commands that a rule of the policy matches, or
// nearly so.
func makeCommand(c choices, p *ir.Policy) []string {
	var command []string
	if len(p.Rules) > 0 && c.below(4) != 0 {
		for _, alternatives := range pick(c, p.Rules).Pattern {
			command = append(command, pick(c, alternatives))
		}
		switch i := c.below(len(command)); c.below(5) {
		case 0:
			command[0] = pick(c, tokens)
		case 1:
			command[i] = pick(c, words)
		case 2:
			command[i] = alike(command[i])
		}
	} else {
		command = append(command, pick(c, tokens))
	}
	for range c.below(4) {
		command = append(command, pick(c, words))
	}
	return command
}

func fromIR(p *ir.Policy) (rules []Rule, hosts []Host) {
	for _, r := range p.Rules {
		rules = append(rules, Rule{Pattern: r.Pattern, Decision: matcher.Decision(r.Decision), Canonical: r.Canonical})
	}
	for _, h := range p.Hosts {
		hosts = append(hosts, Host{Name: h.Name, Paths: h.Paths})
	}
	return rules, hosts
}

// allGroups makes every program a group whose graph takes a step.
var allGroups = budget{}

func mustOpen(t testing.TB, rules []Rule, hosts []Host, b budget) *matcher.Image {
	t.Helper()
	m, _ := mustOpenBoth(t, rules, hosts, b)
	return m
}

func mustOpenBoth(t testing.TB, rules []Rule, hosts []Host, b budget) (*matcher.Image, *matcher.Unproved) {
	t.Helper()
	image, err := compile(rules, hosts, b)
	if err != nil {
		t.Fatal(err)
	}
	m, err := matcher.OpenImage(image)
	if err != nil {
		t.Fatal(err)
	}
	u := new(matcher.Unproved)
	if err := u.Open(image); err != nil {
		t.Fatal(err)
	}
	columns, err := matcher.PackImage(image)
	if err != nil {
		t.Fatal(err)
	}
	restored := make([]byte, len(image))
	if err := matcher.UnpackImage(restored, slices.Concat(columns...)); err != nil || !bytes.Equal(restored, image) {
		t.Fatalf("the image is not restored from its columns: %v", err)
	}
	return m, u
}

// about describes what was asked.
func about(p *ir.Policy, command []string, at *ir.Place) string {
	var b strings.Builder
	for i, r := range p.Rules {
		fmt.Fprintf(&b, "\n%d %q %v canonical=%v", i, r.Pattern, r.Decision, r.Canonical)
	}
	for _, h := range p.Hosts {
		fmt.Fprintf(&b, "\nhost %q %q", h.Name, h.Paths)
	}
	return fmt.Sprintf("%s\ncommand %q at %+v", b.String(), command, at)
}

// agree checks that the image says of a command what the policy says. u is the same image.
func agree(t testing.TB, p *ir.Policy, m *matcher.Image, u *matcher.Unproved, command []string, at *ir.Place) {
	t.Helper()
	want := p.Evaluate(command, at)
	wantVerdict := matcher.Verdict{Rule: -1}
	var wantMatches []matcher.Match
	for i, w := range want.Matches {
		match := matcher.Match{Rule: int32(w.Rule), Tokens: int32(len(w.Prefix)), ByName: w.Resolved != ""}
		wantMatches = append(wantMatches, match)
		if i == want.Deciding {
			wantVerdict = matcher.Verdict{
				Decision: matcher.Decision(want.Decision), Rule: int(match.Rule), Tokens: int(match.Tokens), ByName: match.ByName,
			}
		}
	}
	var place *matcher.Place
	if at != nil {
		place = matcher.NewPlace(at.Home, at.Dir)
	}
	if got := m.Decide(command, place); got != wantVerdict {
		t.Errorf("Decide = %+v, want %+v%s", got, wantVerdict, about(p, command, at))
	}
	if got := m.AppendMatches(nil, command, place); fmt.Sprint(got) != fmt.Sprint(wantMatches) {
		t.Errorf("AppendMatches = %+v, want %+v%s", got, wantMatches, about(p, command, at))
	}
	if at != nil {
		return
	}
	v, matches, ok := u.Ask(nil, command)
	if !ok || v != wantVerdict || fmt.Sprint(matches) != fmt.Sprint(wantMatches) {
		t.Errorf("unproved: %+v and %+v, %v, want %+v and %+v%s", v, matches, ok, wantVerdict, wantMatches, about(p, command, at))
	}
}

func agreeOnAll(t testing.TB, c choices, commands int) {
	t.Helper()
	p := makePolicy(c)
	rules, hosts := fromIR(p)
	graphs, graphsUnproved := mustOpenBoth(t, rules, hosts, defaultBudget)
	groups, groupsUnproved := mustOpenBoth(t, rules, hosts, allGroups)
	for range commands {
		command := makeCommand(c, p)
		at := pick(c, places)
		agree(t, p, graphs, graphsUnproved, command, at)
		agree(t, p, groups, groupsUnproved, command, at)
	}
}

func TestAgreesWithTheDefinition(t *testing.T) {
	rounds := 5000
	if testing.Short() {
		rounds = 1000
	}
	for seed := range uint64(rounds) {
		agreeOnAll(t, randomChoices{rand.New(rand.NewPCG(seed, 1))}, 8)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzAgreesWithTheDefinition(f *testing.F) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		b := make([]byte, 40+10*seed)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		f.Add(b)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		agreeOnAll(t, &byteChoices{rest: b}, 4)
	})
}

// TestLargeGroupAgrees: a group of more rules than fit in one block.
func TestLargeGroupAgrees(t *testing.T) {
	for _, canonical := range []bool{false, true} {
		c := randomChoices{rand.New(rand.NewPCG(3, 3))}
		var p ir.Policy
		for range 10000 {
			r := ir.PrefixRule{Pattern: ir.Pattern{{"p"}}, Decision: ir.Decision(1 + c.below(4)), Canonical: canonical}
			for range 3 + c.below(7) {
				alternatives := []string{pick(c, words)}
				for c.below(3) == 0 {
					alternatives = append(alternatives, pick(c, words))
				}
				r.Pattern = append(r.Pattern, alternatives)
			}
			p.Rules = append(p.Rules, r)
		}
		rules, _ := fromIR(&p)
		m, u := mustOpenBoth(t, rules, nil, allGroups)
		decided := make(map[ir.Decision]int)
		for range 300 {
			command := makeCommand(c, &p)
			agree(t, &p, m, u, command, nil)
			agreeOpen(t, c, &p, m, command[:c.below(len(command))], nil)
			decided[p.Evaluate(command, nil).Decision]++
		}
		if len(decided) != 5 {
			t.Errorf("the commands try too little: %v", decided)
		}
	}
}
