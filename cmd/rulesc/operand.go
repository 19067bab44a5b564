package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rulesc/rulesc/compiler"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/matcher"
)

// An operand is a policy that a command line names: an artifact, a rule file, a
// folder of rule files, or one of these in a revision of a git repository,
// REV:PATH as git writes it.
type operand struct {
	name   string
	policy *ir.Policy
	image  []byte
	digest matcher.Digest
	meta   *matcher.Meta // nil unless it is an artifact
}

const artifactExt = ".rulesc"

// readOperand reads what name names. A file or folder of that name goes before
// a revision.
func readOperand(ctx context.Context, name string) (*operand, error) {
	return readOperandIn(ctx, &discovery{}, name)
}

// readOperandIn is readOperand as seen from the folder that -C names.
func readOperandIn(ctx context.Context, d *discovery, as string) (*operand, error) {
	name := d.inDir(as)
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist) && strings.Contains(as, ":"):
		return readRevision(ctx, repository{d.dir}, as)
	case err != nil:
		return nil, err
	case info.IsDir():
		names, err := ruleFilesIn(name)
		if err != nil {
			return nil, err
		}
		return evaluated(ctx, name, (&discovery{}).namedFiles(names))
	}
	text, err := readArtifact(name)
	if err != nil {
		return nil, err
	}
	return readBytes(ctx, name, text)
}

// readBytes reads an artifact, or a rule file where the bytes are none.
func readBytes(ctx context.Context, name string, text []byte) (*operand, error) {
	a, err := inspectBytes(name, text)
	if errors.Is(err, matcher.ErrNotArtifact) && filepath.Ext(name) != artifactExt {
		return evaluated(ctx, name, &sources{files: []source{{File: compiler.File{Name: name, Path: name, Text: text}}}})
	}
	if err != nil {
		return nil, err
	}
	image, err := compiler.Image(text)
	return &operand{name, a.policy, image, a.container.Digest, &a.meta}, err
}

func evaluated(ctx context.Context, name string, in *sources) (*operand, error) {
	policy, err := in.evaluate(ctx, compiler.Options{})
	if err != nil {
		return nil, err
	}
	artifact, err := compiler.Compile(policy, matcher.Meta{})
	if err != nil {
		return nil, err
	}
	return &operand{name, policy, artifact.Section(matcher.SectionHot), artifact.Digest(), nil}, nil
}

// readRevision reads REV:PATH.
func readRevision(ctx context.Context, repo repository, name string) (*operand, error) {
	id, kind, err := repo.find(ctx, name)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "blob":
		text, err := repo.git(ctx, "cat-file", "blob", id)
		if err != nil {
			return nil, err
		}
		return readBytes(ctx, name, text)
	case "tree":
		in, err := readTree(ctx, repo, name, id)
		if err != nil {
			return nil, err
		}
		return evaluated(ctx, name, in)
	}
	return nil, fmt.Errorf("%s is neither a file nor a folder of its revision", name)
}

// readTree reads the rule files of a folder of a revision, as ruleFilesIn does
// on disk. The folder is named by its number too, since ls-tree shows of a named tree
// what is in the working directory's place in it.
func readTree(ctx context.Context, repo repository, name, id string) (*sources, error) {
	list, err := repo.git(ctx, "ls-tree", "--full-tree", "-z", id)
	if err != nil {
		return nil, err
	}
	in := new(sources)
	for entry := range bytes.SplitSeq(list, []byte{0}) {
		about, file, ok := strings.Cut(string(entry), "\t")
		fields := strings.Fields(about) // mode, type, object
		if !ok || len(fields) != 3 || !strings.HasPrefix(fields[0], "100") || !isRuleFile(file) {
			continue
		}
		text, err := repo.git(ctx, "cat-file", "blob", fields[2])
		if err != nil {
			return nil, err
		}
		in.files = append(in.files, source{File: compiler.File{Name: path.Join(treePath(name), file), Path: name + "/" + file, Text: text}})
	}
	if len(in.files) == 0 {
		return nil, fmt.Errorf("%s: no *.rules files in this folder", name)
	}
	slices.SortFunc(in.files, func(a, b source) int { return strings.Compare(a.Name, b.Name) })
	return in, nil
}

// treePath is the path of REV:PATH, so that rules of two revisions of a folder
// come from files of the same name.
func treePath(name string) string {
	_, path, _ := strings.Cut(name, ":")
	return path
}

// A repository is the git repository around a folder, "" for the working
// directory.
type repository struct{ dir string }

// find returns the number and the kind of what a name stands for. Where there are
// symbolic links on the way, it is what they lead to in the same revision, as if it were
// checked out.
func (r repository) find(ctx context.Context, name string) (id, kind string, err error) {
	if staged, ok := strings.CutPrefix(name, ":"); ok {
		return r.findStaged(ctx, name, staged)
	}
	args, end := []string{"cat-file", "--batch-check=%(objectname) %(objecttype)", "--follow-symlinks"}, "\n"
	if strings.Contains(name, end) {
		args, end = append(args, "-z"), "\x00" // which git has learned later
	}
	out, err := r.gitInput(ctx, name+end, args...)
	if err != nil {
		return "", "", err
	}
	said, rest, _ := strings.Cut(string(out), "\n")
	word, more, _ := strings.Cut(said, " ")
	switch word {
	case "symlink":
		return "", "", fmt.Errorf("%s leads over a symbolic link out of its revision, to %s", name, strings.TrimSuffix(rest, "\n"))
	case "dangling":
		return "", "", fmt.Errorf("%s leads over a symbolic link to what is not in its revision", name)
	case "loop":
		return "", "", fmt.Errorf("%s leads over symbolic links in a circle, or over too many", name)
	case "notdir":
		return "", "", fmt.Errorf("%s leads through a file, as if that were a folder", name)
	}
	if kinds := []string{"blob", "tree", "commit", "tag"}; slices.Contains(kinds, more) {
		return word, more, nil
	}
	return r.findPlain(ctx, name)
}

// findPlain is find for names on whose way there are no links. Git says what is wrong
// with others.
func (r repository) findPlain(ctx context.Context, name string) (id, kind string, err error) {
	out, err := r.git(ctx, "cat-file", "-t", name)
	if err != nil {
		return "", "", err
	}
	number, err := r.git(ctx, "rev-parse", "--verify", name)
	return strings.TrimSpace(string(number)), strings.TrimSpace(string(out)), err
}

// findStaged is find for what is in the index, where git follows no links.
func (r repository) findStaged(ctx context.Context, name, path string) (id, kind string, err error) {
	if len(path) > 2 && '0' <= path[0] && path[0] <= '3' && path[1] == ':' {
		path = path[2:]
	}
	from := ":(top,literal)"
	if strings.HasPrefix(path, "./") || strings.HasPrefix(path, "../") {
		from = ":(literal)"
	}
	if entry, err := r.git(ctx, "ls-files", "--stage", "--", from+path); err == nil && bytes.HasPrefix(entry, []byte("120000 ")) {
		return "", "", fmt.Errorf("%s is a symbolic link, and none is followed in the index: name what it leads to", name)
	}
	return r.findPlain(ctx, name)
}

func (r repository) git(ctx context.Context, args ...string) ([]byte, error) {
	return r.gitInput(ctx, "", args...)
}

func (r repository) gitInput(ctx context.Context, input string, args ...string) ([]byte, error) {
	// A name that begins with a dash would be taken for an option.
	for _, arg := range args[1:] {
		if strings.HasPrefix(arg, "-") && strings.Contains(arg, ":") {
			return nil, usagef("%q is no revision", arg)
		}
	}
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(input)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(string(failed.Stderr)))
	}
	if err != nil {
		return nil, fmt.Errorf("git: %w", err)
	}
	return out, nil
}

// ruleFilesIn returns the rule files of a folder in the order in which a layer
// takes them: by the bytes of their names.
func ruleFilesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	passed := false
	for _, e := range entries {
		if !isRuleFile(e.Name()) {
			continue
		}
		if e.Type().IsRegular() {
			names = append(names, filepath.Join(dir, e.Name()))
		} else {
			passed = true
		}
	}
	switch {
	case len(names) == 0 && passed:
		return nil, fmt.Errorf("%s: no *.rules files in this folder but symbolic links, which do not count", dir)
	case len(names) == 0:
		return nil, fmt.Errorf("%s: no *.rules files in this folder", dir)
	}
	slices.Sort(names)
	return names, nil
}

// isRuleFile reports whether a file of this name is a rule file; a bare
// ".rules" has no extension.
func isRuleFile(name string) bool {
	return filepath.Ext(name) == ".rules" && name != ".rules"
}
