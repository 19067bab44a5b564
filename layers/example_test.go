package layers_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rulesc/rulesc/layers"
)

func ExampleDiscover() {
	root, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(root)
	for name, text := range map[string]string{
		"home/rules/default.rules":           "# what I allow everywhere\n",
		"project/.git/HEAD":                  "ref: refs/heads/main\n",
		"project/.codex/rules/build.rules":   "# what anybody may run here\n",
		"project/db/.codex/rules/drop.rules": "# what nobody may run here\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			panic(err)
		}
	}

	stack, err := layers.Discover(layers.Options{
		SystemDir: filepath.Join(root, "etc"),
		Home:      filepath.Join(root, "home"),
		WorkDir:   filepath.Join(root, "project", "db"),
		Trust:     true,
	})
	if err != nil {
		panic(err)
	}
	files, _, err := stack.RuleFiles()
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		fmt.Printf("%s: %s: %s", file.Layer.Name, file.Name, file.Text)
	}
	// Output:
	// user: rules/default.rules: # what I allow everywhere
	// project: rules/build.rules: # what anybody may run here
	// project/db: rules/drop.rules: # what nobody may run here
}
