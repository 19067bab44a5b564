package engine

import (
	"regexp"
	"strings"

	"github.com/rulesc/rulesc/ir"
)

var regexpKind = Kind{
	Name:  "regexp alternation",
	About: "standard library, one alternation over joined tokens for each decision, the strictest first",
	Most:  1_000,
	New: func(w *Work, _ string) (Engine, error) {
		e := new(regexps)
		for _, d := range strictestFirst {
			var choices []string
			for i := range w.Policy.Rules {
				if rule := &w.Policy.Rules[i]; rule.Decision == d {
					choices = append(choices, expression(rule.Pattern))
				}
			}
			if len(choices) == 0 {
				continue
			}
			re, err := regexp.Compile("^(?:" + strings.Join(choices, "|") + ")")
			if err != nil {
				return nil, err
			}
			e.decisions = append(e.decisions, d)
			e.expressions = append(e.expressions, re)
		}
		return e, nil
	},
}

// expression returns a regular expression for the joined commands that match a
// pattern.
func expression(p ir.Pattern) string {
	var b strings.Builder
	for _, alternatives := range p {
		b.WriteString("(?:")
		for i, token := range alternatives {
			if i > 0 {
				b.WriteByte('|')
			}
			b.WriteString(regexp.QuoteMeta(token))
		}
		b.WriteString(`)\x00`)
	}
	return b.String()
}

// strictestFirst are the decisions of rules; managed rules are not measured.
var strictestFirst = []ir.Decision{ir.Forbidden, ir.Prompt, ir.Allow}

type regexps struct {
	decisions   []ir.Decision
	expressions []*regexp.Regexp
	key         []byte
}

func (e *regexps) Decide(argv []string) Answer {
	e.key = appendJoined(e.key[:0], argv)
	for i, re := range e.expressions {
		if re.Match(e.key) {
			return Answer{e.decisions[i], Unknown}
		}
	}
	return None
}

func (e *regexps) Run(commands [][]string) (sum int) {
	for _, argv := range commands {
		sum += int(e.Decide(argv).Decision)
	}
	return sum
}
