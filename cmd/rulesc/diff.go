package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
)

// Exit codes of diff, as those of diff(1).
const (
	exitSame      = 0
	exitDifferent = 1
	exitTrouble   = 2
)

func diffCommand(p process) *cobra.Command {
	var d discovery
	var stack, asWritten bool
	format, failOn := diffFormat(formatText), failOnFlag("")
	cmd := &cobra.Command{
		Use:   "diff [flags] OLD NEW | --layers OLD",
		Short: "Show exactly which commands two policies answer differently",
		Long: `Diff compares the answers of two policies on every command there is. Each
command whose answer differs lies in exactly one of the regions shown, and no
other command does. A region is the commands that start with a prefix, unless
certain tokens follow it; with it come the deciding rules of both sides and a
shortest command to try, the witness.

OLD and NEW are artifacts, rule files, folders of rule files, or REV:PATH of
the git repository at hand, where symbolic links are followed within REV. With
--layers the layers that apply to the working directory stand in the place of
NEW.

Answers are effective decisions: forbidden > prompt-user > prompt > allow, and
no match, where the caller's fallback decides. Programs that are called by path
count, unless --as-written is given.

With --format=json the output is one object:
  old, new  names
  same      whether there is nothing to say
  counts    of regions: looser, stricter, changed_match
  regions   prefix (a list of token sets), except_next (a token set), old and new
            (decision or null), direction ("looser", "stricter" or "changed
            match"), witness (a command), old_rules and new_rules (that decide:
            rule, justification, source)
  changes   in the rules: added, removed, reworded, moved (as old_rules),
            host_executables (name, old, new), network (host, old, new),
            metadata (what, name, old, new)
A token set is all that is named by its
  tokens    themselves
  classes   what is caselessly equal to fold; but for except, and only paths that
            are within, if that is there
  paths     programs called by path: by any spelling of path, or where the last
            part is name, or caselessly equal to fold; but for tokens in except,
            those equal to one of except_folds, paths in except_paths, and last
            parts in except_names

Exit codes: 0 same, 1 different, 2 trouble. With --fail-on=looser, stricter or
any, 1 only if there is such a region.`,
		Example: `  rulesc diff old.rulesc new.rulesc
  rulesc diff HEAD~1:rules rules
  rulesc diff --layers policy.rulesc
  rulesc diff --format=markdown --fail-on=looser main:team.rules team.rules`,
	}
	flags := cmd.Flags()
	flags.BoolVar(&stack, "layers", false, "compare with the layers of the working directory")
	flags.BoolVar(&asWritten, "as-written", false, "compare first tokens as they are written, never by program name")
	flags.Var(&format, "format", "text, json, markdown, sarif or github")
	flags.Var(&failOn, "fail-on", "exit with 1 only for regions that are looser, stricter, or any")
	d.addFlags(cmd)
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(diffFormats, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(failOnChoices, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		old, young, err := diffOperands(cmd.Context(), p, &d, stack, args)
		if err != nil {
			return &troubleError{err}
		}
		result, err := compare(old, young, analysis.Options{AsWritten: asWritten})
		if err != nil {
			return &troubleError{err}
		}
		if err := result.write(p, format); err != nil {
			return &troubleError{err}
		}
		if failOn.applies(result) {
			return &exitError{exitDifferent}
		}
		return nil
	}
	return cmd
}

// A troubleError keeps diff from comparing.
type troubleError struct{ err error }

func (e *troubleError) Error() string { return e.err.Error() }
func (e *troubleError) Unwrap() error { return e.err }

func diffOperands(ctx context.Context, p process, d *discovery, stack bool, args []string) (old, young *operand, err error) {
	want := 2
	if stack {
		want = 1
	} else if d.used() {
		return nil, nil, usagef("--home, --system-dir, --profile and --layer go with --layers")
	}
	if len(args) != want {
		return nil, nil, usagef("diff takes OLD and NEW, or --layers and OLD; got %s", count(len(args), "argument"))
	}
	if old, err = readOperandIn(ctx, d, args[0]); err != nil {
		return nil, nil, err
	}
	if !stack {
		young, err = readOperandIn(ctx, d, args[1])
		return old, young, err
	}
	in, err := d.discover(p)
	if err != nil {
		return nil, nil, err
	}
	if err := p.warn(in.warnings); err != nil {
		return nil, nil, err
	}
	policy, err := in.evaluate(ctx, compiler.Options{})
	return old, &operand{name: "layers", policy: policy}, err
}

// A comparison is everything that diff has to say.
type comparison struct {
	old, young *operand
	regions    []analysis.Region
	changes    *analysis.Changes
	meta       []metaChange // of two artifacts
	options    analysis.Options
}

func compare(old, young *operand, o analysis.Options) (*comparison, error) {
	difference, err := analysis.Diff(old.policy, young.policy, o)
	if err != nil {
		return nil, err
	}
	c := &comparison{old: old, young: young, regions: difference.Regions, changes: analysis.Compare(old.policy, young.policy), options: o}
	if old.meta != nil && young.meta != nil {
		c.meta = compareMeta(old.meta, young.meta)
	}
	return c, nil
}

// same reports whether there is nothing to say.
func (c *comparison) same() bool {
	return len(c.regions) == 0 && c.changes.None() && len(c.meta) == 0
}

// count returns the number of regions of a direction.
func (c *comparison) count(d analysis.Direction) int {
	n := 0
	for i := range c.regions {
		if c.regions[i].Direction == d {
			n++
		}
	}
	return n
}

func (c *comparison) write(p process, format diffFormat) error {
	switch format {
	case "json":
		return writeJSON(p.stdout, c.form())
	case "markdown":
		return writeAll(p.stdout, c.markdown())
	case "sarif":
		return writeSARIF(p.stdout, diffCodes, c.findings())
	case "github":
		return writeGitHub(p.stdout, c.findings())
	}
	return writeAll(p.stdout, c.text(p))
}

func writeAll(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

// text is what people read on a terminal.
func (c *comparison) text(p process) string {
	if c.same() {
		return "same: no command changes its answer, and no rule its text\n"
	}
	var b strings.Builder
	for i := range c.regions {
		r := &c.regions[i]
		fmt.Fprintf(&b, "%s  %s\n", colored(p, r.Direction), diag.Printable(r.String()))
		var rows [][]string
		rows = append(rows, ruleRows("was", c.old.policy, r.OldRules)...)
		rows = append(rows, ruleRows("now", c.young.policy, r.NewRules)...)
		rows = append(rows, []string{"try", c.try(r)})
		writeTable(&b, "    ", rows)
	}
	if len(c.regions) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(c.summary())
	for _, line := range c.changeLines() {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	return b.String()
}

// colored is a direction in its colour, if standard output has any.
func colored(p process, d analysis.Direction) string {
	if !p.paint {
		return string(d)
	}
	color := map[analysis.Direction]string{analysis.Looser: "31", analysis.Stricter: "32", analysis.ChangedMatch: "33"}[d]
	return "\x1b[1;" + color + "m" + string(d) + "\x1b[0m"
}

// try is a region's witness as it can be put behind "rulesc explain --rules F".
func (c *comparison) try(r *analysis.Region) string {
	line := shellLine(r.Witness)
	switch program := r.Witness[0]; {
	case !c.options.AsWritten && strings.Contains(program, "/"):
		return "--resolve-host-executables -- " + line
	case strings.HasPrefix(program, "-"):
		return "-- " + line
	}
	return line
}

// rulesShown is how many deciding rules of a region are shown.
const rulesShown = 3

func ruleRows(label string, p *ir.Policy, rules []int) [][]string {
	if len(rules) == 0 {
		return [][]string{{label, "no rule"}}
	}
	var rows [][]string
	for i, id := range rules[:min(len(rules), rulesShown)] {
		if i > 0 {
			label = ""
		}
		rule := &p.Rules[id]
		rows = append(rows, []string{label, diag.Printable(rule.Source.String()), rule.String()})
	}
	if more := len(rules) - rulesShown; more > 0 {
		rows = append(rows, []string{"", fmt.Sprintf("and %d more", more)})
	}
	return rows
}

// summary counts on one line.
func (c *comparison) summary() string {
	switch {
	case len(c.regions) == 0 && c.changes.None():
		return "no command changes its answer, and no rule its text; how the artifacts were made differs:\n"
	case len(c.regions) == 0:
		return "no command changes its answer; the rules differ:\n"
	}
	return fmt.Sprintf("%s of commands: %d looser, %d stricter, %d changed match\n", count(len(c.regions), "region"),
		c.count(analysis.Looser), c.count(analysis.Stricter), c.count(analysis.ChangedMatch))
}

// changeLines lists what changed in the texts, a line each.
func (c *comparison) changeLines() []string {
	var lines []string
	rule := func(what string, p *ir.Policy, id int) {
		lines = append(lines, fmt.Sprintf("rule %s: %s  %s", what, diag.Printable(p.Rules[id].Source.String()), &p.Rules[id]))
	}
	for _, id := range c.changes.Removed {
		rule("removed", c.old.policy, id)
	}
	for _, id := range c.changes.Added {
		rule("added", c.young.policy, id)
	}
	for _, pair := range c.changes.Reworded {
		rule("reworded", c.young.policy, pair.New)
	}
	for _, pair := range c.changes.Moved {
		rule("moved", c.young.policy, pair.New)
	}
	for _, h := range c.changes.Hosts {
		lines = append(lines, fmt.Sprintf("host executable %s: %s -> %s", diag.Printable(h.Name), pathList(h.Old), pathList(h.New)))
	}
	for _, n := range c.changes.Networks {
		lines = append(lines, fmt.Sprintf("network host %s: %s -> %s", diag.Printable(n.Host), n.Old, n.New))
	}
	for _, m := range c.meta {
		lines = append(lines, diag.Printable(m.String()))
	}
	return lines
}

func pathList(paths []string) string {
	switch {
	case paths == nil:
		return "any path"
	case len(paths) == 0:
		return "no path"
	}
	return diag.Printable(strings.Join(paths, ", "))
}

// markdown is a comment on a pull request.
func (c *comparison) markdown() string {
	var b strings.Builder
	if len(c.regions) == 0 {
		b.WriteString("### Policy: no command changes its answer\n")
	} else {
		fmt.Fprintf(&b, "### Policy: %s", c.summary())
		b.WriteString("\n| | commands | before | after | try |\n|---|---|---|---|---|\n")
		for i := range c.regions {
			r := &c.regions[i]
			commands := r.String()
			commands = diag.Printable(commands[:strings.LastIndex(commands, ": ")])
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Direction, cell(code(commands)),
				cell(markdownSide(r.Old, c.old.policy, r.OldRules)), cell(markdownSide(r.New, c.young.policy, r.NewRules)), cell(code(c.try(r))))
		}
	}
	if lines := c.changeLines(); len(lines) > 0 {
		fmt.Fprintf(&b, "\n<details><summary>%s in the rules</summary>\n\n", count(len(lines), "change"))
		for _, line := range lines {
			fmt.Fprintf(&b, "- %s\n", code(line))
		}
		b.WriteString("\n</details>\n")
	}
	return b.String()
}

func markdownSide(d ir.Decision, p *ir.Policy, rules []int) string {
	if d == ir.None {
		return "no match"
	}
	text := "**" + d.String() + "**"
	if len(rules) > 0 {
		text += " by " + code(diag.Printable(p.Rules[rules[0]].Source.String()))
	}
	return text
}

// cell writes Markdown into a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

// code writes text as code in Markdown.
func code(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		text = " " + text + " "
	}
	return fence + text + fence
}

// diffCodes says what the codes of findings mean.
var diffCodes = []findingCode{
	{"changed-match", "Commands that no rule matched are matched now, or the other way round; the caller's fallback was or is the answer.", "", diag.Warning},
	{"looser", "Commands get a weaker decision than before.", "", diag.Error},
	{"stricter", "Commands get a stronger decision than before.", "", diag.Warning},
}

// findings are the regions, each at the rule that decides now, or else at the
// one that did.
func (c *comparison) findings() []finding {
	var list []finding
	for i := range c.regions {
		r := &c.regions[i]
		f := finding{code: strings.ReplaceAll(string(r.Direction), " ", "-"), severity: diag.Warning, message: r.String() + "; try: " + c.try(r)}
		if r.Direction == analysis.Looser {
			f.severity = diag.Error
		}
		if len(r.NewRules) > 0 {
			f.position = c.young.policy.Rules[r.NewRules[0]].Source.Position
		} else if len(r.OldRules) > 0 {
			f.position = c.old.policy.Rules[r.OldRules[0]].Source.Position
		}
		list = append(list, f)
	}
	return list
}

type diffFormat string

var diffFormats = []string{"text", "json", "markdown", "sarif", "github"}

func (f *diffFormat) String() string { return string(*f) }
func (f *diffFormat) Type() string   { return strings.Join(diffFormats, "|") }
func (f *diffFormat) Set(s string) error {
	return choose((*string)(f), "format", s, diffFormats)
}

// A failOnFlag is what --fail-on takes; "" if it is not given.
type failOnFlag string

var failOnChoices = []string{"looser", "stricter", "any"}

func (f *failOnFlag) String() string { return string(*f) }
func (f *failOnFlag) Type() string   { return strings.Join(failOnChoices, "|") }
func (f *failOnFlag) Set(s string) error {
	return choose((*string)(f), "choice", s, failOnChoices)
}

func (f failOnFlag) applies(c *comparison) bool {
	switch f {
	case "looser":
		return c.count(analysis.Looser) > 0
	case "stricter":
		return c.count(analysis.Stricter) > 0
	case "any":
		return len(c.regions) > 0
	}
	return !c.same()
}

// choose sets a flag that takes one of a few words.
func choose(flag *string, what, word string, choices []string) error {
	for _, choice := range choices {
		if word == choice {
			*flag = word
			return nil
		}
	}
	return fmt.Errorf("unknown %s %q, want %s", what, word, strings.Join(choices, ", "))
}
