// Package layers finds where command rules come from: the configuration layers
// that the reference (codex-cli 0.169.0) reads, with the same rules for what
// is a project, which projects are trusted, and what is a rules file.
//
// [Discover] looks at the folders and the configuration files, [Stack.RuleFiles]
// reads the rules files, and [Stack.Managed] has the rules of an administrator.
// Nothing here knows the language of rules files.
//
// From lowest to highest precedence the layers are
//
//	system    /etc/codex
//	user      $CODEX_HOME, by default ~/.codex
//	project   the .codex folders from the project's root down to the working
//	          folder, if the user trusts them
//	extra     folders named by hand, in the order given
//	managed   prefix_rules of /etc/codex/requirements.toml
//
// A profile adds no folder of its own; its file counts for what is a project
// and what is trusted.
//
// What is read may have been written by anybody: files have a largest size,
// pipes and devices are never opened, and what is wrong is an [*Error] that
// names file and line.
//
// A [Stack] is plain data: safe for concurrent use as long as nobody writes to it.
package layers

import (
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
)

// A Kind says what a layer is.
type Kind string

// The kinds of layers, lowest precedence first.
const (
	System  Kind = "system"
	User    Kind = "user"
	Project Kind = "project"
	Extra   Kind = "extra"
	Managed Kind = "managed"
)

// managedName is the name of the managed layer.
const managedName = string(Managed)

// A State says whether a layer counts.
type State string

// The states of a layer.
const (
	Active   State = "active"   // its rules count, if it has any
	Absent   State = "absent"   // there is no such folder, or file for managed rules
	Disabled State = "disabled" // nothing of it is read; Layer.Why says why
)

// A Layer is one place where rules come from.
type Layer struct {
	Kind Kind

	// Name is the same on every machine: "system", "user", "managed"; "project"
	// for the folder of the project's root and "project/sub/dir" for one below
	// it; the given name for an extra layer.
	Name string

	// Dir is the folder whose rules folder is read; for the managed layer the
	// one that holds requirements.toml.
	Dir AbsPath

	State State

	// Why says in words why a layer is disabled, and Mend what to do about it
	// if there is something to do; "" otherwise.
	Why, Mend string

	// flat says that the rules files stand in Dir itself: an extra layer may be
	// any folder of rules files.
	flat bool

	// Untrusted says that a project's layer is disabled for want of trust.
	Untrusted bool
}

// rulesDir returns the folder that holds the layer's rules files, and how their
// names begin when they are relative to Dir.
func (l *Layer) rulesDir() (dir AbsPath, prefix string) {
	if l.flat {
		return l.Dir, ""
	}
	return l.Dir.Join(rulesFolder), rulesFolder + "/"
}

// RulesDir returns the folder that holds the layer's rules files.
func (l *Layer) RulesDir() AbsPath {
	dir, _ := l.rulesDir()
	return dir
}

// A Stack is all layers, lowest precedence first.
type Stack struct {
	Layers []Layer

	// Root is the root of the project that the working folder is in.
	Root AbsPath

	managed     []ir.PrefixRule
	managedText string
	ignored     []ignoredSetting
	disk        disk
}

// Managed returns the managed rules: prompt, prompt-user or forbidden, in the
// order of the file. Their source is layer "managed", file requirements.toml,
// and the place of the entry. They are complete or an error of [Discover].
func (s *Stack) Managed() []ir.PrefixRule { return s.managed }

// ManagedText returns the text of requirements.toml, as it was read; "" if there
// is no such file.
func (s *Stack) ManagedText() string { return s.managedText }

// Warnings says what of the configuration has no effect: settings in the wrong
// file, and project layers that are not trusted.
func (s *Stack) Warnings() diag.List {
	var list diag.List
	for _, layer := range s.Layers {
		if layer.Untrusted {
			list = append(list, diag.Diagnostic{
				Position: ir.Position{File: layer.Dir.String()},
				Severity: diag.Warning,
				Code:     "untrusted",
				Message:  "nothing of this folder counts: " + layer.Why,
				Hint:     layer.Mend,
			})
		}
	}
	for _, setting := range s.ignored {
		list = append(list, setting.warning())
	}
	return list
}

// StartupWarnings returns the warnings in the words of the reference, in its
// order.
func (s *Stack) StartupWarnings() []string {
	var texts []string
	for _, layer := range s.Layers {
		if layer.Untrusted {
			texts = append(texts, untrustedText)
			break
		}
	}
	if len(s.ignored) > 0 {
		texts = append(texts, ignoredText(s.ignored))
	}
	return texts
}

const untrustedText = "warning: Untrusted project-local configuration is disabled. Run `codex exec --trust` to allow project configuration " +
	"and MCP servers for this and future chats in the project, including MCP commands outside the sandbox. " +
	"Explicitly untrusted projects must have their trust setting updated first."
