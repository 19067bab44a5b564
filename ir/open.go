package ir

// EvaluateOpen says what the policy thinks of a command of which only the first
// tokens are known, and that any number of further tokens may follow, as in
// `git $ARGS`. A completion is any command of at least one token that starts
// with prefix; prefix itself is one.
//
//   - If any completion is answered Forbidden, PromptUser or Prompt, the answer
//     is the strictest of these.
//   - If all completions are allowed, it is Allow.
//   - Otherwise it is None: some are allowed, or none is, and of the others no
//     rule speaks.
//
// Where prefix is empty, not even the program is known: the answer is the
// strictest of all rules, and never Allow.
//
// Matches are the rules that some completion matches. The Prefix of such a
// match holds known tokens only, and is shorter than the rule's pattern if
// whether the rule matches depends on what follows. Where prefix by itself is
// answered as strictly as the whole, its deciding rule decides; otherwise of the
// strictest rules the one with the longest pattern, of equals the last. The one
// command is in Unmatched if some completion matches no rule.
//
// With at, rules on a program's name count for its path unless a rule that is
// written on the path matches prefix, and so all that starts with it. This is
// stricter than the completions in one case: a rule on the name counts even
// where rules on the path, each longer than prefix, take all of its commands.
func (p *Policy) EvaluateOpen(prefix []string, at *Place) Result {
	certain := p.Evaluate(prefix, at)
	result := Result{Deciding: -1, Matches: p.openMatches(prefix, at), Unmatched: certain.Unmatched}
	sure := func(m Match) bool { return len(m.Prefix) == len(p.Rules[m.Rule].Pattern) }
	strictest := None
	for _, m := range result.Matches {
		strictest = max(strictest, p.Rules[m.Rule].Decision)
	}
	if strictest <= Allow {
		strictest = certain.Decision
	}
	for i, m := range result.Matches {
		rule := &p.Rules[m.Rule]
		if rule.Decision != strictest || certain.Decision == strictest && !sure(m) {
			continue
		}
		if d := result.Deciding; d < 0 || len(rule.Pattern) >= len(p.Rules[result.Matches[d].Rule].Pattern) {
			result.Decision, result.Deciding = strictest, i
		}
	}
	return result
}

// openMatches returns the rules that some completion of prefix matches.
func (p *Policy) openMatches(prefix []string, at *Place) []Match {
	if len(prefix) == 0 {
		all := make([]Match, len(p.Rules))
		for i := range all {
			all[i].Rule = i
		}
		return all
	}
	found := p.matchesAs(prefix, Pattern.mayMatch, anySpelling)
	if at == nil || len(p.matchesAs(prefix, Pattern.matches, anySpelling)) > 0 {
		return found
	}
	return append(found, p.matchesByName(prefix, Pattern.mayMatch, *at)...)
}

// mayMatch reports whether some completion of prefix starts with the pattern.
func (p Pattern) mayMatch(prefix []string, equal func(a, b string) bool) bool {
	n := min(len(p), len(prefix))
	return p[:n].matches(prefix[:n], equal)
}
