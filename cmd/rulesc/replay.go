package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/topk"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/matcher"
	"github.com/rulesc/rulesc/runtime"
	"github.com/rulesc/rulesc/runtime/shell"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

// groupsKept is how many different changes are told apart.
const groupsKept = 1 << 12

func replayCommand(p process) *cobra.Command {
	sel := &selection{process: p}
	logs := &logReading{process: p}
	var old, young string
	var asWritten bool
	top := countFlag(10)
	format := formatText
	cmd := &cobra.Command{
		Use:   "replay [flags] LOG...",
		Short: "Show what a policy says of the commands in logs, and what a change would",
		Long: `Replay shows how often each decision falls on the commands of logs, which rules
decide how often, and which never. With --old it also shows every command whose
decision changed, by the rules that decide, the most frequent first.

` + logsHelp + `

The policy is the one of all layers that apply to the working directory, or
that of the rule files named with --rules, or of the artifact named with
--artifact, or named with --new: an artifact, a rule file, a folder of rule
files, or REV:PATH, as --old. Programs that are called by path are matched by
name too, unless --as-written is given. Scripts are read as the reference does,
unless --shell says otherwise.

All numbers are exact. Of commands whose decision changed, the ` + fmt.Sprint(commandsKept) + ` most
frequent are kept, and of those that are longer than ` + fmt.Sprint(keptBytes) + ` bytes the beginning; if
there are more, the output says so, and their numbers may be too large by what
is said beside them.

With --format=json the output is one object:
  logs      name, format, bytes, lines, commands, broken, first_broken (line,
            reason)
  policies  one or two (old, new): name, decisions (how often: allow, prompt,
            prompt-user, forbidden, none), rules (that decided, most frequent
            first: rule (id), count, text, source), never (those that did not)
  changed   null for one policy; else commands (how many), exact, groups: old,
            new (decision or null), old_rule, new_rule (as in rules, or null),
            count, commands: command, count, over

Exit codes: 0 done, 1 a log, the rules or the artifact are wrong, 2 wrong usage.`,
		Example: `  rulesc replay ~/.codex/sessions
  rulesc replay --old policy.rulesc --new rules ~/.claude/projects
  rulesc replay --old HEAD:rules --new rules --top=3 ~/.bash_history
  grep git commands.jsonl | rulesc replay --rules team.rules -`,
	}
	flags := cmd.Flags()
	sel.addPolicyFlags(cmd)
	flags.StringVar(&old, "old", "", "compare with this `policy`: an artifact, rule file, folder or REV:PATH")
	flags.StringVar(&young, "new", "", "ask this `policy`, named as for --old")
	addReplayFlags(cmd, sel, &asWritten)
	flags.Var(&top, "top", "how many of each list to show as text")
	logs.addFlags(cmd)
	addFormat(cmd, &format)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if young != "" && (sel.named() || sel.discovery.used()) {
			return usagef("--new excludes --rules, --artifact and the flags about layers")
		}
		r := &replay{shell: sel.shell, changed: topk.New[changedCommand](commandsKept), groups: make(map[change]int64)}
		if old != "" {
			side, err := sel.replayOperand(cmd.Context(), old, asWritten)
			if err != nil {
				return err
			}
			r.sides = append(r.sides, side)
		}
		var side *replaySide
		var err error
		if young != "" {
			side, err = sel.replayOperand(cmd.Context(), young, asWritten)
		} else {
			side, err = sel.replaySelected(cmd.Context(), asWritten)
		}
		if err != nil {
			return err
		}
		r.sides = append(r.sides, side)
		if err := logs.read(cmd.Context(), args, sel.inDir, r.command); err != nil {
			return err
		}
		if format == formatJSON {
			return writeJSON(p.stdout, r.form(logs))
		}
		return writeAll(p.stdout, r.text(logs, int(top)))
	}
	return cmd
}

// addReplayFlags adds the flags that say how the commands of logs are judged.
func addReplayFlags(cmd *cobra.Command, s *selection, asWritten *bool) {
	flags := cmd.Flags()
	s.shell = shellReference
	flags.BoolVar(asWritten, "as-written", false, "compare first tokens as they are written, never by program name")
	addShell(cmd, &s.shell)
}

// A replaySide is a policy that is asked about the commands of logs, and what it
// said.
type replaySide struct {
	name     string
	policy   *ir.Policy
	compiled *runtime.Policy
	named    func(ir.Source) string // shows where a rule stands

	decisions [ir.Forbidden + 1]int64
	decided   []int64 // by rule
}

// replayOperand reads a policy that is named as diff's are.
func (s *selection) replayOperand(ctx context.Context, name string, asWritten bool) (*replaySide, error) {
	o, err := readOperandIn(ctx, &s.discovery, name)
	if err != nil {
		return nil, err
	}
	return s.replaySide(o.name, o.policy, func(source ir.Source) string { return diag.Printable(source.String()) }, asWritten)
}

// replaySelected reads the policy that the flags name.
func (s *selection) replaySelected(ctx context.Context, asWritten bool) (*replaySide, error) {
	subject, policy, err := s.loadRules(ctx)
	if err != nil {
		return nil, err
	}
	defer subject.close()
	name := "layers"
	if s.artifact != "" {
		name = s.artifact
	} else if len(s.rules) > 0 {
		name = strings.Join(s.rules, ", ")
	}
	return s.replaySide(name, policy, func(source ir.Source) string {
		if path := subject.path(source); path != "" {
			source.File = s.fromDir(path)
		}
		return diag.Printable(source.String())
	}, asWritten)
}

func (s *selection) replaySide(name string, policy *ir.Policy, named func(ir.Source) string, asWritten bool) (*replaySide, error) {
	artifact, err := compiler.Compile(policy, matcher.Meta{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	file, err := artifact.Encode(matcher.CodecStored)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var options []runtime.Option
	if asWritten {
		options = append(options, runtime.WithoutHostResolution())
	}
	compiled, err := runtime.New(file, options...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &replaySide{name: name, policy: policy, compiled: compiled, named: named, decided: make([]int64, len(policy.Rules))}, nil
}

// answer is what a policy says of a command: the decision, and the rule.
type answer struct {
	decision ir.Decision
	rule     int32 // -1 for none
}

func (s *replaySide) ask(e entry) answer {
	a := answer{rule: -1}
	if e.script != nil {
		parts := full.Decide(s.compiled, e.script)
		a.decision = ir.Decision(parts.Decision)
		if parts.Deciding >= 0 {
			a.rule = int32(parts.Parts[parts.Deciding].Verdict.Rule)
		}
	} else {
		v := s.compiled.DecideAll(e.commands)
		a = answer{ir.Decision(v.Decision), int32(v.Rule)}
	}
	s.decisions[a.decision]++
	if a.rule >= 0 {
		s.decided[a.rule]++
	}
	return a
}

// A change is a decision that changed, and the rules that decide.
type change struct{ old, young answer }

// A replay is what one or two policies say of the commands of logs.
type replay struct {
	shell   shellReading
	sides   []*replaySide
	groups  map[change]int64 // up to groupsKept, each with how often
	others  int64            // in no group
	changed *topk.Table[changedCommand]
	key     []byte // of the last command
}

// A changedCommand is a command whose decision changed.
type changedCommand struct {
	change
	cut string // see cutLong
}

func (r *replay) command(argv []string) error {
	e := r.shell.entry(argv)
	c := change{young: r.sides[len(r.sides)-1].ask(e)}
	if len(r.sides) == 1 {
		return nil
	}
	c.old = r.sides[0].ask(e)
	if c.old.decision == c.young.decision {
		return nil
	}
	r.key = commandKey(r.key[:0], argv)
	r.changed.Add(r.key, func() changedCommand { return changedCommand{c, cutLong(argv)} })
	if n, known := r.groups[c]; known || len(r.groups) < groupsKept {
		r.groups[c] = n + 1
	} else {
		r.others++
	}
	return nil
}

// An entry is a command of a log as it is judged.
type entry struct {
	commands [][]string
	script   *full.Script // in place of commands if the reading is full
}

func (r shellReading) entry(argv []string) entry {
	switch r {
	case shellFull:
		return entry{script: full.Read(argv)}
	case shellOff:
		return entry{commands: [][]string{argv}}
	}
	commands, _ := shell.Reference(argv)
	return entry{commands: commands}
}

// A changeGroup is the commands that changed alike.
type changeGroup struct {
	change
	count    int64
	commands []*topk.Entry[changedCommand]
}

// sorted returns the changes, the most frequent first, with their commands.
func (r *replay) sorted() []changeGroup {
	byChange := make(map[change]*changeGroup)
	for c, n := range r.groups {
		byChange[c] = &changeGroup{change: c, count: n}
	}
	for _, e := range r.changed.Sorted() {
		if g := byChange[e.Value.change]; g != nil {
			g.commands = append(g.commands, e)
		}
	}
	list := make([]changeGroup, 0, len(byChange))
	for _, g := range byChange {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b changeGroup) int {
		return cmp.Or(cmp.Compare(b.count, a.count), compareAnswers(a.old, b.old), compareAnswers(a.young, b.young))
	})
	return list
}

func compareAnswers(a, b answer) int {
	return cmp.Or(cmp.Compare(a.decision, b.decision), cmp.Compare(a.rule, b.rule))
}

// deciding returns the rules that decided, the most frequent first, and those
// that never did.
func (s *replaySide) deciding() (rules, never []int) {
	for i, n := range s.decided {
		if n > 0 {
			rules = append(rules, i)
		} else {
			never = append(never, i)
		}
	}
	slices.SortStableFunc(rules, func(a, b int) int { return cmp.Compare(s.decided[b], s.decided[a]) })
	return rules, never
}

// text is what people read on a terminal.
func (r *replay) text(logs *logReading, top int) string {
	var b strings.Builder
	b.WriteString(logs.summary())
	commands, _ := logs.totals()
	b.WriteString("\ndecisions\n")
	var rows [][]string
	if len(r.sides) == 2 {
		rows = append(rows, []string{"", "old", "", "new"})
	}
	for d := ir.Forbidden; ; d-- {
		row := []string{decisionName(d)}
		some := d != ir.PromptUser
		for _, s := range r.sides {
			n := s.decisions[d]
			row = append(row, fmt.Sprint(n), fmt.Sprintf("%.1f%%", 100*float64(n)/float64(max(1, commands))))
			some = some || n > 0
		}
		if some {
			rows = append(rows, row)
		}
		if d == ir.None {
			break
		}
	}
	alignRight(rows)
	writeTable(&b, "  ", rows)
	if len(r.sides) == 2 {
		r.writeChanges(&b, top)
	}
	young := r.sides[len(r.sides)-1]
	rules, never := young.deciding()
	if len(rules) > 0 {
		fmt.Fprintf(&b, "\nrules that decided, of %s\n", diag.Printable(young.name))
		rows = nil
		for _, id := range rules[:min(top, len(rules))] {
			rows = append(rows, []string{fmt.Sprint(young.decided[id]), young.named(young.policy.Rules[id].Source), young.policy.Rules[id].String()})
		}
		alignRight(rows)
		writeTable(&b, "  ", rows)
		writeMore(&b, "  ", len(rules)-top)
	}
	if len(never) > 0 {
		fmt.Fprintf(&b, "\n%s of %d never decided\n", count(len(never), "rule"), len(young.policy.Rules))
		rows = nil
		for _, id := range never[:min(top, len(never))] {
			rows = append(rows, []string{young.named(young.policy.Rules[id].Source), young.policy.Rules[id].String()})
		}
		writeTable(&b, "  ", rows)
		writeMore(&b, "  ", len(never)-top)
	}
	return b.String()
}

// writeChanges lists the commands whose decision changed.
func (r *replay) writeChanges(b *strings.Builder, top int) {
	total := r.changed.Total()
	if total == 0 {
		b.WriteString("\nno command changes its decision\n")
		return
	}
	groups := r.sorted()
	fmt.Fprintf(b, "\n%s a decision that changed\n", have(total))
	for i := range groups[:min(top, len(groups))] {
		g := &groups[i]
		fmt.Fprintf(b, "%s -> %s  %s, %d different\n", decisionName(g.old.decision), decisionName(g.young.decision), count(int(g.count), "command"), len(g.commands))
		writeTable(b, "    ", [][]string{{"was", r.sides[0].rule(g.old)}, {"now", r.sides[1].rule(g.young)}})
		var rows [][]string
		for _, e := range g.commands[:min(top, len(g.commands))] {
			rows = append(rows, []string{frequency(e.Count, e.Over), shownKey(e.Key, e.Value.cut)})
		}
		alignRight(rows)
		writeTable(b, "    ", rows)
		writeMore(b, "    ", len(g.commands)-top)
	}
	writeMore(b, "", len(groups)-top)
	if r.others > 0 {
		fmt.Fprintf(b, "%s changed in further ways: no more than %d are told apart\n", count(int(r.others), "command"), groupsKept)
	}
	if !r.changed.Exact() {
		fmt.Fprintf(b, "of the different commands that changed, the %d most frequent are kept; 9 (-2): the number may be too large by up to 2\n", commandsKept)
	}
}

func have(n int64) string {
	if n == 1 {
		return "1 command has"
	}
	return fmt.Sprintf("%d commands have", n)
}

func writeMore(b *strings.Builder, indent string, more int) {
	if more > 0 {
		fmt.Fprintf(b, "%s… and %d more\n", indent, more)
	}
}

// frequency shows a count that may be too large.
func frequency(n, over int64) string {
	if over > 0 {
		return fmt.Sprintf("%d (-%d)", n, over)
	}
	return fmt.Sprint(n)
}

// rule shows the rule behind an answer.
func (s *replaySide) rule(a answer) string {
	if a.rule < 0 {
		return "no rule decides"
	}
	rule := &s.policy.Rules[a.rule]
	return s.named(rule.Source) + "  " + rule.String()
}

func decisionName(d ir.Decision) string {
	if d == ir.None {
		return "no match"
	}
	return d.String()
}

// alignRight pads the numbers of a table on their left. Numbers are all cells
// that start with a digit.
func alignRight(rows [][]string) {
	widths := make(map[int]int)
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && '0' <= cell[0] && cell[0] <= '9' {
				widths[i] = max(widths[i], len(cell))
			}
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && '0' <= cell[0] && cell[0] <= '9' && i < len(row) {
				row[i] = strings.Repeat(" ", widths[i]-len(cell)) + cell
			}
		}
	}
}
