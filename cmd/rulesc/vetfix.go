package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/ir/lint"
)

// Vet --fix takes calls and alternatives out of the text of rule files, as long as
// they stand there plainly. A call goes if it is a statement of its own, at the
// start of a line, without comments inside and without examples; comments around
// it stay. An alternative goes if the list is written out, element for element as
// the rule has it.
//
// All changes are tried together on a copy of the sources: they have to evaluate,
// examples included, to a policy with the same semantic digest. So does each layer by
// itself: what repeats the user's own rules is all that others have. If they do not,
// they are tried one by one, and those that do not hold are left. Only then files
// are written, each as a whole and only if nobody has changed it meanwhile.

// A mending is parts of a file's text that go.
type mending struct {
	file int // index into sources.files
	cuts []compiler.Place
	what string
	line int
}

// mostTried is how many changes are tried one by one.
const mostTried = 200

func (v *vetting) mend(ctx context.Context) error {
	changes := v.changes()
	if len(changes) == 0 {
		return nil
	}
	policy, files, err := v.try(ctx, changes)
	if err != nil {
		return err
	}
	if policy == nil {
		all := changes
		changes = nil
		v.failed = make(map[string]bool)
		for _, c := range all[:min(len(all), mostTried)] {
			p, f, err := v.try(ctx, append(slices.Clone(changes), c))
			if err != nil {
				return err
			}
			if p != nil {
				policy, files, changes = p, f, append(changes, c)
			} else {
				v.failed[c.what] = true
			}
		}
	}
	if policy == nil {
		return v.look()
	}
	for i := range files {
		old, now := &v.in.files[i], &files[i]
		if string(old.Text) == string(now.Text) {
			continue
		}
		if err := rewrite(ctx, now.Path, old.Text, now.Text); err != nil {
			return fmt.Errorf("%s: %w", now.Path, bare(err))
		}
	}
	for _, c := range changes {
		v.fixed = append(v.fixed, fixedJSON{v.in.files[c.file].Path, c.line, c.what})
	}
	v.in.files = files
	if err := v.evaluate(ctx); err != nil {
		return err
	}
	return v.look()
}

// try returns the policy and the files with some changes, nil if they change more
// than text.
func (v *vetting) try(ctx context.Context, changes []mending) (*ir.Policy, []source, error) {
	tried := *v.in
	tried.files = slices.Clone(v.in.files)
	cuts := make(map[int][]compiler.Place)
	for _, c := range changes {
		cuts[c.file] = append(cuts[c.file], c.cuts...)
	}
	for file, list := range cuts {
		tried.files[file].Text = without(tried.files[file].Text, list)
	}
	policy, err := tried.evaluate(ctx, compiler.Options{})
	var list diag.List
	if errors.As(err, &list) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	lists := analysis.Compare(&ir.Policy{Hosts: v.policy.Hosts, Networks: v.policy.Networks}, &ir.Policy{Hosts: policy.Hosts, Networks: policy.Networks})
	if !lists.None() {
		return nil, nil, nil
	}
	alike, err := v.alike(v.policy, policy)
	for file := range cuts {
		if layer := tried.files[file].Layer; alike && err == nil {
			alike, err = v.alike(ofLayer(v.policy, layer), ofLayer(policy, layer))
		}
	}
	if !alike || err != nil {
		return nil, nil, err
	}
	return policy, tried.files, nil
}

// alike reports whether it is proven that two policies decide every command alike.
func (v *vetting) alike(a, b *ir.Policy) (bool, error) {
	o := analysis.Options{AsWritten: v.asWritten}
	before, err := analysis.SemanticDigest(a, o)
	if err == nil {
		var after analysis.Digest
		if after, err = analysis.SemanticDigest(b, o); err == nil {
			return before == after, nil
		}
	}
	if errors.Is(err, analysis.ErrOverlap) {
		err = nil
	}
	return false, err
}

// ofLayer returns what a layer says by itself.
func ofLayer(p *ir.Policy, layer string) *ir.Policy {
	alone := new(ir.Policy)
	for _, r := range p.Rules {
		if r.Source.Layer == layer {
			alone.Rules = append(alone.Rules, r)
		}
	}
	for _, h := range p.Hosts {
		if h.Source.Layer == layer {
			alone.Hosts = append(alone.Hosts, h)
		}
	}
	return alone
}

// without returns a text without some of its parts, which may overlap.
func without(text []byte, cuts []compiler.Place) []byte {
	slices.SortFunc(cuts, func(a, b compiler.Place) int { return a.Start - b.Start })
	var kept []byte
	at := 0
	for _, c := range cuts {
		kept = append(kept, text[at:max(at, c.Start)]...)
		at = max(at, c.End)
	}
	return append(kept, text[at:]...)
}

// changes are what could be mended, in the order of the findings. Of what could
// be but is not, the finding's hint says why.
func (v *vetting) changes() []mending {
	var list []mending
	for i := range v.found {
		f := &v.found[i]
		if !f.Certain {
			continue
		}
		cuts, file, why := v.cuts(f)
		if why != "" {
			continue
		}
		list = append(list, mending{file, cuts, f.Message, f.Source.Line})
	}
	return list
}

// cuts returns what to take out of which file, or why nothing is.
func (v *vetting) cuts(f *vetFinding) (cuts []compiler.Place, file int, why string) {
	file = slices.IndexFunc(v.in.files, func(s source) bool { return s.Layer == f.Source.Layer && s.Name == f.Source.File })
	if file < 0 || !v.writable(file) {
		return nil, 0, "the file is not as it was evaluated"
	}
	if slices.ContainsFunc(f.Related, func(r lint.Related) bool { return r.Source.Layer != f.Source.Layer }) {
		return nil, 0, "the layer needs it where the other one is not"
	}
	if v.again(file) {
		return nil, 0, "the file is there twice, and what repeats itself may be all there is"
	}
	text, call, ok := v.call(f.Source)
	if !ok || len(f.Source.Calls) > 0 || f.Source.Col != 1 || call.Open || call.Pattern == nil {
		return nil, 0, "the call is not a plain one at the start of a line"
	}
	if f.Code == "RS002" {
		cuts, why = v.cutRules(text, call, f)
	} else {
		cuts, why = v.cutAlternatives(text, call, f)
	}
	return cuts, file, why
}

// writable reports whether the text that was evaluated is that of the file.
func (v *vetting) writable(file int) bool {
	if same, asked := v.asRead[file]; asked {
		return same
	}
	f := &v.in.files[file]
	same := false
	if isRegular(f.Path) { // what was read of a pipe is gone
		text, err := readRuleFile(f.Path)
		same = err == nil && string(text) == string(f.Text)
	}
	v.asRead[file] = same
	return same
}

// again reports whether a file is another one of the policy, too: by another name, or
// over a link.
func (v *vetting) again(file int) bool {
	if v.infos == nil {
		v.infos = make([]os.FileInfo, len(v.in.files))
		for i := range v.in.files {
			v.infos[i], _ = os.Stat(v.in.files[i].Path)
		}
	}
	for i, info := range v.infos {
		if i != file && os.SameFile(info, v.infos[file]) {
			return true
		}
	}
	return false
}

// cutRules cuts out a call whose rules are all duplicates, or those of its
// programs that are.
func (v *vetting) cutRules(text *compiler.Locator, call compiler.CallPlaces, f *vetFinding) (cuts []compiler.Place, why string) {
	rules := v.rulesAt(f.Source)
	if len(rules) != len(call.Pattern[0]) {
		return nil, "the call is not a plain one at the start of a line"
	}
	if len(f.Rules) < len(rules) {
		var gone []int
		for i, r := range rules {
			if slices.Contains(f.Rules, r) {
				gone = append(gone, i)
			}
		}
		return cutElements(text, call.Positions[0], call.Pattern[0], gone), ""
	}
	if slices.Contains(call.Parameters, "match") || slices.Contains(call.Parameters, "not_match") {
		return nil, "its examples would be lost"
	}
	return cutStatement(text, call.Call)
}

// rulesAt returns the rules of a call.
func (v *vetting) rulesAt(s ir.Source) []int {
	var rules []int
	for r := range v.policy.Rules {
		if o := &v.policy.Rules[r].Source; o.Layer == s.Layer && o.Position == s.Position && len(o.Calls) == len(s.Calls) {
			rules = append(rules, r)
		}
	}
	return rules
}

// cutStatement cuts out a call with its lines. What is behind it on its last line
// may only be a comment, which stays on a line of its own.
func cutStatement(text *compiler.Locator, call compiler.Place) (cuts []compiler.Place, why string) {
	if len(text.Comments(call)) > 0 {
		return nil, "there are comments in it"
	}
	first, _ := text.Position(call.Start)
	for line := first - 1; line > 0 && isCommentLine(text, line); line-- {
		if strings.Contains(text.Text(text.Line(line)), ignoreMark) {
			return nil, "the suppression above it would be about the next call"
		}
	}
	last, _ := text.Position(call.End - 1)
	end := text.Line(last).End
	rest := text.Text(compiler.Place{Start: call.End, End: end})
	switch behind := strings.TrimSpace(rest); {
	case strings.HasPrefix(behind, "#"):
		end = call.End + strings.Index(rest, "#")
	case behind != "":
		return nil, "something else stands on its last line"
	}
	return []compiler.Place{{Start: call.Start, End: end}}, ""
}

// cutAlternatives cuts out the dead alternatives of a call.
func (v *vetting) cutAlternatives(text *compiler.Locator, call compiler.CallPlaces, f *vetFinding) (cuts []compiler.Place, why string) {
	rule := &v.policy.Rules[f.Rules[0]]
	gone := make(map[int][]int) // by position
	for _, a := range f.Alternatives {
		if a.Rule == f.Rules[0] {
			gone[a.Position] = append(gone[a.Position], a.Index)
		}
	}
	for position, indexes := range gone {
		if len(call.Pattern) != len(rule.Pattern) || len(call.Pattern[position]) != len(rule.Pattern[position]) {
			return nil, "its list is not written out"
		}
		cuts = append(cuts, cutElements(text, call.Positions[position], call.Pattern[position], indexes)...)
	}
	return cuts, ""
}

// cutElements cuts elements, but not all of them, out of a list, each with the
// comma behind it, or before it if it is the last. A line on which nothing is
// left goes too; comments stay.
func cutElements(text *compiler.Locator, list compiler.Place, elements []compiler.Place, gone []int) []compiler.Place {
	var cuts []compiler.Place
	for i, e := range elements {
		if !slices.Contains(gone, i) {
			continue
		}
		next := list.End - 1 // the bracket
		if i+1 < len(elements) {
			next = elements[i+1].Start
		}
		behind := text.Text(compiler.Place{Start: e.End, End: next})
		code, _, _ := strings.Cut(behind, "#")
		cut := compiler.Place{Start: e.Start, End: e.End}
		if comma := strings.IndexByte(code, ','); comma >= 0 {
			cut.End += comma + 1
		} else if i > 0 { // the last: what is before it, up to an element that stays, has the comma
			cut.Start = elements[i-1].End
			if len(text.Comments(compiler.Place{Start: cut.Start, End: e.Start})) > 0 {
				cut.Start = e.Start // a comma before the bracket is as good
			}
		}
		line, _ := text.Position(cut.End - 1)
		whole := text.Line(line)
		before := text.Text(compiler.Place{Start: whole.Start, End: max(whole.Start, cut.Start)})
		after := text.Text(compiler.Place{Start: cut.End, End: whole.End})
		switch {
		case strings.TrimSpace(before+after) == "" && cut.Start >= whole.Start:
			cut = whole
		case strings.HasPrefix(strings.TrimLeft(after, " "), "#") && strings.TrimSpace(before) == "": // the comment moves to the element's place
			cut.End += len(after) - len(strings.TrimLeft(after, " "))
		case !strings.HasPrefix(strings.TrimLeft(after, " "), "#"):
			cut.End += len(after) - len(strings.TrimLeft(after, " "))
		}
		cuts = append(cuts, cut)
	}
	return cuts
}
