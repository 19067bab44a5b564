package layers

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/tomldoc"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// Managed rules stand in requirements.toml of the system folder:
//
//	[rules]
//	prefix_rules = [
//	  { pattern = [{ token = "git" }, { any_of = ["push", "fetch"] }], decision = "prompt" },
//	]
//
// A file with a mistake in it is an error as a whole: leaving a rule out would
// loosen what an administrator decided. Source: LAYERS.md §6.

const requirementsName = "requirements.toml"

// requirements are the managed rules of one file.
type requirements struct {
	text    string
	rules   []ir.PrefixRule
	ignored []ignoredSetting
}

// readRequirements reads the managed rules. shape holds mistakes of form,
// which the reference notices before it reads other configuration, and
// meaning those that it notices afterwards.
func (d disk) readRequirements(path AbsPath) (r requirements, found bool, shape, meaning []Problem) {
	doc, problem := d.readDocument(path, "requirements file", func(text string, err *tomldoc.SyntaxError) Problem {
		return fileProblem(StageConfig, "toml", path, err.Message, layerText(path, tomlText(text, err)))
	})
	if problem != nil {
		return requirements{}, true, []Problem{*problem}, nil
	}
	if doc == nil {
		return requirements{}, false, nil, nil
	}
	r, shape, meaning = decodeRequirements(doc)
	return r, true, shape, meaning
}

func layerText(path AbsPath, text string) string {
	return fmt.Sprintf("failed to parse requirements layer %s: %s", path, text)
}

// requirementsDecoder collects what it finds on its way through a document.
type requirementsDecoder struct {
	doc     *document
	shape   []Problem
	meaning []Problem
	ignored []ignoredSetting
}

func decodeRequirements(doc *document) (requirements, []Problem, []Problem) {
	d := &requirementsDecoder{doc: doc}
	rules := d.file()
	if len(d.shape) > 0 || len(d.meaning) > 0 {
		rules = nil
	}
	return requirements{doc.Text, rules, d.ignored}, d.shape, d.meaning
}

func (d *requirementsDecoder) file() []ir.PrefixRule {
	value, ok := d.doc.Table["rules"]
	if !ok {
		return nil
	}
	path := []string{"rules"}
	table, ok := value.(map[string]any)
	if !ok {
		d.wrongType(path, value, "struct RequirementsExecPolicyToml")
		return nil
	}
	d.ignoreOthers(table, path, "prefix_rules")
	list, ok := table["prefix_rules"]
	if !ok {
		d.wrong(path, path, "missing field `prefix_rules`")
		return nil
	}
	path = append(path, "prefix_rules")
	elems, ok := tomldoc.Elements(list)
	if !ok {
		d.wrongType(path, list, "a sequence")
		return nil
	}
	if len(elems) == 0 {
		d.invalid(path, "rules prefix_rules cannot be empty")
	}
	var rules []ir.PrefixRule
	for i, elem := range elems {
		rules = append(rules, d.rule(i, elem)...)
	}
	return rules
}

// rule returns the rules that one entry makes: one for each alternative of the
// first position.
func (d *requirementsDecoder) rule(index int, value any) []ir.PrefixRule {
	path := []string{"rules", "prefix_rules", fmt.Sprint(index)}
	table, ok := value.(map[string]any)
	if !ok {
		d.wrongType(path, value, "struct RequirementsExecPolicyPrefixRuleToml")
		return nil
	}
	var rule ir.PrefixRule
	var positions []patternToken
	for _, key := range d.doc.InOrder(table, path) {
		here, value := append(path, key), table[key]
		switch key {
		case "pattern":
			positions = d.pattern(here, value)
		case "decision":
			rule.Decision = d.decision(here, value)
		case "justification":
			rule.Justification, _ = d.text(here, value)
		case "canonical_matching":
			if rule.Canonical, ok = value.(bool); !ok {
				d.wrongType(here, value, "a boolean")
			}
		}
	}
	d.ignoreOthers(table, path, "pattern", "decision", "justification", "canonical_matching")
	if _, ok := table["pattern"]; !ok {
		d.wrong(path, path, "missing field `pattern`")
	}
	if len(d.shape) > 0 {
		return nil
	}

	subject := fmt.Sprintf("rules prefix_rule at index %d ", index)
	if _, ok := table["justification"]; ok && isBlank(rule.Justification) {
		d.invalid(append(path, "justification"), subject+"has an empty justification")
	}
	if len(positions) == 0 {
		d.invalid(append(path, "pattern"), subject+"has an empty pattern")
	}
	for i, p := range positions {
		if err := p.check(); err != nil {
			d.invalid(append(path, "pattern", fmt.Sprint(i)), fmt.Sprintf("%shas an invalid pattern token at index %d: %s", subject, i, err))
		}
	}
	switch _, ok := table["decision"]; {
	case !ok:
		d.invalid(path, subject+"is missing a decision")
	case rule.Decision == ir.Allow:
		d.invalid(append(path, "decision"), subject+"has decision 'allow', which is not permitted in requirements.toml: "+
			"Codex merges these rules with other config and uses the most restrictive result (use 'prompt', 'prompt-user', or 'forbidden')")
	}
	if len(d.meaning) > 0 {
		return nil
	}
	at := position(requirementsName, d.doc.Text, d.doc.Value(path...).Start)
	if d.doc.Value(path...).End == 0 {
		at.Line, at.Col = 0, 0
	}
	rule.Source = ir.Source{Layer: managedName, Position: at}
	return expand(rule, positions)
}

// expand returns one rule for each alternative of the first position.
func expand(rule ir.PrefixRule, positions []patternToken) []ir.PrefixRule {
	pattern := make(ir.Pattern, len(positions))
	for i, p := range positions {
		pattern[i] = p.alternatives()
	}
	rules := make([]ir.PrefixRule, len(pattern[0]))
	for i, program := range pattern[0] {
		rules[i] = rule
		rules[i].Pattern = slices.Clone(pattern)
		rules[i].Pattern[0] = []string{program}
	}
	return rules
}

// A patternToken is one position of a pattern, as it is written.
type patternToken struct {
	token *string
	anyOf *[]string
}

func (p patternToken) check() error {
	switch {
	case p.token != nil && p.anyOf != nil:
		return errors.New("set either token or any_of, not both")
	case p.token != nil && isBlank(*p.token):
		return errors.New("token cannot be empty")
	case p.token != nil:
		return nil
	case p.anyOf == nil:
		return errors.New("set either token or any_of")
	case len(*p.anyOf) == 0:
		return errors.New("any_of cannot be empty")
	case slices.ContainsFunc(*p.anyOf, isBlank):
		return errors.New("any_of cannot include empty tokens")
	}
	return nil
}

func (p patternToken) alternatives() []string {
	if p.token != nil {
		return []string{*p.token}
	}
	return *p.anyOf
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

func (d *requirementsDecoder) pattern(path []string, value any) []patternToken {
	list, ok := tomldoc.Elements(value)
	if !ok {
		d.wrongType(path, value, "a sequence")
		return nil
	}
	positions := make([]patternToken, len(list))
	for i, v := range list {
		here := append(slices.Clip(path), fmt.Sprint(i))
		table, ok := v.(map[string]any)
		if !ok {
			d.wrongType(here, v, "struct RequirementsExecPolicyPatternTokenToml")
			continue
		}
		for _, key := range d.doc.InOrder(table, here) {
			there := append(slices.Clip(here), key)
			switch key {
			case "token":
				if text, ok := d.text(there, table[key]); ok {
					positions[i].token = &text
				}
			case "any_of":
				positions[i].anyOf = d.texts(there, table[key])
			}
		}
		d.ignoreOthers(table, here, "token", "any_of")
	}
	return positions
}

func (d *requirementsDecoder) decision(path []string, value any) ir.Decision {
	name, ok := value.(string)
	if !ok {
		d.wrong(path, path, "invalid type: unit variant, expected string only")
		return ir.None
	}
	decision, ok := ir.ParseDecision(name)
	if !ok {
		d.wrong(path, path, fmt.Sprintf("unknown variant `%s`, expected one of `allow`, `prompt`, `prompt-user`, `forbidden`", name))
	}
	return decision
}

func (d *requirementsDecoder) text(path []string, value any) (string, bool) {
	text, ok := value.(string)
	if !ok {
		d.wrongType(path, value, "a string")
	}
	return text, ok
}

func (d *requirementsDecoder) texts(path []string, value any) *[]string {
	list, ok := tomldoc.Elements(value)
	if !ok {
		d.wrongType(path, value, "a sequence")
		return nil
	}
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i], ok = v.(string)
		if !ok {
			d.wrongType(append(slices.Clip(path), fmt.Sprint(i)), v, "a string")
		}
	}
	return &texts
}

// wrongType notes a value of the wrong type.
func (d *requirementsDecoder) wrongType(path []string, value any, want string) {
	d.wrong(path, path, "invalid type: "+kind(value)+", expected "+want)
}

// wrong notes a mistake of form. The reference names the keys on the way to
// the value, but no indexes.
func (d *requirementsDecoder) wrong(path, named []string, message string) {
	names := slices.DeleteFunc(slices.Clone(named), func(part string) bool {
		return strings.Trim(part, "0123456789") == ""
	})
	d.shape = append(d.shape, d.problem(path, message, layerText(d.doc.file, message+"\nin `"+strings.Join(names, ".")+"`")))
}

// invalid notes a rule that cannot be.
func (d *requirementsDecoder) invalid(path []string, message string) {
	d.meaning = append(d.meaning, d.problem(path, message, fmt.Sprintf("invalid rules in requirements (set by %s): %s", d.doc.file, message)))
}

func (d *requirementsDecoder) problem(path []string, message, text string) Problem {
	p := fileProblem(StageConfig, "requirements", d.doc.file, message, text)
	for n := len(path); n > 0; n-- { // the value itself may be missing: its table then
		if at := d.doc.Value(path[:n]...); at.End > 0 {
			p.Position = position(d.doc.file.String(), d.doc.Text, at.Start)
			p.End = position(d.doc.file.String(), d.doc.Text, at.End)
			break
		}
	}
	return p
}

func (d *requirementsDecoder) ignoreOthers(table map[string]any, path []string, known ...string) {
	for key := range table {
		if slices.Contains(known, key) {
			continue
		}
		here := append(slices.Clip(path), key)
		at := d.doc.Key(here...)
		d.ignored = append(d.ignored, ignoredSetting{"requirements", strings.Join(here, "."), position(d.doc.file.String(), d.doc.Text, at)})
	}
}

// ignoredText is the reference's warning of settings that it ignores.
func ignoredText(settings []ignoredSetting) string {
	const most = 3
	sorted := slices.SortedFunc(slices.Values(settings), func(a, b ignoredSetting) int {
		return cmp.Or(cmp.Compare(a.label, b.label), cmp.Compare(a.at.File, b.at.File), cmp.Compare(a.key, b.key))
	})
	plural := "s"
	if len(settings) == 1 {
		plural = ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Codex is ignoring %d unrecognized configuration setting%s. Check for typos or deprecated settings.", len(settings), plural)
	for i, s := range sorted {
		if i == most {
			fmt.Fprintf(&b, "\n  ... and %d more ignored setting%s.", len(settings)-most, map[bool]string{false: "s"}[len(settings)-most == 1])
			break
		}
		fmt.Fprintf(&b, "\n  %s (%s): `%s` is ignored.", s.label, s.at.File, s.key)
	}
	return b.String()
}

// warning returns the ignored setting as a diagnostic.
func (s ignoredSetting) warning() diag.Diagnostic {
	return diag.Diagnostic{
		Position: s.at,
		Severity: diag.Warning,
		Code:     "ignored-setting",
		Message:  fmt.Sprintf("`%s` has no effect here", s.key),
	}
}
