package layers

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/internal/wholefile"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

const rulesFolder = "rules"

// A File is one rules file of an active layer.
type File struct {
	Layer *Layer
	Name  string  // with slashes, relative to the layer's folder: "rules/default.rules"
	Path  AbsPath // for messages; not for what goes into an artifact

	// Text is what counts of the file: UTF-8, with the lines in Dropped left
	// empty. Nil where there is a Problem.
	Text []byte

	// Dropped are the lines that do not count because the reference would delete
	// them; see [File.Warnings].
	Dropped []Dropped

	// Problem says why the file could not be read; nil if it could.
	Problem *Problem
}

// RuleFiles reads the rules files of all active layers, in the order in which
// they count: layers from lowest to highest precedence, files by the bytes of
// their names. Each call reads every file once.
//
// An error is an [*Error] with all that went wrong, in the reference's order:
// folders that cannot be listed, then files that cannot be read. The files are
// returned even so, unreadable ones in their place with Problem set, for
// callers who set bad files aside; who does not look into the error must not
// use them.
//
// What is named like a rules file and is none is passed over, as the reference does.
// The warnings tell of it.
func (s *Stack) RuleFiles() (files []File, warnings diag.List, err error) {
	var problems []Problem
	for i := range s.Layers {
		layer := &s.Layers[i]
		if layer.State != Active || layer.Kind == Managed {
			continue
		}
		dir, prefix := layer.rulesDir()
		names, passed, err := s.disk.ruleNames(dir)
		if err != nil {
			problems = append(problems, listProblem(layer, err))
		}
		for _, name := range passed {
			warnings = append(warnings, passedOver(dir.Join(name)))
		}
		for _, name := range names {
			files = append(files, File{Layer: layer, Name: prefix + name, Path: dir.Join(name)})
		}
	}
	for i := range files {
		if files[i].read(s.disk); files[i].Problem != nil {
			problems = append(problems, *files[i].Problem)
		}
	}
	return files, warnings, asError(problems)
}

// passedOver says that something named like a rules file is none.
func passedOver(path AbsPath) diag.Diagnostic {
	return diag.Diagnostic{
		Position: ir.Position{File: path.String()},
		Severity: diag.Warning,
		Code:     "no-file",
		Message:  "nothing of this counts: it is a symbolic link, or no file, which the reference passes over",
		Hint:     "put the file itself there, or a link in the place of the whole rules folder",
	}
}

// ruleNames returns the names of the rules files in a folder, in byte order:
// regular files, not symbolic links, with the extension "rules"; and those of
// what else has that extension. A folder that does not exist has none. Source:
// LAYERS.md §3.
func (d disk) ruleNames(dir AbsPath) (names, passed []string, err error) {
	// A pipe in the place of the folder would block an open.
	info, err := d.witness.Stat(dir.path)
	if isAbsent(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if !info.IsDir() {
		return nil, nil, notDirectory
	}
	d.witness.Read(dir.path, info)
	entries, err := os.ReadDir(dir.path)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		// A bare ".rules" has no extension.
		stem, ok := strings.CutSuffix(entry.Name(), ".rules")
		switch {
		case !ok || stem == "":
		case entry.Type().IsRegular():
			names = append(names, entry.Name())
		default:
			passed = append(passed, entry.Name())
		}
	}
	slices.Sort(names)
	slices.Sort(passed)
	return names, passed, nil
}

func listProblem(layer *Layer, err error) Problem {
	dir, _ := layer.rulesDir()
	return fileProblem(StageRules, "read", dir, "the rules folder cannot be listed: "+reason(err),
		fmt.Sprintf("failed to read rules files from %s: %s", dir, reason(err)))
}

// read fills in the file's text.
func (f *File) read(d disk) {
	fail := func(message, text string) {
		p := fileProblem(StageRules, "read", f.Path, message, fmt.Sprintf("failed to read rules file %s: %s", f.Path, text))
		f.Problem = &p
	}
	data, state, err := wholefile.ReadListed(f.Path.path, maxRulesFile)
	if err == wholefile.ErrNotRegular {
		err = errors.New("is no regular file any more")
	}
	if err != nil {
		fail("cannot be read: "+reason(err), reason(err))
		return
	}
	d.witness.ReadListed(f.Path.path, state)
	if offset, _, bad := invalidUTF8(data); bad {
		fail("is not valid UTF-8", "stream did not contain valid UTF-8")
		f.Problem.Position = position(f.Path.String(), string(data), offset)
		return
	}
	if f.Layer.Kind == User && f.Name == rulesFolder+"/"+cleanupFile && !d.exists(f.Layer.Dir.Join(cleanupMarker)) {
		data, f.Dropped = dropBroadAllows(data)
	}
	if data == nil {
		data = []byte{}
	}
	f.Text = data
}

// Warnings says which lines of the file do not count, and why.
func (f *File) Warnings() diag.List {
	var list diag.List
	for _, d := range f.Dropped {
		list = append(list, diag.Diagnostic{
			Position: ir.Position{File: f.Path.String(), Line: d.Line, Col: 1},
			End:      ir.Position{File: f.Path.String(), Line: d.Line, Col: 1 + len([]rune(d.Text))},
			Severity: diag.Warning,
			Code:     "broad-allow",
			Message:  "this allow rule does not count: it lets a command run anything, and the reference deletes it from " + cleanupFile,
			Hint:     "delete the line, or move it to another file of the folder to keep it",
		})
	}
	return list
}

// isAbsent reports whether an error says that there is no such file.
func isAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
