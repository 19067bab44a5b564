package shell_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/runtime/shell"
)

// layersCases are recorded decisions of the reference, laid beside the
// repository where they are at hand.
const layersCases = "../../../shared/conformance/layers.jsonl"

type layersCase struct {
	ID             string            `json:"id"`
	Group          string            `json:"group"`
	Files          map[string]string `json:"files"`
	Driver         string            `json:"driver"`
	ApprovalPolicy any               `json:"approval_policy"`
	Argv           []string          `json:"argv"`
	Observed       struct {
		Outcome string     `json:"outcome"`
		Reason  *string    `json:"reason"`
		Lowered [][]string `json:"lowered"`
	} `json:"observed"`
}

func readCases(t *testing.T) []layersCase {
	f, err := os.Open(layersCases)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded cases are not here: ", layersCases)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []layersCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var c layersCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestConformanceLowered(t *testing.T) {
	passed, total := 0, 0
	for _, c := range readCases(t) {
		if c.Observed.Lowered == nil {
			continue
		}
		total++
		commands, _ := shell.Reference(c.Argv)
		if got := withoutExtensions(commands); reflect.DeepEqual(got, c.Observed.Lowered) {
			passed++
		} else {
			t.Errorf("%s: %q\n got %q\nwant %q", c.ID, c.Argv, got, c.Observed.Lowered)
		}
	}
	t.Logf("shell: %d of %d", passed, total)
}

// withoutExtensions leaves out the commands that start with all the words of
// an earlier one, which were recorded only once.
func withoutExtensions(commands [][]string) (first [][]string) {
	for _, command := range commands {
		if !slices.ContainsFunc(first, func(earlier []string) bool { return hasPrefix(command, earlier) }) {
			first = append(first, command)
		}
	}
	return first
}

func hasPrefix(command, prefix []string) bool {
	return len(command) >= len(prefix) && slices.Equal(command[:len(prefix)], prefix)
}

// TestConformanceReasons rebuilds the recorded texts of those cases of groups
// B and C whose rules the small matcher below understands.
func TestConformanceReasons(t *testing.T) {
	passed, total := 0, 0
	for _, c := range readCases(t) {
		if c.Group == "A" || c.Observed.Reason == nil {
			continue
		}
		rules, ok := parseRules(c.Files)
		if !ok {
			continue
		}
		got, ok := reason(c, rules)
		if !ok {
			continue // decided by something else than rules
		}
		total++
		if got == *c.Observed.Reason {
			passed++
		} else {
			t.Errorf("%s:\n got %q\nwant %q", c.ID, got, *c.Observed.Reason)
		}
	}
	t.Logf("reasons: %d of %d", passed, total)
}

type testRule struct {
	pattern                 [][]string
	decision, justification string
}

var ruleLine = regexp.MustCompile(`^prefix_rule\(pattern=(\[.*\]), decision="([a-z]+)"(?:, justification="([^"\\]*)")?\)$`)

// parseRules reads rules of one simple form, one a line, in home/rules/a.rules.
func parseRules(files map[string]string) (rules []testRule, ok bool) {
	if len(files) != 1 {
		return nil, false
	}
	for line := range strings.Lines(files["home/rules/a.rules"]) {
		m := ruleLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			return nil, false
		}
		var tokens []any
		if json.Unmarshal([]byte(m[1]), &tokens) != nil {
			return nil, false
		}
		r := testRule{decision: m[2], justification: m[3]}
		for _, token := range tokens {
			if word, ok := token.(string); ok {
				r.pattern = append(r.pattern, []string{word})
				continue
			}
			var alternatives []string
			for _, alternative := range token.([]any) {
				alternatives = append(alternatives, alternative.(string))
			}
			r.pattern = append(r.pattern, alternatives)
		}
		rules = append(rules, r)
	}
	return rules, len(rules) > 0
}

// matched returns the words of the command that the rule matches.
func (r testRule) matched(command []string) []string {
	if len(command) < len(r.pattern) {
		return nil
	}
	for i, alternatives := range r.pattern {
		if !slices.Contains(alternatives, command[i]) {
			return nil
		}
	}
	return command[:len(r.pattern)]
}

func reason(c layersCase, rules []testRule) (text string, ok bool) {
	strictness := []string{"allow", "prompt", "forbidden"}
	var deciding *testRule
	var words []string
	commands, _ := shell.Reference(c.Argv)
	for _, command := range commands {
		tries := [][]string{command}
		if strings.Contains(command[0], "/") {
			byName := slices.Clone(command)
			byName[0] = path.Base(command[0])
			tries = append(tries, byName)
		}
		for _, command := range tries {
			found := false
			for i, r := range rules {
				m := r.matched(command)
				if m == nil {
					continue
				}
				found = true
				stricter := -1
				if deciding != nil {
					stricter = slices.Index(strictness, r.decision) - slices.Index(strictness, deciding.decision)
				}
				if deciding == nil || stricter > 0 || stricter == 0 && len(m) >= len(words) {
					deciding, words = &rules[i], m
				}
			}
			if found {
				break
			}
		}
	}
	switch {
	case deciding == nil || deciding.decision == "allow":
		return "", false
	case deciding.decision == "forbidden":
		return shell.ForbiddenReason(c.Argv, words, deciding.justification), true
	case c.Driver == "exec":
		return shell.ReasonNeverAsk, true
	}
	return shell.PromptReason(c.Argv, deciding.justification), true
}
