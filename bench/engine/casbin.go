package engine

import (
	"strings"

	"github.com/casbin/casbin/v3"
	"github.com/casbin/casbin/v3/model"

	"github.com/rulesc/rulesc/ir"
)

// casbinKind: Casbin says yes or no, so there is an enforcer for each decision,
// the strictest asked first.
var casbinKind = Kind{
	Name:  "casbin",
	About: "a policy line a rule, own matching function, an enforcer for each decision in turn",
	Most:  10_000,
	New: func(w *Work, _ string) (Engine, error) {
		e := new(enforcers)
		for _, d := range strictestFirst {
			m, err := model.NewModelFromString(casbinModel)
			if err != nil {
				return nil, err
			}
			enforcer, err := casbin.NewEnforcer(m)
			if err != nil {
				return nil, err
			}
			patterns := make(map[string]ir.Pattern)
			var lines [][]string
			for i := range w.Policy.Rules {
				rule := &w.Policy.Rules[i]
				text := casbinText(rule.Pattern)
				if _, seen := patterns[text]; rule.Decision == d && !seen {
					patterns[text] = rule.Pattern
					lines = append(lines, []string{rule.Pattern.Program(), text})
				}
			}
			if _, err := enforcer.AddPolicies(lines); err != nil {
				return nil, err
			}
			enforcer.AddFunction("startsWith", func(arguments ...any) (any, error) {
				return startsWith(arguments[0].([]string), patterns[arguments[1].(string)]), nil
			})
			e.decisions = append(e.decisions, d)
			e.enforcers = append(e.enforcers, enforcer)
		}
		return e, nil
	},
}

const casbinModel = `
[request_definition]
r = program, argv

[policy_definition]
p = program, pattern

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.program == p.program && startsWith(r.argv, p.pattern)
`

func casbinText(p ir.Pattern) string {
	var positions []string
	for _, alternatives := range p {
		positions = append(positions, strings.Join(alternatives, "|"))
	}
	return strings.Join(positions, " ")
}

func startsWith(argv []string, pattern ir.Pattern) bool {
	if len(argv) < len(pattern) {
		return false
	}
	for i, alternatives := range pattern {
		found := false
		for _, token := range alternatives {
			found = found || token == argv[i]
		}
		if !found {
			return false
		}
	}
	return true
}

type enforcers struct {
	decisions []ir.Decision
	enforcers []*casbin.Enforcer
}

func (e *enforcers) Decide(argv []string) Answer {
	for i, enforcer := range e.enforcers {
		ok, err := enforcer.Enforce(argv[0], argv)
		if err != nil {
			return Answer{Rule: Unknown}
		}
		if ok {
			return Answer{e.decisions[i], Unknown}
		}
	}
	return None
}

func (e *enforcers) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}
