// Command rulesc compiles command-execution policies, answers from them, and
// shows what is in them. "rulesc help" lists its commands.
//
// What holds for the output of every command: results go to standard output,
// everything else to standard error; messages are lower case without a full
// stop; where the mend is known a "hint:" line follows; files appear whole or
// not at all.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	_ "github.com/rulesc/rulesc/cmd/rulesc/internal/quiet"
	"github.com/rulesc/rulesc/internal/wholefile"
	"github.com/rulesc/rulesc/ir"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, func() {
		stop() // a second interrupt ends the process at once
		time.Sleep(graceTime)
		os.Exit(exitInterrupted)
	})
	code := run(ctx, os.Args[1:], process{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv,
		color:  isTerminal(os.Stderr) && likesColor(os.Getenv),
		paint:  isTerminal(os.Stdout) && likesColor(os.Getenv),
	})
	if ctx.Err() != nil {
		code = exitInterrupted
	}
	os.Exit(code)
}

// likesColor reports whether the environment has nothing against colour on a terminal.
func likesColor(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// graceTime is how long a command may take to clean up after an interrupt. It may
// be waiting for a pipe that nobody writes to.
const graceTime = time.Second

// A process is what a command sees of the world besides the file system.
type process struct {
	args           []string // behind the name of the program
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	color          bool // colour what goes to stderr
	paint          bool // colour what goes to stdout
}

// run runs one command line and returns its exit code.
func run(ctx context.Context, args []string, p process) (code int) {
	defer func() {
		if r := recover(); r != nil {
			code = exitWrong
			fmt.Fprintf(p.stderr, "rulesc: internal error: %v\nhint: this is a bug in rulesc, please report it with the command line and its input\n", r)
			if p.getenv("RULESC_DEBUG") != "" {
				p.stderr.Write(debug.Stack())
			}
		}
	}()
	p.args = args
	args = goStyle(args)
	root := newRoot(p, args)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	format := cmd.Flags().Lookup("format")
	if err != nil && format != nil && format.Changed && format.Value.String() == string(formatJSON) {
		return reportJSON(p, err)
	}
	return report(p, err)
}

// commands are the commands by name, and how each is made.
var commands = []struct {
	name string
	make func(process) *cobra.Command
}{
	{"build", buildCommand},
	{"check", checkCommand},
	{"explain", explainCommand},
	{"layers", layersCommand},
	{"vet", vetCommand},
	{"fmt", fmtCommand},
	{"allow", func(p process) *cobra.Command { return amendCommand(p, "allow", ir.Allow) }},
	{"prompt", func(p process) *cobra.Command { return amendCommand(p, "prompt", ir.Prompt) }},
	{"forbid", func(p process) *cobra.Command { return amendCommand(p, "forbid", ir.Forbidden) }},
	{"diff", diffCommand},
	{"prove", proveCommand},
	{"replay", replayCommand},
	{"suggest", suggestCommand},
	{"test", testCommand},
	{"dump", dumpCommand},
	{"verify", verifyCommand},
	{"version", versionCommand},
}

// newRoot returns the command that a command line is about, below the root. Where
// the line does not begin with its name, as for help and completion, it returns all.
func newRoot(p process, args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "rulesc",
		Short: "Compile command policies and answer from them",
		Long: `rulesc compiles the *.rules files of all configuration layers into one
artifact, and answers from it whether a command may run: allow, prompt or
forbidden.`,
		Example: `  rulesc build --starter
  rulesc explain --artifact policy.rulesc -- git push --force
  rulesc check --rules my.rules -- rm -rf build`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown command %q", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return flagError(err) })
	for _, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			root.AddCommand(c.make(p))
			return root
		}
	}
	for _, c := range commands {
		root.AddCommand(c.make(p))
	}
	refuseUnknown(root)
	return root
}

// refuseUnknown has help and completion refuse what they do not know: as package cobra
// makes them they show a help text, and all seems well.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				if about, _, err := root.Find(args); len(args) > 0 && (err != nil || about == root) {
					return usagef("unknown command %q", args[0])
				}
				return nil
			}
		case "completion":
			cmd.Args, cmd.RunE = nil, func(cmd *cobra.Command, args []string) error {
				if len(args) > 0 {
					return usagef("unknown shell %q, want bash, zsh, fish or powershell", args[0])
				}
				return cmd.Help()
			}
			for _, shell := range cmd.Commands() {
				shell.Args = noArguments
			}
		}
	}
}

// sourceText returns the text of a rule file for an excerpt: what stands there
// now, or nothing. A pipe in its place is not waited for.
func sourceText(file string) string {
	file, err := filepath.EvalSymlinks(file)
	if err != nil {
		return ""
	}
	text, _, err := wholefile.ReadListed(file, maxRuleFile)
	if err != nil {
		return ""
	}
	return string(text)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
