package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// sarifShape is the part of the schema of SARIF 2.1.0 that rulesc writes: for each
// kind of object its properties, "!" behind those that it must have, with the kind
// of their values. What is not listed does not pass, as in the schema.
var sarifShape = map[string]map[string]string{
	"log":              {"$schema": "string", "version!": "=2.1.0", "runs!": "[run"},
	"run":              {"tool!": "tool", "columnKind": "=utf16CodeUnits|unicodeCodePoints", "results": "[result"},
	"tool":             {"driver!": "driver"},
	"driver":           {"name!": "string", "version": "string", "rules": "[rule"},
	"rule":             {"id!": "string", "shortDescription": "text", "fullDescription": "text", "help": "text", "defaultConfiguration": "configuration"},
	"configuration":    {"level": "=none|note|warning|error"},
	"text":             {"text!": "string"},
	"result":           {"ruleId": "string", "ruleIndex": "number", "level": "=none|note|warning|error", "message!": "text", "locations": "[location", "relatedLocations": "[location", "suppressions": "[suppression"},
	"suppression":      {"kind!": "=inSource|external", "justification": "string"},
	"location":         {"physicalLocation": "physicalLocation", "message": "text"},
	"physicalLocation": {"artifactLocation": "artifact", "region": "region"},
	"artifact":         {"uri": "uri"},
	"region":           {"startLine": "number", "startColumn": "number"},
}

func checkSARIF(kind string, v any) error {
	if element, ok := strings.CutPrefix(kind, "["); ok {
		list, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%v is no list", v)
		}
		for i, e := range list {
			if err := checkSARIF(element, e); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
		return nil
	}
	if words, ok := strings.CutPrefix(kind, "="); ok {
		if s, ok := v.(string); !ok || !slices.Contains(strings.Split(words, "|"), s) {
			return fmt.Errorf("%v is none of %s", v, words)
		}
		return nil
	}
	switch kind {
	case "string", "uri":
		s, ok := v.(string)
		if !ok || s == "" {
			return fmt.Errorf("%v is no string", v)
		}
		if kind == "uri" {
			u, err := url.Parse(s)
			if err != nil || strings.ContainsAny(s, " \\") || strings.HasPrefix(u.Path, "/") != (u.Scheme == "file") {
				return fmt.Errorf("%q is no URI of a file", s)
			}
		}
		return nil
	case "number":
		if n, ok := v.(float64); !ok || n < 0 || n != float64(int(n)) {
			return fmt.Errorf("%v is no number", v)
		}
		return nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%v is no object", v)
	}
	seen := 0
	for property, kind := range sarifShape[kind] {
		name, required := strings.CutSuffix(property, "!")
		value, given := object[name]
		switch {
		case given:
			seen++
			if err := checkSARIF(kind, value); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		case required:
			return fmt.Errorf("no %s", name)
		}
	}
	if seen != len(object) {
		return fmt.Errorf("%v has other properties than %v", object, sarifShape[kind])
	}
	return nil
}

func TestSARIF(t *testing.T) {
	findings := []finding{
		{code: "looser", severity: diag.Error, message: "m"},
		{code: "stricter", severity: diag.Warning, message: "m", position: ir.Position{File: "dir/é b.rules", Line: 3}},
		{
			code: "changed-match", severity: diag.Note, message: "m", position: ir.Position{File: "/etc/a.rules", Line: 3, Col: 2}, suppressed: "why",
			related: []relatedPlace{{ir.Position{File: "b.rules", Line: 1, Col: 1}, "there"}, {ir.Position{}, "nowhere"}},
		},
	}
	for name, codes := range map[string][]findingCode{"diff": diffCodes, "vet": vetCodes()} {
		var b bytes.Buffer
		if err := writeSARIF(&b, codes, findings); err != nil {
			t.Fatal(err)
		}
		var log any
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		if err := checkSARIF("log", log); err != nil {
			t.Errorf("%s: %v\n%s", name, err, b.Bytes())
		}
		run := log.(map[string]any)["runs"].([]any)[0].(map[string]any)
		rules := run["tool"].(map[string]any)["driver"].(map[string]any)["rules"].([]any)
		if name == "diff" {
			for _, r := range run["results"].([]any) {
				result := r.(map[string]any)
				if id := rules[int(result["ruleIndex"].(float64))].(map[string]any)["id"]; id != result["ruleId"] {
					t.Errorf("ruleIndex is that of %v, want %v", id, result["ruleId"])
				}
			}
		}
		text := b.String()
		for _, want := range []string{`"uri": "dir/%C3%A9%20b.rules"`, `"uri": "file:///etc/a.rules"`, `"justification": "why"`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
	}
	var empty bytes.Buffer
	if err := writeSARIF(&empty, nil, nil); err != nil || !strings.Contains(empty.String(), `"results": []`) {
		t.Errorf("no findings: %v, %s", err, &empty)
	}
}

func TestGitHub(t *testing.T) {
	var b bytes.Buffer
	err := writeGitHub(&b, []finding{
		{code: "RS001", severity: diag.Warning, message: "100%\nof it", position: ir.Position{File: "a,b:c.rules", Line: 3, Col: 2}},
		{code: "RS002", severity: diag.Note, message: "nowhere"},
		{code: "RS003", severity: diag.Note, message: "not shown", suppressed: "why"},
	})
	want := "::warning file=a%2Cb%3Ac.rules,line=3,col=2,title=rulesc RS001::100%25%0Aof it\n::notice title=rulesc RS002::nowhere\n"
	if err != nil || b.String() != want {
		t.Errorf("got %q, %v\nwant %q", b.String(), err, want)
	}
}
