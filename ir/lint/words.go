package lint

import (
	"fmt"

	"github.com/rulesc/rulesc/ir"
)

// words looks at what a call says beside its rules.
func (c *checker) words() {
	type file struct{ layer, name string }
	bare := make(map[file]*Finding)
	calls := make(map[file]int) // without examples
	total := make(map[file]int)
	var order []file
	for i := range c.sites {
		s := &c.sites[i]
		rule := &c.policy.Rules[s.rules[0]]
		if rule.Decision == ir.Forbidden && rule.Justification == "" {
			c.add(Finding{
				Code: "RS030", Source: s.source, Rules: s.rules,
				Message: fmt.Sprintf("%s does not say why: who is refused learns no better way", short(rule)),
				Hint:    "add justification = \"…; use … instead\"",
			})
		}
		if c.options.HasExamples == nil {
			continue
		}
		has, known := c.options.HasExamples(s.source)
		if !known {
			continue
		}
		f := file{s.source.Layer, s.source.File}
		total[f]++
		if has {
			continue
		}
		if bare[f] == nil {
			bare[f] = &Finding{Code: "RS031", Source: s.source, Hint: "add match = [\"…\"] and not_match = [\"…\"]: they are checked whenever the rules are read"}
			order = append(order, f)
		}
		calls[f]++
		bare[f].Rules = append(bare[f].Rules, s.rules...)
	}
	for _, f := range order {
		finding := bare[f]
		n := calls[f]
		finding.Message = fmt.Sprintf("%d of the %s of this file have no examples, beginning with this one", n, count(total[f], "prefix_rule call"))
		if n == 1 {
			finding.Message = "this prefix_rule has no examples"
		}
		c.add(*finding)
	}
}
