package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	if os.Getenv("RULESC_TEST_MAIN") != "" {
		main() // the test's own program stands for rulesc
	}
	testscript.Main(m, map[string]func(){
		"rulesc": main,
	})
}

// TestScripts runs the command line as a user would, a script a behaviour.
// Scripts see no layers but those that they lay out themselves: the system
// folder and the home folder are $WORK/etc and $WORK/home.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "user"))
			env.Setenv("CODEX_HOME", filepath.Join(env.WorkDir, "home"))
			for _, dir := range []string{"user", "home", "etc"} {
				if err := os.MkdirAll(filepath.Join(env.WorkDir, dir), 0o777); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
