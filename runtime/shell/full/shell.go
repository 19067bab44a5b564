package full

import (
	"slices"
	"strings"
)

// shells are the programs that read a script, by name.
var shells = map[string]grammar{
	"bash": bash, "rbash": bash, "bash-static": bash,
	"sh": either, "dash": either, "ash": either, "posh": either, "hush": either, "static-sh": either,
	"zsh": foreign, "zsh5": foreign, "rzsh": foreign, "yash": foreign,
	"ksh": foreign, "ksh93": foreign, "rksh": foreign, "rksh93": foreign, "ksh2020": foreign, "pdksh": foreign, "oksh": foreign,
	"mksh": foreign, "mksh-static": foreign, "rmksh": foreign, "lksh": foreign, "rlksh": foreign,
	"fish": alien, "csh": alien, "tcsh": alien, "nu": alien, "pwsh": alien, "powershell": alien, "elvish": alien, "xonsh": alien,
}

// isUsualShell reports whether a program is a shell at one of its usual places.
// What else is called bash may do anything, and stays a command of its own.
func isUsualShell(program string) bool {
	slash := strings.LastIndexByte(program, '/')
	if _, ok := shells[program[slash+1:]]; !ok {
		return false
	}
	folder := program[:slash+1]
	return slices.Contains([]string{"", "/bin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"}, folder)
}

// A call is an invocation of a shell.
type call struct {
	grammar grammar
	script  *word // the value of -c
	file    *word // the script file
	sure    bool  // no word of the invocation can change which word is the script
	changes bool  // an option changes how scripts are read
	startup bool  // an option runs further files
}

// invocation reads the arguments of a shell, and reports whether it is one.
// The options are those of bash 5.2 (bash --help, help set); other shells have
// some of them.
func invocation(a arguments) (call, bool) {
	name := a.words[0].text
	g, ok := shells[name[strings.LastIndexByte(name, '/')+1:]]
	c := call{grammar: g, sure: true}
	if !ok || g == alien {
		return c, ok
	}
	command, input := false, false
	rest := a.words[1:]
options:
	for len(rest) > 0 {
		w := rest[0]
		if !w.known {
			if w.many || strings.HasPrefix(w.text, "-") || strings.HasPrefix(w.text, "+") || w.text == "" {
				c.sure = c.sure && !w.many && w.text != ""
			}
			break
		}
		switch {
		case w.text == "--" || w.text == "-":
			rest = rest[1:]
			break options
		case w.text == "--rcfile" || w.text == "--init-file":
			c.startup = true
			rest = rest[min(2, len(rest)):]
			continue
		case strings.HasPrefix(w.text, "--"):
			switch w.text[2:] {
			case "login", "norc", "noprofile", "noediting", "restricted", "verbose", "version", "help":
			default: // --posix among them
				c.changes = true
			}
		case isOption(w.text):
			// bash takes long options with one dash, too, if they come first.
			c.sure = c.sure && !slices.Contains(longOptions, w.text[1:])
			values := 0
			for _, letter := range w.text[1:] {
				switch letter {
				case 'c':
					command = w.text[0] == '-'
				case 'o', 'O':
					values++
				case 'a', 'k', 'B', 'H':
					c.changes = true
				case 's':
					input = w.text[0] == '-'
				case 'i':
					c.startup = true
				}
			}
			for ; values > 0 && len(rest) > 1; values-- {
				c.changes = c.changes || !rest[1].known || changesReading(rest[1].text)
				rest = rest[1:]
			}
		default:
			break options
		}
		rest = rest[1:]
	}
	if len(rest) > 0 {
		switch {
		case command:
			c.script = &rest[0]
		case !input:
			c.file = &rest[0]
		}
	} else if command || a.open && !input {
		c.file = &a.words[0]
	}
	c.sure = c.sure && !c.changes && !c.startup
	return c, true
}

// longOptions are those of bash that are spelled out. Source: shell.c, bash 5.2.
var longOptions = strings.Fields(`debug debugger dump-po-strings dump-strings help init-file login noediting
	noprofile norc posix pretty-print protected rcfile restricted verbose version wordexp`)

// changesReading reports whether a shell option changes how scripts are read, or
// which variables programs see.
func changesReading(option string) bool {
	switch option {
	case "keyword", "braceexpand", "histexpand", "history", "posix", "expand_aliases", "allexport":
		return true
	}
	return strings.HasPrefix(option, "compat")
}

// shell reads what an invocation of a shell runs.
func (r *reader) shell(p place, a arguments) {
	start, end := a.words[0].start, a.words[len(a.words)-1].end
	c, _ := invocation(a)
	if c.grammar == alien {
		r.opaque(p, OtherShell, start, end)
		return
	}
	if c.changes {
		r.opaque(p, ShellOption, start, end)
	}
	if c.startup {
		r.opaque(p, ScriptFile, start, end)
	}
	if !c.sure && !c.changes && !c.startup {
		r.opaque(p, WrapperOptions, start, end)
	}
	inner := p.step(Shell, a.words[0].text)
	inner.grammar = c.grammar
	inner.appends, inner.fed = false, false
	switch {
	case c.script != nil && c.script.known:
		inner.src, _ = p.nested([]word{*c.script})
		r.script(inner)
	case c.script != nil:
		r.opaque(p, EvaluatedText, c.script.start, c.script.end)
	case c.file != nil:
		r.opaque(p, ScriptFile, c.file.start, c.file.end)
	default:
		r.standardInput(p, inner, start, end)
	}
}

// standardInput reads the script that a shell takes from its input.
func (r *reader) standardInput(p, inner place, start, end int) {
	if p.stdin == nil {
		r.opaque(p, StandardInput, start, end)
		return
	}
	inner.src, _ = p.stdin.p.nested([]word{p.stdin.text})
	inner.stdin = nil // the commands of the script read what is left of it
	inner.fed = true
	r.script(inner)
}
