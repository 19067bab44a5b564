package main

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/spf13/cobra"

	_ "github.com/rulesc/rulesc/cmd/rulesc/internal/early" // answers what it can before main
	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
)

func checkCommand(p process) *cobra.Command {
	sel := &selection{process: p}
	var pretty, exitCode, batch bool
	format := formatJSON
	cmd := &cobra.Command{
		Use:   "check [flags] [--] COMMAND...",
		Short: "Answer whether a command may run, as JSON",
		Long: `Check prints what the policy says of a command: all rules that match, in order,
and the strictest of their decisions. With --rules the output is byte for byte
that of "codex execpolicy check" for the same arguments.

` + selectionHelp + `

` + shellHelp + `
With --rules or --artifact it is off, else reference, unless it is given. "rulesc
help explain" has the details of full.

The output is one object:
  matchedRules  a list of objects with one key, prefixRuleMatch:
                matchedPrefix, decision, resolvedProgram (if the rule matched by
                the program's name), justification (if given)
  decision      "allow", "prompt", "prompt-user" or "forbidden"; left out if no
                rule matches, or if a script has a command without a rule and
                nothing stops the others

In the full reading the rules that only some completion of an open-ended command
matches are among matchedRules, too; matchedPrefix is what is known of it.

With --format=text it is the decision and its reason on one line.

Of an artifact everything that an answer comes from is checked before. "rulesc verify"
proves all of a file.

With --batch, each line of standard input is a JSON array of tokens, and each
line of the output answers the same line of the input. A line that is no such
array is answered by {"error": "…"}, and the exit code is 1 in the end.

Exit codes: 0 for any decision. With --exit-code 0 allow, 10 prompt or
prompt-user, 11 forbidden, 12 no decision. 1 the rules or the artifact are
wrong, 2 wrong usage.`,
		Example: `  rulesc check -- git status
  rulesc check --rules my.rules -- git push origin main
  rulesc check --artifact policy.rulesc --exit-code -- rm -rf build || echo no
  printf '%s\n' '["git","push"]' '["ls"]' | rulesc check --batch --artifact policy.rulesc`,
		DisableFlagParsing: true,
	}
	sel.addFlags(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&pretty, "pretty", false, "indent the output")
	flags.BoolVar(&exitCode, "exit-code", false, "tell the decision by the exit code too")
	addFormat(cmd, &format)
	flags.BoolVar(&batch, "batch", false, "answer for each line of standard input")
	// The reference takes these before any command; they have no effect on rules.
	flags.StringArrayP("config", "c", nil, "accepted and ignored")
	flags.StringArray("enable", nil, "accepted and ignored")
	flags.StringArray("disable", nil, "accepted and ignored")
	for _, ignored := range []string{"config", "enable", "disable"} {
		flags.MarkHidden(ignored)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		argv, help, err := commandLine(cmd, args)
		if help || err != nil && !(batch && errors.Is(err, errNoCommand)) {
			return err
		}
		if batch && (len(argv) > 0 || exitCode || pretty || format != formatJSON) {
			return usagef("--batch takes no command, no --exit-code, no --pretty and no --format")
		}
		s, err := sel.load(cmd.Context())
		if err != nil {
			return err
		}
		defer s.close()
		if err := p.warn(s.warnings); err != nil {
			return err
		}
		if batch {
			return checkBatch(p.stdin, p.stdout, s)
		}
		a, err := s.judge(argv)
		if err != nil {
			return err
		}
		switch {
		case format == formatText:
			_, err = fmt.Fprintln(p.stdout, a.Verdict())
		case pretty:
			err = judge.WriteIndented(p.stdout, a, "  ")
		default:
			err = judge.Write(p.stdout, a)
		}
		if err != nil {
			return err
		}
		if exitCode {
			return &exitError{a.ExitCode()}
		}
		return nil
	}
	return cmd
}

var errNoCommand = usagef("no command to judge")

// commandLine reads the options of a command that ends in a command to judge.
// help is true where the help text was asked for and shown.
func commandLine(cmd *cobra.Command, args []string) (argv []string, help bool, err error) {
	for _, arg := range args {
		if !utf8.ValidString(arg) {
			return nil, false, usagef("argument %q is not valid UTF-8", arg)
		}
	}
	cmd.InitDefaultHelpFlag()
	argv, err = takeOptions(cmd.Flags(), args)
	if cmd.Flags().Changed("help") {
		return nil, true, cmd.Help()
	}
	if err == nil && len(argv) == 0 {
		err = errNoCommand
	}
	return argv, false, err
}
