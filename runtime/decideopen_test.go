package runtime_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

func TestDecideOpen(t *testing.T) {
	for _, codec := range codecs {
		p := open(t, encode(t, samplePolicy(), codec), runtime.WithHome("/home/ann"))
		for _, test := range []struct {
			prefix string
			want   runtime.Verdict
		}{
			{"git status", runtime.Verdict{Decision: runtime.Allow, Tokens: 1}},
			{"git push", runtime.Verdict{Decision: runtime.Forbidden, Rule: 1, Tokens: 2}},
			{"git pull", runtime.Verdict{Decision: runtime.Forbidden, Rule: 2, Tokens: 2}},
			{"git pull --force origin main", runtime.Verdict{Decision: runtime.Forbidden, Rule: 2, Tokens: 4}},
			{"git pull x", runtime.Verdict{Decision: runtime.Allow, Tokens: 1}},
			{"/usr/bin/git pull", runtime.Verdict{Decision: runtime.Forbidden, Rule: 2, Tokens: 2, ByName: true}},
			{"/usr/bin/git pull x", runtime.Verdict{Decision: runtime.Allow, Tokens: 1, ByName: true}},
			{"/x/git pull", runtime.Verdict{Rule: -1}},
			{"Make", runtime.Verdict{Decision: runtime.Prompt, Rule: 4, Tokens: 1}},
			{"ls", runtime.Verdict{Decision: runtime.Prompt, Rule: 5, Tokens: 1}},
			{"ls x", runtime.Verdict{Rule: -1}},
			{"wget", runtime.Verdict{Rule: -1}},
		} {
			prefix := strings.Fields(test.prefix)
			var got runtime.Verdict
			if n := testing.AllocsPerRun(10, func() { got = p.DecideOpen(prefix) }); n != 0 {
				t.Errorf("%s: %v allocations", test.prefix, n)
			}
			if got != test.want {
				t.Errorf("codec %s, %s: got %+v, want %+v", codec, test.prefix, got, test.want)
			}
		}
		if got := p.DecideOpen(nil).Decision; got != runtime.Forbidden {
			t.Errorf("any command: got %v", got)
		}
	}
}

// makeOpen makes a policy and the beginning of a command from bytes, of few
// words, so that rules overlap.
func makeOpen(data []byte) (p *ir.Policy, prefix []string, resolve bool) {
	next := func(n int) int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b) % n
	}
	programs := []string{"a", "A", "/x/a", "/x/A", "b"}
	words := []string{"a", "A", "b", "c"}
	p, resolve = new(ir.Policy), next(2) == 1
	for range next(8) {
		r := ir.PrefixRule{Pattern: ir.Literal(programs[next(5)]), Decision: ir.Decision(1 + next(4)), Canonical: next(3) == 0}
		for range next(3) {
			at := next(3)
			r.Pattern = append(r.Pattern, words[at:at+1+next(2)])
		}
		p.Rules = append(p.Rules, r)
	}
	for range next(3) {
		p.Hosts = append(p.Hosts, ir.HostExecutable{Name: programs[next(2)], Paths: programs[2 : 2+next(3)]})
	}
	for i := range next(4) {
		if i == 0 {
			prefix = append(prefix, programs[next(5)])
		} else {
			prefix = append(prefix, words[next(4)])
		}
	}
	return p, prefix, resolve
}

// agreeOpen holds the runtime against the definition, and both against all
// completions by up to two of the words that rules know and one that they do
// not.
func agreeOpen(t *testing.T, p *ir.Policy, prefix []string, resolve bool) {
	var at *ir.Place
	options := []runtime.Option{runtime.WithoutHostResolution()}
	if resolve {
		at, options = &ir.Place{}, nil
	}
	policy := open(t, encode(t, p, matcher.CodecStored), options...)
	got, want := policy.DecideOpen(prefix), p.EvaluateOpen(prefix, at)
	if ir.Decision(got.Decision) != want.Decision {
		t.Fatalf("%q of %v, hosts %v, at %v: got %v, want %v", prefix, p.Rules, p.Hosts, at, got.Decision, want.Decision)
	}
	if got.Decision != runtime.None && !slices.ContainsFunc(want.Matches, func(m ir.Match) bool {
		return m.Rule == got.Rule && len(m.Prefix) == got.Tokens && (m.Resolved != "") == got.ByName && p.Rules[m.Rule].Decision == want.Decision
	}) {
		t.Fatalf("%q of %v, hosts %v, at %v: got %+v, which is none of %v", prefix, p.Rules, p.Hosts, at, got, want.Matches)
	}
	strictest, all := runtime.None, true
	var judge func(command []string)
	judge = func(command []string) {
		if len(command) > 0 {
			d := policy.Decide(command).Decision
			strictest, all = max(strictest, d), all && d != runtime.None
		}
		if len(command) < max(3, len(prefix)) {
			for _, token := range []string{"unknown", "a", "A", "/x/a", "/x/A", "b", "c"} {
				judge(append(slices.Clip(command), token))
			}
		}
	}
	judge(prefix)
	if strictest == runtime.Allow && !all {
		strictest = runtime.None
	}
	// See ir.Policy.EvaluateOpen for the one case in which it is stricter.
	onPath := resolve && len(prefix) > 0 && slices.ContainsFunc(p.Rules, func(r ir.PrefixRule) bool {
		return len(r.Pattern) > len(prefix) && r.Pattern.Program()[0] == '/'
	})
	if got.Decision != strictest && !(onPath && got.Decision > strictest) {
		t.Fatalf("%q of %v, hosts %v, at %v: got %v, but the strictest is %v", prefix, p.Rules, p.Hosts, at, got.Decision, strictest)
	}
}

func TestDecideOpenAgreesWithTheDefinition(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 300
	}
	r := rand.New(rand.NewPCG(7, 0))
	data := make([]byte, 80)
	for range rounds {
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		p, prefix, resolve := makeOpen(data)
		agreeOpen(t, p, prefix, resolve)
	}
}

func FuzzDecideOpen(f *testing.F) {
	f.Add([]byte{0, 2, 0, 0, 1, 0, 0, 2, 1, 1, 0, 0, 0, 1, 0}) // a = allow, a b = prompt; a …
	f.Add([]byte{1, 3, 2, 0, 0, 1, 0, 1, 0, 3, 0, 0, 1, 1, 2, 1, 0, 2, 2, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, prefix, resolve := makeOpen(data)
		agreeOpen(t, p, prefix, resolve)
	})
}

func BenchmarkDecideOpen(b *testing.B) {
	p := open(b, encode(b, samplePolicy(), matcher.CodecStored))
	for _, prefix := range [][]string{{"git", "status"}, {"git"}, {"git", "pull"}, {"wget", "x"}, {"/usr/bin/git", "pull"}} {
		b.Run(strings.Join(prefix, "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.DecideOpen(prefix)
			}
		})
	}
}
