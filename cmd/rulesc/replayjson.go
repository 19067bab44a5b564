package main

import "github.com/rulesc/rulesc/ir"

type replayJSON struct {
	Logs     []logJSON          `json:"logs"`
	Policies []replayPolicyJSON `json:"policies"`
	Changed  *changedJSON       `json:"changed"`
}

type replayPolicyJSON struct {
	Name      string                `json:"name"`
	Decisions map[ir.Decision]int64 `json:"decisions"`
	Rules     []replayRuleJSON      `json:"rules"`
	Never     []replayRuleJSON      `json:"never"`
}

type replayRuleJSON struct {
	Rule   int          `json:"rule"`
	Count  int64        `json:"count"`
	Text   string       `json:"text"`
	Source positionJSON `json:"source"`
}

type changedJSON struct {
	Commands int64             `json:"commands"`
	Exact    bool              `json:"exact"`
	Groups   []changeGroupJSON `json:"groups"`
}

type changeGroupJSON struct {
	Old      *ir.Decision      `json:"old"`
	New      *ir.Decision      `json:"new"`
	OldRule  *replayRuleJSON   `json:"old_rule"`
	NewRule  *replayRuleJSON   `json:"new_rule"`
	Count    int64             `json:"count"`
	Commands []frequentCommand `json:"commands"`
}

type frequentCommand struct {
	Command string `json:"command"`
	Count   int64  `json:"count"`
	Over    int64  `json:"over"`
}

func (s *replaySide) ruleForm(id int) replayRuleJSON {
	rule := &s.policy.Rules[id]
	return replayRuleJSON{id, s.decided[id], rule.String(), sourceForm(rule.Source)}
}

func (s *replaySide) answerForm(a answer) *replayRuleJSON {
	if a.rule < 0 {
		return nil
	}
	form := s.ruleForm(int(a.rule))
	return &form
}

func (r *replay) form(logs *logReading) replayJSON {
	form := replayJSON{Logs: logs.form()}
	for _, s := range r.sides {
		f := replayPolicyJSON{Name: s.name, Decisions: make(map[ir.Decision]int64), Rules: []replayRuleJSON{}, Never: []replayRuleJSON{}}
		for d, n := range s.decisions {
			f.Decisions[ir.Decision(d)] = n
		}
		rules, never := s.deciding()
		for _, id := range rules {
			f.Rules = append(f.Rules, s.ruleForm(id))
		}
		for _, id := range never {
			f.Never = append(f.Never, s.ruleForm(id))
		}
		form.Policies = append(form.Policies, f)
	}
	if len(r.sides) == 2 {
		form.Changed = &changedJSON{r.changed.Total(), r.changed.Exact() && r.others == 0, []changeGroupJSON{}}
		for _, g := range r.sorted() {
			f := changeGroupJSON{
				Old: orNull(g.old.decision), New: orNull(g.young.decision), Count: g.count, Commands: []frequentCommand{},
				OldRule: r.sides[0].answerForm(g.old), NewRule: r.sides[1].answerForm(g.young),
			}
			for _, e := range g.commands {
				f.Commands = append(f.Commands, frequentCommand{shownKey(e.Key, e.Value.cut), e.Count, e.Over})
			}
			form.Changed.Groups = append(form.Changed.Groups, f)
		}
	}
	return form
}
