// Package history reads the commands that people and agents ran from the logs
// that these leave behind.
//
// [Read] goes through a log of any size in constant memory and hands over one
// command after the other. What it cannot read it counts and names, and goes
// on. A [Format] says how commands stand in a log; [Auto] finds out by the
// first line.
package history

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Format is how commands stand in a log.
type Format string

// The formats.
const (
	// Auto is [Tokens] if the first line that is not blank starts as a JSON array
	// of strings, Agent if it starts as a JSON object, [Zsh] if it is an entry of
	// zsh's extended history, [Fish] if it is one of fish's, and else [Shell].
	Auto Format = "auto"

	// Tokens is a JSON array of strings a line: the argument vector.
	Tokens Format = "tokens"

	// Shell is the history of bash, or of another shell that keeps a script a
	// line. If the first line is a time stamp, as in "#1700000000", an entry goes on until the
	// next one.
	Shell Format = "shell"

	// Zsh is the history of zsh, extended or not. A line that ends in a backslash
	// goes on in the next.
	Zsh Format = "zsh"

	// Fish is the history of fish: a script a line behind "- cmd: ", and other
	// lines that say when it was run.
	Fish Format = "fish"

	// Codex is a rollout of Codex: calls of its shell tools.
	Codex Format = "codex"

	// Claude is a session of Claude Code: uses of its tool Bash.
	Claude Format = "claude"

	// Agent is either of these, whatever a line holds.
	Agent Format = "agent"
)

// Formats are the formats that a person can ask for.
var Formats = []Format{Auto, Tokens, Shell, Zsh, Fish, Codex, Claude}

// MaxEntry bounds a line of a log, and an entry of several lines, in bytes.
// Longer ones are not read: Linux takes no longer arguments.
const MaxEntry = 8 << 20

// A Report says how reading a log went.
type Report struct {
	Format   Format // how the log was read; Auto if there was nothing to see
	Bytes    int64
	Lines    int64
	Commands int64
	Broken   int64     // entries that could not be read
	First    []Mistake // the first few of these
}

// A Mistake is an entry that could not be read.
type Mistake struct {
	Line   int64 // where it starts, from 1
	Reason string
}

// mistakesKept is how many mistakes of a log are named.
const mistakesKept = 5

// Read reads a log and calls each with every command: the argument vector that
// was started, or that starts the script that was written, and the line at
// which it stands. The vector is the caller's. An error of each, or of r,
// ends the reading and is returned.
func Read(r io.Reader, format Format, each func(argv []string, line int64) error) (Report, error) {
	d := &decoder{lines: bufio.NewReaderSize(r, 256<<10), each: each}
	d.report.Format = format
	err := d.run()
	return d.report, err
}

// Script returns the argument vector that runs a script as agents run it.
func Script(text string) []string { return []string{"bash", "-lc", text} }

type decoder struct {
	lines  *bufio.Reader
	each   func(argv []string, line int64) error
	report Report
	line   []byte // the current one, without its end
	long   bool   // line is only the beginning
	held   []byte // lines of an entry that goes on
}

func (d *decoder) run() error {
	for {
		switch err := d.next(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if len(bytes.TrimSpace(d.line)) == 0 && d.report.Format != Shell && d.report.Format != Zsh {
			continue
		}
		if d.report.Format == Auto {
			d.report.Format = sniff(d.line)
		}
		var err error
		switch d.report.Format {
		case Tokens:
			err = d.tokens()
		case Shell:
			return d.shell()
		case Zsh:
			return d.zsh()
		case Fish:
			err = d.fish()
		default:
			err = d.agent()
		}
		if err != nil {
			return err
		}
	}
}

// sniff tells the format by a first line.
func sniff(line []byte) Format {
	text := bytes.TrimSpace(line)
	second := func() byte {
		if rest := bytes.TrimLeft(text[1:], " \t"); len(rest) > 0 {
			return rest[0]
		}
		return 0
	}
	switch {
	case text[0] == '{' && (second() == '"' || second() == '}'):
		return Agent
	case text[0] == '[' && (second() == '"' || second() == ']'):
		return Tokens
	case zshEntry(text) > 0:
		return Zsh
	case bytes.HasPrefix(text, fishEntry):
		return Fish
	}
	return Shell
}

// next reads a line. It returns io.EOF after the last.
func (d *decoder) next() error {
	d.line, d.long = d.line[:0], false
	for {
		part, err := d.lines.ReadSlice('\n')
		d.report.Bytes += int64(len(part))
		if len(d.line)+len(part) > MaxEntry {
			d.long = true
		} else if !d.long {
			d.line = append(d.line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(d.line) == 0 && !d.long:
			return io.EOF
		case err != nil && err != io.EOF:
			return err
		}
		d.report.Lines++
		d.line = bytes.TrimSuffix(d.line, []byte("\n"))
		return nil
	}
}

func (d *decoder) broken(line int64, reason string) {
	d.report.Broken++
	if len(d.report.First) < mistakesKept {
		d.report.First = append(d.report.First, Mistake{line, reason})
	}
}

func (d *decoder) command(argv []string, line int64) error {
	d.report.Commands++
	return d.each(argv, line)
}

var tooLong = fmt.Sprintf("longer than %d bytes", MaxEntry)

// tokens reads a line of Tokens.
func (d *decoder) tokens() error {
	if d.long {
		d.broken(d.report.Lines, tooLong)
		return nil
	}
	argv, err := ParseTokens(d.line)
	if err != nil {
		d.broken(d.report.Lines, err.Error())
		return nil
	}
	return d.command(argv, d.report.Lines)
}

// script hands over a script, unless there is nothing in it to run.
func (d *decoder) script(text []byte, line int64) error {
	if reason := unfit(text); reason != "" {
		d.broken(line, reason)
		return nil
	}
	script := strings.TrimSpace(string(text))
	if script == "" || script[0] == '#' && !strings.Contains(script, "\n") {
		return nil
	}
	return d.command(Script(script), line)
}

// unfit says why no process can be given a text; "" if it can.
func unfit(text []byte) string {
	switch {
	case !utf8.Valid(text):
		return "not valid UTF-8"
	case bytes.IndexByte(text, 0) >= 0:
		return "holds a NUL byte"
	}
	return ""
}

// shell reads the rest of a Shell log, from the current line on.
func (d *decoder) shell() error {
	stamped := isStamp(d.line)
	start, long := int64(0), false
	flush := func() error {
		defer func() { d.held, start, long = d.held[:0], 0, false }()
		switch {
		case start == 0:
			return nil
		case long:
			d.broken(start, tooLong)
			return nil
		}
		return d.script(d.held, start)
	}
	for {
		// A time stamp ends an entry of several lines.
		stamp := isStamp(d.line)
		if stamp || !stamped {
			if err := flush(); err != nil {
				return err
			}
		}
		if !stamp {
			if start == 0 {
				start = d.report.Lines
			} else {
				d.held = append(d.held, '\n')
			}
			if long = long || d.long || len(d.held)+len(d.line) > MaxEntry; !long {
				d.held = append(d.held, d.line...)
			}
		}
		switch err := d.next(); {
		case err == io.EOF:
			return flush()
		case err != nil:
			return err
		}
	}
}

// isStamp reports whether a line is a time stamp of bash, as in "#1700000000".
func isStamp(line []byte) bool {
	return len(line) > 1 && line[0] == '#' && len(bytes.Trim(line[1:], "0123456789")) == 0
}

// zsh reads the rest of a Zsh log, from the current line on.
func (d *decoder) zsh() error {
	start, long := int64(0), false
	for {
		line := d.line
		if start == 0 {
			start = d.report.Lines
			line = line[zshEntry(line):]
		}
		more := bytes.HasSuffix(line, []byte(`\`)) && !d.long
		if long = long || d.long || len(d.held)+len(line) > MaxEntry; !long {
			d.held = append(d.held, bytes.TrimSuffix(line, []byte(`\`))...)
			if more {
				d.held = append(d.held, '\n')
			}
		}
		err := d.next()
		if err != nil && err != io.EOF {
			return err
		}
		if more && err == nil {
			continue
		}
		if long {
			d.broken(start, tooLong)
		} else if err := d.script(unmetafy(d.held), start); err != nil {
			return err
		}
		d.held, start, long = d.held[:0], 0, false
		if err == io.EOF {
			return nil
		}
	}
}

// fishEntry is what a command of a Fish log starts with.
var fishEntry = []byte("- cmd: ")

// fish reads a line of a Fish log, in which a backslash and a line end are written
// with a backslash.
func (d *decoder) fish() error {
	text, ok := bytes.CutPrefix(d.line, fishEntry)
	if !ok {
		return nil
	}
	if d.long {
		d.broken(d.report.Lines, tooLong)
		return nil
	}
	plain := text[:0]
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			if i++; text[i] == 'n' {
				c = '\n'
			} else {
				c = text[i]
			}
		}
		plain = append(plain, c)
	}
	return d.script(plain, d.report.Lines)
}

// zshEntry returns the length of what an entry of zsh's extended history starts
// with, as in ": 1700000000:0;git status"; 0 if it does not.
func zshEntry(line []byte) int {
	number := func(at int) int {
		for at < len(line) && '0' <= line[at] && line[at] <= '9' {
			at++
		}
		return at
	}
	if !bytes.HasPrefix(line, []byte(": ")) {
		return 0
	}
	colon := number(2)
	if colon == 2 || colon == len(line) || line[colon] != ':' {
		return 0
	}
	end := number(colon + 1)
	if end == colon+1 || end == len(line) || line[end] != ';' {
		return 0
	}
	return end + 1
}

// unmetafy takes back, in place, how zsh writes bytes that mean something to
// itself: as the byte 0x83 and the byte with bit 5 turned over.
func unmetafy(text []byte) []byte {
	plain := text[:0]
	for i := 0; i < len(text); i++ {
		if text[i] == 0x83 && i+1 < len(text) {
			i++
			plain = append(plain, text[i]^0x20)
		} else {
			plain = append(plain, text[i])
		}
	}
	return plain
}

// errNoCommand is for a call of a shell tool without a command.
var errNoCommand = errors.New("a call of a shell tool without a command")
