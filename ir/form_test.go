package ir_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/ir"
)

func sample() *ir.Policy {
	at := func(layer, file string, line, col int, calls ...ir.Frame) ir.Source {
		return ir.Source{Layer: layer, Position: ir.Position{File: file, Line: line, Col: col}, Calls: calls}
	}
	return &ir.Policy{
		Rules: []ir.PrefixRule{
			{Pattern: ir.Pattern{{"git"}, {"status", "log"}}, Decision: ir.Allow, Source: at("user", "rules/default.rules", 7, 1)},
			{
				Pattern: ir.Literal(`a"b\`, "\x00\n\t é e\u0301", "\U0001f600\u202e"), Decision: ir.PromptUser, Justification: "why\nnot", Canonical: true,
				Source: at("", "odd \"name\"\n.rules", 2, 3, ir.Frame{Func: "f", Position: ir.Position{File: "x", Line: 4, Col: 5}}, ir.Frame{Func: "<module>", Position: ir.Position{File: "y"}}),
			},
		},
		Hosts: []ir.HostExecutable{{Name: "git", Paths: []string{"/usr/bin/git", "/opt/git"}, Source: at("", "h", 1, 1)}, {Name: "none", Paths: []string{}}},
		Networks: []ir.NetworkRule{
			{Host: "example.com", Protocol: ir.HTTPS, Decision: ir.Allow, Justification: "j"},
			{Host: "::1", Protocol: ir.SOCKS5TCP, Decision: ir.Forbidden},
			{Host: "a:1", Protocol: ir.HTTP, Decision: ir.Prompt},
		},
	}
}

func TestText(t *testing.T) {
	const want = `# rulesc policy 1
prefix_rule(pattern = ["git", ["status", "log"]], decision = "allow")
prefix_rule(pattern = ["a\"b\\", "\u0000\n\t é e\u0301", "😀\u202e"], decision = "prompt-user", justification = "why\nnot", canonical_matching = True)
host_executable(name = "git", paths = ["/usr/bin/git", "/opt/git"])
host_executable(name = "none", paths = [])
network_rule(host = "example.com", protocol = "https", decision = "allow", justification = "j")
network_rule(host = "::1", protocol = "socks5_tcp", decision = "forbidden")
network_rule(host = "[a:1]", protocol = "http", decision = "prompt")

# sources
# 2 "user" "rules/default.rules" 7 1
# 3 "" "odd \"name\"\n.rules" 2 3 in "f" "x" 4 5 in "<module>" "y" 0 0
# 4 "" "h" 1 1
# 5 "" "" 0 0
# 6 "" "" 0 0
# 7 "" "" 0 0
# 8 "" "" 0 0
`
	p := sample()
	text := p.Text()
	if diff := cmp.Diff(want, text); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	sources, err := ir.TextSources(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Rules[1].Source, sources[3]); diff != "" {
		t.Errorf("source of rule 1 (-want +got)\n%s", diff)
	}
	if len(sources) != 7 {
		t.Errorf("%d sources, want 7", len(sources))
	}
}

func TestTextOfEmptyPolicy(t *testing.T) {
	text := new(ir.Policy).Text()
	if want := "# rulesc policy 1\n\n# sources\n"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if sources, err := ir.TextSources(text); err != nil || len(sources) != 0 {
		t.Errorf("got %v, %v", sources, err)
	}
}

func TestTextSourcesErrors(t *testing.T) {
	const head = "# rulesc policy 1\n\n# sources\n"
	for text, want := range map[string]string{
		"prefix_rule([])\n":                "not the canonical text of a policy",
		"# rulesc policy 1\n":              "not the canonical text of a policy",
		head + "2 \"\" \"f\" 1 1\n":        `line 4: bad source: expected "#"`,
		head + "# 2 \"\" \"f\" 1 1\n# x\n": `line 5: bad source: expected a number, found "x"`,
		head + "# 2 user f 1 1\n":          "expected a quoted string",
		head + "# 2 \"\" \"f\" 1 -1\n":     "expected a number",
		head + "# 2 \"\" \"f\" 1 1 at\n":   `expected "in", found "at"`,
		head + "\n":                        `expected "#"`,
	} {
		if _, err := ir.TextSources(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want %q", text, err, want)
		}
	}
}

func FuzzTextSources(f *testing.F) {
	f.Add(sample().Text())
	f.Add("# rulesc policy 1\n\n# sources\n# 1 \"\" \"\" 1 1 in")
	f.Fuzz(func(t *testing.T, text string) {
		if sources, err := ir.TextSources(text); err != nil && sources != nil {
			t.Error("both sources and an error")
		}
	})
}

func TestJSON(t *testing.T) {
	p := sample()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"version":1,"rules":[{"pattern":["git",["status","log"]],"decision":"allow","source":{"layer":"user","file":"rules/default.rules","line":7,"column":1}},`
	if !strings.HasPrefix(string(data), want) {
		t.Errorf("got  %s\nwant %s…", data, want)
	}
	var back ir.Policy
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, &back); diff != "" {
		t.Errorf("round trip (-want +got)\n%s", diff)
	}
}

func TestJSONErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"version":2}`: "version 2",
		`{"version":1,"rules":[{"pattern":[],"decision":"allow"}]}`:            "rules[0]: pattern cannot be empty",
		`{"version":1,"rules":[{"pattern":[["a","b"]],"decision":"allow"}]}`:   "exactly one token",
		`{"version":1,"rules":[{"pattern":["a",[]],"decision":"allow"}]}`:      "alternatives cannot be empty",
		`{"version":1,"rules":[{"pattern":["a"],"decision":"none"}]}`:          "needs a decision",
		`{"version":1,"rules":[{"pattern":["a"],"decision":"deny"}]}`:          `unknown decision "deny"`,
		`{"version":1,"rules":[{"pattern":[1],"decision":"allow"}]}`:           "a string or a list of strings",
		`{"version":1,"networkRules":[{"protocol":"ftp","decision":"allow"}]}`: `unknown protocol "ftp"`,
	} {
		var p ir.Policy
		if err := json.Unmarshal([]byte(text), &p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", text, err, want)
		}
	}
}

func FuzzPolicyJSON(f *testing.F) {
	seed, err := json.Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		var p ir.Policy
		if json.Unmarshal(data, &p) != nil {
			return
		}
		p.Evaluate([]string{"git", "status"}, &ir.Place{})
		again, err := json.Marshal(&p)
		if err != nil {
			t.Fatal(err)
		}
		var back ir.Policy
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatal(err)
		}
		third, err := json.Marshal(&back)
		if err != nil || string(third) != string(again) {
			t.Errorf("writing what was read changes it\n%s\n%s", again, third)
		}
	})
}
