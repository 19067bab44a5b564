package main

import (
	"path"
	"strings"

	"github.com/rulesc/rulesc/layers"
)

// A prefix is too broad to allow when what comes after it can be any program.
// The heart of the table is the reference's own list, [layers.IsBroad]: the
// prefixes whose allow rules it deletes from the user's default.rules. Around
// it are their relatives: the same interpreters by path, by version or behind
// other options, programs whose manual says that they run the command in their
// arguments, and runners of packages and project scripts.

// interpreters run code that an argument, a file or their input holds.
var interpreters = words(`python pythonw py pyw pypy ipython bash sh zsh dash ksh fish csh tcsh ash busybox
	node nodejs deno bun perl ruby php lua luajit julia rscript r osascript tclsh awk gawk mawk
	cmd powershell pwsh eval source exec ssh`)

// wrappers run the command that follows their options.
var wrappers = words(`env sudo doas su runuser pkexec xargs parallel nohup nice ionice time timeout stdbuf setsid
	chroot unshare nsenter flock watch script strace ltrace command builtin start-stop-daemon systemd-run`)

// runners run what a package or a project's script holds.
var runners = [][]string{
	{"npx"},
	{"bunx"},
	{"uvx"},
	{"pnpx"},
	{"npm", "run"},
	{"npm", "exec"},
	{"npm", "x"},
	{"pnpm", "run"},
	{"pnpm", "exec"},
	{"pnpm", "dlx"},
	{"yarn", "run"},
	{"yarn", "exec"},
	{"yarn", "dlx"},
	{"bun", "run"},
	{"bun", "x"},
	{"deno", "run"},
	{"deno", "eval"},
	{"uv", "run"},
	{"pipx", "run"},
	{"go", "run"},
}

func words(text string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// tooBroad reports whether an allow rule for a prefix lets a command run
// anything.
func tooBroad(prefix []string) bool {
	if len(prefix) == 0 || layers.IsBroad(prefix) {
		return len(prefix) > 0
	}
	name := programName(prefix[0])
	rest := prefix[1:]
	switch {
	case layers.IsBroad(append([]string{name}, rest...)):
		return true
	case interpreters[name], interpreters[strings.TrimRight(name, "0123456789.-")]:
		return onlyOptions(rest)
	case wrappers[name]:
		rest = wrapped(rest)
		return len(rest) == 0 || tooBroad(rest)
	}
	for _, runner := range runners {
		if name == runner[0] && len(rest) >= len(runner)-1 {
			if begins(rest, runner[1:]) && onlyOptions(rest[len(runner)-1:]) {
				return true
			}
		}
	}
	return false
}

// takesValue are options of wrappers whose value is the next word.
var takesValue = words("-u -g -k -I -L -P --user --group --signal")

// wrapped returns the command among a wrapper's arguments: what follows
// options, variables and numbers.
func wrapped(args []string) []string {
	for len(args) > 0 {
		word := args[0]
		if !isOption(word) && !strings.Contains(word, "=") && strings.Trim(word, "0123456789.smhd") != "" {
			break
		}
		args = args[1:]
		if takesValue[word] && len(args) > 0 {
			args = args[1:]
		}
	}
	return args
}

// programName returns the name by which the tables know a program.
func programName(word string) string {
	name := path.Base(strings.ReplaceAll(word, `\`, "/"))
	return strings.TrimSuffix(strings.ToLower(name), ".exe")
}

func begins(list, with []string) bool {
	for i, word := range with {
		if strings.ToLower(list[i]) != word {
			return false
		}
	}
	return true
}

func onlyOptions(list []string) bool {
	for _, word := range list {
		if !isOption(word) {
			return false
		}
	}
	return true
}

// isOption also takes the options of cmd.exe, which look like "/c".
func isOption(word string) bool {
	return strings.HasPrefix(word, "-") || len(word) == 2 && word[0] == '/'
}
