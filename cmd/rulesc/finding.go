package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// A finding is something about a rule file that tools of a code review show
// beside the line.
type finding struct {
	code     string
	severity diag.Severity
	position ir.Position
	message  string
}

// writeSARIF writes findings as a log of SARIF 2.1.0 (OASIS standard). codes
// says what each code means.
func writeSARIF(w io.Writer, codes map[string]string, findings []finding) error {
	type object = map[string]any
	rules, results := []any{}, []any{}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		rules = append(rules, object{"id": code, "shortDescription": object{"text": codes[code]}})
	}
	for _, f := range findings {
		result := object{"ruleId": f.code, "level": string(f.severity), "message": object{"text": f.message}}
		if f.position.File != "" {
			place := object{"artifactLocation": object{"uri": uri(f.position.File)}}
			if f.position.Line > 0 {
				place["region"] = object{"startLine": f.position.Line, "startColumn": max(1, f.position.Col)}
			}
			result["locations"] = []any{object{"physicalLocation": place}}
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

// uri writes a file's name as a relative reference.
func uri(file string) string {
	var b strings.Builder
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
// the lines of a pull request.
func writeGitHub(w io.Writer, findings []finding) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range findings {
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
