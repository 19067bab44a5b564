package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/ir/lint"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

// nearestShown is how many rules that almost matched are shown.
const nearestShown = 3

func explainCommand(p process) *cobra.Command {
	sel := &selection{process: p, shell: shellFull}
	format := formatText
	cmd := &cobra.Command{
		Use:   "explain [flags] [--] COMMAND... | SCRIPT",
		Short: "Show which rule decides about a command, and why the others do not",
		Long: `Explain shows the decision about a command, the deciding rule with its layer,
place and justification, every other rule that matched and why it lost, and
where no rule matches, the rules that came nearest and where they part from
the command. A shell script is shown with each of its parts underlined.

A command that is given as one argument is read as the script of bash -lc,
unless it is a plain word or --shell=off.

A code of "rulesc vet", such as RS012, is explained instead, unless -- stands
before it. With --format=json that is one object: code, severity, title, text.

` + selectionHelp + `

` + shellHelp + `
Unless it is given, it is full.

` + fullHelp + `

With --format=json the output is one object:
  argv          the command as given
  commands      the token lists that were checked: the commands of a shell
                script, or argv itself
  decision      "allow", "prompt", "prompt-user", "forbidden"; null if a
                command has no rule and nothing stops the others
  decidingRule  the match that decided, or null
  reason        the text of a refusal or a question, or null
  matches       every match: command (index), rule (id), matchedPrefix,
                decision, resolvedProgram, justification, pattern, canonical,
                source, lost (why it did not decide; null for the one that did)
  unmatched     indexes of the commands that no rule matched
  nearest       for these: command, rule, agree (tokens), byName (true if only
                the program's path is in the way), expected, got, pattern, source
  script        the full reading only:
    text        the script; start and end below are bytes of it
    parts       kind ("command", "open-ended", "shell", "opaque", "file",
                "variable"), start, end, command (index), via (list of kind and
                name), reason (why it is opaque), file and effect, variable,
                decision and rule (or null), decides
    redirects   kind ("input", "output", "clobber", "append", "input-output",
                "duplicate", "close", "here-document", "here-string"), fd (-1
                stands for 1 and 2, -2 for one that is not known), target, known
                (whether target is all of it), reads and writes (a file), start,
                end
In commands, an open-ended command has the words that are known; a match of it
whose matchedPrefix is shorter than its pattern is one of some completions.`,
		Example: `  rulesc explain -- git push --force
  rulesc explain --rules team.rules --rules mine.rules -- npm publish
  rulesc explain --artifact policy.rulesc --format=json -- rm -rf build
  rulesc explain -- bash -lc 'git status && git push'
  rulesc explain 'cd x && git push $ARGS > log'
  rulesc explain RS012`,
		DisableFlagParsing: true,
	}
	sel.addFlags(cmd)
	addFormat(cmd, &format)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		argv, help, err := commandLine(cmd, args)
		if help || err != nil {
			return err
		}
		if len(argv) == 1 && (len(args) == 1 || args[len(args)-2] != "--") {
			if code, known := lint.Lookup(argv[0]); known {
				return explainCode(p, code, format)
			}
		}
		s, err := sel.load(cmd.Context())
		if err != nil {
			return err
		}
		defer s.close()
		if err := p.warn(s.warnings); err != nil {
			return err
		}
		if s.shell != shellOff {
			argv = asScript(argv)
		}
		r, err := s.read(argv)
		if err != nil {
			return err
		}
		policy, err := s.rules()
		if err != nil {
			return err
		}
		e := explanation{reading: r, policy: policy, at: s.place, path: s.path, paint: p.paint}
		if format == formatJSON {
			return writeJSON(p.stdout, e.form())
		}
		return e.write(p.stdout)
	}
	return cmd
}

// An explanation is an answer beside the policy that gave it.
type explanation struct {
	reading
	policy *ir.Policy
	at     *ir.Place              // nil: program paths are not resolved
	paint  bool                   // colour the output
	path   func(ir.Source) string // where the user finds a source's file, "" if unknown
}

func (e *explanation) write(w io.Writer) error {
	var b strings.Builder
	b.WriteString(e.Verdict() + "\n")
	switch whole := len(e.Commands) == 1 && slices.Equal(e.Commands[0], e.Argv); {
	case e.script != nil && (!whole || len(e.parts.Parts) > 1):
		b.WriteString("\nscript\n")
		e.underlined(&b)
	case !whole:
		b.WriteString("\nchecked commands\n")
		for i, command := range e.Commands {
			note := ""
			if slices.Contains(e.Unmatched, i) {
				note = "   (no rule)"
			}
			fmt.Fprintf(&b, "  %d  %s%s\n", i+1, shellLine(command), note)
		}
	}
	if e.Deciding >= 0 {
		m := e.Matches[e.Deciding]
		rule := &e.policy.Rules[m.Rule]
		b.WriteString("\ndecided by\n")
		fmt.Fprintf(&b, "  %s\n", e.place(rule.Source))
		e.excerpt(&b, rule)
		if m.Justification != "" {
			fmt.Fprintf(&b, "  justification: %s\n", diag.Printable(m.Justification))
		}
		if len(m.Prefix) < len(rule.Pattern) {
			fmt.Fprintf(&b, "  matched by a completion: the words behind `%s` are known to the shell only\n", shellLine(e.Commands[m.Command]))
		}
		if m.Resolved != "" {
			fmt.Fprintf(&b, "  matched by name: %s stands for %s\n", m.Prefix[0], m.Resolved)
		}
	}
	e.others(&b)
	e.nearest(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// others lists the matches that did not decide.
func (e *explanation) others(b *strings.Builder) {
	var rows [][]string
	seen := make(map[string]bool) // commands of a script may be the same
	for i, m := range e.Matches {
		row := []string{m.Decision.String(), shellLine(m.Prefix), e.place(e.policy.Rules[m.Rule].Source), e.lost(i)}
		if key := strings.Join(row, "\n"); i != e.Deciding && !seen[key] {
			seen[key] = true
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 {
		b.WriteString("\nalso matched\n")
		writeTable(b, "  ", rows)
	}
}

// lost says why match i did not decide; "" if it did.
func (e *explanation) lost(i int) string {
	if m := e.Matches[i]; i != e.Deciding && len(m.Prefix) < len(e.policy.Rules[m.Rule].Pattern) {
		return "matches some completions only"
	}
	if e.Deciding < 0 {
		if e.script != nil {
			return "another part has no rule"
		}
		return "another command has no rule"
	}
	winner := e.Matches[e.Deciding]
	switch m := e.Matches[i]; {
	case i == e.Deciding:
		return ""
	case m.Decision < winner.Decision:
		return fmt.Sprintf("less strict than %s", winner.Decision)
	case len(m.Prefix) < len(winner.Prefix):
		return "as strict, but a shorter prefix"
	default:
		return "as strict and as long, but defined earlier"
	}
}

// nearest lists, for commands without a rule, those that came closest.
func (e *explanation) nearest(b *strings.Builder) {
	const most = 10 // commands of a script that this is shown for
	seen := make(map[string]bool)
	for _, i := range e.Unmatched {
		line := shellLine(e.Commands[i])
		if seen[line] {
			continue
		}
		seen[line] = true
		if len(seen) > most {
			b.WriteString("\nmore commands have no rule\n")
			return
		}
		near := analysis.Nearest(e.policy, e.Commands[i], nearestShown)
		if len(near) == 0 {
			continue
		}
		if e.openEnded(i) {
			line += " …"
		}
		fmt.Fprintf(b, "\nnearest rules to `%s`\n", line)
		var rows [][]string
		for _, n := range near {
			rule := &e.policy.Rules[n.Rule]
			parting := e.parting(rule, n)
			if n.Ended && e.openEnded(i) {
				parting = fmt.Sprintf("token %d: the shell alone knows it", n.Agree+1)
			}
			rows = append(rows, []string{rule.Decision.String(), rule.Pattern.String(), e.place(rule.Source), parting})
		}
		writeTable(b, "  ", rows)
	}
}

// openEnded reports whether only the shell knows how a command goes on.
func (e *explanation) openEnded(command int) bool {
	for _, part := range e.parts.Parts {
		if part.IsCommand() {
			if command--; command < 0 {
				return part.Kind == full.OpenEnded
			}
		}
	}
	return false
}

// parting says where a rule and a command part.
func (e *explanation) parting(rule *ir.PrefixRule, n analysis.Near) string {
	want := rule.Pattern[n.Agree]
	expected := shellLine(want[:1])
	if len(want) > 1 {
		const most = 4
		shown := make([]string, 0, most)
		for _, t := range want[:min(most, len(want))] {
			shown = append(shown, shellLine([]string{t}))
		}
		expected = "one of " + strings.Join(shown, ", ")
		if len(want) > most {
			expected += fmt.Sprintf(", … (%d more)", len(want)-most)
		}
	}
	if n.ByName {
		return fmt.Sprintf("token 1: expected %s, found %s%s", expected, shellLine([]string{n.Got}), e.notByName(n.Got))
	}
	if n.Ended {
		return fmt.Sprintf("token %d: expected %s, but the command ends", n.Agree+1, expected)
	}
	return fmt.Sprintf("token %d: expected %s, found %s", n.Agree+1, expected, shellLine([]string{n.Got}))
}

// notByName says why a program's path does not stand for the program's name.
func (e *explanation) notByName(program string) string {
	_, name := ir.CleanPath(program)
	paths, listed := e.policy.HostPaths(name)
	switch {
	case e.at == nil:
		return ", and paths are not resolved (--resolve-host-executables)"
	case !listed:
		return ""
	case len(paths) == 0:
		return ", and host_executable lets no path stand for " + shellLine([]string{name})
	}
	const most = 3
	shown := shellLine(paths[:min(most, len(paths))])
	if len(paths) > most {
		shown += fmt.Sprintf(" … (%d more)", len(paths)-most)
	}
	return fmt.Sprintf(", and host_executable lets only %s stand for %s", shown, shellLine([]string{name}))
}

// place names a source for a person who wants to open it.
func (e *explanation) place(s ir.Source) string {
	if path := e.path(s); path != "" && s.Layer != "" {
		at := s.Position
		at.File = path
		return s.Layer + " " + diag.Printable(at.String())
	}
	return diag.Printable(s.String())
}

// excerpt shows the line that a rule starts on, and the rule's canonical text
// where that line is not the whole call or the file is not at hand.
func (e *explanation) excerpt(b *strings.Builder, rule *ir.PrefixRule) {
	line := ""
	if path := e.path(rule.Source); path != "" {
		line = strings.TrimSpace(sourceLine(path, rule.Source.Line))
	}
	if line != "" {
		fmt.Fprintf(b, "  %5d | %s\n", rule.Source.Line, diag.Printable(line))
	}
	for _, call := range rule.Source.Calls {
		fmt.Fprintf(b, "        called from %s, in %s\n", diag.Printable(call.Position.String()), diag.Printable(call.Func))
	}
	if !strings.HasPrefix(line, "prefix_rule(") || !strings.HasSuffix(line, ")") {
		fmt.Fprintf(b, "  %s\n", rule)
	}
}

// sourceLine returns a line of a file, "" if it is not there.
func sourceLine(path string, n int) string {
	lines := strings.SplitN(sourceText(path), "\n", n+1)
	if n < 1 || len(lines) < n {
		return ""
	}
	return lines[n-1]
}

type explanationJSON struct {
	Argv      []string      `json:"argv"`
	Commands  [][]string    `json:"commands"`
	Decision  *string       `json:"decision"`
	Deciding  *matchJSON    `json:"decidingRule"`
	Reason    *string       `json:"reason"`
	Matches   []matchJSON   `json:"matches"`
	Unmatched []int         `json:"unmatched"`
	Nearest   []nearestJSON `json:"nearest"`
	Script    *scriptJSON   `json:"script,omitempty"`
}

type matchJSON struct {
	Command       int          `json:"command"`
	Rule          int          `json:"rule"`
	MatchedPrefix []string     `json:"matchedPrefix"`
	Decision      string       `json:"decision"`
	Resolved      string       `json:"resolvedProgram,omitempty"`
	Justification string       `json:"justification,omitempty"`
	Pattern       []any        `json:"pattern"`
	Canonical     bool         `json:"canonical,omitempty"`
	Source        positionJSON `json:"source"`
	Lost          *string      `json:"lost"`
}

type nearestJSON struct {
	Command  int          `json:"command"`
	Rule     int          `json:"rule"`
	Agree    int          `json:"agree"`
	ByName   bool         `json:"byName,omitempty"`
	Expected []string     `json:"expected"`
	Got      *string      `json:"got"`
	Pattern  []any        `json:"pattern"`
	Source   positionJSON `json:"source"`
}

type positionJSON struct {
	Layer  string `json:"layer,omitempty"`
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

func (e *explanation) form() explanationJSON {
	form := explanationJSON{
		Argv: e.Argv, Commands: e.Commands,
		Matches: []matchJSON{}, Unmatched: append([]int{}, e.Unmatched...), Nearest: []nearestJSON{},
	}
	for i, m := range e.Matches {
		form.Matches = append(form.Matches, e.matchForm(i, m))
	}
	if e.Deciding >= 0 {
		decision := e.Decision.String()
		form.Decision = &decision
		form.Deciding = &form.Matches[e.Deciding]
		if reason := e.Reason(); reason != "" {
			form.Reason = &reason
		}
	}
	for _, i := range e.Unmatched {
		for _, n := range analysis.Nearest(e.policy, e.Commands[i], nearestShown) {
			rule := &e.policy.Rules[n.Rule]
			near := nearestJSON{
				Command: i, Rule: n.Rule, Agree: n.Agree, ByName: n.ByName, Expected: rule.Pattern[n.Agree],
				Pattern: patternForm(rule.Pattern), Source: sourceForm(rule.Source),
			}
			if !n.Ended {
				near.Got = &n.Got
			}
			form.Nearest = append(form.Nearest, near)
		}
	}
	if e.script != nil {
		form.Script = e.scriptForm()
	}
	return form
}

func (e *explanation) matchForm(i int, m judge.Match) matchJSON {
	rule := &e.policy.Rules[m.Rule]
	form := matchJSON{
		Command: m.Command, Rule: m.Rule, MatchedPrefix: m.Prefix, Decision: m.Decision.String(),
		Resolved: m.Resolved, Justification: m.Justification,
		Pattern: patternForm(rule.Pattern), Canonical: rule.Canonical, Source: sourceForm(rule.Source),
	}
	if lost := e.lost(i); lost != "" {
		form.Lost = &lost
	}
	return form
}

// patternForm is [judge.PatternForm].
func patternForm(p ir.Pattern) []any { return judge.PatternForm(p) }

func sourceForm(s ir.Source) positionJSON {
	return positionJSON{s.Layer, s.File, s.Line, s.Col}
}

// shellLine is [judge.ShellLine].
func shellLine(words []string) string { return judge.ShellLine(words) }
