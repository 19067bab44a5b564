package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/rulesc/rulesc/compiler/format"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/layers"
)

// stdinName is what messages call the standard input.
const stdinName = "<standard input>"

func fmtCommand(p process) *cobra.Command {
	f := &formatter{process: p}
	cmd := &cobra.Command{
		Use:   "fmt [-l] [-d] [-w] [FILE|DIR...]",
		Short: "Give rule files their one layout",
		Long: `Fmt prints rule files in their one layout; without arguments it formats the
standard input. Of a folder it takes all *.rules files in it and below.

Layout is all that changes: the code and its comments stay, and a text is only
printed after it was evaluated and found to make the same policy.

A file that the evaluator accepts but the formatter cannot read (f-strings, for
one) is left as it is, with a note. So is a default.rules with broad allow
rules that the reference deletes as they are written: in the one layout they
would count. A file that is wrong is an error, and the exit code then is 1; the
other files are formatted even so.`,
		Example: `  rulesc fmt -l -w rules/
  rulesc fmt -d team.rules
  test -z "$(rulesc fmt -l .)"
  rulesc fmt < old.rules > new.rules`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return f.standardInput(cmd.Context())
			}
			return f.files(cmd.Context(), args)
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&f.list, "list", "l", false, "print the names of files whose layout differs, not their text")
	flags.BoolVarP(&f.diff, "diff", "d", false, "print what would change, not the text")
	flags.BoolVarP(&f.write, "write", "w", false, "write the files, do not print them")
	return cmd
}

type formatter struct {
	process
	list, diff, write bool

	problems diag.List // what was wrong so far
}

func (f *formatter) standardInput(ctx context.Context) error {
	if f.write {
		return usagef("fmt -w writes files; name some")
	}
	text, err := io.ReadAll(io.LimitReader(f.stdin, maxRuleFile+1))
	if err == nil && len(text) > maxRuleFile {
		err = fmt.Errorf("larger than %d bytes", maxRuleFile)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", stdinName, err)
	}
	printed, err := f.format(ctx, stdinName, text)
	if err != nil {
		return err
	}
	return f.show(stdinName, text, printed)
}

// files formats files and the rule files of folders. It goes on after a file
// that is wrong, but not after output that nobody takes.
func (f *formatter) files(ctx context.Context, names []string) error {
	for _, name := range names {
		info, err := os.Stat(name)
		switch {
		case err != nil:
			f.failed(name, err)
		case !info.IsDir():
			if err := f.file(ctx, name); err != nil {
				return err
			}
		default:
			if err := f.folder(ctx, name); err != nil {
				return err
			}
		}
	}
	if len(f.problems) > 0 {
		return f.problems
	}
	return nil
}

func (f *formatter) folder(ctx context.Context, dir string) error {
	// Unlike filepath.WalkDir this follows dir itself, should it be a symbolic link.
	return fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		path = filepath.Join(dir, filepath.FromSlash(path))
		switch {
		case err != nil:
			f.failed(path, err)
		case entry.IsDir() && entry.Name() == ".git":
			return filepath.SkipDir
		case entry.Type().IsRegular() && isRuleFile(entry.Name()):
			return f.file(ctx, path)
		}
		return nil
	})
}

// failed notes that a file could not be read or written.
func (f *formatter) failed(name string, err error) {
	f.problems = append(f.problems, diag.Diagnostic{
		Position: ir.Position{File: name}, Severity: diag.Error, Code: "other", Message: bare(err).Error(),
	})
}

func (f *formatter) file(ctx context.Context, name string) error {
	text, err := readRuleFile(name)
	if err != nil {
		f.failed(name, err)
		return nil
	}
	printed, err := f.format(ctx, name, text)
	var list diag.List
	if errors.As(err, &list) {
		f.problems = append(f.problems, list...)
		return nil
	}
	if err != nil {
		return err
	}
	if f.write && !bytes.Equal(text, printed) {
		if err := rewrite(ctx, name, text, printed); err != nil {
			f.failed(name, err)
			return nil
		}
	}
	return f.show(name, text, printed)
}

// format returns the layout of a text: the text itself, and a note to the user,
// where it is left as it is.
func (f *formatter) format(ctx context.Context, name string, text []byte) ([]byte, error) {
	printed, err := format.Source(ctx, name, text)
	var left *format.LeftError
	if err != nil && !errors.As(err, &left) {
		return nil, err
	}
	if broad := layers.BroadAllows(text); len(broad) > 0 && (name == stdinName || filepath.Base(name) == defaultRules) {
		left = &format.LeftError{
			Position: ir.Position{File: name, Line: broad[0].Line, Col: 1},
			Why:      "the reference deletes this broad allow rule from " + defaultRules + " as it is written; in another layout it would count",
		}
	}
	if left == nil {
		return printed, nil
	}
	note := diag.Diagnostic{Position: left.Position, Severity: diag.Note, Code: "left", Message: "left as it is: " + left.Why}
	return text, diag.Render(f.stderr, diag.List{note}, diag.Style{Source: sourceText, Color: f.color})
}

// show prints what the flags ask for.
func (f *formatter) show(name string, text, printed []byte) error {
	var out []byte
	if !f.list && !f.diff && !f.write {
		out = printed
	}
	if !bytes.Equal(text, printed) {
		if f.list {
			out = append(out, diag.Printable(name)+"\n"...)
		}
		if f.diff {
			out = append(out, diff.Diff(name+".orig", text, name, printed)...)
		}
	}
	_, err := f.stdout.Write(out)
	return err
}

// rewrite replaces a file's text, unless somebody has changed it meanwhile. A
// symbolic link that was named by hand stays one: the file behind it is
// replaced.
func rewrite(ctx context.Context, name string, old, text []byte) error {
	path, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	folder, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	unlock, err := lockFolder(ctx, folder)
	if err != nil {
		return err
	}
	defer unlock()
	base := filepath.Base(path)
	unlockFile, err := lockFile(ctx, folder, base)
	if err != nil {
		return err
	}
	defer unlockFile()
	now, err := readIn(folder, base)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return errors.New("was changed meanwhile; nothing was written")
	}
	return replaceFile(folder, base, text)
}
