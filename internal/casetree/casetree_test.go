package casetree_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rulesc/rulesc/internal/casetree"
)

func TestReadAndWrite(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "cases.jsonl")
	const line = `{"id":"x","files":{"a/b":"at {{ROOT}}"},"files_b64":{"c":"/w=="},"symlinks":{"l":"{{ROOT}}/a"},` +
		`"cwd":"project/w","trusted":true,"approval_policy":{"granular":{}},"observed":{"outcome":"allow","reason":null}}`
	if err := os.WriteFile(file, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases, err := casetree.Read(file)
	if err != nil || len(cases) != 1 {
		t.Fatalf("got %v, %v", cases, err)
	}
	c := cases[0]
	if err := c.Write(root); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"l/b":              "at " + root,
		"c":                "\xff",
		"home/config.toml": "\n[projects.\"" + root + "/project\"]\ntrust_level = \"trusted\"\n",
	} {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(c.WorkDir(root)); err != nil {
		t.Error(err)
	}
	if got := casetree.Fold(casetree.Expand("{{ROOT}}/x", root), root); got != "{{ROOT}}/x" {
		t.Errorf("got %q", got)
	}
}
