package layers_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rulesc/rulesc/internal/casetree"
	"github.com/rulesc/rulesc/ir"
	"github.com/rulesc/rulesc/ir/diag"
	"github.com/rulesc/rulesc/layers"
)

const (
	head = "project/.git/HEAD"
	// Every rules file of these tests is found, not evaluated.
	rule = `prefix_rule(pattern=["x"], decision="prompt")`
)

func trusted(folder string) string {
	return fmt.Sprintf("[projects.\"{{ROOT}}/%s\"]\ntrust_level = \"trusted\"\n", folder)
}

// worktree is a linked worktree wt of the repository main, where main is
// trusted. Entries of change replace others, "" removes.
func worktree(change map[string]string) map[string]string {
	files := map[string]string{
		"wt/.git":                          "gitdir: {{ROOT}}/main/.git/worktrees/wt\n",
		"wt/.codex/rules/a.rules":          rule,
		"main/.git/HEAD":                   "ref: refs/heads/main\n",
		"main/.git/worktrees/wt/gitdir":    "{{ROOT}}/wt/.git\n",
		"main/.git/worktrees/wt/commondir": "../..\n",
		"home/config.toml":                 trusted("main"),
	}
	for name, text := range change {
		files[name] = text
	}
	for name, text := range files {
		if text == "" {
			delete(files, name)
		}
	}
	return files
}

// TestDiscover holds which files count in small trees. All answers are those
// of the reference, which was asked by putting a broken file in every place.
func TestDiscover(t *testing.T) {
	tests := []struct {
		name string
		tree casetree.Case
		args []string
		want []string // "layer rules/name", in order
	}{
		{"worktree", casetree.Case{Cwd: "wt", Files: worktree(nil)}, nil, []string{"project rules/a.rules"}},
		{"worktree, relative", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"wt/.git": "gitdir: ../main/.git/worktrees/wt"})}, nil, []string{"project rules/a.rules"}},
		{"worktree, blanks", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"wt/.git": "  gitdir:  ../main/.git/worktrees/wt  \n\n"})}, nil, []string{"project rules/a.rules"}},
		{"worktree, relative link back", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"main/.git/worktrees/wt/gitdir": "../../../../wt/.git"})}, nil, []string{"project rules/a.rules"}},
		{"worktree, absolute commondir", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"main/.git/worktrees/wt/commondir": "{{ROOT}}/main/.git"})}, nil, []string{"project rules/a.rules"}},
		{"worktree without HEAD", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"main/.git/HEAD": ""})}, nil, []string{"project rules/a.rules"}},
		{"worktree, main through a link", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"wt/.git": "gitdir: ../ml/.git/worktrees/wt"}), Symlinks: map[string]string{"ml": "main"}}, nil, []string{"project rules/a.rules"}},
		{"worktree, key is that link", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"wt/.git": "gitdir: ../ml/.git/worktrees/wt", "home/config.toml": trusted("ml")}), Symlinks: map[string]string{"ml": "main"}}, nil, []string{"project rules/a.rules"}},
		{"worktree, no link back", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"main/.git/worktrees/wt/gitdir": ""})}, nil, nil},
		{"worktree, another linked back", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"main/.git/worktrees/wt/gitdir": "{{ROOT}}/other/.git"})}, nil, nil},
		{"worktree, link back with a tail", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"main/.git/worktrees/wt/gitdir": "{{ROOT}}/wt/.git\nx"})}, nil, nil},
		{"worktree without commondir", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"main/.git/worktrees/wt/commondir": ""})}, nil, nil},
		{"worktree, other commondir", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"main/.git/worktrees/wt/commondir": "../../../other"})}, nil, nil},
		{"worktree, two lines", casetree.Case{Cwd: "wt", Files: worktree(map[string]string{"wt/.git": "gitdir: ../main/.git/worktrees/wt\nx"})}, nil, nil},
		{"worktree of a bare repository", casetree.Case{Cwd: "wt", Files: map[string]string{
			"wt/.git": "gitdir: ../main/x.git/worktrees/wt", "wt/.codex/rules/a.rules": rule, "main/x.git/worktrees/wt/gitdir": "{{ROOT}}/wt/.git",
			"main/x.git/worktrees/wt/commondir": "../..", "home/config.toml": trusted("main/x.git"),
		}}, nil, nil},

		{"managed configuration counts last", casetree.Case{Cwd: "project/sub", Files: map[string]string{
			"project/.codex/rules/a.rules": rule, "project/.hg": "", "home/config.toml": "project_root_markers = []",
			"etc/managed_config.toml": "project_root_markers = [\".hg\"]\n" + trusted("project"),
		}}, nil, []string{"project rules/a.rules"}},
		{"managed configuration of a user", casetree.Case{Cwd: "project", Files: map[string]string{
			head: "", "project/.codex/rules/a.rules": rule, "home/managed_config.toml": trusted("project"),
		}}, nil, nil},
		{"marker through a folder that is not there", casetree.Case{Cwd: "project/sub", Files: map[string]string{
			"project/.codex/rules/a.rules": rule, "home/config.toml": "project_root_markers = [\"a/../.codex\"]\n" + trusted("project"),
		}}, nil, []string{"project rules/a.rules"}},
		{"empty marker", casetree.Case{Cwd: "project/sub", Files: map[string]string{
			"project/.codex/rules/a.rules": rule, "home/config.toml": "project_root_markers = [\"\"]\n" + trusted("project"),
		}}, nil, nil},
		{"absolute marker", casetree.Case{Cwd: "project/sub", Files: map[string]string{
			"project/.codex/rules/a.rules": rule, "home/config.toml": "project_root_markers = [\"/\"]\n" + trusted("project"),
		}}, nil, nil},
		{"only .git itself needs a HEAD", casetree.Case{Cwd: "project/sub", Dirs: []string{"project/.git"}, Files: map[string]string{
			"project/.codex/rules/a.rules": rule, "home/config.toml": "project_root_markers = [\"./.git\"]\n" + trusted("project"),
		}}, nil, []string{"project rules/a.rules"}},
		{"pipes as .git and HEAD", casetree.Case{Cwd: "project/sub", FIFOs: []string{"project/.git"}, Files: map[string]string{
			"project/.codex/rules/a.rules": rule, "home/config.toml": trusted("project"),
		}}, nil, []string{"project rules/a.rules"}},
		{"trust of the repository, not of its root only", casetree.Case{Cwd: "project/sub", Files: map[string]string{
			head: "", "project/sub/.codex/rules/a.rules": rule, "home/config.toml": "project_root_markers = []\n" + trusted("project"),
		}}, nil, []string{"project rules/a.rules"}},
		{"trust of the nearest repository only", casetree.Case{Cwd: "project/sub/x", Files: map[string]string{
			head: "", "project/sub/.git": "", "project/sub/x/.codex/rules/a.rules": rule, "home/config.toml": "project_root_markers = []\n" + trusted("project"),
		}}, nil, nil},
		{"a nested repository trusts the root above", casetree.Case{Cwd: "project/s", Files: map[string]string{
			"project/.hg": "", "project/s/.git/HEAD": "", "project/.codex/rules/a.rules": rule, "home/config.toml": "project_root_markers = [\".hg\"]\n" + trusted("project/s"),
		}}, nil, []string{"project rules/a.rules"}},
		{"entry without a level", casetree.Case{Cwd: "project/s", Files: map[string]string{
			head: "", "project/s/.codex/rules/a.rules": rule, "home/config.toml": trusted("project") + "[projects.\"{{ROOT}}/project/s\"]\n",
		}}, nil, []string{"project/s rules/a.rules"}},
		{"trust on request", casetree.Case{Cwd: "project", Files: map[string]string{head: "", "project/.codex/rules/a.rules": rule}}, []string{"--trust"}, []string{"project rules/a.rules"}},
		{"trust in an override", casetree.Case{Cwd: "project", Files: map[string]string{head: "", "project/.codex/rules/a.rules": rule}}, []string{"-c", `projects={"{{ROOT}}/project"={trust_level="trusted"}}`}, []string{"project rules/a.rules"}},
		{"an override's key has no quotes", casetree.Case{Cwd: "project", Files: map[string]string{head: "", "project/.codex/rules/a.rules": rule}}, []string{"-c", `projects."{{ROOT}}/project".trust_level="trusted"`}, nil},
		{"mistakes that a later file covers", casetree.Case{Cwd: "project", Files: map[string]string{
			head: "", "project/.codex/rules/a.rules": rule,
			"etc/config.toml":  "project_root_markers = 1\n[projects.\"{{ROOT}}/project\"]\ntrust_level = \"maybe\"\n",
			"home/config.toml": "project_root_markers = [\".git\"]\n" + trusted("project"),
		}}, nil, []string{"project rules/a.rules"}},
		{"rules folder that leads nowhere", casetree.Case{Cwd: "project", Symlinks: map[string]string{"home/rules": "nowhere"}}, nil, nil},
		{".codex that leads to itself", casetree.Case{Cwd: "project", Files: map[string]string{head: "", "home/config.toml": trusted("project")}, Symlinks: map[string]string{"project/.codex": ".codex"}}, nil, nil},
		{"names", casetree.Case{Cwd: "project", FIFOs: []string{"home/rules/fifo.rules"}, Dirs: []string{"home/rules/dir.rules"}, Files: map[string]string{
			"home/rules/.rules": "", "home/rules/..rules": "", "home/rules/a..rules": "", "home/rules/a.rules ": "", "home/rules/a\n.rules": "",
			"home/rules/a.rules.": "", "home/rules/10.rules": "", "home/rules/9.rules": "", "home/rules/a-b.rules": "", "home/rules/a.rules": "",
		}}, nil, []string{"user rules/..rules", "user rules/10.rules", "user rules/9.rules", "user rules/a\n.rules", "user rules/a-b.rules", "user rules/a..rules", "user rules/a.rules"}},
		{"no environment", casetree.Case{Cwd: "project", UnsetCodexHome: true, Files: map[string]string{"user/.codex/rules/a.rules": rule, "home/rules/a.rules": rule}}, nil, []string{"user rules/a.rules"}},
		{"broken user configuration that is left out", casetree.Case{Cwd: "project", Files: map[string]string{"home/config.toml": "= x", "home/rules/a.rules": rule}}, []string{"--ignore-user-config"}, []string{"user rules/a.rules"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files, err := discover(t, &test.tree, test.args)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range files {
				got = append(got, f.Layer.Name+" "+f.Name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// discover lays out a tree and returns the files that count in it.
func discover(t *testing.T, c *casetree.Case, args []string) ([]layers.File, error) {
	t.Helper()
	root := tempDir(t)
	if err := c.Write(root); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Restore(root) })
	c.Args = args
	stack, err := layers.Discover(options(t, c, root))
	if err != nil {
		return nil, err
	}
	files, _, err := stack.RuleFiles()
	return files, err
}

// TestReasons holds what the reference says at start, and that the first of
// several problems is the one that it notices first.
func TestReasons(t *testing.T) {
	const (
		badRequirements = "Error loading config.toml: failed to parse requirements layer {{ROOT}}/etc/requirements.toml: "
		inRequirements  = "Error loading config.toml: invalid rules in requirements (set by {{ROOT}}/etc/requirements.toml): "
	)
	managed := func(rules string) map[string]string {
		return map[string]string{"etc/requirements.toml": "[rules]\nprefix_rules = [ " + rules + " ]\n"}
	}
	tests := []struct {
		name string
		tree casetree.Case
		args []string
		want string // the first problem's reason; words of the TOML library are cut
	}{
		{"home is not there", casetree.Case{CodexHome: "nope"}, nil, `Error finding codex home: CODEX_HOME points to "{{ROOT}}/nope", but that path does not exist`},
		{"home is a file", casetree.Case{CodexHome: "h", Files: map[string]string{"h": ""}}, nil, `Error finding codex home: CODEX_HOME points to "{{ROOT}}/h", but that path is not a directory`},
		{"markers is a string", casetree.Case{Files: map[string]string{"home/config.toml": `project_root_markers="x"`}}, nil, "Error loading config.toml:\n{{ROOT}}/home/config.toml:1:22: invalid type: string \"x\", expected a sequence\n  |\n1 | project_root_markers=\"x\"\n  |                      ^^^"},
		{"byte order mark", casetree.Case{Files: map[string]string{"home/config.toml": "\ufeffproject_root_markers=1"}}, nil, "Error loading config.toml:\n{{ROOT}}/home/config.toml:1:23: invalid type: integer `1`, expected a sequence\n  |\n1 | \ufeffproject_root_markers=1\n  |                       ^"},
		{"marker is a list", casetree.Case{Files: map[string]string{"etc/config.toml": `project_root_markers=[["a"]]`}}, nil, "Error loading config.toml:\n{{ROOT}}/etc/config.toml:1:23: invalid type: sequence, expected a string\n  |\n1 | project_root_markers=[[\"a\"]]\n  |                       ^^^^^"},
		{"markers of managed configuration", casetree.Case{Files: map[string]string{"etc/managed_config.toml": `project_root_markers="x"`}}, nil, "Error loading config.toml: project_root_markers must be an array of strings"},
		{"markers in an override", casetree.Case{}, []string{"-c", "project_root_markers=[1]"}, "Error loading config.toml: project_root_markers must be an array of strings"},
		{"projects in an override", casetree.Case{}, []string{"-c", "projects=1"}, "Error loading config.toml: invalid type: integer `1`, expected a map\nin `projects`"},
		{"projects is a number", casetree.Case{Files: map[string]string{"home/config.toml": "projects=1"}}, nil, "Error loading config.toml:\n{{ROOT}}/home/config.toml:1:10: invalid type: integer `1`, expected a map\n  |\n1 | projects=1\n  |          ^"},
		{"project is a number", casetree.Case{Files: map[string]string{"home/config.toml": "projects.x=1"}}, nil, "Error loading config.toml:\n{{ROOT}}/home/config.toml:1:12: invalid type: integer `1`, expected struct ProjectConfig\n  |\n1 | projects.x=1\n  |            ^"},
		{"level is a number", casetree.Case{Files: map[string]string{"home/config.toml": "projects.x.trust_level=1"}}, nil, "Error loading config.toml:\n{{ROOT}}/home/config.toml:1:24: wanted string or table\n  |\n1 | projects.x.trust_level=1\n  |                        ^"},
		{"configuration is a folder", casetree.Case{Dirs: []string{"etc/config.toml"}}, nil, "Error loading config.toml: Failed to read config file {{ROOT}}/etc/config.toml: path `{{ROOT}}/etc/config.toml` is not a file"},
		{"configuration is a pipe", casetree.Case{FIFOs: []string{"home/config.toml"}}, nil, "Error loading config.toml: Failed to read config file {{ROOT}}/home/config.toml: path `{{ROOT}}/home/config.toml` is not a file"},
		{"project configuration is a folder, untrusted", casetree.Case{Dirs: []string{"project/.codex/config.toml"}}, nil, "Error loading config.toml: Failed to read project config file {{ROOT}}/project/.codex/config.toml: path `{{ROOT}}/project/.codex/config.toml` is not a file"},
		{"configuration is not UTF-8", casetree.Case{FilesB64: map[string][]byte{"home/config.toml": []byte("#\xff")}}, nil, "Error loading config.toml: Failed to read config file {{ROOT}}/home/config.toml: invalid utf-8 sequence of 1 bytes from index 1"},
		{"project configuration of the wrong form", casetree.Case{Files: map[string]string{head: "", "home/config.toml": trusted("project"), "project/.codex/config.toml": "projects=1"}}, nil, "Error loading config.toml: invalid type: integer `1`, expected a map\nin `projects`"},
		{"rules folder leads to itself", casetree.Case{Symlinks: map[string]string{"home/rules": "rules"}}, nil, "Error loading rules:\nfailed to read rules files from {{ROOT}}/home/rules: Symbolic link loop (os error 40)"},
		{"rules folder is a pipe", casetree.Case{FIFOs: []string{"home/rules"}}, nil, "Error loading rules:\nfailed to read rules files from {{ROOT}}/home/rules: Not a directory (os error 20)"},
		{"system rules though rules are left out", casetree.Case{Files: map[string]string{"etc/rules": ""}}, []string{"--ignore-rules"}, "Error loading rules:\nfailed to read rules files from {{ROOT}}/etc/rules: Not a directory (os error 20)"},

		{"trust of an untrusted folder", casetree.Case{Cwd: "project/s", Files: map[string]string{head: "", "project/s/x": "", "home/config.toml": trusted("project") + "[projects.\"{{ROOT}}/project/s\"]\ntrust_level = \"untrusted\"\n"}}, []string{"--trust"}, "Error: {{ROOT}}/project/s is marked as untrusted. Update its trust setting first."},

		{"folders before files", casetree.Case{Files: map[string]string{head: "", "home/config.toml": trusted("project"), "project/.codex/rules": ""}, FilesB64: map[string][]byte{"home/rules/a.rules": {0xff}}}, nil, "Error loading rules:\nfailed to read rules files from {{ROOT}}/project/.codex/rules: Not a directory (os error 20)"},
		{"managed configuration before all", casetree.Case{Files: map[string]string{"etc/managed_config.toml": "= x", "etc/requirements.toml": "[rules", "home/config.toml": "= x"}}, nil, "Error loading config.toml:\n{{ROOT}}/etc/managed_config.toml:1:1: "},
		{"form of requirements before configuration", casetree.Case{Files: map[string]string{"etc/config.toml": "= x", "etc/requirements.toml": "[rules]"}}, nil, badRequirements + "missing field `prefix_rules`\nin `rules`"},
		{"configuration before meaning of requirements", casetree.Case{Files: map[string]string{"home/config.toml": "= x", "etc/requirements.toml": "[rules]\nprefix_rules=[]"}}, nil, "Error loading config.toml:\n{{ROOT}}/home/config.toml:1:1: "},
		{"meaning of requirements before markers", casetree.Case{Files: map[string]string{"home/config.toml": "project_root_markers=1", "etc/requirements.toml": "[rules]\nprefix_rules=[]"}}, nil, inRequirements + "rules prefix_rules cannot be empty"},

		{"requirements lead to themselves", casetree.Case{Symlinks: map[string]string{"etc/requirements.toml": "requirements.toml"}}, nil, "Error loading config.toml: Failed to read requirements file {{ROOT}}/etc/requirements.toml: Symbolic link loop (os error 40)"},
		{"rules is a string", casetree.Case{Files: map[string]string{"etc/requirements.toml": `rules="x"`}}, nil, badRequirements + "invalid type: string \"x\", expected struct RequirementsExecPolicyToml\nin `rules`"},
		{"prefix_rules is a table", casetree.Case{Files: map[string]string{"etc/requirements.toml": "[rules.prefix_rules]\npattern=[]"}}, nil, badRequirements + "invalid type: map, expected a sequence\nin `rules.prefix_rules`"},
		{"rule is a number", casetree.Case{Files: managed("1")}, nil, badRequirements + "invalid type: integer `1`, expected struct RequirementsExecPolicyPrefixRuleToml\nin `rules.prefix_rules`"},
		{"decision is a number", casetree.Case{Files: managed(`{pattern=[{token="a"}],decision=1}`)}, nil, badRequirements + "invalid type: unit variant, expected string only\nin `rules.prefix_rules.decision`"},
		{"canonical_matching is a float", casetree.Case{Files: managed(`{pattern=[{token="a"}],decision="prompt",canonical_matching=1.0}`)}, nil, badRequirements + "invalid type: floating point `1.0`, expected a boolean\nin `rules.prefix_rules.canonical_matching`"},
		{"token is a list", casetree.Case{Files: managed(`{pattern=[{token=["a"]}],decision="prompt"}`)}, nil, badRequirements + "invalid type: sequence, expected a string\nin `rules.prefix_rules.pattern.token`"},
		{"any_of with a number", casetree.Case{Files: managed(`{pattern=[{any_of=["a",1]}],decision="prompt"}`)}, nil, badRequirements + "invalid type: integer `1`, expected a string\nin `rules.prefix_rules.pattern.any_of`"},
		{"mistakes come in the order of the text", casetree.Case{Files: managed(`{pattern=1,justification=1,decision="x"}`)}, nil, badRequirements + "invalid type: integer `1`, expected a sequence\nin `rules.prefix_rules.pattern`"},
		{"and in the other order", casetree.Case{Files: managed(`{decision="x",justification=1,pattern=[]}`)}, nil, badRequirements + "unknown variant `x`, expected one of `allow`, `prompt`, `prompt-user`, `forbidden`\nin `rules.prefix_rules.decision`"},
		{"what is missing comes last", casetree.Case{Files: managed(`{decision="x"}`)}, nil, badRequirements + "unknown variant `x`, expected one of `allow`, `prompt`, `prompt-user`, `forbidden`\nin `rules.prefix_rules.decision`"},
		{"form of a later rule before meaning of an earlier", casetree.Case{Files: managed(`{pattern=[],decision="allow"},{pattern=1}`)}, nil, badRequirements + "invalid type: integer `1`, expected a sequence\nin `rules.prefix_rules.pattern`"},
		{"array of tables", casetree.Case{Files: map[string]string{"etc/requirements.toml": "[[rules.prefix_rules]]\npattern=[{token=\"a\"}]\ndecision=\"x\"\n"}}, nil, badRequirements + "unknown variant `x`, expected one of `allow`, `prompt`, `prompt-user`, `forbidden`\nin `rules.prefix_rules.decision`"},
		{"neither", casetree.Case{Files: managed(`{pattern=[{}],decision="prompt"}`)}, nil, inRequirements + "rules prefix_rule at index 0 has an invalid pattern token at index 0: set either token or any_of"},
		{"both", casetree.Case{Files: managed(`{pattern=[{token="",any_of=[]}],decision="prompt"}`)}, nil, inRequirements + "rules prefix_rule at index 0 has an invalid pattern token at index 0: set either token or any_of, not both"},
		{"second rule, second token", casetree.Case{Files: managed(`{pattern=[{token="a"}],decision="prompt"},{pattern=[{token="a"},{any_of=["x"," "]}],decision="allow"}`)}, nil, inRequirements + "rules prefix_rule at index 1 has an invalid pattern token at index 1: any_of cannot include empty tokens"},
		{"Unicode blanks", casetree.Case{Files: managed(`{pattern=[{token="a"}],decision="prompt",justification="\u00a0\u3000\u0085"}`)}, nil, inRequirements + "rules prefix_rule at index 0 has an empty justification"},
		{"missing decision", casetree.Case{Files: managed(`{pattern=[{token="a"}]}`)}, nil, inRequirements + "rules prefix_rule at index 0 is missing a decision"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.tree.Cwd == "" {
				test.tree.Cwd = "project"
			}
			root := tempDir(t)
			if err := test.tree.Write(root); err != nil {
				t.Fatal(err)
			}
			if test.tree.CodexHome == "nope" {
				os.Remove(filepath.Join(root, "nope"))
			}
			test.tree.Args = test.args
			stack, err := layers.Discover(options(t, &test.tree, root))
			if err == nil {
				_, _, err = stack.RuleFiles()
			}
			var all *layers.Error
			if !errors.As(err, &all) {
				t.Fatalf("got error %v", err)
			}
			got := casetree.Fold(all.Problems[0].Reason(), root)
			if strings.HasSuffix(test.want, ":1:1: ") { // the library's words follow
				got = got[:min(len(got), len(test.want))]
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAllProblemsAreReported(t *testing.T) {
	tree := casetree.Case{Cwd: "project", Files: map[string]string{
		"etc/requirements.toml": "[rules]\nprefix_rules = [\n  { pattern = [{ token = \" \" }, {}], justification = \"\" },\n  { pattern = [], decision = \"allow\" },\n]\n",
		"etc/config.toml":       "= x",
		"home/config.toml":      "a = 1\nb = \"",
	}}
	_, err := discover(t, &tree, nil)
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprintf("%s:%d:%d %s", filepath.Base(d.File), d.Line, d.Col, d.Code))
	}
	want := []string{
		"config.toml:1:1 toml", "config.toml:2:5 toml",
		"requirements.toml:3:54 requirements", "requirements.toml:3:16 requirements", "requirements.toml:3:33 requirements", "requirements.toml:3:3 requirements",
		"requirements.toml:4:15 requirements", "requirements.toml:4:30 requirements",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s\n%v", diff, list)
	}
}

func TestBadFilesAreSetAside(t *testing.T) {
	tree := casetree.Case{
		Cwd:      "project",
		Files:    map[string]string{"home/rules/a.rules": "a", "home/rules/c.rules": ""},
		FilesB64: map[string][]byte{"home/rules/b.rules": []byte("#\n# \xff")},
	}
	files, err := discover(t, &tree, nil)
	if err == nil {
		t.Fatal("no error")
	}
	if len(files) != 3 || files[0].Problem != nil || files[1].Problem == nil || files[2].Problem != nil || files[2].Text == nil {
		t.Fatalf("got %+v", files)
	}
	if p := files[1].Problem; p.Line != 2 || p.Col != 3 || files[1].Text != nil {
		t.Errorf("got %v", p)
	}
}

func TestCleanupMarker(t *testing.T) {
	const line = `prefix_rule(pattern=["git"], decision="allow")`
	tests := []struct {
		name string
		tree casetree.Case
		want string
	}{
		{"none", casetree.Case{}, "# a\n\r\n# b"},
		{"leads nowhere", casetree.Case{Symlinks: map[string]string{"home/.sandbox_migration": "nowhere"}}, "# a\n\r\n# b"},
		{"a folder", casetree.Case{Dirs: []string{"home/.sandbox_migration"}}, "# a\n" + line + "\r\n# b"},
	}
	for _, test := range tests {
		test.tree.Cwd = "project"
		test.tree.Files = map[string]string{"home/rules/default.rules": "# a\n" + line + "\r\n# b"}
		files, err := discover(t, &test.tree, nil)
		if err != nil {
			t.Fatal(err)
		}
		if string(files[0].Text) != test.want {
			t.Errorf("marker %s: got %q, want %q", test.name, files[0].Text, test.want)
		}
		if w := files[0].Warnings(); len(w) != len(files[0].Dropped) || len(w) == 1 && w[0].Line != 2 {
			t.Errorf("marker %s: got %v", test.name, w)
		}
	}
}

func TestHugeFile(t *testing.T) {
	tree := casetree.Case{Cwd: "project", Files: map[string]string{"home/rules/a.rules": ""}}
	root := tempDir(t)
	if err := tree.Write(root); err != nil {
		t.Fatal(err)
	}
	// A hole: nothing that takes room on a disk.
	if err := os.Truncate(filepath.Join(root, "home/rules/a.rules"), 1<<40); err != nil {
		t.Skip(err)
	}
	stack, err := layers.Discover(options(t, &tree, root))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := stack.RuleFiles(); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got %v", err)
	}
}

func TestManaged(t *testing.T) {
	tree := casetree.Case{Cwd: "project", Files: map[string]string{"etc/requirements.toml": `# é
[[rules.prefix_rules]]
pattern = [{ any_of = ["a", "b"] }, { token = "c" }, { any_of = ["d", "e"] }]
decision = "prompt-user"
justification = " why "

[[rules."prefix_rules"]]
canonical_matching = true
decision = "forbidden"
pattern = [
  { token = "\u0061" },
]
`}}
	root := tempDir(t)
	if err := tree.Write(root); err != nil {
		t.Fatal(err)
	}
	stack, err := layers.Discover(options(t, &tree, root))
	if err != nil {
		t.Fatal(err)
	}
	source := func(line int) ir.Source {
		return ir.Source{Layer: "managed", Position: ir.Position{File: "requirements.toml", Line: line, Col: 1}}
	}
	want := []ir.PrefixRule{
		{Pattern: ir.Pattern{{"a"}, {"c"}, {"d", "e"}}, Decision: ir.PromptUser, Justification: " why ", Source: source(2)},
		{Pattern: ir.Pattern{{"b"}, {"c"}, {"d", "e"}}, Decision: ir.PromptUser, Justification: " why ", Source: source(2)},
		{Pattern: ir.Pattern{{"a"}}, Decision: ir.Forbidden, Canonical: true, Source: source(7)},
	}
	if diff := cmp.Diff(want, stack.Managed()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestIgnoredSettings(t *testing.T) {
	tree := casetree.Case{Cwd: "project", Files: map[string]string{
		"etc/requirements.toml":   "[rules]\nb=1\na=2\nprefix_rules=[{pattern=[{token=\"a\",z=1}], decision=\"prompt\",m=1},{pattern=[{token=\"a\"}], decision=\"prompt\",m=1}]",
		"etc/config.toml":         "",
		"home/config.toml":        "x = 1\n[rules]\n",
		"etc/managed_config.toml": "",
	}}
	root := tempDir(t)
	if err := tree.Write(root); err != nil {
		t.Fatal(err)
	}
	stack, err := layers.Discover(options(t, &tree, root))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{casetree.Expand("Codex is ignoring 6 unrecognized configuration settings. Check for typos or deprecated settings.\n"+
		"  requirements ({{ROOT}}/etc/requirements.toml): `rules.a` is ignored.\n"+
		"  requirements ({{ROOT}}/etc/requirements.toml): `rules.b` is ignored.\n"+
		"  requirements ({{ROOT}}/etc/requirements.toml): `rules.prefix_rules.0.m` is ignored.\n"+
		"  ... and 3 more ignored settings.", root)}
	if diff := cmp.Diff(want, stack.StartupWarnings()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if list := stack.Warnings(); len(list) != 6 || list[5].Line != 2 || list[5].Code != "ignored-setting" {
		t.Errorf("got %v", list)
	}
}

func TestExtra(t *testing.T) {
	tree := casetree.Case{Cwd: "project", Files: map[string]string{
		head: "", "home/config.toml": trusted("project"), "home/rules/u.rules": "", "project/.codex/rules/p.rules": "",
		"team/rules/t.rules": "", "ci/rules/c.rules": "", "norules/x": "",
	}}
	root := tempDir(t)
	if err := tree.Write(root); err != nil {
		t.Fatal(err)
	}
	named := func(name, dir string) layers.Named { return layers.Named{Name: name, Dir: filepath.Join(root, dir)} }
	tests := []struct {
		extra []layers.Named
		want  string // names of files, or what the error says
	}{
		{[]layers.Named{named("team", "team"), named("ci", "ci")}, "user project team ci"},
		{[]layers.Named{named("ci", "ci"), named("team", "team")}, "user project ci team"},
		{[]layers.Named{named("user", "team")}, "is taken"},
		{[]layers.Named{named("t", "team"), named("t", "ci")}, "is taken"},
		{[]layers.Named{named("a b", "team")}, "is not a plain word"},
		{[]layers.Named{named("t", "nope")}, "does not exist"},
		{[]layers.Named{named("t", "norules")}, "has neither"},
		{[]layers.Named{named("flat", "team/rules")}, "user project flat"},
		{[]layers.Named{{Name: "t"}}, "cannot tell where"},
	}
	for _, test := range tests {
		opts := options(t, &tree, root)
		opts.Extra = test.extra
		stack, err := layers.Discover(opts)
		if err != nil {
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v: got %v, want %s", test.extra, err, test.want)
			}
			continue
		}
		files, _, err := stack.RuleFiles()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, f.Layer.Name)
			if flat := f.Layer.Name == "flat"; flat && f.Name != "t.rules" || !flat && !strings.HasPrefix(f.Name, "rules/") {
				t.Errorf("%v: a file is called %s", test.extra, f.Name)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%v: got %v, want %s", test.extra, got, test.want)
		}
	}
}

// TestStates holds what a stack says of layers that do not count.
func TestStates(t *testing.T) {
	tree := casetree.Case{Cwd: "project/sub", Dirs: []string{"project/sub/.codex"}, Files: map[string]string{
		head: "", "project/.codex/rules/p.rules": "",
		"home/config.toml": trusted("project") + "[projects.\"{{ROOT}}/project/sub\"]\ntrust_level = \"untrusted\"\n",
	}}
	root := tempDir(t)
	if err := tree.Write(root); err != nil {
		t.Fatal(err)
	}
	stack, err := layers.Discover(options(t, &tree, root))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, layer := range stack.Layers {
		got = append(got, fmt.Sprintf("%s %s", layer.Name, layer.State))
	}
	want := []string{"system absent", "user active", "project active", "project/sub disabled", "managed absent"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if sub := stack.Layers[3]; !sub.Untrusted || !strings.Contains(sub.Why, "marked as untrusted") || !strings.Contains(sub.Mend, root+"/project/sub") {
		t.Errorf("got %+v", sub)
	}
	if stack.Root.String() != filepath.Join(root, "project") {
		t.Errorf("got root %s", stack.Root)
	}
}

// TestPermissions is about what a user may not read; see also TestAsNobody.
func TestPermissions(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("permissions do not bind this user; see TestAsNobody")
	}
	const denied = "Permission denied (os error 13)"
	tests := []struct {
		name string
		tree casetree.Case
		want string
	}{
		{"rules folder", casetree.Case{Files: map[string]string{"home/rules/a.rules": ""}, Modes: map[string]string{"home/rules": "000"}}, "Error loading rules:\nfailed to read rules files from {{ROOT}}/home/rules: " + denied},
		{"rules folder that can be listed only", casetree.Case{Files: map[string]string{"home/rules/a.rules": ""}, Modes: map[string]string{"home/rules": "444"}}, "Error loading rules:\nfailed to read rules file {{ROOT}}/home/rules/a.rules: " + denied},
		{"rules folder that cannot be listed", casetree.Case{Files: map[string]string{"home/rules/a.rules": ""}, Modes: map[string]string{"home/rules": "111"}}, "Error loading rules:\nfailed to read rules files from {{ROOT}}/home/rules: " + denied},
		{"configuration", casetree.Case{Files: map[string]string{"home/config.toml": ""}, Modes: map[string]string{"home/config.toml": "000"}}, "Error loading config.toml: Failed to read config file {{ROOT}}/home/config.toml: " + denied},
		{"untrusted .codex", casetree.Case{Dirs: []string{"project/.codex"}, Modes: map[string]string{"project/.codex": "000"}}, "Error loading config.toml: Failed to read project config file {{ROOT}}/project/.codex/config.toml: " + denied},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.tree.Cwd = "project"
			root := tempDir(t)
			if err := test.tree.Write(root); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { test.tree.Restore(root) })
			stack, err := layers.Discover(options(t, &test.tree, root))
			if err == nil {
				_, _, err = stack.RuleFiles()
			}
			var all *layers.Error
			if !errors.As(err, &all) {
				t.Fatalf("got %v", err)
			}
			if got := casetree.Fold(all.Problems[0].Reason(), root); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestPipesAreNotOpened would hang if a pipe were opened.
func TestPipesAreNotOpened(t *testing.T) {
	tree := casetree.Case{Cwd: "project", FIFOs: []string{
		"etc/config.toml", "etc/managed_config.toml", "etc/requirements.toml", "home/config.toml", "project/.codex/config.toml", "project/.git",
	}}
	_, err := discover(t, &tree, nil)
	var list diag.List
	if !errors.As(err, &list) || len(list) != 4 {
		t.Fatalf("got %v", err)
	}
	for _, d := range list {
		if !strings.HasSuffix(d.Message, "is not a file") {
			t.Errorf("got %v", d)
		}
	}
}
