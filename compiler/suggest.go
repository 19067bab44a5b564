package compiler

import (
	"fmt"
	"strings"
)

// nearest returns the candidate that word was probably meant to be, or "".
func nearest(word string, candidates []string) string {
	best, least := "", max(1, len(word)/3)
	for _, c := range candidates {
		d := distance(strings.ToLower(word), c)
		if len(word) >= 4 && (strings.HasPrefix(c, strings.ToLower(word)) || strings.HasPrefix(strings.ToLower(word), c)) {
			d = min(d, 1)
		}
		if d <= least && (best == "" || d < least) {
			best, least = c, d
		}
	}
	return best
}

// distance is the number of characters to insert, delete or replace to make b
// of a. Words longer than any parameter's name are far from everything.
func distance(a, b string) int {
	const longest = 64
	if len(a) > longest {
		return longest
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// enumerate writes a list of words as prose: "a, b and c".
func enumerate(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s %s %s", strings.Join(words[:len(words)-1], ", "), last, words[len(words)-1])
}

// meantParameters are words that other tools, and earlier habits, use for
// parameters.
var meantParameters = map[string]string{
	"reason": "justification", "description": "justification", "desc": "justification", "message": "justification",
	"comment": "justification", "why": "justification",
	"action": "decision", "effect": "decision", "policy": "decision",
	"prefix": "pattern", "command": "pattern", "cmd": "pattern", "argv": "pattern", "args": "pattern",
	"examples": "match", "matches": "match", "case_insensitive": "canonical_matching", "ignore_case": "canonical_matching",
	"path": "paths", "program": "name", "executable": "name", "domain": "host", "hostname": "host", "address": "host",
}

// meantDecisions are words that other tools use for decisions.
var meantDecisions = map[string]string{
	"deny": "forbidden", "denied": "forbidden", "reject": "forbidden", "block": "forbidden", "blocked": "forbidden",
	"forbid": "forbidden", "never": "forbidden", "refuse": "forbidden", "disallow": "forbidden", "no": "forbidden",
	"ask": "prompt", "confirm": "prompt", "approve": "prompt", "approval": "prompt", "review": "prompt", "on-request": "prompt", "auto_review": "prompt",
	"allowed": "allow", "accept": "allow", "permit": "allow", "yes": "allow", "ok": "allow", "always": "allow", "auto": "allow",
}

// invalidDecision returns the problem of a word that is not one of known.
func invalidDecision(word string, known ...string) *problem {
	hint := "a decision is " + enumerate(known, "or")
	plain := strings.ToLower(strings.TrimSpace(word))
	meant := meantDecisions[plain]
	if meant == "" {
		meant = nearest(plain, known)
	}
	switch {
	case plain == "prompt-user":
		hint = `only requirements.toml may say "prompt-user"; use "prompt" here`
	case meant != "":
		hint = fmt.Sprintf("did you mean %q?", meant)
	}
	return &problem{codeDecision, "invalid decision: " + word, hint}
}
