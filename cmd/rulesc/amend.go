package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/layers"
)

const (
	rulesFolder  = "rules"
	defaultRules = "default.rules" // where the reference writes rules by itself
)

func amendCommand(p process, verb string, decision ir.Decision) *cobra.Command {
	a := &amendment{process: p, decision: decision}
	format := formatText
	cmd := &cobra.Command{
		Use:   verb + " [flags] [--] PREFIX...",
		Short: fmt.Sprintf("Add a rule to a layer: %s what starts with these words", verb),
		Long: fmt.Sprintf(`%s appends a rule with the decision %q to rules/default.rules of a layer:
the user's, or the project's (--project, the .codex folder at its root), or any
folder (--layer-dir). Folder and file are made when they are missing.

What stands in the file stays as it is, byte for byte, and a rule that is there
already is not added again. A file that is broken is left alone. The file is
replaced as a whole, under a lock: of two writers none undoes what the other
did. Symbolic links inside a layer are not followed.

An allow rule that lets a command run anything (a shell, an interpreter, sudo,
env, …) is refused without --force. The reference deletes such lines from the
user's default.rules where it has written them itself.

A warning says when a stricter rule of any layer decides instead, when a rule
on a program's path takes the place of stricter ones on its name, and when the
layer does not count.

Everything from the first word that is no option on is the prefix; put --
before a prefix that starts with a dash.

With --format=json the output is one object: file, line, rule, added (false if
it was there already), diagnostics.`, strings.ToUpper(verb[:1])+verb[1:], decision),
		Example: fmt.Sprintf(`  rulesc %[1]s git push
  rulesc %[1]s --project --justification "the team agreed" make test
  rulesc %[1]s --layer-dir ./ci npm publish`, verb),
		DisableFlagParsing: true,
	}
	flags := cmd.Flags()
	flags.BoolVar(&a.user, "user", false, "add to the user's layer (default)")
	flags.BoolVar(&a.project, "project", false, "add to the layer of the project's root")
	flags.StringVar(&a.layerDir, "layer-dir", "", "add to the layer in this `folder`")
	flags.StringVar(&a.justification, "justification", "", "the `reason`, which is shown with the decision")
	flags.BoolVar(&a.force, "force", false, "add an allow rule even if it lets a command run anything")
	a.discovery.addFlags(cmd)
	addFormat(cmd, &format)
	cmd.MarkFlagDirname("layer-dir")
	cmd.ValidArgsFunction = completeOptions
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		prefix, help, err := commandLine(cmd, args)
		if errors.Is(err, errNoCommand) {
			err = usagef("no prefix to %s", verb)
		}
		if help || err != nil {
			return err
		}
		added, err := a.run(cmd.Context(), prefix)
		if err != nil {
			return err
		}
		if format == formatJSON {
			return writeJSON(p.stdout, added)
		}
		return added.write(p)
	}
	return cmd
}

// An amendment is a rule that a user adds on the command line.
type amendment struct {
	process
	discovery
	user, project bool
	layerDir      string
	justification string
	force         bool
	decision      ir.Decision
}

// An amended says what has become of a rule.
type amended struct {
	File        string    `json:"file"`
	Line        int       `json:"line"`
	Rule        string    `json:"rule"`
	Added       bool      `json:"added"`
	Diagnostics diag.List `json:"diagnostics"`
}

func (a *amended) write(p process) error {
	did := "already there"
	if a.Added {
		did = "added"
	}
	if _, err := fmt.Fprintf(p.stdout, "%s:%d: %s: %s\n", diag.Printable(a.File), a.Line, did, a.Rule); err != nil {
		return err
	}
	return diag.Render(p.stderr, a.Diagnostics, diag.Style{Color: p.color})
}

func (a *amendment) run(ctx context.Context, prefix []string) (*amended, error) {
	rule := ir.PrefixRule{Pattern: ir.Literal(prefix...), Decision: a.decision, Justification: a.justification}
	if err := rule.Validate(); err != nil {
		return nil, usagef("%v", err)
	}
	if a.justification != "" && strings.TrimSpace(a.justification) == "" {
		return nil, usagef("--justification: say why, or leave it out")
	}
	if a.decision == ir.Allow && !a.force && tooBroad(prefix) {
		return nil, &hintedError{fmt.Errorf("an allow rule for `%s` would let a command run anything", shellLine(prefix)), "name more of the command, or insist with --force"}
	}
	in, home, err := a.target()
	if err != nil {
		return nil, err
	}
	folder, err := home.open()
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if home.layer == nil || home.layer.State == layers.Absent {
		// It may be a layer only now that there is a folder.
		if in, err = a.discover(a.process); err != nil {
			return nil, err
		}
		home.layer = home.find(in)
	}
	return amend(ctx, folder, home, in, rule)
}

// A layerHome is the place of a layer's default.rules.
type layerHome struct {
	root   string // a folder that is trusted to be what the user means
	folder string // from root to the rules, which may hold symbolic links of others
	name   string // what the file is called in its layer
	layer  *layers.Layer
}

func (h *layerHome) path() string { return filepath.Join(h.root, h.folder, defaultRules) }

// target finds the layer to change, and all layers as they are now.
func (a *amendment) target() (*sources, *layerHome, error) {
	chosen := 0
	for _, c := range []bool{a.user, a.project, a.layerDir != ""} {
		if c {
			chosen++
		}
	}
	if chosen > 1 {
		return nil, nil, usagef("--user, --project and --layer-dir exclude each other")
	}
	in, err := a.discover(a.process)
	if err != nil {
		return nil, nil, err
	}
	home := &layerHome{folder: rulesFolder, name: rulesFolder + "/" + defaultRules}
	switch {
	case a.layerDir != "":
		err = home.findDir(in, a.inDir(a.layerDir))
	case a.project:
		err = home.findProject(in)
	default:
		home.layer = layerOf(in, func(l *layers.Layer) bool { return l.Kind == layers.User })
		home.root = home.layer.Dir.String()
		err = os.MkdirAll(home.root, 0o755)
	}
	return in, home, err
}

func (h *layerHome) findDir(in *sources, dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("is no folder")
	}
	if err != nil {
		return fmt.Errorf("--layer-dir: %s: %w", dir, bare(err))
	}
	h.root = dir
	h.layer = h.find(in)
	// A folder of rule files is a layer as it is; with a folder "rules" in it
	// they would no longer count.
	if _, err := os.Lstat(filepath.Join(dir, rulesFolder)); errors.Is(err, fs.ErrNotExist) && (h.layer == nil || h.layer.Kind == layers.Extra) {
		if names, err := ruleFilesIn(dir); err == nil && len(names) > 0 {
			h.folder, h.name = ".", defaultRules
		}
	}
	return nil
}

func (h *layerHome) findProject(in *sources) error {
	const dotFolder = ".codex"
	h.root, h.folder = in.stack.Root.String(), filepath.Join(dotFolder, rulesFolder)
	h.layer = h.find(in)
	dir := filepath.Join(h.root, dotFolder)
	user := layerOf(in, func(l *layers.Layer) bool { return l.Kind == layers.User })
	if user.Dir.String() == dir {
		return fmt.Errorf("%s is the user's layer, not a project's", dir)
	}
	return nil
}

// find returns the layer, nil if it is none of those that apply here.
func (h *layerHome) find(in *sources) *layers.Layer {
	dir, err := os.Stat(filepath.Join(h.root, filepath.Dir(h.folder)))
	if err != nil {
		return nil
	}
	return layerOf(in, func(l *layers.Layer) bool {
		other, err := os.Stat(l.Dir.String())
		return l.Kind != layers.Managed && err == nil && os.SameFile(dir, other)
	})
}

func layerOf(in *sources, is func(*layers.Layer) bool) *layers.Layer {
	for i := range in.stack.Layers {
		if l := &in.stack.Layers[i]; is(l) {
			return l
		}
	}
	return nil
}

// open opens the folder of the rules, which it makes when it is missing. No
// part of the way there may be a symbolic link: a project could have one that
// leads into the user's layer.
func (h *layerHome) open() (*os.Root, error) {
	root, err := os.OpenRoot(h.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	for _, part := range partsOf(h.folder) {
		info, err := root.Lstat(part)
		switch {
		case err == nil && info.Mode()&fs.ModeSymlink != 0:
			return nil, fmt.Errorf("%s: is a symbolic link, through which rulesc does not write", filepath.Join(h.root, part))
		case err == nil && !info.IsDir():
			return nil, fmt.Errorf("%s: is no folder", filepath.Join(h.root, part))
		case errors.Is(err, fs.ErrNotExist):
			err = root.Mkdir(part, 0o755)
			if errors.Is(err, fs.ErrExist) { // somebody else made it
				err = nil
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(h.root, part), bare(err))
		}
	}
	return root.OpenRoot(h.folder)
}

// partsOf returns the folders on the way: "a", "a/b" for "a/b".
func partsOf(folder string) []string {
	var parts []string
	for ; folder != "."; folder = filepath.Dir(folder) {
		parts = append(parts, folder)
	}
	slices.Reverse(parts)
	return parts
}

// amend adds a rule to the file in its folder.
func amend(ctx context.Context, folder *os.Root, home *layerHome, in *sources, rule ir.PrefixRule) (*amended, error) {
	unlock, err := lockFolder(ctx, folder)
	if err != nil {
		return nil, err
	}
	defer unlock()
	unlockFile, err := lockFile(ctx, folder, defaultRules)
	if err != nil {
		return nil, err
	}
	defer unlockFile()
	old, err := readIn(folder, defaultRules)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", home.path(), bare(err))
	}
	policy, own, err := in.with(ctx, home, old)
	if err != nil {
		return nil, err
	}
	result := &amended{File: home.path(), Rule: rule.String(), Diagnostics: warnings(home, policy, rule)}
	for _, r := range own {
		if same(&r, &rule) {
			result.Line, result.Rule = r.Source.Line, r.String()
			return result, nil
		}
	}
	text := appendLine(old, rule.String())
	_, now, err := in.with(ctx, home, text)
	if err != nil {
		return nil, err
	}
	if len(now) != len(own)+1 || now[len(own)].String() != rule.String() {
		return nil, fmt.Errorf("%s: a rule at its end would not be read as one; nothing was written", home.path())
	}
	if err := replaceFile(folder, defaultRules, text); err != nil {
		return nil, fmt.Errorf("%s: %w", home.path(), bare(err))
	}
	result.Line, result.Added = now[len(own)].Source.Line, true
	return result, nil
}

// same reports whether a rule says what another asks for. Without a
// justification none is asked for.
func same(there, asked *ir.PrefixRule) bool {
	r := *there
	if asked.Justification == "" {
		r.Justification = ""
	}
	return r.String() == asked.String()
}

// appendLine adds a line, with the line end that the text has.
func appendLine(text []byte, line string) []byte {
	end := "\n"
	if first := bytes.IndexByte(text, '\n'); first > 0 && text[first-1] == '\r' {
		end = "\r\n"
	}
	text = slices.Clone(text)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, end...)
	}
	return append(text, line+end...)
}

// with returns the policy of all layers and the rules of one file in it, as if
// that file had this text. Other files that are broken do not count; a problem
// in this one is the error. The file is read among those of its layer, which
// its examples may depend on.
func (in *sources) with(ctx context.Context, home *layerHome, text []byte) (*ir.Policy, []ir.PrefixRule, error) {
	file := compiler.File{Layer: home.root, Name: home.name, Path: home.path(), Text: text}
	if home.layer != nil {
		file.Layer = home.layer.Name
		if home.layer.Kind == layers.User {
			// In another layout than the one that is written here these would
			// count: they do not make a rule that does one too many.
			file.Text = withoutBroadAllows(text)
		}
	}
	all := &sources{managed: in.managed}
	placed := false
	for _, f := range in.files {
		if f.Layer == file.Layer && f.Name == file.Name {
			f = source{File: file}
			placed = true
		}
		all.files = append(all.files, f)
	}
	if !placed {
		all.files = append(all.files, source{File: file})
	}
	policy, missing, err := all.sound(ctx, compiler.Options{})
	if err != nil {
		return nil, nil, err
	}
	for _, m := range missing {
		if m.Layer == file.Layer && m.Name == file.Name {
			return nil, nil, m.problems
		}
	}
	var own []ir.PrefixRule
	for _, r := range policy.Rules {
		if r.Source.Layer == file.Layer && r.Source.File == file.Name {
			own = append(own, r)
		}
	}
	return policy, own, nil
}

// withoutBroadAllows blanks the lines that the reference deletes.
func withoutBroadAllows(text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	for _, dropped := range layers.BroadAllows(text) {
		line := lines[dropped.Line-1]
		lines[dropped.Line-1] = line[len(dropped.Text):]
	}
	return bytes.Join(lines, nil)
}

// warnings says what keeps a rule from doing what its author may expect of it.
func warnings(home *layerHome, policy *ir.Policy, rule ir.PrefixRule) diag.List {
	list := diag.List{}
	warn := func(code, message, hint string) {
		list = append(list, diag.Diagnostic{
			Position: ir.Position{File: home.path()}, Severity: diag.Warning, Code: code, Message: message, Hint: hint,
		})
	}
	prefix := make([]string, len(rule.Pattern))
	for i, alternatives := range rule.Pattern {
		prefix[i] = alternatives[0]
	}
	asWritten := policy.Evaluate(prefix, nil)
	if asWritten.Decision > rule.Decision {
		decider := policy.Rules[asWritten.Matches[asWritten.Deciding].Rule]
		warn("pointless", fmt.Sprintf("the rule decides nothing: a stricter one says %s to `%s`: %s: %s", decider.Decision, shellLine(prefix), decider.Source, &decider), "")
	}
	if len(asWritten.Matches) == 0 {
		byName := policy.Evaluate(prefix, &ir.Place{})
		if byName.Decision > rule.Decision {
			decider := policy.Rules[byName.Matches[byName.Deciding].Rule]
			warn("hides", fmt.Sprintf("a call by this path is no longer asked about by name, to which a stricter rule says %s: %s: %s", decider.Decision, decider.Source, &decider), "")
		}
	}
	if len(prefix) == 1 && strings.ContainsAny(prefix[0], " \t") {
		warn("one-word", fmt.Sprintf("the prefix is one word with a blank in it, %s", shellLine(prefix)), "give each word of the command as an argument of its own")
	}
	if home.layer != nil && home.layer.State == layers.Disabled {
		warn("disabled", "nothing of this layer counts: "+home.layer.Why, home.layer.Mend)
	}
	return list
}
