package runtime_test

import (
	"errors"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"sync"
	"testing"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
)

func source(file string, line int) ir.Source {
	return ir.Source{Layer: "user", Position: ir.Position{File: file, Line: line, Col: 1}}
}

func rule(d ir.Decision, line int, tokens ...string) ir.PrefixRule {
	return ir.PrefixRule{Pattern: ir.Literal(tokens...), Decision: d, Source: source("default.rules", line)}
}

// samplePolicy has a rule for every way to match. Rule ids are beside them.
func samplePolicy() *ir.Policy {
	canonical := rule(ir.Prompt, 5, "make", "Straße")
	canonical.Canonical = true
	forbidden := rule(ir.Forbidden, 2, "git", "push")
	forbidden.Justification = "ask a colleague"
	return &ir.Policy{
		Rules: []ir.PrefixRule{
			rule(ir.Allow, 1, "git"), // 0
			forbidden,                // 1
			{
				Pattern:  ir.Pattern{{"git"}, {"push", "pull"}, {"--force"}, {"origin"}}, // 2
				Decision: ir.Forbidden,
				Source:   source("default.rules", 3),
			},
			rule(ir.Prompt, 4, "/opt/tool"), // 3
			canonical,                       // 4
			rule(ir.Prompt, 6, "ls", "-l"),  // 5
			rule(ir.Prompt, 7, "cat", "-n"), // 6
		},
		Hosts: []ir.HostExecutable{
			{Name: "git", Paths: []string{"/usr/bin/git", "/home/ann/git"}, Source: source("default.rules", 10)},
			{Name: "ls", Source: source("default.rules", 11)},
		},
		Networks: []ir.NetworkRule{
			{Host: "a.example", Protocol: ir.HTTPS, Decision: ir.Allow, Source: source("default.rules", 20)},
			{Host: "b.example", Protocol: ir.HTTPS, Decision: ir.Allow, Source: source("default.rules", 21)},
			{Host: "c.example", Protocol: ir.HTTP, Decision: ir.Forbidden, Source: source("default.rules", 22)},
			{Host: "d.example", Protocol: ir.HTTP, Decision: ir.Forbidden, Source: source("default.rules", 23)},
			{Host: "b.example", Protocol: ir.HTTP, Decision: ir.Forbidden, Justification: "moved", Source: source("default.rules", 24)},
			{Host: "d.example", Protocol: ir.HTTP, Decision: ir.Prompt, Source: source("default.rules", 25)},
		},
	}
}

var sampleMeta = matcher.Meta{Tool: "rulesc test", Notes: []string{"for tests"}}

var codecs = []matcher.Codec{matcher.CodecStored, matcher.CodecZstd}

func compile(t testing.TB, p *ir.Policy) *compiler.Artifact {
	t.Helper()
	a, err := compiler.Compile(p, sampleMeta)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func encode(t testing.TB, p *ir.Policy, codec matcher.Codec) []byte {
	t.Helper()
	b, err := compile(t, p).Encode(codec)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// write writes a policy to a new file and returns its path.
func write(t testing.TB, p *ir.Policy, codec matcher.Codec) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.rulesc")
	if err := compile(t, p).Write(path, codec); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, b []byte, options ...runtime.Option) *runtime.Policy {
	t.Helper()
	p, err := runtime.New(b, options...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// eachWay runs a test with the sample policy, opened in every way there is.
func eachWay(t *testing.T, test func(t *testing.T, p *runtime.Policy)) {
	for _, codec := range codecs {
		ways := map[string]func() (*runtime.Policy, error){
			"mapped": func() (*runtime.Policy, error) { return runtime.Open(write(t, samplePolicy(), codec)) },
			"read": func() (*runtime.Policy, error) {
				return runtime.Open(write(t, samplePolicy(), codec), runtime.WithoutMapping())
			},
			"memory": func() (*runtime.Policy, error) { return runtime.New(encode(t, samplePolicy(), codec)) },
		}
		for name, way := range ways {
			t.Run(codec.String()+"/"+name, func(t *testing.T) {
				p, err := way()
				if err != nil {
					t.Fatal(err)
				}
				test(t, p)
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// The answers of the sample policy, made by hand.
var answers = []struct {
	argv []string
	want runtime.Verdict
}{
	{[]string{"git", "status"}, runtime.Verdict{Decision: runtime.Allow, Rule: 0, Tokens: 1}},
	{[]string{"git", "push"}, runtime.Verdict{Decision: runtime.Forbidden, Rule: 1, Tokens: 2}},
	{[]string{"git", "push", "--force", "origin", "x"}, runtime.Verdict{Decision: runtime.Forbidden, Rule: 2, Tokens: 4}},
	{[]string{"/usr/bin/git"}, runtime.Verdict{Decision: runtime.Allow, Rule: 0, Tokens: 1, ByName: true}},
	{[]string{"/usr/local/bin/git"}, runtime.Verdict{Rule: -1}},
	{[]string{"/opt/tool"}, runtime.Verdict{Decision: runtime.Prompt, Rule: 3, Tokens: 1}},
	{[]string{"MAKE", "STRASSE"}, runtime.Verdict{Decision: runtime.Prompt, Rule: 4, Tokens: 2}},
	{[]string{"/bin/ls", "-l"}, runtime.Verdict{Rule: -1}},
	{[]string{"/bin/cat", "-n"}, runtime.Verdict{Decision: runtime.Prompt, Rule: 6, Tokens: 2, ByName: true}},
	{[]string{"cat"}, runtime.Verdict{Rule: -1}},
	{[]string{""}, runtime.Verdict{Rule: -1}},
	{nil, runtime.Verdict{Rule: -1}},
}

func TestDecide(t *testing.T) {
	eachWay(t, func(t *testing.T, p *runtime.Policy) {
		for _, a := range answers {
			if got := p.Decide(a.argv); got != a.want {
				t.Errorf("%q: got %+v, want %+v", a.argv, got, a.want)
			}
		}
	})
}

func TestDecideAll(t *testing.T) {
	p := open(t, encode(t, samplePolicy(), matcher.CodecZstd))
	words := func(commands ...[]string) [][]string { return commands }
	status, push := []string{"git", "status"}, []string{"git", "push"}
	force, list, number := []string{"git", "pull", "--force", "origin"}, []string{"ls", "-l"}, []string{"cat", "-n"}
	tool, unknown := []string{"/opt/tool"}, []string{"wget"}
	tests := []struct {
		commands [][]string
		want     runtime.Joint
	}{
		{nil, runtime.Joint{Verdict: runtime.Verdict{Rule: -1}}},
		{words(unknown), runtime.Joint{Verdict: runtime.Verdict{Rule: -1}, Unmatched: 1}},
		{words(unknown, nil), runtime.Joint{Verdict: runtime.Verdict{Rule: -1}, Unmatched: 2}},
		// What is allowed in part is not allowed.
		{words(status, unknown), runtime.Joint{Verdict: runtime.Verdict{Rule: -1}, Unmatched: 1}},
		{words(unknown, status), runtime.Joint{Verdict: runtime.Verdict{Rule: -1}, Unmatched: 1}},
		{words(status, status), runtime.Joint{Verdict: runtime.Verdict{Decision: runtime.Allow, Rule: 0, Tokens: 1}, Command: 1}},
		// The strictest, wherever it stands.
		{words(push, status), runtime.Joint{Verdict: runtime.Verdict{Decision: runtime.Forbidden, Rule: 1, Tokens: 2}}},
		{words(status, push, status), runtime.Joint{Verdict: runtime.Verdict{Decision: runtime.Forbidden, Rule: 1, Tokens: 2}, Command: 1}},
		// Of the strictest the longest.
		{words(force, push), runtime.Joint{Verdict: runtime.Verdict{Decision: runtime.Forbidden, Rule: 2, Tokens: 4}}},
		{words(push, force), runtime.Joint{Verdict: runtime.Verdict{Decision: runtime.Forbidden, Rule: 2, Tokens: 4}, Command: 1}},
		{words(list, tool), runtime.Joint{Verdict: runtime.Verdict{Decision: runtime.Prompt, Rule: 5, Tokens: 2}}},
		// Of equals the last command, whatever the order of the rules.
		{words(list, number), runtime.Joint{Verdict: runtime.Verdict{Decision: runtime.Prompt, Rule: 6, Tokens: 2}, Command: 1}},
		{words(number, list), runtime.Joint{Verdict: runtime.Verdict{Decision: runtime.Prompt, Rule: 5, Tokens: 2}, Command: 1}},
	}
	for _, test := range tests {
		if got := p.DecideAll(test.commands); got != test.want {
			t.Errorf("%q: got %+v, want %+v", test.commands, got, test.want)
		}
	}
}

func TestMatches(t *testing.T) {
	eachWay(t, func(t *testing.T, p *runtime.Policy) {
		got := p.Matches([]string{"/usr/bin/git", "push", "--force", "origin"})
		want := []runtime.Match{{Rule: 0, Tokens: 1, ByName: true}, {Rule: 1, Tokens: 2, ByName: true}, {Rule: 2, Tokens: 4, ByName: true}}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := p.Matches([]string{"wget"}); got != nil {
			t.Errorf("wget matches %v", got)
		}
		buffer := make([]runtime.Match, 1, 8)
		if got := p.AppendMatches(buffer, []string{"/opt/tool"}); len(got) != 2 || got[1].Rule != 3 || &got[0] != &buffer[0] {
			t.Errorf("appended: %v", got)
		}
	})
}

func TestOptions(t *testing.T) {
	b := encode(t, samplePolicy(), matcher.CodecStored)
	tests := []struct {
		name    string
		options []runtime.Option
		argv    []string
		want    runtime.Decision
	}{
		{"resolution is on", nil, []string{"/usr/bin/git"}, runtime.Allow},
		{"off", []runtime.Option{runtime.WithoutHostResolution()}, []string{"/usr/bin/git"}, runtime.None},
		{"off, as written", []runtime.Option{runtime.WithoutHostResolution()}, []string{"git"}, runtime.Allow},
		{"no home", nil, []string{"~/git"}, runtime.None},
		{"home", []runtime.Option{runtime.WithHome("/home/ann")}, []string{"~/git"}, runtime.Allow},
		{"another home", []runtime.Option{runtime.WithHome("/home/bob")}, []string{"~/git"}, runtime.None},
		{"no folder", nil, []string{"./git"}, runtime.None},
		{"no folder, no list", nil, []string{"./cat", "-n"}, runtime.Prompt},
		{"folder", []runtime.Option{runtime.WithDir("/usr/bin")}, []string{"./git"}, runtime.Allow},
		{"another folder", []runtime.Option{runtime.WithDir("/usr")}, []string{"./git"}, runtime.None},
		{"both", []runtime.Option{runtime.WithHome("ann"), runtime.WithDir("/home")}, []string{"~/git"}, runtime.Allow},
	}
	for _, test := range tests {
		if got := open(t, b, test.options...).Decide(test.argv).Decision; got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestAfterClose(t *testing.T) {
	closed := open(t, encode(t, samplePolicy(), matcher.CodecZstd))
	for range 2 {
		if err := closed.Close(); err != nil {
			t.Error(err)
		}
	}
	var none *runtime.Policy
	if err := none.Close(); err != nil {
		t.Error(err)
	}
	for name, p := range map[string]*runtime.Policy{"closed": closed, "nil": none, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			want := runtime.Verdict{Decision: runtime.Forbidden, Rule: -1}
			if got := p.Decide([]string{"git"}); got != want {
				t.Errorf("Decide: %+v", got)
			}
			if got := p.DecideAll(nil); got != (runtime.Joint{Verdict: want}) {
				t.Errorf("DecideAll: %+v", got)
			}
			if got := p.DecideOpen(nil); got != want {
				t.Errorf("DecideOpen: %+v", got)
			}
			if got := p.Matches([]string{"git"}); got != nil {
				t.Errorf("Matches: %v", got)
			}
			if got := p.Digest(); got != (runtime.Digest{}) {
				t.Errorf("Digest: %v", got)
			}
			_, ruleErr := p.Rule(0)
			_, hostsErr := p.Hosts()
			_, networksErr := p.Networks()
			_, _, listsErr := p.NetworkLists()
			_, metaErr := p.Meta()
			for _, err := range []error{ruleErr, hostsErr, networksErr, listsErr, metaErr, p.Verify()} {
				if !errors.Is(err, runtime.ErrClosed) {
					t.Errorf("got %v, want %v", err, runtime.ErrClosed)
				}
			}
			n := 0
			for _, err := range p.Rules() {
				if n++; !errors.Is(err, runtime.ErrClosed) {
					t.Errorf("Rules: %v", err)
				}
			}
			if n != 1 {
				t.Errorf("Rules: %d rules", n)
			}
		})
	}
}

// TestCloseWhileReading closes policies that other goroutines read, and has the
// garbage collector take their memory. A read of memory that is gone ends the
// program.
func TestCloseWhileReading(t *testing.T) {
	for _, codec := range codecs {
		path := write(t, samplePolicy(), codec)
		for range 20 {
			p, err := runtime.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			var readers sync.WaitGroup
			for range 4 {
				readers.Go(func() {
					for i := 0; ; i++ {
						switch got := p.Decide([]string{"git", "push"}); got {
						case runtime.Verdict{Decision: runtime.Forbidden, Rule: 1, Tokens: 2}:
						case runtime.Verdict{Decision: runtime.Forbidden, Rule: -1}:
							return
						default:
							t.Errorf("got %+v", got)
							return
						}
						if r, err := p.Rule(i % 7); err == nil && r.Source.Line != i%7+1 || err != nil && err != runtime.ErrClosed {
							t.Errorf("rule %d: %v, %v", i%7, r, err)
						}
					}
				})
			}
			goruntime.Gosched()
			_ = p.Close()
			goruntime.GC()
			goruntime.GC()
			readers.Wait()
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	for _, codec := range codecs {
		full := open(t, encode(t, samplePolicy(), codec), runtime.WithDir("/usr/bin"), runtime.WithHome("/home/ann"))
		empty := open(t, encode(t, &ir.Policy{}, codec))
		closed := open(t, encode(t, &ir.Policy{}, codec))
		_ = closed.Close()
		tests := []struct {
			name string
			p    *runtime.Policy
			argv []string
			want runtime.Decision
		}{
			{"hit", full, []string{"git", "status"}, runtime.Allow},
			{"miss", full, []string{"wget", "x"}, runtime.None},
			{"deep hit", full, []string{"git", "push", "--force", "origin", "main"}, runtime.Forbidden},
			{"by name", full, []string{"/usr/bin/git", "push"}, runtime.Forbidden},
			{"by name, relative", full, []string{"../bin/./git", "push"}, runtime.Forbidden},
			{"by name, at home", full, []string{"~/git", "push"}, runtime.Forbidden},
			{"by name, not admitted", full, []string{"/x/git", "push"}, runtime.None},
			{"caseless", full, []string{"Make", "STRASSE"}, runtime.Prompt},
			{"no rules", empty, []string{"git"}, runtime.None},
			{"closed", closed, []string{"git"}, runtime.Forbidden},
			{"no tokens", full, nil, runtime.None},
		}
		for _, test := range tests {
			commands := [][]string{test.argv, test.argv}
			buffer := make([]runtime.Match, 0, 16)
			calls := map[string]func() runtime.Decision{
				"Decide":    func() runtime.Decision { return test.p.Decide(test.argv).Decision },
				"DecideAll": func() runtime.Decision { return test.p.DecideAll(commands).Decision },
				"AppendMatches": func() runtime.Decision {
					buffer = test.p.AppendMatches(buffer[:0], test.argv)
					return test.want
				},
			}
			for name, call := range calls {
				var got runtime.Decision
				if n := testing.AllocsPerRun(100, func() { got = call() }); n != 0 || got != test.want {
					t.Errorf("%s, codec %s, %s: %v allocations, %v", name, codec, test.name, n, got)
				}
			}
		}
	}
}

func TestOpenKeepsNothingOpen(t *testing.T) {
	for _, codec := range codecs {
		path := write(t, samplePolicy(), codec)
		p, err := runtime.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if got := p.Decide([]string{"git"}).Decision; got != runtime.Allow {
			t.Errorf("codec %s: %v after the file is gone", codec, got)
		}
		if err := p.Verify(); err != nil {
			t.Errorf("codec %s: %v", codec, err)
		}
	}
}

// TestFileCutShort is about the risk that the package comment describes, in
// the two ways that do not have it.
func TestFileCutShort(t *testing.T) {
	tests := map[string]struct {
		codec   matcher.Codec
		options []runtime.Option
	}{
		"compressed":      {codec: matcher.CodecZstd},
		"without mapping": {codec: matcher.CodecStored, options: []runtime.Option{runtime.WithoutMapping()}},
	}
	for name, test := range tests {
		path := write(t, samplePolicy(), test.codec)
		p, err := runtime.Open(path, test.options...)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
		if got := p.Decide([]string{"git"}).Decision; got != runtime.Allow {
			t.Errorf("%s: %v", name, got)
		}
		if err := p.Verify(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
