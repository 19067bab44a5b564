package layers_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/internal/casetree"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/layers"
)

// casesVariable is the environment variable that says where the recorded
// decisions are, to a test that runs under another user.
const casesVariable = "RULESC_LAYER_CASES"

// casesFile is where the recorded decisions are.
func casesFile() string {
	if file := os.Getenv(casesVariable); file != "" {
		return file
	}
	return filepath.Join("..", "..", "shared", "conformance", "layers.jsonl")
}

func readCases(t *testing.T) []casetree.Case {
	t.Helper()
	cases, err := casetree.Read(casesFile())
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("the recorded decisions of the reference cannot be read: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// options returns what to discover with, from a case's arguments.
func options(t *testing.T, c *casetree.Case, root string) layers.Options {
	t.Helper()
	opts := layers.Options{SystemDir: c.System(root), WorkDir: c.WorkDir(root), Getenv: c.Getenv(root)}
	for i := 0; i < len(c.Args); i++ {
		next := func() string { i++; return casetree.Expand(c.Args[i], root) }
		switch c.Args[i] {
		case "--ignore-rules":
			opts.IgnoreRules = true
		case "--ignore-user-config":
			opts.IgnoreUserConfig = true
		case "--trust":
			opts.Trust = true
		case "-p":
			opts.Profile = next()
		case "-c":
			opts.Overrides = append(opts.Overrides, next())
		case "--add-dir":
			next()
		case "--dangerously-bypass-approvals-and-sandbox":
		default:
			t.Fatalf("unknown argument %q", c.Args[i])
		}
	}
	return opts
}

func TestConformance(t *testing.T) {
	decided := 0
	for _, c := range readCases(t) {
		if c.Group == "B" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			if len(c.Modes) > 0 && os.Geteuid() == 0 {
				t.Skip("permissions do not bind this user; see TestAsNobody")
			}
			root := tempDir(t)
			if err := c.Write(root); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Restore(root) })
			if checkCase(t, &c, root) {
				decided++
			}
		})
	}
	t.Logf("%d cases decided by their rules", decided)
}

// checkCase compares everything that can be told without evaluating Starlark.
// It reports whether the case's rules were simple enough to decide the command.
func checkCase(t *testing.T, c *casetree.Case, root string) bool {
	wantStartup, wantReason := c.Observed.Outcome == "startup-error", ""
	if c.Observed.Reason != nil {
		wantReason = casetree.Expand(*c.Observed.Reason, root)
	}
	ours := wantStartup && !regexp.MustCompile(`\.rules:\d+: `).MatchString(wantReason)

	stack, err := layers.Discover(options(t, c, root))
	var files []layers.File
	if err == nil {
		files, _, err = stack.RuleFiles()
	}
	if (err != nil) != ours {
		t.Fatalf("got error %v, want start-up error %t (%s)", err, ours, wantReason)
	}
	if err != nil {
		var all *layers.Error
		if !errors.As(err, &all) {
			t.Fatalf("error is a %T", err)
		}
		got := all.Problems[0].Reason()
		if c.Driver == "app-server" {
			got = "error creating thread: Fatal error: failed to load rules: " + all.Problems[0].Text
		}
		if loose(got) != loose(wantReason) {
			t.Errorf("got reason\n%s\nwant\n%s", got, wantReason)
		}
		return false
	}

	warnings := strings.Join(stack.StartupWarnings(), "\n")
	wantWarnings := ""
	if c.Observed.StartupWarning != nil && c.Driver == "exec" {
		wantWarnings = casetree.Expand(*c.Observed.StartupWarning, root)
	}
	if c.Driver == "exec" && warnings != wantWarnings {
		t.Errorf("got warning %q, want %q", warnings, wantWarnings)
	}
	checkDropped(t, c, root, files)
	return checkDecision(t, c, stack, files)
}

// loose takes the words of the TOML library out of a message.
func loose(text string) string {
	if strings.Contains(text, "TOML parse error") {
		return text[:strings.LastIndexByte(text, '\n')]
	}
	return text
}

// checkDropped compares the lines that do not count with what the reference
// left of the file.
func checkDropped(t *testing.T, c *casetree.Case, root string, files []layers.File) {
	for _, f := range files {
		var kept strings.Builder
		dropped := map[int]bool{}
		for _, d := range f.Dropped {
			dropped[d.Line] = true
		}
		for i, line := range strings.SplitAfter(string(f.Text), "\n") {
			if !dropped[i+1] {
				kept.WriteString(line)
			}
		}
		name := strings.TrimPrefix(f.Path.String(), root+"/")
		want, rewritten := c.Observed.Rewritten[name]
		if !rewritten {
			text, err := os.ReadFile(f.Path.String())
			if err != nil {
				t.Fatal(err)
			}
			want = string(text)
		}
		if rewritten != (len(f.Dropped) > 0) || kept.String() != want {
			t.Errorf("%s: kept\n%s\nwant\n%s", name, kept.String(), want)
		}
	}
}

// simpleRule is a rule that needs no Starlark to be understood.
var simpleRule = regexp.MustCompile(`^prefix_rule\(pattern=(\[[^\[\]]*\]), decision="(allow|prompt|forbidden)"(?:, justification=("[^"\\]*"))?\)$`)

// checkDecision decides the command where every file holds simple rules only
// and the command is a plain one.
func checkDecision(t *testing.T, c *casetree.Case, stack *layers.Stack, files []layers.File) bool {
	if c.Group != "A" { // the others are about programs and host executables
		return false
	}
	var policy ir.Policy
	for _, f := range files {
		for line := range strings.Lines(string(f.Text)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			m := simpleRule.FindStringSubmatch(line)
			if m == nil {
				return false
			}
			policy.Rules = append(policy.Rules, parseRule(t, m))
		}
	}
	policy.Rules = append(policy.Rules, stack.Managed()...)

	var args struct {
		Cmd           string `json:"cmd"`
		Justification string `json:"justification"`
	}
	if err := json.Unmarshal(c.Command, &args); err != nil || strings.ContainsAny(args.Cmd, "&|;<>()$`\n'\"\\") {
		return false
	}
	command, ok := shlex.Split(args.Cmd)
	// The agent itself has a say in rm and in what asks for more rights.
	if !ok || len(command) == 0 || filepath.Base(command[0]) == "rm" || args.Justification != "" {
		return false
	}
	result := policy.Evaluate(command, &ir.Place{})
	want := map[string]ir.Decision{"forbidden": ir.Forbidden, "prompt": ir.Prompt, "allow": ir.Allow}[c.Observed.Outcome]
	if bypass := c.Observed.BypassSandbox; want == ir.Allow && bypass != nil && !*bypass {
		want = ir.None
	}
	got := result.Decision
	if got == ir.PromptUser {
		got = ir.Prompt
	}
	if strings.Contains(string(c.ApprovalPolicy), "granular") {
		return false
	}
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
	if got == ir.Forbidden {
		rule := policy.Rules[result.Matches[result.Deciding].Rule]
		if rule.Justification != "" && !strings.HasSuffix(*c.Observed.Reason, "rejected: "+rule.Justification) {
			t.Errorf("got reason %q, want %q", rule.Justification, *c.Observed.Reason)
		}
	}
	return true
}

func parseRule(t *testing.T, m []string) ir.PrefixRule {
	t.Helper()
	var words []string
	var rule ir.PrefixRule
	if err := json.Unmarshal([]byte(m[1]), &words); err != nil {
		t.Fatal(err)
	}
	if m[3] != "" {
		if err := json.Unmarshal([]byte(m[3]), &rule.Justification); err != nil {
			t.Fatal(err)
		}
	}
	rule.Pattern = ir.Literal(words...)
	rule.Decision, _ = ir.ParseDecision(m[2])
	return rule
}

// tempDir is a folder with links resolved, that an unprivileged user owns.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
