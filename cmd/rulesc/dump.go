package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/matcher"
)

// A dumpForm is what dump --as takes.
type dumpForm string

var dumpForms = []string{"rules", "json", "dot", "hex"}

func (f *dumpForm) String() string { return string(*f) }
func (f *dumpForm) Type() string   { return strings.Join(dumpForms, "|") }

func (f *dumpForm) Set(s string) error {
	for _, known := range dumpForms {
		if s == known {
			*f = dumpForm(s)
			return nil
		}
	}
	return fmt.Errorf("unknown form %q, want %s", s, strings.Join(dumpForms, ", "))
}

func dumpCommand(p process) *cobra.Command {
	form := dumpForm("rules")
	cmd := &cobra.Command{
		Use:   "dump [flags] ARTIFACT|FILE|DIR",
		Short: "Show what is inside an artifact, a rule file or a folder of rule files",
		Long: `Dump shows a policy in one of these forms:
  rules  a rule file that compiles to the same digest, one rule a line, with
         its digests and the places that rules come from at its end
  json   the same as one object: digest, semanticDigest (null where the rules
         overlap too much), version, rules, hostExecutables, networkRules
  dot    the graph that matching walks, for Graphviz
  hex    every byte of the image with its meaning

As a textconv driver, "rules" lets git show artifacts as text:
  git config diff.rulesc.textconv "rulesc dump"
  echo '*.rulesc diff=rulesc' >> .gitattributes`,
		Example: `  rulesc dump policy.rulesc
  rulesc dump --as json rules/
  rulesc dump --as dot policy.rulesc | dot -Tsvg > policy.svg`,
		Args: oneArgument("an artifact, a rule file or a folder of rule files"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return dump(cmd.Context(), p, args[0], form)
		},
	}
	cmd.Flags().Var(&form, "as", "the form to show")
	cmd.RegisterFlagCompletionFunc("as", cobra.FixedCompletions(dumpForms, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func dump(ctx context.Context, p process, path string, form dumpForm) error {
	in, err := readOperand(ctx, path)
	if err != nil {
		return err
	}
	switch form {
	case "dot":
		return matcher.Dot(p.stdout, in.image)
	case "hex":
		return matcher.Describe(p.stdout, in.image)
	}
	semantic, err := semanticDigest(in.policy)
	if err != nil {
		return err
	}
	if form == "json" {
		return dumpJSON(p.stdout, in, semantic)
	}
	rules, places, _ := strings.Cut(in.policy.Text(), "\n# sources\n")
	_, err = fmt.Fprintf(p.stdout, "%s\n# digest           %s\n# semantic digest  %s\n\n# sources\n%s", rules, in.digest, semanticLine(semantic), places)
	return err
}

// dumpJSON writes the policy's JSON form with the digests before the other keys.
func dumpJSON(w io.Writer, in *operand, semantic string) error {
	text, err := json.MarshalIndent(in.policy, "", "  ")
	if err != nil {
		return err
	}
	known := "null"
	if semantic != semanticUnknown {
		known = `"` + semantic + `"`
	}
	_, err = fmt.Fprintf(w, "{\n  \"digest\": \"%s\",\n  \"semanticDigest\": %s,%s\n", in.digest, known, text[1:])
	return err
}
