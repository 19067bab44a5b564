package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/internal/filestate"
	"github.com/rulesc/rulesc/internal/wholefile"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/layers"
	"github.com/rulesc/rulesc/matcher"
)

// A sources is everything that a policy is made of, read once.
type sources struct {
	stack    *layers.Stack // nil for files that were named by hand
	layers   []string      // names, lowest precedence first
	files    []source      // in order of evaluation
	managed  []ir.PrefixRule
	unlisted []source  // folders that cannot be listed
	warnings diag.List // what there is to say that stops nothing
	notes    []string  // the same for an artifact: nothing of the user or the machine

	facts []filestate.Fact // of files that were named by hand
}

// A source is a rule file, or what is wrong with it. It may stand for a folder
// that cannot be listed.
type source struct {
	compiler.File
	problems diag.List // not empty: the file does not count
}

// namedFiles reads rule files that were named by hand. A file that is named
// twice counts twice.
func (d *discovery) namedFiles(names []string) *sources {
	in := &sources{
		files: make([]source, 0, len(names)+1), // one may be added
		facts: make([]filestate.Fact, 0, len(names)),
	}
	for _, name := range names {
		file := source{File: compiler.File{Name: name, Path: d.inDir(name)}}
		text, state, err := wholefile.ReadState(file.Path, maxRuleFile)
		if err != nil {
			file.problems = diag.List{{
				Position: ir.Position{File: file.Path}, Severity: diag.Error, Code: "other",
				Message: "failed to read policy: " + bare(err).Error(),
			}}
		}
		file.Text = text
		in.files = append(in.files, file)
		in.facts = append(in.facts, filestate.Fact{Path: file.Path, Kind: filestate.File, Exact: true, State: state})
	}
	return in
}

// addLowest puts a layer of one file below all others.
func (in *sources) addLowest(layer, name string, text []byte) {
	in.layers = append([]string{layer}, in.layers...)
	in.files = append([]source{{File: compiler.File{Layer: layer, Name: name, Path: name, Text: text}}}, in.files...)
}

// evaluate returns the policy of all sources, or everything that is wrong with
// them, in order.
func (in *sources) evaluate(ctx context.Context, options compiler.Options) (*ir.Policy, error) {
	return in.evaluateBy(func(files []compiler.File) (*ir.Policy, error) {
		return compiler.Evaluate(ctx, files, options)
	})
}

// evaluateBy is evaluate by a function that evaluates the files that can be
// read.
func (in *sources) evaluateBy(evaluate func([]compiler.File) (*ir.Policy, error)) (*ir.Policy, error) {
	var problems diag.List
	var readable []compiler.File
	for _, f := range in.files {
		if len(f.problems) > 0 {
			problems = append(problems, f.problems...)
		} else {
			readable = append(readable, f.File)
		}
	}
	growHeap(readable)
	policy, err := evaluate(readable)
	broken, ok := err.(diag.List)
	if err != nil && !ok {
		return nil, err
	}
	if problems = in.inOrder(append(problems, broken...)); len(problems) > 0 {
		return nil, problems
	}
	return ir.Overlay(policy, in.managed)
}

// sound returns the policy of all sources but those that are broken, and these
// with what is wrong with them.
func (in *sources) sound(ctx context.Context, options compiler.Options) (*ir.Policy, []source, error) {
	missing := slices.Clone(in.unlisted)
	var readable []compiler.File
	for _, f := range in.files {
		if len(f.problems) > 0 {
			missing = append(missing, f)
		} else {
			readable = append(readable, f.File)
		}
	}
	growHeap(readable)
	policy, broken, err := compiler.EvaluateSound(ctx, readable, options)
	if err != nil {
		return nil, nil, err
	}
	for _, b := range broken {
		missing = append(missing, source{readable[b.File], b.Problems})
	}
	policy, err = ir.Overlay(policy, in.managed)
	return policy, missing, err
}

// quarantined are missing files as an artifact keeps them.
func quarantined(missing []source) []matcher.Quarantine {
	var list []matcher.Quarantine
	for _, m := range missing {
		first := m.problems[0]
		first.File = m.Name
		reason := first.Error()
		if more := len(m.problems) - 1; more > 0 {
			reason += fmt.Sprintf(" (and %d more)", more)
		}
		list = append(list, matcher.Quarantine{Layer: m.Layer, Name: m.Name, Reason: reason})
	}
	return list
}

// inOrder returns the problems of folders, then those of files, in the order of
// the files; problems of one file keep theirs.
func (in *sources) inOrder(problems diag.List) diag.List {
	var sorted diag.List
	for _, folder := range in.unlisted {
		sorted = append(sorted, folder.problems...)
	}
	taken := make(map[string]bool)
	for _, f := range in.files {
		if taken[f.Path] {
			continue
		}
		taken[f.Path] = true
		for _, d := range problems {
			if d.File == f.Path {
				sorted = append(sorted, d)
			}
		}
	}
	return sorted
}

// whole reports whether everything could be read.
func (in *sources) whole() bool {
	return len(in.unlisted) == 0 && !slices.ContainsFunc(in.files, func(f source) bool { return len(f.problems) > 0 })
}

// meta is what an artifact keeps of its sources, if none is missing: nothing of the
// user or the machine.
func (in *sources) meta(options []matcher.Setting) matcher.Meta {
	m := matcher.Meta{Tool: "rulesc " + toolVersion, Options: options, Notes: in.notes}
	m.Files = slices.Grow(m.Files, len(in.files)) // nil if there are none, as it is read
	for _, name := range in.layers {
		m.Layers = append(m.Layers, matcher.Layer{Name: name})
	}
	for _, f := range in.files {
		if f.Text == nil {
			continue // it was not read
		}
		m.Files = append(m.Files, matcher.File{Layer: f.Layer, Name: f.Name, SHA256: sha256.Sum256(f.Text)})
	}
	if len(in.managed) > 0 {
		m.Files = append(m.Files, matcher.File{Layer: in.managed[0].Source.Layer, Name: in.managed[0].Source.File, SHA256: sha256.Sum256([]byte(in.stack.ManagedText()))})
	}
	return m
}

// path returns where the user finds the file of a rule, "" if nowhere.
func (in *sources) path(s ir.Source) string {
	for _, f := range in.files {
		if f.Layer == s.Layer && f.Name == s.File {
			return f.Path
		}
	}
	if in.stack != nil {
		for _, l := range in.stack.Layers {
			if l.Kind == layers.Managed && l.Name == s.Layer {
				return filepath.Join(l.Dir.String(), s.File)
			}
		}
	}
	return ""
}

// form returns the layers with what is in them.
func (in *sources) form(policy *ir.Policy, missing []source) *stackJSON {
	form := &stackJSON{
		Root: in.stack.Root.String(), Layers: []stackLayerJSON{},
		Problems: diag.List{}, Warnings: append(diag.List{}, in.warnings...),
	}
	for _, folder := range in.unlisted {
		form.Problems = append(form.Problems, folder.problems...)
	}
	rules := make(map[[2]string]int) // by layer and file
	for _, r := range policy.Rules {
		rules[[2]string{r.Source.Layer, r.Source.File}]++
	}
	problems := make(map[string]diag.List) // by path
	for _, m := range missing {
		problems[m.Path] = m.problems
	}
	for _, l := range in.stack.Layers {
		layer := stackLayerJSON{
			Name: l.Name, Kind: l.Kind, Folder: l.Dir.String(), State: l.State,
			Why: l.Why, Mend: l.Mend, Files: []stackFileJSON{},
		}
		for _, f := range in.files {
			if f.Layer == l.Name {
				n := rules[[2]string{f.Layer, f.Name}]
				layer.Rules += n
				layer.Files = append(layer.Files, stackFileJSON{f.Name, f.Path, n, append(diag.List{}, problems[f.Path]...)})
			}
		}
		if l.Kind == layers.Managed {
			layer.Rules = len(in.managed)
		}
		form.Layers = append(form.Layers, layer)
	}
	return form
}
