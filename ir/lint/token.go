package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/ir"
)

// Tokens are compared as they are, one word of a command each. What people write
// who think of another matcher can be told from the token in most cases: several
// words in one, or signs of a glob or a regular expression. In some places such
// tokens are right: a script behind `sh -c`, a pattern behind `find -name`, a text
// behind `-m`. They are let be there, and so is whatever stands behind an option.

// takesScript are shells; what follows their -c is one word with blanks in it.
var takesScript = words("bash sh zsh dash ksh fish csh tcsh ash")

// takesPatterns are programs that have patterns among their arguments.
var takesPatterns = words("find fd fdfind grep egrep fgrep rg ag ack sed awk gawk perl ruby python python3 node jq yq expr test [ [[ case locate pgrep pkill rename sqlite3 psql mysql osascript")

func (c *checker) tokens() {
	for i := range c.sites {
		s := &c.sites[i]
		var blanks, globs []string
		var first *ir.PrefixRule
		for _, r := range s.rules {
			rule := &c.policy.Rules[r]
			if first == nil {
				first = rule
			}
			b, g := oddTokens(rule.Pattern)
			blanks, globs = append(blanks, b...), append(globs, g...)
		}
		slices.Sort(blanks)
		slices.Sort(globs)
		if blanks = slices.Compact(blanks); len(blanks) > 0 {
			c.add(Finding{
				Code: "RS020", Source: s.source, Rules: s.rules,
				Message: fmt.Sprintf("%s %s of %s is compared with one word of a command, never with several", "token", enumerate(quoted(blanks)), short(first)),
				Hint:    "give each word a position of its own: " + split(blanks[0]),
			})
		}
		if globs = slices.Compact(globs); len(globs) > 0 {
			c.add(Finding{
				Code: "RS021", Source: s.source, Rules: s.rules,
				Message: fmt.Sprintf("token %s of %s is compared as it is: there are no globs and no regular expressions", enumerate(quoted(globs)), short(first)),
				Hint:    "name the words in a list, or end the pattern before them: whatever follows a pattern matches",
			})
		}
	}
}

// split shows a token as the positions that were meant.
func split(token string) string {
	return strings.Join(quoted(strings.Fields(token)), ", ")
}

// oddTokens returns the tokens of a pattern that look like several words, and
// those that look like globs or regular expressions.
func oddTokens(p ir.Pattern) (blanks, globs []string) {
	program := programName(p.Program())
	for i, alternatives := range p {
		if i > 0 && behindOption(p[i-1], program) {
			continue
		}
		for _, token := range alternatives {
			if i == 0 && strings.Contains(token, "/") {
				continue // a path may have blanks in it
			}
			if looksLikeWords(token, i == 0) {
				blanks = append(blanks, token)
			} else if looksLikeGlob(token) && !takesPatterns[program] {
				globs = append(globs, token)
			}
		}
	}
	return blanks, globs
}

// behindOption reports whether the position before may be an option that takes a
// text: the script of a shell, or anything behind a short or long option.
func behindOption(before []string, program string) bool {
	return slices.ContainsFunc(before, func(token string) bool {
		if takesScript[program] {
			return strings.HasPrefix(token, "-") && strings.HasSuffix(token, "c")
		}
		return len(token) > 1 && token[0] == '-' && token != "--" && !strings.Contains(token, "=")
	})
}

// looksLikeWords reports whether a token was meant as several words: a program
// with arguments, an option with its value, or blanks around a word.
func looksLikeWords(token string, program bool) bool {
	fields := strings.Fields(token)
	switch {
	case len(fields) == 0:
		return strings.ContainsAny(token, " \t")
	case len(fields) == 1:
		return len(fields[0]) < len(token)
	case program:
		return true
	case strings.ContainsAny(token, "\n'\"`$;|&(){}<>"):
		return false // a text or a script
	}
	return strings.HasPrefix(token, "-") && !strings.Contains(fields[0], "=") || strings.HasPrefix(fields[1], "-")
}

// looksLikeGlob reports whether a token has the signs of a glob or a regular
// expression. Single "?", "*" in the middle of an address, and shell variables
// are not enough.
func looksLikeGlob(token string) bool {
	if strings.Contains(token, "://") {
		return false
	}
	for _, sign := range []string{".*", ".+", "\\d", "\\w", "\\s", "\\b", "(?", "[a-z", "[A-Z", "[0-9", "[^"} {
		if strings.Contains(token, sign) {
			return true
		}
	}
	if strings.HasPrefix(token, "^") && len(token) > 1 || len(token) > 1 && strings.HasSuffix(token, "$") && !strings.HasSuffix(token, "$$") {
		return true
	}
	return strings.Contains(token, "*") && !strings.ContainsAny(token, " \n'\"`;&(){}<>")
}
