package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/matcher"
)

// A metaChange is one thing that two artifacts say otherwise of how they were
// made.
type metaChange struct {
	What string `json:"what"` // "tool", "layers", "file", "quarantined", "option" or "note"
	Name string `json:"name"` // of the file or option, "" for the others
	Old  string `json:"old"`  // "" where there was nothing
	New  string `json:"new"`
}

func (c metaChange) String() string {
	or := func(text, otherwise string) string {
		if text == "" {
			return otherwise
		}
		return text
	}
	what := c.What
	if c.Name != "" {
		what += " " + c.Name
	}
	return fmt.Sprintf("%s: %s -> %s", what, or(c.Old, "none"), or(c.New, "none"))
}

// compareMeta compares how two artifacts were made. The semantic digest follows
// from the rules and is left out.
func compareMeta(old, young *matcher.Meta) []metaChange {
	var list []metaChange
	add := func(what, name, a, b string) {
		if a != b {
			list = append(list, metaChange{what, name, a, b})
		}
	}
	add("tool", "", old.Tool, young.Tool)
	add("layers", "", layerNames(old), layerNames(young))

	was, now := fileSums(old), fileSums(young)
	for _, name := range unionOfKeys(was, now) {
		add("file", name, was[name], now[name])
	}
	was, now = lost(old), lost(young)
	for _, name := range unionOfKeys(was, now) {
		add("quarantined", name, was[name], now[name])
	}
	was, now = optionValues(old), optionValues(young)
	for _, name := range unionOfKeys(was, now) {
		add("option", name, was[name], now[name])
	}
	for _, note := range old.Notes {
		if !slices.Contains(young.Notes, note) {
			add("note", "", note, "")
		}
	}
	for _, note := range young.Notes {
		if !slices.Contains(old.Notes, note) {
			add("note", "", "", note)
		}
	}
	return list
}

func layerNames(m *matcher.Meta) string {
	names := make([]string, len(m.Layers))
	for i, l := range m.Layers {
		names[i] = l.Name
	}
	return strings.Join(names, ", ")
}

// fileSums returns the beginnings of the checksums of files, by layer and name.
// Files outside all layers have the names that somebody called them by, so the
// only one of an artifact is compared with the only one of another.
func fileSums(m *matcher.Meta) map[string]string {
	sums := make(map[string]string)
	for _, f := range m.Files {
		name := strings.TrimSpace(f.Layer + " " + f.Name)
		if f.Layer == "" && len(m.Files) == 1 {
			name = ""
		}
		for sums[name] != "" { // the same file twice counts twice
			name += " again"
		}
		sums[name] = sum(f)
	}
	return sums
}

func sum(f matcher.File) string { return sha256Sum(f.SHA256).short() }

func lost(m *matcher.Meta) map[string]string {
	reasons := make(map[string]string)
	for _, q := range m.Quarantined {
		reasons[strings.TrimSpace(q.Layer+" "+q.Name)] = q.Reason
	}
	return reasons
}

func optionValues(m *matcher.Meta) map[string]string {
	options, _ := cutSemantic(m.Options)
	values := make(map[string]string)
	for _, o := range options {
		values[o.Name] = o.Value
	}
	return values
}

func unionOfKeys(a, b map[string]string) []string {
	var keys []string
	for _, m := range []map[string]string{a, b} {
		for key := range m {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
