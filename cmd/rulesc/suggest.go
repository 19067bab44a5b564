package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler/format"
	"github.com/rulesc/rulesc/internal/shlex"
	"github.com/rulesc/rulesc/internal/topk"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/runtime/shell/full"
)

func suggestCommand(p process) *cobra.Command {
	sel := &selection{process: p}
	logs := &logReading{process: p}
	s := &suggestion{decision: ir.Prompt, least: 3, most: 20}
	var asWritten bool
	form := formatText
	cmd := &cobra.Command{
		Use:   "suggest [flags] LOG...",
		Short: "Suggest rules for the commands in logs that no rule matches",
		Long: `Suggest writes a rule file: the fewest rules that would answer the commands in
logs which no rule matches, those that answer most first, each as narrow as
answers the same. Never suggested are prefixes that vet calls broad, because they
can run anything or do harm, and such as would change the answer to commands
that have one.

With each rule stands how many commands it answers, what came after its prefix,
and what else it answers: of the commands in the logs those that have a rule
already, and beyond the logs whatever starts so. Examples are the most frequent
commands. The file is compiled before it is printed.

The decision is prompt, unless --decision says otherwise: that a command was run
often does not make it harmless, and a prompt lets nothing through that was
not let through before. Read a rule, and then make it an allow.

` + logsHelp + `

The policy is the one of all layers that apply to the working directory, or
that of the rule files named with --rules, or of the artifact named with
--artifact. Programs that are called by path are matched by name too, unless
--as-written is given. Scripts are read as the reference does, unless --shell
says otherwise, and each of their commands counts.

Of the commands, the ` + fmt.Sprint(commandsKept) + ` most frequent are looked at, and of those that are
longer than ` + fmt.Sprint(keptBytes) + ` bytes the beginning; if there are more, the output says so.

With --format=json the output is one object:
  logs         as in replay
  commands     how many there are in the logs, scripts taken apart
  unanswered   how many of them no rule matches
  exact        false if there were too many different ones to look at
  suggestions  prefix, decision, count, different, next (token or null, count),
               also (commands that have an answer: count, different), examples,
               rule
  refused      program, count: commands that only such prefixes would answer
               as are never suggested
  rare         how many commands are behind prefixes that occur less than --least
  more         how many commands further rules would answer, beyond --most

Exit codes: 0 done, 1 a log, the rules or the artifact are wrong, 2 wrong usage.`,
		Example: `  rulesc suggest ~/.codex/sessions > new.rules
  rulesc suggest --rules team.rules --least=10 ~/.bash_history
  rulesc suggest --decision=allow --most=5 ~/.claude/projects`,
	}
	flags := cmd.Flags()
	sel.addPolicyFlags(cmd)
	addReplayFlags(cmd, sel, &asWritten)
	logs.addFlags(cmd)
	flags.Var((*suggestedDecision)(&s.decision), "decision", "allow, prompt or forbidden")
	flags.Var(&s.least, "least", "suggest a rule only for so many commands")
	flags.Var(&s.most, "most", "suggest so many rules")
	addFormat(cmd, &form)
	cmd.RegisterFlagCompletionFunc("decision", cobra.FixedCompletions(suggestedDecisions, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		side, err := sel.replaySelected(cmd.Context(), asWritten)
		if err != nil {
			return err
		}
		s.replaySide, s.shell, s.logs = side, sel.shell, logs
		s.unanswered, s.answered = topk.New[struct{}](commandsKept), topk.New[struct{}](commandsKept)
		if err := logs.read(cmd.Context(), args, sel.inDir, s.command); err != nil {
			return err
		}
		s.choose()
		text, err := s.text(cmd.Context())
		if err != nil {
			return err
		}
		if form == formatJSON {
			return writeJSON(p.stdout, s.form())
		}
		return writeAll(p.stdout, text)
	}
	return cmd
}

// A suggestedDecision is what --decision takes.
type suggestedDecision ir.Decision

var suggestedDecisions = []string{"allow", "prompt", "forbidden"}

func (d *suggestedDecision) String() string { return ir.Decision(*d).String() }
func (d *suggestedDecision) Type() string   { return strings.Join(suggestedDecisions, "|") }
func (d *suggestedDecision) Set(s string) error {
	var word string
	if err := choose(&word, "decision", s, suggestedDecisions); err != nil {
		return err
	}
	decision, _ := ir.ParseDecision(word)
	*d = suggestedDecision(decision)
	return nil
}

// A suggestion is the rules that are suggested for logs.
type suggestion struct {
	*replaySide
	logs     *logReading
	shell    shellReading
	decision ir.Decision
	least    countFlag
	most     countFlag

	unanswered, answered *topk.Table[struct{}] // commands, or the beginnings of long ones
	key                  []byte

	missing []analysis.Frequent // from unanswered
	rules   []suggestedRule
	covered int64
	refused []programCount
	rare    int64
	more    int64 // behind rules beyond most
}

type suggestedRule struct {
	analysis.Suggestion
	next     []nextCount
	also     alsoCount
	examples [][]string
}

type programCount struct {
	Program string `json:"program"`
	Count   int64  `json:"count"`
}

// A nextCount is how often a token comes behind a prefix, nil for none.
type nextCount struct {
	Token *string `json:"token"`
	Count int64   `json:"count"`
}

// An alsoCount is of the commands that rules answer already.
type alsoCount struct {
	Count     int64 `json:"count"`
	Different int   `json:"different"`
}

// command counts the commands that argv runs.
func (s *suggestion) command(argv []string) error {
	e := s.shell.entry(argv)
	if e.script == nil {
		for _, command := range e.commands {
			s.count(command, ir.Decision(s.compiled.Decide(command).Decision))
		}
		return nil
	}
	for _, part := range full.Decide(s.compiled, e.script).Parts {
		if part.IsCommand() && len(part.Words) > 0 {
			s.count(part.Words, ir.Decision(part.Verdict.Decision))
		}
	}
	return nil
}

func (s *suggestion) count(command []string, d ir.Decision) {
	for sizeOf(command) > keptBytes {
		command = command[:len(command)-1]
	}
	table := s.unanswered
	if d != ir.None {
		table = s.answered
	}
	s.key = commandKey(s.key[:0], command)
	table.Add(s.key, func() struct{} { return struct{}{} })
}

// choose picks the rules.
func (s *suggestion) choose() {
	for _, e := range s.unanswered.Sorted() {
		s.missing = append(s.missing, analysis.Frequent{Command: keyTokens(e.Key), Count: e.Count})
	}
	list, refused, rare := analysis.Suggest(s.policy, s.missing, analysis.SuggestOptions{Refuse: saysTooLittle, Decision: s.decision, Least: int64(s.least)})
	for _, i := range rare {
		s.rare += s.missing[i].Count
	}
	programs := make(map[string]int64)
	for _, i := range refused {
		programs[s.missing[i].Command[0]] += s.missing[i].Count
	}
	for program, n := range programs {
		s.refused = append(s.refused, programCount{program, n})
	}
	slices.SortFunc(s.refused, func(a, b programCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Program, b.Program))
	})
	answered := make([]analysis.Frequent, 0, s.answered.Len())
	for _, e := range s.answered.Sorted() {
		answered = append(answered, analysis.Frequent{Command: keyTokens(e.Key), Count: e.Count})
	}
	for i := range list {
		if i >= int(s.most) {
			s.more += list[i].Count
			continue
		}
		s.covered += list[i].Count
		s.rules = append(s.rules, s.rule(list[i], answered))
	}
}

// examplesShown is how many examples a suggested rule has at most.
const examplesShown = 3

func (s *suggestion) rule(of analysis.Suggestion, answered []analysis.Frequent) suggestedRule {
	r := suggestedRule{Suggestion: of}
	n := len(of.Prefix)
	next := make(map[string]int64)
	ends := int64(0)
	for _, i := range of.Commands {
		c := &s.missing[i]
		if len(c.Command) == n {
			ends += c.Count
		} else {
			next[c.Command[n]] += c.Count
		}
		if len(r.examples) < examplesShown && sizeOf(c.Command) <= exampleBytes {
			r.examples = append(r.examples, c.Command)
		}
	}
	for token, count := range next {
		r.next = append(r.next, nextCount{&token, count})
	}
	if ends > 0 {
		r.next = append(r.next, nextCount{nil, ends})
	}
	slices.SortFunc(r.next, func(a, b nextCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.text(), b.text()))
	})
	for _, a := range answered {
		if len(a.Command) >= n && slices.Equal(a.Command[:n], of.Prefix) {
			r.also.Count += a.Count
			r.also.Different++
		}
	}
	return r
}

// exampleBytes bounds the length of an example.
const exampleBytes = 120

func (n nextCount) text() string {
	if n.Token == nil {
		return "nothing"
	}
	line := shellLine([]string{*n.Token})
	const most = 40
	if utf8.RuneCountInString(line) > most {
		line = string([]rune(line)[:most]) + "…"
	}
	return line
}

// pattern returns the rule's pattern.
func (r *suggestedRule) pattern() ir.Pattern { return ir.Literal(r.Prefix...) }

// source returns the rule with its examples, as a call in a rule file.
func (r *suggestedRule) source(d ir.Decision) string {
	examples := make([]string, len(r.examples))
	for i, command := range r.examples {
		if line, ok := shlex.Join(command); ok {
			examples[i] = ir.Literal(line).String()
		} else {
			examples[i] = "[" + ir.Literal(command...).String() + "]"
		}
		examples[i] = examples[i][1 : len(examples[i])-1] // an element of a list
	}
	text := fmt.Sprintf("prefix_rule(\n    pattern = %s,\n    decision = %q,\n", r.pattern(), d)
	if len(examples) > 0 {
		text += fmt.Sprintf("    match = [%s],\n", strings.Join(examples, ", "))
	}
	return text + ")\n"
}

// text is the rule file. It was compiled.
func (s *suggestion) text(ctx context.Context) (string, error) {
	var b strings.Builder
	comment := func(format string, args ...any) {
		line := fmt.Sprintf(format, args...)
		for _, wrapped := range wrap(line, 78) {
			fmt.Fprintf(&b, "# %s\n", wrapped)
		}
	}
	commands, broken := s.logs.totals()
	comment("%s would answer %d of %s that no rule matches, among %s in %s.",
		count(len(s.rules), "rule"), s.covered, count(int(s.unanswered.Total()), "command"), count(int(s.unanswered.Total()+s.answered.Total()), "command"), count(len(s.logs.logs), "log"))
	if len(s.rules) > 0 {
		comment("A rule answers whatever starts with its pattern, not only what was seen. Read each before it is used.")
	}
	if len(s.refused) > 0 {
		total := int64(0)
		var programs []string
		for i, p := range s.refused {
			total += p.Count
			if i < 5 {
				programs = append(programs, fmt.Sprintf("%s %d", shellLine([]string{cutShort(p.Program)}), p.Count))
			}
		}
		if len(s.refused) > len(programs) {
			programs = append(programs, "…")
		}
		comment("Not answered: %d, because what starts them is too broad for a rule, or would overrule others (%s).", total, strings.Join(programs, ", "))
	}
	if s.rare > 0 {
		comment("Not answered: %d, by rules for less than %d commands (--least).", s.rare, s.least)
	}
	if s.more > 0 {
		comment("Not answered: %d, by further rules (--most).", s.more)
	}
	if broken > 0 {
		comment("Not read: %s of the logs, beside %s.", count(int(broken), "line"), count(int(commands), "command"))
	}
	if !s.unanswered.Exact() || !s.answered.Exact() {
		comment("There are more different commands than the %d that are looked at; numbers may be a little off.", commandsKept)
	}
	for i := range s.rules {
		r := &s.rules[i]
		b.WriteByte('\n')
		comment("%s, %d different; what came next: %s", count(int(r.Count), "command"), len(r.Commands), r.nexts())
		if a := r.also; a.Count > 0 {
			comment("further commands that start so, and keep the answer that they have: %d, %d different", a.Count, a.Different)
		}
		b.WriteString(r.source(s.decision))
	}
	if len(s.rules) == 0 {
		return b.String(), nil
	}
	laidOut, err := format.Source(ctx, "suggested.rules", []byte(b.String()))
	if err != nil {
		return "", fmt.Errorf("the suggested rules do not compile, which is a bug in rulesc: %w", err)
	}
	return string(laidOut), nil
}

// nexts lists what comes behind the prefix.
func (r *suggestedRule) nexts() string {
	const most = 5
	var list []string
	for i, n := range r.next {
		if i == most {
			list = append(list, fmt.Sprintf("%d others", len(r.next)-most))
			break
		}
		list = append(list, fmt.Sprintf("%s %d", n.text(), n.Count))
	}
	return strings.Join(list, ", ")
}

func cutShort(word string) string {
	const most = 40
	if utf8.RuneCountInString(word) > most {
		return string([]rune(word)[:most]) + "…"
	}
	return word
}

// wrap breaks a line at blanks.
func wrap(line string, width int) []string {
	var lines []string
	for utf8.RuneCountInString(line) > width {
		runes := []rune(line)
		at := width
		for at > 0 && runes[at] != ' ' {
			at--
		}
		if at == 0 {
			break
		}
		lines = append(lines, string(runes[:at]))
		line = string(runes[at+1:])
	}
	return append(lines, line)
}

type suggestJSON struct {
	Logs        []logJSON        `json:"logs"`
	Commands    int64            `json:"commands"`
	Unanswered  int64            `json:"unanswered"`
	Exact       bool             `json:"exact"`
	Suggestions []suggestionJSON `json:"suggestions"`
	Refused     []programCount   `json:"refused"`
	Rare        int64            `json:"rare"`
	More        int64            `json:"more"`
}

type suggestionJSON struct {
	Prefix    []string    `json:"prefix"`
	Decision  ir.Decision `json:"decision"`
	Count     int64       `json:"count"`
	Different int         `json:"different"`
	Next      []nextCount `json:"next"`
	Also      alsoCount   `json:"also"`
	Examples  [][]string  `json:"examples"`
	Rule      string      `json:"rule"`
}

func (s *suggestion) form() suggestJSON {
	form := suggestJSON{
		Logs: s.logs.form(), Commands: s.unanswered.Total() + s.answered.Total(), Unanswered: s.unanswered.Total(),
		Exact: s.unanswered.Exact() && s.answered.Exact(), Suggestions: []suggestionJSON{},
		Refused: append([]programCount{}, s.refused...), Rare: s.rare, More: s.more,
	}
	for i := range s.rules {
		r := &s.rules[i]
		rule := ir.PrefixRule{Pattern: r.pattern(), Decision: s.decision}
		form.Suggestions = append(form.Suggestions, suggestionJSON{
			Prefix: r.Prefix, Decision: s.decision, Count: r.Count, Different: len(r.Commands), Next: r.next, Also: r.also,
			Examples: append([][]string{}, r.examples...), Rule: rule.String(),
		})
	}
	return form
}
