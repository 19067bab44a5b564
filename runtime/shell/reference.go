// Package shell says which commands a shell invocation runs, as far as rules
// may look into it, and words the answer for people.
//
// A harness rarely starts `git push` itself: it starts
// `/bin/bash -lc "cd repo && git push"`. [Reference] takes such an argument
// vector apart into the simple commands of its script, each of which is then
// decided for itself; [ForbiddenReason], [PromptReason] and
// [HumanPromptReason] build the text that says why.
//
//	commands, _ := shell.Reference(argv)
//	for _, command := range commands {
//		verdict := policy.Decide(command) // the strictest of all counts
//	}
//
// All functions are pure: they hold no state, may be called by any number of
// goroutines, and never panic, whatever the bytes of the arguments.
package shell

// Reference returns the commands which rules are to be asked about when argv
// is about to be run, reading shell scripts exactly as the reference
// implementation does (codex-cli 0.169.0). The decision on argv is the
// strictest decision on any of them.
//
// If argv is a shell invocation with a plain script, commands are the simple
// commands of the script in order, at least one, each of at least one word,
// and plain is true. The shell itself is not among them: a rule on `bash` says
// nothing about a plain script. Otherwise commands holds argv alone and plain
// is false. Nothing is taken apart twice: in `bash -lc "bash -c 'rm x'"` the
// one command is `bash -c "rm x"`.
//
// A shell invocation is a list of exactly three words: one of `bash`, `zsh`,
// `sh` or their usual absolute paths (see isShell), `-lc` or `-c`, and the
// script. All three shells are read with the same grammar.
//
// # What is plain
//
// Simple commands, joined by `&&`, `||`, `|`, `;` or newlines, of words
// that mean themselves: bare characters, '...' and "..." without expansions,
// glued together at will. The first word of a command is bare, and neither a
// number, nor an assignment, nor a word that opens a compound or declaring
// command (`if`, `for`, `!`, `export`, ...).
//
// One spot that is not plain spoils the whole script: a redirection,
// a variable, a glob, a brace or a tilde, a substitution, a subshell, a
// comment, an escaped character, `&`, a here-document. So do bytes that are
// not UTF-8, and NUL. Such a script is opaque: rules on the commands in it do
// not see them, and only rules on the shell (`bash -lc`) do. This matters to
// whoever writes the rules: `echo ok; rm -rf x > /dev/null` is not a match for
// `rm`. A policy that relies on forbidding commands should therefore also
// have a prompt for shells, or its caller should treat "no match" as a prompt.
//
// # Where this is not what bash runs
//
// The reference's grammar departs from bash in a few corners. They are kept,
// because a decision has to be the reference's:
//
//   - CR, form feed and vertical tab separate words; in bash they belong to
//     the word.
//   - A backslash before a newline, and between words before a blank, is a blank: "a\<newline>b" is
//     two words and `echo \ x` is `echo x`.
//   - A newline directly followed by such a backslash does not end the
//     command: "a\n\\\nb" is the one command `a b`.
//   - Stray reserved words are commands: `fi`, `then x`, `time x`.
//
// In a few corners, where the reference's reading would hide a command from
// the rules or is not known well enough, the script is opaque instead:
//
//   - A newline behind a pipeline of three stages, with `&&` or `||` to follow
//     before the next `;`. The reference reads "a | b | c\nd && e" as the
//     commands a, b, `c d` and e.
//   - Unicode spaces that start a command, or stand beside quotes or beside a
//     word that starts with a dash.
//   - First words such as `-a=b` or `A=1` next to a backslash.
//   - Shells at unusual paths.
//
// The slices in commands belong to the caller, but for an opaque argv, whose
// only element is argv itself. Words share the memory of the script where
// they stand in it literally. The cost is linear in the length of the script;
// little is allocated but the result.
func Reference(argv []string) (commands [][]string, plain bool) {
	if len(argv) == 3 && isShell(argv[0]) && (argv[1] == "-lc" || argv[1] == "-c") {
		if commands := plainCommands(argv[2]); commands != nil {
			return commands, true
		}
	}
	return [][]string{argv}, false
}

// isShell reports whether a program is taken to be a shell. Names are compared
// whole: a file that merely is called bash (`./bash`, `/tmp/bash`) may do
// anything with its script, so that rules on the commands in the script say
// nothing about it.
func isShell(program string) bool {
	switch program {
	case "bash", "/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/opt/homebrew/bin/bash",
		"zsh", "/bin/zsh", "/usr/bin/zsh", "/usr/local/bin/zsh", "/opt/homebrew/bin/zsh",
		"sh", "/bin/sh", "/usr/bin/sh":
		return true
	}
	return false
}
