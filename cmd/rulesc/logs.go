package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/internal/history"
	"github.com/rulesc/rulesc/ir/diag"
)

// A logReading is the flags that say how logs are read, and then what came of it.
type logReading struct {
	process
	format history.Format
	logs   []logReport
}

// A logReport says how reading a log went.
type logReport struct {
	name string
	history.Report
}

const logsHelp = `A LOG is a file, a folder of *.jsonl files at any depth, or - for standard input.
Its format is told by its first line, or named with --log-format:
  tokens  a JSON array of tokens a line, as check --batch takes it
  shell   a history of bash, with time stamps or without, or of another shell
          that keeps a script a line
  zsh     a history of zsh, extended or not
  fish    a history of fish
  codex   rollouts (~/.codex/sessions): calls of shell, shell_command,
          exec_command and local_shell
  claude  sessions of Claude Code (~/.claude/projects): uses of Bash
What is written as a script is judged as bash -lc SCRIPT. What stands in two
logs, as after a session was resumed, counts twice. Lines that cannot be read
are counted, and the first few are named. Logs may be of any size.`

func (l *logReading) addFlags(cmd *cobra.Command) {
	l.format = history.Auto
	cmd.Flags().Var((*logFormat)(&l.format), "log-format", "auto, tokens, shell, zsh, fish, codex or claude")
	cmd.RegisterFlagCompletionFunc("log-format", cobra.FixedCompletions(logFormats(), cobra.ShellCompDirectiveNoFileComp))
}

// A logFormat is what --log-format takes.
type logFormat history.Format

func (f *logFormat) String() string { return string(*f) }
func (f *logFormat) Type() string   { return strings.Join(logFormats(), "|") }
func (f *logFormat) Set(s string) error {
	return choose((*string)(f), "log format", s, logFormats())
}

func logFormats() []string {
	list := make([]string, len(history.Formats))
	for i, f := range history.Formats {
		list[i] = string(f)
	}
	return list
}

// read calls each with every command of the logs that names stand for.
func (l *logReading) read(ctx context.Context, names []string, inDir func(string) string, each func(argv []string) error) error {
	if len(names) == 0 {
		return usagef("which logs? - is standard input")
	}
	var files []string
	total := int64(0) // bytes, 0 if unknown
	for _, name := range names {
		if name == "-" {
			files = append(files, name)
			continue
		}
		more, size, err := logFiles(inDir(name))
		if err != nil {
			return err
		}
		files = append(files, more...)
		total += size
	}
	shown := startProgress(l.process)
	defer shown.end()
	var bytes, commands int64
	in := &counted{read: func(n int) error {
		bytes += int64(n)
		shown.show(func(since time.Duration) string { return progressLine(bytes, total, commands, since) })
		return ctx.Err()
	}}
	for _, name := range files {
		report, err := l.readLog(name, in, func(argv []string, _ int64) error {
			commands++
			return each(argv)
		})
		l.logs = append(l.logs, report)
		if err != nil {
			return err
		}
	}
	return l.check()
}

func progressLine(bytes, total, commands int64, since time.Duration) string {
	of := ""
	if total > 0 {
		of = fmt.Sprintf(" of %d", total>>20)
	}
	return fmt.Sprintf("%d%s MB, %d commands, %.0f MB/s", bytes>>20, of, commands, float64(bytes)/(1<<20)/since.Seconds())
}

// A counted reader tells of what was read, and is told whether to go on.
type counted struct {
	io.Reader
	read func(n int) error
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if stop := c.read(n); stop != nil {
		err = stop
	}
	return n, err
}

func (l *logReading) readLog(name string, in *counted, each func(argv []string, line int64) error) (logReport, error) {
	in.Reader = l.stdin
	if name == "-" {
		name = "standard input"
	} else {
		f, err := os.Open(name)
		if err != nil {
			return logReport{name: name}, err
		}
		defer f.Close()
		in.Reader = f
	}
	report, err := history.Read(in, l.format, each)
	var path *fs.PathError
	if errors.As(err, &path) {
		err = fmt.Errorf("%s: %w", name, path.Err)
	}
	return logReport{name, report}, err
}

// logFiles returns the logs that a name stands for, and their size in bytes.
func logFiles(name string) (files []string, size int64, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !info.IsDir() {
		return []string{name}, info.Size(), nil
	}
	root, err := filepath.EvalSymlinks(name) // WalkDir does not follow its root
	if err != nil {
		return nil, 0, err
	}
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.Type().IsRegular() && filepath.Ext(path) == ".jsonl" {
			files = append(files, path)
			if info, err := e.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no *.jsonl files in this folder", name)
	}
	return files, size, err
}

// totals sums up what was read.
func (l *logReading) totals() (commands, broken int64) {
	for i := range l.logs {
		commands += l.logs[i].Commands
		broken += l.logs[i].Broken
	}
	return commands, broken
}

// check is an error if there was something to read, but none of it was readable.
func (l *logReading) check() error {
	if commands, broken := l.totals(); commands == 0 && broken > 0 {
		return fmt.Errorf("no command could be read, but %s could not:\n%s", count(int(broken), "line"), strings.Join(l.mistakes(), "\n"))
	}
	return nil
}

// mistakesShown is how many entries that could not be read are named.
const mistakesShown = 5

// mistakes names the first entries that could not be read, a line each.
func (l *logReading) mistakes() []string {
	var lines []string
	_, broken := l.totals()
	for i := range l.logs {
		for _, m := range l.logs[i].First {
			if len(lines) < mistakesShown {
				lines = append(lines, diag.Printable(fmt.Sprintf("%s:%d: %s", l.logs[i].name, m.Line, m.Reason)))
			}
		}
	}
	if more := int(broken) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
}

// summary says on one line what was read, and below it what was not.
func (l *logReading) summary() string {
	commands, broken := l.totals()
	formats := make(map[history.Format]int)
	for i := range l.logs {
		formats[l.logs[i].Format]++
	}
	var kinds []string
	for _, f := range append(slices.Clone(history.Formats), history.Agent) {
		if n := formats[f]; n > 0 && f != history.Auto {
			kinds = append(kinds, fmt.Sprintf("%d %s", n, f))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s", count(int(commands), "command"), count(len(l.logs), "log"))
	if len(kinds) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(kinds, ", "))
	}
	b.WriteByte('\n')
	if broken > 0 {
		fmt.Fprintf(&b, "%s could not be read:\n", count(int(broken), "line"))
		for _, line := range l.mistakes() {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}

type logJSON struct {
	Name     string         `json:"name"`
	Format   history.Format `json:"format"`
	Bytes    int64          `json:"bytes"`
	Lines    int64          `json:"lines"`
	Commands int64          `json:"commands"`
	Broken   int64          `json:"broken"`
	First    []mistakeJSON  `json:"first_broken"`
}

type mistakeJSON struct {
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
}

func (l *logReading) form() []logJSON {
	form := []logJSON{}
	for i := range l.logs {
		r := &l.logs[i]
		f := logJSON{r.name, r.Format, r.Bytes, r.Lines, r.Commands, r.Broken, []mistakeJSON{}}
		for _, m := range r.First {
			f.First = append(f.First, mistakeJSON(m))
		}
		form = append(form, f)
	}
	return form
}
