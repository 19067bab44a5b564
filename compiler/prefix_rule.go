package compiler

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"github.com/rulesc/rulesc/ir"
)

var prefixRuleSignature = signature{"prefix_rule", []parameter{
	{"pattern", "list", true},
	{"decision", "str", false},
	{"match", "list", false},
	{"not_match", "list", false},
	{"justification", "str", false},
	{"canonical_matching", "bool", false},
}}

// A prefixCall is a call of prefix_rule whose arguments have been read. Its
// pattern's first position may still have alternatives.
type prefixCall struct {
	pattern         ir.Pattern
	decision        ir.Decision
	match, notMatch [][]string
	justification   string
	canonical       bool
}

// prefixRule reads the arguments of a call in the reference's order.
func (m *module) prefixRule(thread *starlark.Thread, args starlark.Tuple, named []starlark.Tuple) *problem {
	values, p := prefixRuleSignature.bind(args, named)
	if p != nil {
		return p
	}
	var call prefixCall
	if call.decision, p = m.prefixDecision(text(values[1], "allow")); p != nil {
		return p
	}
	if call.justification, p = justification(written(values[4])); p != nil {
		return p
	}
	if call.pattern, p = m.pattern(values[0].(*starlark.List)); p != nil {
		return p
	}
	if call.match, p = m.exampleList(values[2]); p != nil {
		return p
	}
	if call.notMatch, p = m.exampleList(values[3]); p != nil {
		return p
	}
	call.canonical = values[5] == starlark.True
	return m.addPrefixRules(&call, siteOf(thread))
}

// addPrefixRules makes one rule for each alternative in the first position of
// the call's pattern. Whether its examples hold is checked when the file has
// been evaluated.
func (m *module) addPrefixRules(call *prefixCall, site callSite) *problem {
	programs := call.pattern[0]
	if p := m.keep(int64(len(programs)-1) * int64(len(call.pattern))); p != nil {
		return p
	}
	if len(m.rules)+len(programs) > m.limits.Rules {
		return &problem{codeLimit, fmt.Sprintf("more than %d rules", m.limits.Rules), ""}
	}
	rule := ir.PrefixRule{
		Pattern:       call.pattern,
		Decision:      call.decision,
		Justification: call.justification,
		Canonical:     call.canonical,
		Source:        m.source(site),
	}
	first := len(m.rules)
	if free := cap(m.rules) - first; free < len(programs) {
		// Twice as many, where append would take a quarter more, and move large
		// lists of rules again and again.
		m.rules = slices.Grow(m.rules, max(len(programs), first))
	}
	if len(programs) == 1 {
		m.rules = append(m.rules, rule)
	} else {
		for i := range programs {
			rule.Pattern = append(ir.Pattern{programs[i : i+1 : i+1]}, call.pattern[1:]...)
			m.rules = append(m.rules, rule)
		}
	}
	if len(call.match)+len(call.notMatch) > 0 {
		if len(m.examples) == cap(m.examples) {
			m.examples = slices.Grow(m.examples, max(4, len(m.examples)))
		}
		m.examples = append(m.examples, examples{first: first, end: len(m.rules), match: call.match, notMatch: call.notMatch, site: site})
	}
	return nil
}

func (m *module) prefixDecision(word string) (ir.Decision, *problem) {
	decision, ok := ir.ParseDecision(word)
	if !ok || decision == ir.PromptUser && m.sources == nil {
		return ir.None, invalidDecision(word, "allow", "prompt", "forbidden")
	}
	return decision, nil
}

// pattern reads a pattern whose first position may still have alternatives.
func (m *module) pattern(list *starlark.List) (ir.Pattern, *problem) {
	invalid := func(format string, args ...any) *problem {
		return &problem{codePattern, "invalid pattern element: " + fmt.Sprintf(format, args...), ""}
	}
	if list.Len() > m.limits.Positions {
		return nil, &problem{codeLimit, fmt.Sprintf("a pattern has more than %d positions", m.limits.Positions), ""}
	}
	if p := m.keep(int64(list.Len())); p != nil {
		return nil, p
	}
	m.tokens.drop() // of a pattern that was not valid
	m.lists.drop()
	for i := range list.Len() {
		switch position := list.Index(i).(type) {
		case starlark.String:
			if p := m.read(string(position)); p != nil {
				return nil, p
			}
			m.tokens.add(string(position))
		case *starlark.List:
			if position.Len() == 0 {
				return nil, invalid("pattern alternatives cannot be empty").orHint("a position without alternatives matches nothing: leave it out, or name a token")
			}
			if position.Len() > m.limits.Alternatives {
				return nil, &problem{codeLimit, fmt.Sprintf("a position has more than %d alternatives", m.limits.Alternatives), ""}
			}
			if p := m.keep(int64(position.Len())); p != nil {
				return nil, p
			}
			for j := range position.Len() {
				token, ok := starlark.AsString(position.Index(j))
				if !ok {
					return nil, invalid("pattern alternative must be a string (got %s)", typeName(position.Index(j))).orHint(mendElement(position.Index(j)))
				}
				if p := m.read(token); p != nil {
					return nil, p
				}
				m.tokens.add(token)
			}
		default:
			return nil, invalid("pattern element must be a string or list of strings (got %s)", typeName(position)).orHint(mendElement(position))
		}
		m.lists.add(m.tokens.take())
	}
	pattern := ir.Pattern(m.lists.take())
	if len(pattern) == 0 {
		return nil, invalid("pattern cannot be empty").orHint("name at least the program: no rule can be about every command")
	}
	return pattern, nil
}

// mendElement says what to write instead of v, where a string is wanted.
func mendElement(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.Int, starlark.Float, starlark.Bool:
		return fmt.Sprintf("tokens are text: write %s", starlark.String(v.String()).String())
	case starlark.Tuple:
		return "write alternatives in [ ] instead of ( )"
	case *starlark.List:
		return "alternatives are strings; they cannot hold lists"
	}
	return ""
}
