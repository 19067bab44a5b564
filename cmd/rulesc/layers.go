package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/layers"
)

func layersCommand(p process) *cobra.Command {
	var d discovery
	format := formatText
	cmd := &cobra.Command{
		Use:   "layers [flags]",
		Short: "List the layers that apply to the working directory",
		Long: `Layers lists where rules come from, lowest precedence first: each layer with
its folder, whether it counts and if not why, its rule files and how many rules
they hold. Broken files are listed as broken, and the exit code is then 1.

With --format=json the output is one object: root (of the project), layers
(name, kind, folder, state, why, mend, rules, files (file, path, rules,
problems)), problems (of folders that cannot be listed), warnings.`,
		Example: `  rulesc layers
  rulesc layers -C ~/src/project --format=json
  rulesc layers --system-dir /tmp/etc --home /tmp/home --layer ci=./ci`,
		Args: noArguments,
	}
	d.addFlags(cmd)
	addFormat(cmd, &format)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		in, err := d.discover(p)
		if err != nil {
			return err
		}
		policy, broken, err := in.sound(cmd.Context(), compiler.Options{})
		if err != nil {
			return err
		}
		form := in.form(policy, broken)
		if format == formatJSON {
			err = writeJSON(p.stdout, form)
		} else {
			err = form.write(p)
		}
		if err == nil && form.broken() {
			err = &exitError{exitWrong}
		}
		return err
	}
	return cmd
}

type stackJSON struct {
	Root     string           `json:"root"`
	Layers   []stackLayerJSON `json:"layers"`
	Problems diag.List        `json:"problems"`
	Warnings diag.List        `json:"warnings"`
}

type stackLayerJSON struct {
	Name   string          `json:"name"`
	Kind   layers.Kind     `json:"kind"`
	Folder string          `json:"folder"`
	State  layers.State    `json:"state"`
	Why    string          `json:"why,omitempty"`
	Mend   string          `json:"mend,omitempty"`
	Rules  int             `json:"rules"`
	Files  []stackFileJSON `json:"files"`
}

type stackFileJSON struct {
	File     string    `json:"file"`
	Path     string    `json:"path"`
	Rules    int       `json:"rules"`
	Problems diag.List `json:"problems"`
}

func (s *stackJSON) broken() bool {
	for _, l := range s.Layers {
		for _, f := range l.Files {
			if len(f.Problems) > 0 {
				return true
			}
		}
	}
	return len(s.Problems) > 0
}

func (s *stackJSON) write(p process) error {
	var b strings.Builder
	fmt.Fprintf(&b, "project root %s\n", diag.Printable(s.Root))
	var rows [][]string
	for _, l := range s.Layers {
		state := string(l.State)
		if l.Why != "" {
			state += ": " + l.Why
		}
		rows = append(rows, []string{l.Name, count(l.Rules, "rule"), diag.Printable(l.Folder), diag.Printable(state)})
		for _, f := range l.Files {
			state := ""
			if len(f.Problems) > 0 {
				state = "BROKEN"
			}
			rows = append(rows, []string{"", count(f.Rules, "rule"), "  " + diag.Printable(f.File), state})
		}
	}
	writeTable(&b, "", rows)
	if _, err := io.WriteString(p.stdout, b.String()); err != nil {
		return err
	}
	problems := s.Problems
	for _, l := range s.Layers {
		for _, f := range l.Files {
			problems = append(problems, f.Problems...)
		}
	}
	return diag.Render(p.stderr, append(problems, s.Warnings...), diag.Style{Source: sourceText, Color: p.color})
}
