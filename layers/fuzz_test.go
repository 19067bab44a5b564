package layers

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rulesc/rulesc/ir"
)

// FuzzRequirements holds that managed rules are all or nothing, and that what
// comes out only ever tightens.
func FuzzRequirements(f *testing.F) {
	for _, seed := range []string{
		"", "[rules", "[rules]\n", "[rules]\nprefix_rules=[]", "rules=1", "[[rules]]",
		"[rules]\nprefix_rules = [\n  { pattern = [{ token = \"git\" }, { any_of = [\"push\", \"fetch\"] }], decision = \"forbidden\", justification = \"x\", canonical_matching = true },\n]\n",
		"[[rules.prefix_rules]]\npattern=[{any_of=['a','b']}]\ndecision='prompt-user'\n[[rules.prefix_rules]]\n",
		"[rules]\nprefix_rules=[{pattern=[{token=\"\\e\"}],decision=\"allow\",}]",
		"rules.prefix_rules=[{\"pattern\"=[{}]}]", "\ufeff[rules]\nx=\"\"\"\n[rules]\n\"\"\"\n",
		strings.Repeat("[", 200), "a=" + strings.Repeat("{a=", 200), "[a." + strings.Repeat("a.", 100) + "a]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		doc, bad := parseDocument(AbsPath{"/r.toml"}, text)
		if bad != nil {
			if bad.At.Start > len(text) || bad.Message == "" {
				t.Fatalf("%+v", bad)
			}
			drawing(text, bad.At)
			return
		}
		r, shape, meaning := decodeRequirements(doc)
		if len(r.rules) > 0 && len(shape)+len(meaning) > 0 {
			t.Fatal("rules and errors")
		}
		if doc.Table["rules"] != nil && len(r.rules)+len(shape)+len(meaning) == 0 {
			t.Fatal("a [rules] table without rules and without error")
		}
		lines := strings.Count(text, "\n") + 1
		for _, rule := range r.rules {
			if err := rule.Validate(); err != nil || rule.Decision < ir.Prompt {
				t.Fatalf("%v: %+v", err, rule)
			}
			if rule.Source.Line < 1 || rule.Source.Line > lines {
				t.Fatalf("no place for %+v in %q", rule, text)
			}
		}
	})
}

// FuzzConfig holds that trust comes from well-formed entries only, and that
// every mistake has a place in its file.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		"project_root_markers = [\".git\", \".hg\"]\n[projects.\"/a b\"]\ntrust_level = \"trusted\"\n",
		"projects.'/x'.trust_level = 'untrusted'\n", "[projects]\n\"/x\" = { trust_level = \"maybe\" }", "project_root_markers = [1]",
		"[[projects]]\n", "projects = []", "[projects.\"\\u0061\"]\ntrust_level=\"trusted\"\n", "a = 2020-01-01 00:00:00 # x\nb = '''\n'''\n",
		"x = \"\"\"a\\\"\"\"\"\"\nprojects=1", "[a]\n[a.b]\n[[a.c]]\n[a.c.d]\ne=[1,\n[2,#\n3]]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		doc, bad := parseDocument(AbsPath{"/c.toml"}, text)
		if bad != nil {
			return
		}
		file := configFile{doc: doc}
		c, problems := mergeConfig([]configFile{file})
		for folder, level := range c.trust {
			if level != trusted && level != untrusted {
				t.Fatalf("%q is %q", folder, level)
			}
		}
		for _, p := range problems {
			if p.Line < 1 || !p.located {
				t.Fatalf("no place for %v in %q", p, text)
			}
		}
		if len(problems) > 0 && (c.trust != nil || c.markers != nil) {
			t.Fatal("configuration and errors")
		}
	})
}

// FuzzCleanup holds that the clean-up changes nothing but whole lines, and
// that it does so once.
func FuzzCleanup(f *testing.F) {
	for _, seed := range []string{
		"prefix_rule(pattern=[\"git\"], decision=\"allow\")\n", "prefix_rule(pattern=[\"git\"], decision=\"allow\")\r\nx = 1\r\n",
		"prefix_rule(pattern= [\"g\\u0069t\"] , decision=\"allow\")", "prefix_rule(pattern=null, decision=\"allow\")",
		"prefix_rule(pattern=[null], decision=\"allow\")", "prefix_rule(pattern=[\"bash\", \"-LC\"], decision=\"allow\")\n\nprefix_rule(pattern=[\"ls\"], decision=\"allow\")",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		kept, dropped := dropBroadAllows(text)
		before, after := bytes.SplitAfter(text, []byte("\n")), bytes.SplitAfter(kept, []byte("\n"))
		if len(before) != len(after) {
			t.Fatalf("%d lines became %d", len(before), len(after))
		}
		for i := range before {
			if !bytes.Equal(before[i], after[i]) {
				if len(dropped) == 0 || dropped[0].Line != i+1 || string(before[i]) != dropped[0].Text+string(after[i]) {
					t.Fatalf("line %d: %q became %q, dropped %v", i+1, before[i], after[i], dropped)
				}
				dropped = dropped[1:]
			}
		}
		if _, again := dropBroadAllows(kept); len(dropped) > 0 || len(again) > 0 {
			t.Fatalf("left over: %v %v", dropped, again)
		}
	})
}
