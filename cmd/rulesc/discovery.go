package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/layers"
)

// A discovery is the flags that say where to look for layers.
type discovery struct {
	dir       string
	home      string
	systemDir string
	profile   string
	extra     []string
}

func (d *discovery) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&d.dir, "directory", "C", "", "run as if started in this `folder`; other paths are relative to it")
	flags.StringVar(&d.home, "home", "", "the user's configuration `folder`, in place of $CODEX_HOME or ~/.codex")
	flags.StringVar(&d.systemDir, "system-dir", "", "the system's configuration `folder`, in place of /etc/codex; it has to be there")
	flags.StringVar(&d.profile, "profile", "", "the `name` of a configuration profile")
	flags.StringArrayVar(&d.extra, "layer", nil, "add a layer above the project's, `NAME=DIR`, with the rules in DIR/rules or DIR; repeatable")
	for _, name := range []string{"directory", "home", "system-dir"} {
		cmd.MarkFlagDirname(name)
	}
}

// used reports whether a flag was given that has a meaning for layers only.
func (d *discovery) used() bool {
	return d.home != "" || d.systemDir != "" || d.profile != "" || len(d.extra) > 0
}

// inDir returns name as seen from the folder that -C names.
func (d *discovery) inDir(name string) string {
	if d.dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.dir, name)
}

// given is inDir for a flag that may be left out.
func (d *discovery) given(name string) string {
	if name == "" {
		return ""
	}
	return d.inDir(name)
}

// options are the flags as the layers package takes them.
func (d *discovery) options(p process) (layers.Options, error) {
	options := layers.Options{
		SystemDir: d.given(d.systemDir), Home: d.given(d.home), WorkDir: d.dir, Profile: d.profile,
		Getenv: p.getenv,
	}
	if d.systemDir != "" {
		// A misspelt folder would leave out the managed rules.
		if info, err := os.Stat(options.SystemDir); err != nil || !info.IsDir() {
			return layers.Options{}, notThere(options.SystemDir, "the system's configuration folder", err)
		}
	}
	for _, extra := range d.extra {
		name, dir, ok := strings.Cut(extra, "=")
		if !ok || name == "" || dir == "" {
			return layers.Options{}, usagef("--layer takes NAME=DIR, got %q", extra)
		}
		options.Extra = append(options.Extra, layers.Named{Name: name, Dir: d.inDir(dir)})
	}
	return options, nil
}

// notThere says that a folder that was asked for by name is none.
func notThere(folder, what string, err error) error {
	d := diag.Diagnostic{Position: ir.Position{File: folder}, Severity: diag.Error, Code: "option", Message: what + " is not a folder"}
	if err != nil {
		d.Message = what + " cannot be used: " + bare(err).Error()
	}
	return diag.List{d}
}

// discover finds the layers and reads their rule files.
func (d *discovery) discover(p process) (*sources, error) {
	options, err := d.options(p)
	if err != nil {
		return nil, err
	}
	return discoverWith(options)
}

func discoverWith(options layers.Options) (*sources, error) {
	stack, err := layers.Discover(options)
	if err != nil {
		return nil, err
	}
	return read(stack)
}

// read reads the rule files of all layers.
func read(stack *layers.Stack) (*sources, error) {
	in := &sources{stack: stack, managed: stack.Managed(), warnings: stack.Warnings()}
	for _, l := range stack.Layers {
		if l.State != layers.Absent {
			in.layers = append(in.layers, l.Name)
		}
		if l.State == layers.Disabled {
			in.notes = append(in.notes, fmt.Sprintf("layer %s is disabled: %s", l.Name, l.Why))
		}
	}
	files, passed, err := stack.RuleFiles()
	var failed *layers.Error
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	in.warnings = append(in.warnings, passed...)
	for _, f := range files {
		s := source{File: compiler.File{Layer: f.Layer.Name, Name: f.Name, Path: f.Path.String(), Text: f.Text}}
		if f.Problem != nil {
			s.problems = diag.List{f.Problem.Diagnostic}
		}
		in.files = append(in.files, s)
		in.warnings = append(in.warnings, f.Warnings()...)
		for _, dropped := range f.Dropped {
			in.notes = append(in.notes, fmt.Sprintf("%s %s:%d does not count: a broad allow rule that the reference deletes", f.Layer.Name, f.Name, dropped.Line))
		}
	}
	if failed != nil {
		for _, p := range failed.Problems {
			if in.has(p.File) {
				continue
			}
			folder := source{File: compiler.File{Name: filepath.Base(p.File), Path: p.File}, problems: diag.List{p.Diagnostic}}
			for _, l := range stack.Layers {
				if l.Dir.String() == filepath.Dir(p.File) {
					folder.Layer = l.Name
				}
			}
			in.unlisted = append(in.unlisted, folder)
		}
	}
	return in, nil
}

// has reports whether there is a rule file at path.
func (in *sources) has(path string) bool {
	for _, f := range in.files {
		if f.Path == path {
			return true
		}
	}
	return false
}
