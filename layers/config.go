package layers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/tomldoc"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// A config is what the configuration files of all layers below the project's
// say of the two things that decide which rules count: where a project starts,
// and which projects are trusted.
//
// The reference merges the files key by key, later ones win: system, user,
// profile, overrides, managed. Only the merged result must be well-formed; a
// mistake that a later file covers up does no harm. (Seen; LAYERS.md §2 has the
// keys.)
type config struct {
	markers []string          // names that make a folder a project root
	trust   map[string]string // "trusted" or "untrusted", by folder as written
}

// A configFile is one of the files, or the overrides of a command line.
type configFile struct {
	label   string // what the reference calls it in warnings
	doc     *document
	covered bool // the reference names no place for mistakes in it
}

var defaultMarkers = []string{".git"}

// A mistake is a value of the wrong shape.
type mistake struct {
	path    []string
	message string
	// noted is what the reference says where it knows no place; "" for message
	// with the key.
	noted string
}

func (m mistake) text() string {
	if m.noted != "" {
		return m.noted
	}
	return m.message + "\nin `" + strings.Join(m.path, ".") + "`"
}

// mergeConfig returns what the files say together.
func mergeConfig(files []configFile) (config, []Problem) {
	merged := map[string]any{}
	for _, f := range files {
		mergeTables(merged, f.doc.Table)
	}
	result, mistakes := decodeConfig(merged, nil)
	if len(mistakes) == 0 {
		return result, nil
	}
	var problems []Problem
	for _, f := range files {
		_, own := decodeConfig(f.doc.Table, f.doc)
		for _, m := range own {
			// What a later file covers up is not a mistake of the whole.
			if slices.ContainsFunc(mistakes, func(n mistake) bool { return slices.Equal(n.path, m.path) }) {
				problems = append(problems, mistakeProblem(f, m))
			}
		}
	}
	if len(problems) == 0 { // the pieces are right one by one, their sum is not
		for _, m := range mistakes {
			problems = append(problems, Problem{
				Diagnostic: diag.Diagnostic{Severity: diag.Error, Code: "config", Message: strings.Join(m.path, ".") + ": " + m.message},
				Stage:      StageConfig,
				Text:       m.text(),
			})
		}
	}
	return config{}, problems
}

func mistakeProblem(f configFile, m mistake) Problem {
	at := f.doc.Value(m.path...)
	problem := fileProblem(StageConfig, "config", f.doc.file, strings.Join(m.path, ".")+": "+m.message, m.text())
	if at.End > 0 {
		problem.Position = position(f.doc.file.String(), f.doc.Text, at.Start)
		problem.End = position(f.doc.file.String(), f.doc.Text, at.End)
	}
	if at.End > 0 && !f.covered {
		problem.located = true
		problem.Text = fmt.Sprintf("%s: %s\n%s", problem.Position, m.message, drawing(f.doc.Text, at))
	}
	return problem
}

// mergeTables adds the values of from to into, tables by their keys. It copies
// what it changes.
func mergeTables(into, from map[string]any) {
	for k, v := range from {
		old, isTable := into[k].(map[string]any)
		added, addsTable := v.(map[string]any)
		if isTable && addsTable {
			old = maps.Clone(old)
			mergeTables(old, added)
			v = old
		}
		into[k] = v
	}
}

// decodeConfig picks the keys that matter here out of a table; doc gives their
// order in the text and may be nil.
func decodeConfig(table map[string]any, doc *document) (config, []mistake) {
	c := config{markers: defaultMarkers, trust: map[string]string{}}
	var mistakes []mistake
	if value, ok := table["project_root_markers"]; ok {
		c.markers = nil
		list, ok := tomldoc.Elements(value)
		if !ok {
			mistakes = append(mistakes, mistake{[]string{"project_root_markers"}, "invalid type: " + kind(value) + ", expected a sequence", markersNoted})
		}
		for i, v := range list {
			name, ok := v.(string)
			if !ok {
				mistakes = append(mistakes, mistake{[]string{"project_root_markers", fmt.Sprint(i)}, "invalid type: " + kind(v) + ", expected a string", markersNoted})
			}
			c.markers = append(c.markers, name)
		}
	}
	if value, ok := table["projects"]; ok {
		mistakes = append(mistakes, c.decodeProjects(value, doc)...)
	}
	if doc != nil {
		slices.SortStableFunc(mistakes, func(a, b mistake) int { return doc.Value(a.path...).Start - doc.Value(b.path...).Start })
	}
	return c, mistakes
}

const markersNoted = "project_root_markers must be an array of strings"

func (c *config) decodeProjects(value any, doc *document) []mistake {
	path := []string{"projects"}
	projects, ok := value.(map[string]any)
	if !ok {
		return []mistake{{path: path, message: "invalid type: " + kind(value) + ", expected a map"}}
	}
	var mistakes []mistake
	for _, folder := range slices.Sorted(maps.Keys(projects)) {
		here := []string{"projects", folder}
		entry, ok := projects[folder].(map[string]any)
		if !ok {
			mistakes = append(mistakes, mistake{path: here, message: "invalid type: " + kind(projects[folder]) + ", expected struct ProjectConfig"})
			continue
		}
		level, ok := entry["trust_level"]
		if !ok {
			continue // says nothing
		}
		here = append(here, "trust_level")
		switch name, isString := level.(string); {
		case !isString:
			mistakes = append(mistakes, mistake{path: here, message: "wanted string or table"})
		case name != "trusted" && name != "untrusted":
			mistakes = append(mistakes, mistake{path: here, message: fmt.Sprintf("unknown variant `%s`, expected `trusted` or `untrusted`", name)})
		default:
			c.trust[folder] = name
		}
	}
	return mistakes
}

// readDocument reads a TOML file. Without the file it returns neither document
// nor problem. what is how the reference calls the file when it cannot read
// it, syntax makes a problem of a text that is no TOML.
func (d disk) readDocument(path AbsPath, what string, syntax func(text string, err *tomldoc.SyntaxError) Problem) (*document, *Problem) {
	data, err := d.readFile(path, maxConfigFile)
	if isAbsent(err) {
		return nil, nil
	}
	why := ""
	if err != nil {
		why = reason(err)
		if err == errNotFile {
			why = fmt.Sprintf("path `%s` is not a file", path)
		}
	} else if offset, length, bad := invalidUTF8(data); bad {
		why = fmt.Sprintf("invalid utf-8 sequence of %d bytes from index %d", length, offset)
	}
	if why != "" {
		p := fileProblem(StageConfig, "read", path, "cannot be read: "+why, fmt.Sprintf("Failed to read %s %s: %s", what, path, why))
		return nil, &p
	}
	doc, bad := parseDocument(path, string(data))
	if bad != nil {
		p := syntax(string(data), bad)
		p.Position = position(path.String(), string(data), bad.At.Start)
		p.End = position(path.String(), string(data), bad.At.End)
		return nil, &p
	}
	return doc, nil
}

// readConfig reads a configuration file outside of projects.
func (d disk) readConfig(path AbsPath) (*document, *Problem) {
	return d.readDocument(path, "config file", func(text string, err *tomldoc.SyntaxError) Problem {
		p := fileProblem(StageConfig, "toml", path, err.Message, "")
		p.Text = fmt.Sprintf("%s: %s\n%s", position(path.String(), text, err.At.Start), err.Message, drawing(text, err.At))
		p.located = true
		return p
	})
}

// readProjectConfig reads the configuration file of a project's folder.
func (d disk) readProjectConfig(path AbsPath) (*document, *Problem) {
	return d.readDocument(path, "project config file", func(text string, err *tomldoc.SyntaxError) Problem {
		return fileProblem(StageConfig, "toml", path, err.Message,
			fmt.Sprintf("Error parsing project config file %s: %s", path, tomlText(text, err)))
	})
}

// tomlText is the form in which the reference's TOML library shows an error.
func tomlText(text string, err *tomldoc.SyntaxError) string {
	at := position("", text, err.At.Start)
	return fmt.Sprintf("TOML parse error at line %d, column %d\n%s\n%s", at.Line, at.Col, drawing(text, err.At), err.Message)
}

// override returns the configuration that an argument of the form
// dotted.key=value stands for; a value that is not TOML is a string.
func override(argument string) (map[string]any, error) {
	key, value, found := strings.Cut(argument, "=")
	key = strings.TrimSpace(key)
	if !found || key == "" {
		return nil, fmt.Errorf("override %q is not of the form key=value", argument)
	}
	parts := strings.Split(key, ".")
	if len(parts) > tomldoc.MaxDepth {
		return nil, fmt.Errorf("override of a key with more than %d parts", tomldoc.MaxDepth)
	}
	var leaf any
	if doc, err := parseDocument(AbsPath{}, "v = "+strings.TrimSpace(value)); err == nil && len(doc.Table) == 1 {
		leaf = doc.Table["v"]
	} else {
		leaf = strings.Trim(strings.TrimSpace(value), `"'`)
	}
	for _, part := range slices.Backward(parts) {
		leaf = map[string]any{part: leaf}
	}
	return leaf.(map[string]any), nil
}

// ignoredRules warns of a [rules] table in a file where it has no effect.
func ignoredRules(f configFile) (ignoredSetting, bool) {
	if _, ok := f.doc.Table["rules"]; !ok {
		return ignoredSetting{}, false
	}
	at := f.doc.Key("rules")
	return ignoredSetting{f.label, "rules", position(f.doc.file.String(), f.doc.Text, at)}, true
}

// An ignoredSetting is a key that the reference ignores with a warning.
type ignoredSetting struct {
	label string // of the file
	key   string
	at    ir.Position
}
