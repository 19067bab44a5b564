package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// A finding is something about a rule file that tools of a code review show
// beside the line.
type finding struct {
	code       string
	severity   diag.Severity
	position   ir.Position
	message    string
	related    []relatedPlace
	suppressed string // the reason, "" if it is not suppressed
}

// A relatedPlace is another place that belongs to a finding.
type relatedPlace struct {
	position ir.Position
	message  string
}

// A findingCode says what a code of findings means.
type findingCode struct {
	id, short, full string        // full may be ""
	severity        diag.Severity // of most findings with it
}

// writeSARIF writes findings as a log of SARIF 2.1.0 (OASIS standard).
func writeSARIF(w io.Writer, codes []findingCode, findings []finding) error {
	type object = map[string]any
	text := func(s string) object { return object{"text": s} }
	rules, results := []any{}, []any{}
	index := make(map[string]int)
	for i, c := range codes {
		rule := object{"id": c.id, "shortDescription": text(c.short), "defaultConfiguration": object{"level": string(c.severity)}}
		if c.full != "" {
			rule["fullDescription"], rule["help"] = text(c.short+"\n\n"+c.full), text(c.full)
		}
		rules = append(rules, rule)
		index[c.id] = i
	}
	place := func(at ir.Position) object {
		physical := object{"artifactLocation": object{"uri": uri(at.File)}}
		if at.Line > 0 {
			physical["region"] = object{"startLine": at.Line, "startColumn": max(1, at.Col)}
		}
		return object{"physicalLocation": physical}
	}
	for _, f := range findings {
		result := object{"ruleId": f.code, "ruleIndex": index[f.code], "level": string(f.severity), "message": text(f.message)}
		if f.position.File != "" {
			result["locations"] = []any{place(f.position)}
		}
		var related []any
		for _, r := range f.related {
			if r.position.File != "" {
				there := place(r.position)
				there["message"] = text(r.message)
				related = append(related, there)
			}
		}
		if related != nil {
			result["relatedLocations"] = related
		}
		if f.suppressed != "" {
			result["suppressions"] = []any{object{"kind": "inSource", "justification": f.suppressed}}
		}
		results = append(results, result)
	}
	return writeJSON(w, object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []any{object{
			"tool":       object{"driver": object{"name": "rulesc", "version": toolVersion, "rules": rules}},
			"columnKind": "unicodeCodePoints",
			"results":    results,
		}},
	})
}

// uri writes a file's name as a reference: relative, or with the scheme "file" for
// an absolute path.
func uri(file string) string {
	var b strings.Builder
	if strings.HasPrefix(file, "/") {
		b.WriteString("file://")
	}
	for _, c := range []byte(file) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// writeGitHub writes findings as workflow commands, which GitHub shows beside
// the lines of a pull request. Those that are suppressed are left out.
func writeGitHub(w io.Writer, findings []finding) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range findings {
		if f.suppressed != "" {
			continue
		}
		where := ""
		if f.position.File != "" {
			where = "file=" + property.Replace(f.position.File) + ","
			if f.position.Line > 0 {
				where += fmt.Sprintf("line=%d,col=%d,", f.position.Line, max(1, f.position.Col))
			}
		}
		level := map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Note: "notice"}[f.severity]
		if _, err := fmt.Fprintf(w, "::%s %stitle=rulesc %s::%s\n", level, where, property.Replace(f.code), data.Replace(f.message)); err != nil {
			return err
		}
	}
	return nil
}
