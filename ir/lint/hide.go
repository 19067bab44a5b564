package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/caseless"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/analysis"
	"github.com/rulesc/rulesc/ir/diag"
)

// Precedence never loosens, with one exception: a call by path is judged by the
// rules on that path, and only if none of them matches by the rules on the
// program's name, as far as the host_executable list of the name lets it. So with
//
//	managed   tool push      forbidden
//	project   /opt/tool      allow
//
// `/opt/tool push` is allowed, and a list for tool in the project without /opt/tool
// leaves that call without a rule. The reference has it so; vet shows it.
//
// For each layer its answers alone are compared with those of all layers together
// (analysis.Diff). Other layers' rules can make an answer stricter, or be this
// exception: where the answer is weaker or gone, it is hidden, and the difference
// comes with both rules and a command. Only families are compared in which the
// layer asks or forbids and another layer has a rule on a path or a list, so for
// most policies nothing is.

func (c *checker) hidden() error {
	if c.options.AsWritten {
		return nil
	}
	families, layers := c.hiders()
	for _, layer := range layers {
		var names []string
		for name, f := range families {
			if f.tightens[layer] && (f.hides[layer] && len(f.hides) > 1 || !f.hides[layer] && len(f.hides) > 0) {
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			continue
		}
		if err := c.hiddenOf(layer, names); err != nil {
			return err
		}
	}
	return nil
}

// A hider says who could hide what of the rules on one program name.
type hider struct {
	tightens map[string]bool // layers with a rule that asks or forbids
	hides    map[string]bool // layers with a rule on a path, or a list
}

// hiders returns the hiders of all families, and the layers in order.
func (c *checker) hiders() (families map[string]*hider, layers []string) {
	families = make(map[string]*hider)
	of := func(program string, s ir.Source) (*hider, string) {
		name := familyOf(program)
		f := families[name]
		if f == nil {
			f = &hider{make(map[string]bool), make(map[string]bool)}
			families[name] = f
		}
		layer := origin(s)
		if !slices.Contains(layers, layer) {
			layers = append(layers, layer)
		}
		return f, layer
	}
	for i := range c.policy.Rules {
		rule := &c.policy.Rules[i]
		f, layer := of(rule.Pattern.Program(), rule.Source)
		if strings.Contains(rule.Pattern.Program(), "/") {
			f.hides[layer] = true
		}
		if rule.Decision > ir.Allow {
			f.tightens[layer] = true
		}
	}
	for i := range c.policy.Hosts {
		f, layer := of(c.policy.Hosts[i].Name, c.policy.Hosts[i].Source)
		f.hides[layer] = true
	}
	return families, layers
}

// familyOf is what the first tokens of rules that can meet have in common.
func familyOf(program string) string {
	if _, name := ir.CleanPath(program); name != "" {
		program = name
	}
	return caseless.Fold(program)
}

func (c *checker) hiddenOf(layer string, names []string) error {
	chosen := make(map[string]bool)
	for _, name := range names {
		chosen[name] = true
	}
	alone, all := &ir.Policy{}, &ir.Policy{}
	var fromAlone, fromAll []int
	for r := range c.policy.Rules {
		rule := &c.policy.Rules[r]
		if !chosen[familyOf(rule.Pattern.Program())] {
			continue
		}
		all.Rules = append(all.Rules, *rule)
		fromAll = append(fromAll, r)
		if origin(rule.Source) == layer {
			alone.Rules = append(alone.Rules, *rule)
			fromAlone = append(fromAlone, r)
		}
	}
	for i := range c.policy.Hosts {
		if chosen[familyOf(c.policy.Hosts[i].Name)] {
			all.Hosts = append(all.Hosts, c.policy.Hosts[i])
			if origin(c.policy.Hosts[i].Source) == layer {
				alone.Hosts = append(alone.Hosts, c.policy.Hosts[i])
			}
		}
	}
	difference, err := analysis.Diff(alone, all, c.options.Options)
	if errors.Is(err, analysis.ErrOverlap) {
		c.add(Finding{
			Code: "RS099", Source: alone.Rules[0].Source,
			Message: "the rules overlap too much to say whether other layers hide those of this one",
		})
		return nil
	}
	if err != nil {
		return err
	}
	type pair struct {
		hidden int
		by     string
	}
	known := make(map[pair]bool)
	for i := range difference.Regions {
		region := &difference.Regions[i]
		if region.Old <= ir.Allow || region.New >= region.Old {
			continue
		}
		hidden := fromAlone[region.OldRules[0]]
		f := Finding{Code: "RS014", Severity: diag.Warning, Witness: region.Witness}
		if region.Old == ir.Forbidden {
			f.Severity = diag.Error
		}
		by := -1
		if len(region.NewRules) > 0 {
			by = fromAll[region.NewRules[0]]
		}
		var what string
		if by >= 0 && strings.Contains(c.policy.Rules[by].Pattern.Program(), "/") {
			f.Rules, f.Source = []int{by}, c.policy.Rules[by].Source
			what = short(&c.policy.Rules[by])
		} else { // by name, if at all: what is hidden is kept away by a list
			host := c.closed(region.Witness[0], layer)
			if host == nil {
				continue // cannot be: nothing else takes an answer away
			}
			f.Source, what = host.Source, host.String()
		}
		key := pair{hidden, f.Source.String()}
		if known[key] {
			continue
		}
		known[key] = true
		c.isHid[hidden] = true
		rule := &c.policy.Rules[hidden]
		f.Message = fmt.Sprintf("%s hides a rule of %s from calls by path: `%s` %s, where %s says %s",
			what, layerName(rule.Source), line(region.Witness), answer(region.New), layerName(rule.Source), region.Old)
		f.Hint = "the reference answers so too: forbid in the other layer by path as well, or list the paths of the program there and name the program here"
		f.Related = []Related{{"hides", rule.Source, rule.String()}}
		c.add(f)
	}
	return nil
}

// closed returns a list of another layer that keeps a path from standing for its
// program's name, or for another spelling of it that a canonical rule has; nil if
// there is none.
func (c *checker) closed(token, layer string) *ir.HostExecutable {
	path, name := ir.CleanPath(token)
	seen := make(map[string]bool)
	for _, h := range slices.Backward(c.policy.Hosts) {
		if seen[h.Name] || !caseless.Equal(h.Name, name) {
			continue
		}
		seen[h.Name] = true
		if origin(h.Source) != layer && (!strings.HasPrefix(path, "/") || !slices.Contains(h.Paths, path)) {
			return &h
		}
	}
	return nil
}

// layerName is a layer in a message.
func layerName(s ir.Source) string {
	if s.Layer != "" {
		return "layer " + s.Layer
	}
	return s.File
}
