package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
)

// Exactness is held against the definition: small random policies, and every
// command that they could tell apart. The words are chosen so that this is a
// finite number: classes are {k, K, the Kelvin sign}, {-} and {b, B}, and the
// folders of paths are digits, which have one spelling.
const kelvin = "\u212a"

var (
	ruleWords = []string{"k", "K", "-", "b"}
	words     = []string{"k", "K", kelvin, "-", "b", "B", "zz"}

	ruleNames = []string{"k", "K", "-", "b", "/1/k", "//1/k", "/1/K", "2/k", "/1/-"}
	names     = []string{
		"k", "K", kelvin, "-", "b", "B", "zz",
		"/1/k", "/1/K", "/1/" + kelvin, "/1/-", "/1/b", "/1/B", "/1/zz", // listed, maybe
		"//1/k", "//1/K", "//1/" + kelvin, "//1/-", "//1/b", // other spellings
		"/1/./k", "/1/./K", "/1//" + kelvin,
		"/2/k", "/2/K", "/2/" + kelvin, "/2/-", // listed, maybe
		"/3/k", "/3/K", "/3/" + kelvin, "/3/-", "/3/b", "/3/B", "/3/zz", // never listed
		"2/k", "2/K", "2/" + kelvin, "2/-", "2/./k", "2/b", "2//B",
		"/", "/..",
	}
	hostNames = []string{"k", "K", "-", kelvin}
	hostDirs  = []string{"/1/", "/2/"}
)

// A choice makes decisions: from random numbers, or from a fuzzer's bytes.
type choice func(n int) int

func randomly(r *rand.Rand) choice { return r.IntN }

func fromBytes(data []byte) choice {
	return func(n int) int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b) % n
	}
}

func pick[T any](c choice, list []T) T { return list[c(len(list))] }

func randomRule(c choice, deepest int) ir.PrefixRule {
	r := ir.PrefixRule{
		Pattern:   ir.Pattern{{pick(c, ruleNames[:2+c(len(ruleNames)-1)])}},
		Decision:  ir.Allow + ir.Decision(c(4)),
		Canonical: c(3) == 0,
	}
	for range c(deepest) {
		var position []string
		for range 1 + c(3)*c(2) {
			position = append(position, pick(c, ruleWords))
		}
		r.Pattern = append(r.Pattern, position)
	}
	return r
}

func randomPolicy(c choice, deepest int) *ir.Policy {
	p := &ir.Policy{}
	for range c(7) {
		p.Rules = append(p.Rules, randomRule(c, deepest))
	}
	for range c(3) * c(2) {
		h := ir.HostExecutable{Name: pick(c, hostNames)}
		for range c(3) {
			h.Paths = append(h.Paths, pick(c, hostDirs)+h.Name)
		}
		p.Hosts = append(p.Hosts, h)
	}
	return p
}

// vary returns a policy that has much in common with p.
func vary(c choice, p *ir.Policy, deepest int) *ir.Policy {
	q := &ir.Policy{Rules: slices.Clone(p.Rules), Hosts: slices.Clone(p.Hosts)}
	for range c(3) {
		switch at := c(len(q.Rules) + 1); {
		case at == len(q.Rules):
			q.Rules = append(q.Rules, randomRule(c, deepest))
		case c(3) == 0:
			q.Rules = slices.Delete(q.Rules, at, at+1)
		case c(2) == 0:
			q.Rules[at].Decision = ir.Allow + ir.Decision(c(4))
		default:
			q.Rules[at] = randomRule(c, deepest)
		}
	}
	if c(4) == 0 {
		q.Hosts = nil
	}
	return q
}

// eachCommand calls f with every command of up to longest tokens. The slice is
// reused.
func eachCommand(longest int, f func(command []string)) {
	command := make([]string, 0, longest)
	var extend func(from []string)
	extend = func(from []string) {
		for _, token := range from {
			command = append(command, token)
			f(command)
			if len(command) < longest {
				extend(words)
			}
			command = command[:len(command)-1]
		}
	}
	extend(names)
}

func place(o analysis.Options) *ir.Place {
	if o.AsWritten {
		return nil
	}
	return &ir.Place{}
}

func show(p *ir.Policy) string {
	text, _, _ := strings.Cut(p.Text(), "\n\n")
	return text
}

func checkDiff(t *testing.T, p, q *ir.Policy, o analysis.Options, deepest int) {
	t.Helper()
	d, err := analysis.Diff(p, q, o)
	if err != nil {
		t.Fatal(err)
	}
	fail := func(format string, args ...any) {
		t.Helper()
		var regions strings.Builder
		for i := range d.Regions {
			fmt.Fprintln(&regions, d.Regions[i].String())
		}
		t.Fatalf("%s\noptions %+v\nold\n%s\nnew\n%s\nregions\n%s", fmt.Sprintf(format, args...), o, show(p), show(q), regions.String())
	}
	for i := range d.Regions {
		r := &d.Regions[i]
		old, young := p.Evaluate(r.Witness, place(o)), q.Evaluate(r.Witness, place(o))
		if old.Decision != r.Old || young.Decision != r.New || r.Old == r.New {
			fail("witness %q: %v -> %v, region says %v -> %v", r.Witness, old.Decision, young.Decision, r.Old, r.New)
		}
		if !r.Contains(r.Witness) || len(r.Witness) != len(r.Prefix) {
			fail("region %d does not hold its witness %q", i, r.Witness)
		}
		if got, want := first(r.OldRules), deciding(old); got != want {
			fail("witness %q: old rule %d, want %d", r.Witness, got, want)
		}
		if got, want := first(r.NewRules), deciding(young); got != want {
			fail("witness %q: new rule %d, want %d", r.Witness, got, want)
		}
	}
	eachCommand(deepest+1, func(command []string) {
		old, young := p.Evaluate(command, place(o)).Decision, q.Evaluate(command, place(o)).Decision
		in := 0
		for i := range d.Regions {
			r := &d.Regions[i]
			if !r.Contains(command) {
				continue
			}
			in++
			if r.Old != old || r.New != young {
				fail("%q: %v -> %v, region %d says %v -> %v", command, old, young, i, r.Old, r.New)
			}
		}
		want := 0
		if old != young {
			want = 1
		}
		if in != want {
			fail("%q: %v -> %v, is in %d regions", command, old, young, in)
		}
	})
}

func first(rules []int) int {
	if len(rules) == 0 {
		return -1
	}
	return rules[0]
}

func deciding(r ir.Result) int {
	if r.Deciding < 0 {
		return -1
	}
	return r.Matches[r.Deciding].Rule
}

func TestDiffIsExact(t *testing.T) {
	for seed := range uint64(500) {
		c := randomly(rand.New(rand.NewPCG(seed, 1)))
		deepest := 2
		if seed%8 == 0 {
			deepest = 3
		}
		p := randomPolicy(c, deepest)
		q := vary(c, p, deepest)
		if c(4) == 0 {
			q = randomPolicy(c, deepest)
		}
		checkDiff(t, p, q, analysis.Options{AsWritten: c(4) == 0}, deepest)
	}
}

func FuzzDiff(f *testing.F) {
	f.Add([]byte("the quick brown fox jumps over the lazy dog"), false)
	f.Add([]byte{6, 0, 1, 2, 1, 1, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9}, true)
	f.Fuzz(func(t *testing.T, data []byte, asWritten bool) {
		if len(data) > 200 {
			t.Skip()
		}
		c := fromBytes(data)
		p := randomPolicy(c, 2)
		checkDiff(t, p, vary(c, p, 2), analysis.Options{AsWritten: asWritten}, 2)
	})
}
