package compiler

import (
	"bufio"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rulesc/rulesc/ir"
)

// literalTexts are files that the reader of literal calls has to take, each with
// something that it could get wrong.
var literalTexts = []string{
	"",
	"\n \t\n# comment \r with \x00 anything\t\r\n\t # \"\n",
	"# no line end",
	" ",
	"prefix_rule(['a'])",
	"prefix_rule(['a'])   # comment",
	"prefix_rule(['a'])\r\n\r\nprefix_rule(['b']) # \t\r\n",
	"prefix_rule (\n['a'], # é\r\n# \"\n\n 'prompt' ,\n)\n",
	"prefix_rule([\"\"\"a\nb\"\"\", '''''', '', 'it\\'s', r'\\d\\'', \"\\u00e9\\n\\x41\\101\\\nz\", 'x\ry', 'q\"'],)\nprefix_rule(['a'])\n",
	"prefix_rule(pattern=[['a','b',],['c'],\"d\",],decision='forbidden',justification='é',canonical_matching=True)",
	"prefix_rule(['a'], 'allow', ['a b', ['a', 'b c']], ['b', r'''c'''], 'why', False)",
	"prefix_rule(canonical_matching\n=\nFalse, match = ['\"A\" x'], not_match = [], pattern = ['a'])",
	"prefix_rule(['é', 'a\x00b', '\ufeff', '\\ufeff', 'a\tb'])\nprefix_rule(['x'])",
	"prefix_rule(['a'], not_match = ['a b'])\nprefix_rule(['a'], match = ['b'])",
	"host_executable('git', ['/usr//bin/./git', '/a/../git'])\nhost_executable(name = 'git', paths = [])",
	"host_executable(paths = ['/x/git'], name = 'git')",
	"network_rule('Example.COM:443', 'https', 'deny')\nnetwork_rule(decision = 'allow', protocol = 'socks5_udp', host = '[::1]', justification = ' x ')",
	"# rulesc policy 1\nprefix_rule(pattern = [\"a\"], decision = \"prompt-user\")\n\n# sources\n# 2 \"\" \"x\" 1 1 in \"f\" \"y\" 2 3\n",
}

// otherTexts are files that it must leave alone.
var otherTexts = []string{
	"\ufeffprefix_rule(['a'])",
	" prefix_rule(['a'])",
	"\tprefix_rule(['a'])",
	"prefix_rule(\t['a'])",
	"prefix_rule(['a'])\t",
	"prefix_rule(['a']) # \r x",
	"prefix_rule(['a']) # x\r",
	"prefix_rule(['a'], # \r\n\r'allow')",
	"prefix_rule(\n['a'])\r",
	"prefix_rule(['a'])\rprefix_rule(['b'])",
	"prefix_rule\n(['a'])",
	"prefix_rule(['a']) prefix_rule(['b'])",
	"prefix_rule(['a']);",
	"prefix_rule(['a'])\x00",
	"prefix_rule(['a'",
	"prefix_rule(['a'])(1)",
	"prefix_rule(['a'] + ['b'])",
	"prefix_rule(['a' 'b'])",
	"prefix_rule(['a',,'b'])",
	"prefix_rule([,])",
	"prefix_rule(,)",
	"prefix_rule()",
	"prefix_rule([])",
	"prefix_rule([[]])",
	"prefix_rule([['a', ['b']]])",
	"prefix_rule(['a'], 'deny')",
	"prefix_rule(['a'], 'prompt-user')",
	"prefix_rule(['a'], justification = '')",
	"prefix_rule(['a'], justification = ' \\n')",
	"prefix_rule(['a'], justification = None)",
	"prefix_rule(['a'], canonical_matching = 1)",
	"prefix_rule(['a'], canonical_matching = true)",
	"prefix_rule(['a'], canonical_matching = not True)",
	"prefix_rule(['a'], match = [''])",
	"prefix_rule(['a'], match = [[]])",
	"prefix_rule(['a'], match = ['\"'])",
	"prefix_rule(['a'], match = 'a')",
	"prefix_rule(\"\"\"a\nb\"\"\")",
	"prefix_rule(['a'], pattern = ['a'])",
	"prefix_rule(pattern = ['a'], pattern = ['a'])",
	"prefix_rule(pattern = ['a'], 'allow')",
	"prefix_rule(['a'], reason = 'x')",
	"prefix_rule(['a'], 'allow', [], [], 'x', True, 1)",
	"prefix_rule(*[['a']])",
	"prefix_rule([b'a'])",
	"prefix_rule([f'a'])",
	"prefix_rule([rb'a'])",
	"prefix_rule([R'a'])",
	"prefix_rule([r 'a'])",
	"prefix_rule(['a\nb'])",
	"prefix_rule(['\\ud800'])",
	"prefix_rule(['\\400', '\\x4'])",
	"prefix_rule(('a',))",
	"prefix_rule([x for x in ['a']])",
	"prefix_rule(['a'], \\\n'allow')",
	"prefix_rule = 1",
	"def prefix_rule(x): pass\nprefix_rule(['a'])",
	"prefix_rule(['a'])\nTrue = False",
	"prefix_rulé(['a'])",
	"prefix_rule2(['a'])",
	"1prefix_rule(['a'])",
	"pass",
	"'doc'\nprefix_rule(['a'])",
	"host_executable('a/b', [])",
	"host_executable('git', ['git'])",
	"host_executable('git', ['/bin/ls'])",
	"host_executable('git')",
	"network_rule('*', 'https', 'deny')",
	"network_rule('x', 'ftp', 'deny')",
	"network_rule('x', 'https', 'prompt-user')",
}

func literalModule(text string) *module {
	m := &module{file: &File{Name: "a.rules", Text: []byte(text)}, limits: Limits{}.withDefaults()}
	if ir.IsText(text) {
		m.sources, _ = ir.TextSources(text)
	}
	return m
}

// checkLiteral reads a file both ways: where the reader takes it, evaluation
// must take it too and make the same of it.
func checkLiteral(t *testing.T, text string) (taken bool) {
	t.Helper()
	fast, slow := literalModule(text), literalModule(text)
	if !fast.readLiterals(t.Context(), text) {
		if len(fast.rules)+len(fast.hosts)+len(fast.networks)+len(fast.examples) > 0 || fast.strings > 0 {
			t.Errorf("%q: refused, but something is left", text)
		}
		return false
	}
	slow.interpret(t.Context(), text)
	if len(slow.problems) > 0 {
		t.Fatalf("%q: taken, but %v", text, slow.problems)
	}
	equal := func(what string, fast, slow any) {
		t.Helper()
		if diff := cmp.Diff(slow, fast, cmp.AllowUnexported(examples{}, callSite{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q: %s differ from what evaluation makes (-evaluated +read):\n%s", text, what, diff)
		}
	}
	equal("rules", fast.rules, slow.rules)
	equal("host executables", fast.hosts, slow.hosts)
	equal("network rules", fast.networks, slow.networks)
	equal("examples", fast.examples, slow.examples)
	equal("counts of strings", fast.strings, slow.strings)
	return true
}

func TestLiteralsAreTaken(t *testing.T) {
	for _, text := range literalTexts {
		if !checkLiteral(t, text) {
			t.Errorf("%q: not taken", text)
		}
	}
}

func TestOthersAreLeft(t *testing.T) {
	for _, text := range otherTexts {
		if checkLiteral(t, text) {
			t.Errorf("%q: taken", text)
		}
	}
}

// recordedTexts are the rule files of the recorded cases, if they are at hand.
func recordedTexts(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob("../../shared/conformance/cases-*.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	var texts []string
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			tb.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var c struct{ Files []struct{ Text string } }
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				tb.Fatalf("%s: %v", path, err)
			}
			for _, file := range c.Files {
				texts = append(texts, file.Text)
			}
		}
		if err := lines.Err(); err != nil {
			tb.Fatal(err)
		}
		f.Close()
	}
	return texts
}

func TestLiteralsOfRecordedCases(t *testing.T) {
	texts := recordedTexts(t)
	if len(texts) == 0 {
		t.Skip("the recorded cases of the reference are not at hand")
	}
	taken := 0
	for _, text := range texts {
		if checkLiteral(t, text) {
			taken++
		}
	}
	t.Logf("%d of %d files are literal calls", taken, len(texts))
	if taken < len(texts)/4 {
		t.Errorf("only %d of %d files are taken", taken, len(texts))
	}
}

// pieces are what a mutation inserts.
var pieces = []string{
	"\t", "\r", "\r\n", "\n", "\x00", "\ufeff", "é", "\\", "\\\n", "\"", "'", "\"\"\"", "'''", "r'", "b'", "f'", "#", ",", "(", ")", "[", "]",
	"=", "==", " ", ";", "+", "True", "False", "None", "pattern", "match = ", "prefix_rule", "host_executable", "{}", "*", "if", "\\x41", "\\u0041", "\\8",
	"\\0", "\\ud800", "''", "\"\"", "lambda", "for", "def ", ":", "1", "-", ".", "_", "/",
}

func mutate(r *rand.Rand, text string, other string) string {
	for range 1 + r.IntN(2) {
		i, j := r.IntN(len(text)+1), r.IntN(len(text)+1)
		i, j = min(i, j), max(i, j)
		switch r.IntN(4) {
		case 0:
			text = text[:i] + pieces[r.IntN(len(pieces))] + text[i:]
		case 1:
			text = text[:i] + text[min(len(text), i+1+r.IntN(3)):]
		case 2:
			text = text[:j] + text[i:j] + text[j:]
		case 3:
			k := r.IntN(len(other) + 1)
			text = text[:i] + other[k:min(len(other), k+r.IntN(20))] + text[i:]
		}
	}
	return strings.ToValidUTF8(text, "")
}

// Files that are almost literal are where the reader and evaluation could part.
func TestMutatedLiterals(t *testing.T) {
	var texts []string
	for _, text := range append(recordedTexts(t), literalTexts...) {
		if len(text) < 500 && literalModule(text).readLiterals(t.Context(), text) {
			texts = append(texts, text)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 20_000 {
		if checkLiteral(t, mutate(r, texts[r.IntN(len(texts))], texts[r.IntN(len(texts))])) {
			taken++
		}
	}
	t.Logf("%d of 20000 mutants are literal calls", taken)
}

func FuzzLiterals(f *testing.F) {
	for _, texts := range [][]string{literalTexts, otherTexts} {
		for _, text := range texts {
			f.Add(text)
		}
	}
	if flag.Lookup("test.fuzz").Value.String() != "" {
		for _, text := range recordedTexts(f) {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ToValidUTF8(text, "") == text {
			checkLiteral(t, text)
		}
	})
}
