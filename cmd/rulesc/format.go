package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// An outputFormat is what --format takes.
type outputFormat string

const (
	formatText outputFormat = "text"
	formatJSON outputFormat = "json"
)

func (f *outputFormat) String() string { return string(*f) }
func (f *outputFormat) Type() string   { return "text|json" }

func (f *outputFormat) Set(s string) error {
	switch v := outputFormat(s); v {
	case formatText, formatJSON:
		*f = v
		return nil
	}
	return fmt.Errorf("unknown format %q, want text or json", s)
}

func addFormat(cmd *cobra.Command, f *outputFormat) {
	cmd.Flags().Var(f, "format", "text for people, json for machines")
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{string(formatText), string(formatJSON)}, cobra.ShellCompDirectiveNoFileComp))
}

// writeJSON writes v as indented JSON and a newline.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// noArguments refuses arguments with one clear line.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no arguments, got %q", nameOf(cmd), strings.Join(args, " "))
	}
	return nil
}

// oneArgument asks for exactly one argument, and says what it should be.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usagef("%s takes %s, got %s", nameOf(cmd), what, count(len(args), "argument"))
		}
		return nil
	}
}

// nameOf returns what is written behind "rulesc" for a command.
func nameOf(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}
