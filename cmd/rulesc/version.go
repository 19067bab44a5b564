package main

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/about"
	"github.com/rulesc/rulesc/matcher"
)

// toolVersion is the version of rulesc. It goes into artifacts, so it says
// nothing of how or where this program was built.
const toolVersion = about.ToolVersion

// referenceVersion is the version of the reference whose answers rulesc gives.
const referenceVersion = about.ReferenceVersion

func versionCommand(p process) *cobra.Command {
	format := formatText
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the versions of rulesc, its artifact format and the rule language",
		Long: `Version shows the versions of rulesc, its artifact format and the rule language.

With --format=json the output is one object: version, format (a number),
reference (whose rule language it is), go.`,
		Example: "  rulesc version\n  rulesc version --format=json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if format == formatJSON {
				return writeJSON(p.stdout, map[string]any{
					"version":   toolVersion,
					"format":    matcher.FormatVersion,
					"reference": referenceVersion,
					"go":        runtime.Version(),
				})
			}
			_, err := p.stdout.Write(about.AppendVersion(nil))
			return err
		},
	}
	addFormat(cmd, &format)
	return cmd
}
