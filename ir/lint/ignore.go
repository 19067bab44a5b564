package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/ir"
)

// An Ignore is a comment that suppresses findings:
//
//	# rulesc:ignore RS010, RS011: the build image has nothing worth protecting
type Ignore struct {
	Source ir.Source // of the comment
	Codes  []string
	Reason string

	// Problem says why the comment suppresses nothing, "" if it is well formed.
	Problem string

	used map[string]bool
}

const ignoreMark = "rulesc:ignore"

// ParseIgnore reads a comment. It reports false for one that does not mean to
// suppress anything.
func ParseIgnore(comment string, at ir.Source) (*Ignore, bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimLeft(comment, "#")), ignoreMark)
	if !ok || text != "" && strings.IndexByte(" \t:", text[0]) < 0 {
		return nil, false
	}
	i := &Ignore{Source: at, used: make(map[string]bool)}
	codes, reason, _ := strings.Cut(text, ":")
	i.Reason = strings.TrimSpace(reason)
	for _, id := range strings.FieldsFunc(codes, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		code, known := Lookup(id)
		if !known {
			i.Problem = fmt.Sprintf("there is no code %s", id)
			return i, true
		}
		i.Codes = append(i.Codes, code.ID)
	}
	switch {
	case len(i.Codes) == 0:
		i.Problem = "it names no code"
	case i.Reason == "":
		i.Problem = "it gives no reason"
	}
	return i, true
}

// Suppresses reports whether the comment, which stands where it can, suppresses a
// finding, and notes that it does.
func (i *Ignore) Suppresses(f *Finding) bool {
	if i.Problem != "" || !slices.Contains(i.Codes, f.Code) {
		return false
	}
	i.used[f.Code] = true
	return true
}

// Findings returns what is wrong with the comment itself, once all findings have
// been looked at.
func (i *Ignore) Findings() []Finding {
	if i.Problem != "" {
		return []Finding{{
			Code: "RS090", Severity: severities["RS090"], Source: i.Source,
			Message: "this comment suppresses nothing: " + i.Problem,
			Hint:    "write # " + ignoreMark + " RS010: and the reason",
		}}
	}
	var list []Finding
	for _, code := range i.Codes {
		if !i.used[code] {
			list = append(list, Finding{
				Code: "RS091", Severity: severities["RS091"], Source: i.Source,
				Message: fmt.Sprintf("there is no finding %s here to suppress", code),
				Hint:    "remove it",
			})
		}
	}
	return list
}
