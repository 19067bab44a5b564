package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"github.com/rulesc/rulesc/ir"
)

// cedarKind: Cedar knows permit and forbid only, and has no lists. So every
// rule permits, the program is the action, the tokens behind it are attributes
// of the context, and the reasons that come with an authorisation, which are
// all policies that apply, say which rules match.
var cedarKind = Kind{
	Name:  "cedar-go",
	About: "a policy a rule, program as action, tokens as context; it tries every policy",
	Most:  10_000,
	New: func(w *Work, _ string) (Engine, error) {
		e := &cedarPolicy{policy: w.Policy, policies: cedar.NewPolicySet(), rules: make(map[cedar.PolicyID]int)}
		for i := range w.Policy.Rules {
			pattern := w.Policy.Rules[i].Pattern
			e.tokens = max(e.tokens, len(pattern))
			var p cedar.Policy
			if err := p.UnmarshalCedar([]byte(cedarText(pattern))); err != nil {
				return nil, err
			}
			id := cedar.PolicyID(strconv.Itoa(i))
			e.policies.Add(id, &p)
			e.rules[id] = i
		}
		for i := range e.tokens {
			e.names = append(e.names, cedar.String(fmt.Sprint("t", i)))
		}
		return e, nil
	},
}

func cedarText(pattern ir.Pattern) string {
	var b strings.Builder
	fmt.Fprintf(&b, "permit(principal, action == Run::%q, resource)", pattern.Program())
	for i, alternatives := range pattern[1:] {
		var quoted []string
		for _, token := range alternatives {
			quoted = append(quoted, strconv.Quote(token))
		}
		if len(quoted) == 1 {
			fmt.Fprintf(&b, "\nwhen { context has t%d && context.t%[1]d == %s }", i+1, quoted[0])
		} else {
			fmt.Fprintf(&b, "\nwhen { context has t%d && [%s].contains(context.t%[1]d) }", i+1, strings.Join(quoted, ", "))
		}
	}
	b.WriteByte(';')
	return b.String()
}

type cedarPolicy struct {
	policy   *ir.Policy
	policies *cedar.PolicySet
	rules    map[cedar.PolicyID]int
	tokens   int            // that the longest rule looks at
	names    []cedar.String // of the attributes for these
}

func (e *cedarPolicy) Decide(argv []string) Answer {
	context := make(cedar.RecordMap, e.tokens)
	for i := 1; i < min(len(argv), e.tokens); i++ {
		context[e.names[i]] = cedar.String(argv[i])
	}
	_, diagnostic := cedar.Authorize(e.policies, nil, cedar.Request{
		Action:  cedar.NewEntityUID("Run", cedar.String(argv[0])),
		Context: cedar.NewRecord(context),
	})
	deciding := -1
	for _, reason := range diagnostic.Reasons {
		if rule := e.rules[reason.PolicyID]; better(e.policy, rule, deciding) {
			deciding = rule
		}
	}
	if deciding < 0 {
		return None
	}
	return Answer{e.policy.Rules[deciding].Decision, deciding}
}

func (e *cedarPolicy) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}
