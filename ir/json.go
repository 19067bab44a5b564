package ir

import (
	"encoding/json"
	"fmt"
)

// The JSON form of a policy. Its keys are stable: new ones may be added, the
// version changes when one of these changes its meaning.
//
//	{
//	  "version": 1,
//	  "rules": [{
//	    "pattern": ["git", ["status", "log"]],
//	    "decision": "allow",
//	    "justification": "read only",      // left out if none
//	    "canonicalMatching": true,         // left out if false
//	    "source": {
//	      "layer": "user",                 // left out outside all layers
//	      "file": "rules/default.rules", "line": 7, "column": 1,
//	      "calls": [{"function": "f", "file": "…", "line": 9, "column": 1}]
//	    }
//	  }],
//	  "hostExecutables": [{"name": "git", "paths": ["/usr/bin/git"], "source": {…}}],
//	  "networkRules": [{"host": "example.com", "protocol": "https", "decision": "allow", "source": {…}}]
//	}
type policyJSON struct {
	Version  int           `json:"version"`
	Rules    []ruleJSON    `json:"rules"`
	Hosts    []hostJSON    `json:"hostExecutables"`
	Networks []networkJSON `json:"networkRules"`
}

const jsonVersion = 1

type ruleJSON struct {
	Pattern       patternJSON `json:"pattern"`
	Decision      Decision    `json:"decision"`
	Justification string      `json:"justification,omitempty"`
	Canonical     bool        `json:"canonicalMatching,omitempty"`
	Source        sourceJSON  `json:"source"`
}

type hostJSON struct {
	Name   string     `json:"name"`
	Paths  []string   `json:"paths"`
	Source sourceJSON `json:"source"`
}

type networkJSON struct {
	Host          string     `json:"host"`
	Protocol      Protocol   `json:"protocol"`
	Decision      Decision   `json:"decision"`
	Justification string     `json:"justification,omitempty"`
	Source        sourceJSON `json:"source"`
}

type sourceJSON struct {
	Layer  string      `json:"layer,omitempty"`
	File   string      `json:"file"`
	Line   int         `json:"line,omitempty"`
	Column int         `json:"column,omitempty"`
	Calls  []frameJSON `json:"calls,omitempty"`
}

type frameJSON struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
}

// A patternJSON writes a position with one alternative as a string.
type patternJSON Pattern

func (p patternJSON) MarshalJSON() ([]byte, error) {
	positions := make([]any, len(p))
	for i, alternatives := range p {
		if len(alternatives) == 1 {
			positions[i] = alternatives[0]
		} else {
			positions[i] = alternatives
		}
	}
	return json.Marshal(positions)
}

func (p *patternJSON) UnmarshalJSON(data []byte) error {
	var positions []json.RawMessage
	if err := json.Unmarshal(data, &positions); err != nil {
		return err
	}
	*p = make(patternJSON, len(positions))
	for i, position := range positions {
		var token string
		if json.Unmarshal(position, &token) == nil {
			(*p)[i] = []string{token}
		} else if err := json.Unmarshal(position, &(*p)[i]); err != nil {
			return fmt.Errorf("a pattern's position is a string or a list of strings: %w", err)
		}
	}
	return nil
}

// MarshalJSON returns the policy's JSON form.
func (p *Policy) MarshalJSON() ([]byte, error) {
	form := policyJSON{
		Version:  jsonVersion,
		Rules:    make([]ruleJSON, len(p.Rules)),
		Hosts:    make([]hostJSON, len(p.Hosts)),
		Networks: make([]networkJSON, len(p.Networks)),
	}
	for i, r := range p.Rules {
		form.Rules[i] = ruleJSON{patternJSON(r.Pattern), r.Decision, r.Justification, r.Canonical, formSource(r.Source)}
	}
	for i, h := range p.Hosts {
		paths := h.Paths
		if paths == nil {
			paths = []string{}
		}
		form.Hosts[i] = hostJSON{h.Name, paths, formSource(h.Source)}
	}
	for i, n := range p.Networks {
		form.Networks[i] = networkJSON{n.Host, n.Protocol, n.Decision, n.Justification, formSource(n.Source)}
	}
	return json.Marshal(form)
}

// UnmarshalJSON reads a policy's JSON form. It checks the shape of every rule,
// so that a policy that was read can be evaluated.
func (p *Policy) UnmarshalJSON(data []byte) error {
	var form policyJSON
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	if form.Version != jsonVersion {
		return fmt.Errorf("policy JSON has version %d, want %d", form.Version, jsonVersion)
	}
	var read Policy
	for i, r := range form.Rules {
		rule := PrefixRule{Pattern(r.Pattern), r.Decision, r.Justification, r.Canonical, r.Source.source()}
		if err := rule.Validate(); err != nil {
			return fmt.Errorf("rules[%d]: %w", i, err)
		}
		read.Rules = append(read.Rules, rule)
	}
	for _, h := range form.Hosts {
		read.Hosts = append(read.Hosts, HostExecutable{h.Name, h.Paths, h.Source.source()})
	}
	for i, n := range form.Networks {
		if _, ok := ParseProtocol(string(n.Protocol)); !ok {
			return fmt.Errorf("networkRules[%d]: unknown protocol %q", i, n.Protocol)
		}
		read.Networks = append(read.Networks, NetworkRule{n.Host, n.Protocol, n.Decision, n.Justification, n.Source.source()})
	}
	*p = read
	return nil
}

func formSource(s Source) sourceJSON {
	form := sourceJSON{Layer: s.Layer, File: s.File, Line: s.Line, Column: s.Col}
	for _, c := range s.Calls {
		form.Calls = append(form.Calls, frameJSON{c.Func, c.File, c.Line, c.Col})
	}
	return form
}

func (form sourceJSON) source() Source {
	s := Source{Layer: form.Layer, Position: Position{form.File, form.Line, form.Column}}
	for _, c := range form.Calls {
		s.Calls = append(s.Calls, Frame{c.Function, Position{c.File, c.Line, c.Column}})
	}
	return s
}
