package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/casetree"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/layers"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell"
)

// TestLayersConform lays out the tree of every recorded session of the
// reference, decides its command the whole way from folders to the reason
// text, by the evaluator and by an artifact, and compares.
func TestLayersConform(t *testing.T) {
	cases, err := casetree.Read(filepath.Join(recorded, "layers.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no recorded cases in %s", recorded)
	}
	if err != nil {
		t.Fatal(err)
	}
	passed, total := map[string]int{}, map[string]int{}
	var bound []casetree.Case // sessions that need a user whom permissions bind
	for _, c := range cases {
		total[c.Group]++
		if len(c.Modes) > 0 && os.Geteuid() == 0 {
			bound = append(bound, c)
			continue
		}
		if fault := runLayersCase(t, &c); fault != "" {
			t.Errorf("%s (%s): %s", c.ID, c.About, fault)
		} else {
			passed[c.Group]++
		}
	}
	if len(bound) > 0 {
		for group, n := range runAsNobody(t, bound) {
			passed[group] += n
		}
	}
	for _, group := range []string{"A", "B", "C"} {
		t.Logf("group %s: %d of %d recorded sessions passed", group, passed[group], total[group])
	}
}

// nobodysCases is the environment variable with the name of the file of cases
// that a test process runs.
const nobodysCases = "RULESC_NOBODYS_CASES"

// runAsNobody runs cases under a user whom permissions bind, and returns how
// many passed in each group.
func runAsNobody(t *testing.T, cases []casetree.Case) map[string]int {
	var lines bytes.Buffer
	for _, c := range cases {
		if err := json.NewEncoder(&lines).Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	out, err := casetree.RunAsNobody("^TestLayersAsNobody$", map[string][]byte{nobodysCases: lines.Bytes()})
	if errors.Is(err, errors.ErrUnsupported) {
		t.Logf("%d sessions were not run, since no user is at hand whom permissions bind: %v", len(cases), err)
		return nil
	}
	passed := map[string]int{}
	for _, c := range cases {
		if strings.Contains(string(out), "    --- PASS: TestLayersAsNobody/"+c.ID+" ") {
			passed[c.Group]++
		}
	}
	if err != nil || passed["A"]+passed["B"]+passed["C"] != len(cases) {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
	return passed
}

// TestLayersAsNobody is what [runAsNobody] runs in another process.
func TestLayersAsNobody(t *testing.T) {
	file := os.Getenv(nobodysCases)
	if file == "" {
		t.Skip("TestLayersConform runs it")
	}
	cases, err := casetree.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			if fault := runLayersCase(t, &c); fault != "" {
				t.Errorf("%s: %s", c.About, fault)
			}
		})
	}
}

func runLayersCase(t *testing.T, c *casetree.Case) (fault string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(root); err != nil {
		t.Fatal(err)
	}
	defer c.Restore(root)
	want := c.Observed
	reason := ""
	if want.Reason != nil {
		reason = casetree.Expand(*want.Reason, root)
	}
	policy, err := policyOf(t, c, root)
	if err != nil {
		return compareFailure(c, err, reason)
	}
	if want.Outcome == "startup-error" {
		return "started, want " + reason
	}
	argv := make([]string, len(c.Argv))
	for i := range c.Argv {
		argv[i] = casetree.Expand(c.Argv[i], root)
	}
	s := &subject{policy: policy, place: &ir.Place{}, shell: shellReference}
	a, err := s.judge(argv)
	if err != nil {
		t.Fatal(err)
	}
	if err := compareArtifact(policy, argv, a); err != nil {
		return err.Error()
	}
	return compareDecision(c, &a, reason)
}

func policyOf(t *testing.T, c *casetree.Case, root string) (*ir.Policy, error) {
	in, err := discoverWith(caseOptions(t, c, root))
	if err != nil {
		return nil, err
	}
	return in.evaluate(t.Context(), compiler.Options{})
}

func caseOptions(t *testing.T, c *casetree.Case, root string) layers.Options {
	options := layers.Options{SystemDir: c.System(root), WorkDir: c.WorkDir(root), Getenv: c.Getenv(root)}
	for i := 0; i < len(c.Args); i++ {
		switch c.Args[i] {
		case "--ignore-rules":
			options.IgnoreRules = true
		case "--ignore-user-config":
			options.IgnoreUserConfig = true
		case "--trust":
			options.Trust = true
		case "-p":
			i++
			options.Profile = c.Args[i]
		case "-c":
			i++
			options.Overrides = append(options.Overrides, casetree.Expand(c.Args[i], root))
		case "--add-dir":
			i++ // has no part in rules
		case "--dangerously-bypass-approvals-and-sandbox": // has no part in rules
		default:
			t.Fatalf("%s: unknown argument %q", c.ID, c.Args[i])
		}
	}
	return options
}

// compareFailure compares what kept the policy from being made: for broken
// rule files the file, the line and the message.
func compareFailure(c *casetree.Case, err error, reason string) string {
	if c.Observed.Outcome != "startup-error" {
		// A long-lived session goes on without any rules and warns; a build fails.
		if c.Driver == "app-server" && c.Observed.StartupWarning != nil && strings.Contains(*c.Observed.StartupWarning, "rules not applied") {
			return ""
		}
		return fmt.Sprintf("failed: %v", err)
	}
	var failed *layers.Error
	if errors.As(err, &failed) {
		return "" // package layers compares these texts
	}
	var list diag.List
	if !errors.As(err, &list) {
		return fmt.Sprintf("the error is a %T", err)
	}
	first := list[0]
	text := strings.Join(strings.Fields(reason), " ")
	if strings.Contains(reason, "failed to read rules file") {
		if !strings.Contains(reason, first.File) {
			return fmt.Sprintf("error is about %s, want %s", first.File, reason)
		}
		return "" // package layers compares these texts
	}
	// For a failing example the reference shows the line of the call, we that
	// of the example and the call behind it.
	places := []string{fmt.Sprintf("%s:%d: ", first.File, first.Line)}
	for _, call := range first.Calls {
		places = append(places, fmt.Sprintf("%s:%d: ", call.File, call.Line))
	}
	if !slices.ContainsFunc(places, func(place string) bool { return strings.Contains(reason, place) }) {
		return fmt.Sprintf("error is at %q, want %s", places, reason)
	}
	if message := strings.Join(strings.Fields(first.Message), " "); !strings.Contains(text, message) {
		return fmt.Sprintf("error is\n\t%s, want\n\t%s", message, text)
	}
	return ""
}

func compareDecision(c *casetree.Case, a *judge.Answer, reason string) string {
	want := c.Observed
	if fault := compareLowered(c, a); fault != "" {
		return fault
	}
	got := a.Reason()
	switch {
	case want.Outcome == "allow":
		if a.Decision == ir.Allow && want.BypassSandbox != nil && !*want.BypassSandbox {
			return "allowed by rules, want a part without a rule"
		}
		if a.Decision != ir.Allow && (a.Decision != ir.None || want.BypassSandbox == nil || *want.BypassSandbox) {
			return fmt.Sprintf("%v, want allow (bypassing the sandbox: %v)", a.Decision, want.BypassSandbox)
		}
	case reason == shell.ReasonNeverAsk, reason == shell.ReasonRulesMayNotAsk:
		if a.Decision != ir.Prompt && a.Decision != ir.PromptUser {
			return fmt.Sprintf("%v, want prompt", a.Decision)
		}
	case strings.Contains(reason, " rejected: ") && !strings.Contains(reason, "rm -f style commands"), strings.Contains(reason, "approval by policy"), strings.Contains(reason, " approval: "):
		if got != reason {
			return fmt.Sprintf("%v: %s\n\twant %s: %s", a.Decision, got, want.Outcome, reason)
		}
	case want.ReasonNote != "":
		if a.Decision.String() != want.Outcome {
			return fmt.Sprintf("%v, want %s", a.Decision, want.Outcome)
		}
	case a.Decision != ir.None:
		// the agent's own judgement, or the model's own reason: no rule had a say
		return fmt.Sprintf("%v: %s\n\twant no decision by rules (%s: %s)", a.Decision, got, want.Outcome, reason)
	}
	return ""
}

// compareLowered compares the commands that were checked. The record leaves
// out a command that begins with all the words of an earlier one.
func compareLowered(c *casetree.Case, a *judge.Answer) string {
	if c.Observed.Lowered == nil {
		return ""
	}
	var shown [][]string
	for _, command := range a.Commands {
		repeated := false
		for _, earlier := range shown {
			repeated = repeated || len(earlier) <= len(command) && reflect.DeepEqual(earlier, command[:len(earlier)])
		}
		if !repeated {
			shown = append(shown, command)
		}
	}
	if !reflect.DeepEqual(shown, c.Observed.Lowered) {
		return fmt.Sprintf("checked %q, want %q", shown, c.Observed.Lowered)
	}
	return ""
}

// compareArtifact asks the compiled policy the same.
func compareArtifact(policy *ir.Policy, argv []string, want judge.Answer) error {
	artifact, err := compiler.Compile(policy, matcher.Meta{})
	if err != nil {
		return err
	}
	file, err := artifact.Encode(matcher.CodecStored)
	if err != nil {
		return err
	}
	compiled, err := runtime.New(file)
	if err != nil {
		return err
	}
	defer compiled.Close()
	s := &subject{compiled: compiled, place: &ir.Place{}, shell: shellReference}
	got, err := s.judge(argv)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("the artifact answers %+v, the evaluator %+v", got, want)
	}
	return nil
}
